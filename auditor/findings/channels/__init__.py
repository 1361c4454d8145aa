"""How notices travel: one module a channel."""
