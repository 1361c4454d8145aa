"""The HTTP door: the only importer of httpx and httpcore."""
