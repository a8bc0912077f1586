"""Documents that are rendered once a change and answered before Django."""
