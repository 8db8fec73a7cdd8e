"""Mapping of goods."""
