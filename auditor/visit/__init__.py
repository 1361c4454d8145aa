"""4 · Look: runs one probe on one site."""
