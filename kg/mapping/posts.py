"""Mapping of posts."""
