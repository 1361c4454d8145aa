"""How the ``tls`` probe judges one address of a server."""
