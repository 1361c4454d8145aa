"""A province in a box: portals, TLS, DNS and mail on loopback, with planted defects and a table of what a right audit finds."""
