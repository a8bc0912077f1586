"""The accounts' own tables, one idea a module."""
