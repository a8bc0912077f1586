"""A stand-in of WordPress sites (6.1): the calls of wp/v2 that a publishing client needs, and the public pages."""
