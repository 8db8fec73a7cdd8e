"""Mapping of licences."""
