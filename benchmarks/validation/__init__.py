"""Validation beside stock pySHACL."""
