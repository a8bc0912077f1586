"""The hub in one process: web server, worker and beat, for `make run` and for small installations."""
