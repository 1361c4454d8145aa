"""The HTTP door: the only importer of httpx, httpcore and httptools."""
