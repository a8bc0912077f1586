"""The embed: a page without a CMS shows the district's news by one line, and forgets what is taken back."""
