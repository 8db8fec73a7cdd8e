"""Mapping of organizations."""
