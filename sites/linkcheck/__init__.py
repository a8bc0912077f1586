"""The link checker: every link that readers are shown, whether it works, and what has become of foreign domains."""
