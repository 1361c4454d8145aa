"""How the ``mail`` probe reads what a domain says of its mail in the DNS."""
