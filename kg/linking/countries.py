"""Country names to ISO 3166-1 alpha-2 codes."""

from __future__ import annotations


def resolve(name: str) -> str | None:
    """Return the alpha-2 code of a country name or code, None where it is unknown."""
    raise NotImplementedError
