"""Persons, programmes and commitments."""
