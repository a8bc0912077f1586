"""What the public and webmasters read: hosted sites, feeds, files. Reads Placement x Edition, never a live page."""
