"""2 · By what: editions of criteria, and what agencies declare."""
