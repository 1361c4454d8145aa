"""Reading a list of public services: rows, levels, and who carries them out."""
