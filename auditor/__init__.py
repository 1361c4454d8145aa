"""Measures the IT use of a province's agencies from outside, ranks them, and keeps the proof of every point."""

__all__ = ["VERSION"]

VERSION = "0.1.0"
