"""Names to things: which organization, licence, country or goal a string means.

Exact rules only: a name is looked up in the authority files and tables after normalisation, never guessed. What is
not found is kept as text and counted in ``Linker.unresolved``. Every function is pure and offline, so that a load can
be repeated and split.
"""

from __future__ import annotations

from collections import Counter

from kg.identifiers import Minter
from kg.linking import countries, licences, organizations


class Linker:
    """Finds things by name, and counts the names that nothing was found for."""

    def __init__(self, mint: Minter, authority: organizations.Authority | None = None) -> None:
        self.mint = mint
        self.authority = authority if authority is not None else organizations.authority()
        self.unresolved: Counter[tuple[str, str]] = Counter()
        """(kind, text) -> how often it was met."""

    def organization(self, name: str, *, homepage: str | None = None, ror: str | None = None) -> str:
        """Return the IRI of the organization; one that no authority file knows gets one from its ROR id or its name."""
        found = self.authority.find(name, homepage=homepage, ror=ror)
        if found is not None:
            return self.mint.organization(found)
        if ror is None:
            self.unresolved["organization", name] += 1
        return self.mint.organization(organizations.local_name(name, ror=ror))

    def licences(self, text: str) -> tuple[str, ...]:
        """Return the canonical IRIs of the licences that a string or URL names; none where it is unknown."""
        found = licences.resolve(text)
        if not found:
            self.unresolved["licence", text] += 1
        return found

    def country(self, name: str) -> str | None:
        """Return the ISO 3166-1 alpha-2 code of a country name or code; None where it is unknown."""
        found = countries.resolve(name)
        if found is None:
            self.unresolved["country", name] += 1
        return found
