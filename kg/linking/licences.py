"""Licence strings and URLs to canonical licence IRIs."""

from __future__ import annotations


def resolve(text: str) -> tuple[str, ...]:
    """Return the canonical IRIs that a licence string or URL names (several for an expression), none where unknown."""
    raise NotImplementedError
