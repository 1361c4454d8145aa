"""What the probe of a portal's name looks at and how it judges it."""
