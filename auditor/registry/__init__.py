"""1 · Who: agencies, their groups and their sites, through time."""
