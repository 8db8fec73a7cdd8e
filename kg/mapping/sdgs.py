"""Mapping of sdgs."""
