"""One module a probe: what it saw, how it looks, what that means."""
