"""Lists of a site: columns with their archives, topics and guides; what stands on a line of them."""
