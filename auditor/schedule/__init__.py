"""3 · Schedule: when to visit what."""
