"""The parts of the search page: what a reader asks (query), how he narrows it down (form), what he is shown (results)."""
