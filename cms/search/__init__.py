"""Search in the admin: Wagtail's own search over pages, pictures, files, with Chinese found in mid-sentence."""
