"""Leaving a site: links of item pages to foreign hosts lead through a page that says so, unless the host is trusted."""
