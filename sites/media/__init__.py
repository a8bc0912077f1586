"""Files and pictures that the public reads."""
