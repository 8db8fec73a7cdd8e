"""Names to things: which organization, licence, country or goal a string means.

Licences, countries and goals are found by exact rules: a name is looked up in the authority files and tables after
normalisation, never guessed. Organizations are found by exact rules too, and what these tell apart is gathered by the
``Register``, which was made of all names of all sources before (``kg.linking.register``). What is not found is kept as
text and counted in ``Linker.unresolved``. Every function is pure and offline, so that a load can be repeated and split.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kg.identifiers import Minter
from kg.linking import countries, licences, organizations
from kg.linking.register import Register


class Linker:
    """Finds things by name, and counts the names that nothing was found for."""

    def __init__(
        self, mint: Minter, authority: organizations.Authority | None = None, register: Register | None = None
    ) -> None:
        self.mint = mint
        self.authority = authority if authority is not None else organizations.authority()
        self.register = register if register is not None else Register()
        self.unresolved: Counter[tuple[str, str]] = Counter()
        """(kind, text) -> how often it was met."""

    def local(self, name: str, *, homepage: str | None = None, ror: str | None = None) -> str:
        """Return the local name that exact rules give: the authority file's, else from the ROR id or the name."""
        found = self.authority.find(name, homepage=homepage, ror=ror)
        if found is None and ror is None:
            self.unresolved["organization", name] += 1
        return found or organizations.local_name(name, ror=ror)

    def organization(
        self,
        name: str,
        *,
        homepage: str | None = None,
        ror: str | None = None,
        wikidata: str | None = None,
        country: str | None = None,
        other_names: Iterable[str] = (),
    ) -> str:
        """Return the IRI of the organization that is meant.

        ``wikidata``, ``country`` and ``other_names`` are for those who gather what is known (``kg.linking.mentions``).
        """
        return self.mint.organization(self.register.resolve(self.local(name, homepage=homepage, ror=ror)))

    def several(self, text: str) -> tuple[str, ...]:
        """Return the names in a string that names several organizations each of which is known; else the string."""
        return self.register.parts.get(organizations.local_name(text), (text,))

    def preferred_name(self, name: str, *, homepage: str | None = None, ror: str | None = None) -> str | None:
        """Return the name that an organization is best known by, None where this very name is as good as any."""
        slug = self.authority.find(name, homepage=homepage, ror=ror) or organizations.local_name(name, ror=ror)
        slug = self.register.resolve(slug)
        if slug in self.authority.entries:
            return self.authority.entries[slug].name
        return self.register.labels.get(slug)

    def licences(self, text: str) -> tuple[str, ...]:
        """Return what a string or URL names: canonical IRIs of licences, ours of families; none where it is unknown."""
        found = licences.meaning(text)
        if not found:
            self.unresolved["licence", text] += 1
        return tuple(
            self.mint.licence_family(iri.removeprefix(licences.FAMILY)) if licences.is_family(iri) else iri
            for iri in found
        )

    def country(self, name: str) -> str | None:
        """Return the ISO 3166-1 alpha-2 code of a country name or code; None where it is unknown."""
        found = countries.resolve(name)
        if found is None:
            self.unresolved["country", name] += 1
        return found
