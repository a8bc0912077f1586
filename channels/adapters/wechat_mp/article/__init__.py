"""From an edition to an article of the platform: HTML, pictures, what is lost on the way, what is uploaded."""
