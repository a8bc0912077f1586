"""The demo district: 柳州市城中区 with invented items, no persons, and placeholders for every official number."""
