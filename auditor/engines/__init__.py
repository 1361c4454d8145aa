"""Engines: what carries out a plan of visits."""
