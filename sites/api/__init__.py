"""The public API under /api/: the log of changes, items, feeds, and its own description. docs/api.md is its manual."""
