"""Short links: an address of six characters for every item, the QR code that leads to it, and how often it is scanned."""
