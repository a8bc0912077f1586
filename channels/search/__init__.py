"""The index of what is signed: one entry an item, found by any run of characters, on SQLite and PostgreSQL alike."""
