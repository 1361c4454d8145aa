"""The parts of the site-wide probe: one question a module."""
