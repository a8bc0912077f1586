"""Feeds: which items one shows, at which address, and how its documents are put together."""
