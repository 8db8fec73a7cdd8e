"""Mapping of memberships."""
