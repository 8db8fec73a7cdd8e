"""Mapping of people."""
