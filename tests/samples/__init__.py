"""The samples that webmasters copy, run as their users run them, against the hub on loopback."""
