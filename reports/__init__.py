"""Renders rankings and evidence for people; knows only the values of auditor.model."""
