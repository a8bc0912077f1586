"""The description of every public address that machines read: OpenAPI 3.1, written by hand, served at /api/openapi.json."""
