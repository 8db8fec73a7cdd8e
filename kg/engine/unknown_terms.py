"""Terms of a query that their vocabulary does not have: it is valid SPARQL, and finds nothing.

Only vocabularies of which all terms are known are looked at: ours, and those that rdflib ships closed. Of the latter a
term is doubted only where another is like it, since a vocabulary may have grown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache

from rdflib import DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SH, SKOS, VOID

from kg.engine.guard import TOKEN
from kg.namespaces import COMMONS, PREFIXES

MOST = 5
"""Terms that are told of a query."""
LONGEST = 16 << 10
"""Characters of a query that is looked at; longer ones are made by programs."""

_OURS = str(COMMONS._NS)
_CLOSED = {str(n._NS): n for n in (COMMONS, DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SH, SKOS, VOID)}
_CURIES = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_IRI = re.compile(rf"({'|'.join(map(re.escape, _CLOSED))})([A-Za-z][\w\-]{{0,80}})", re.ASCII)

_DECLARATION = re.compile(r"\bPREFIX\s+([\w.\-]*):\s*<([^<>\s]*)>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UnknownTerm:
    """A term that does not exist, as a CURIE with the project's prefix, and the one that is like it, if one is."""

    name: str
    near: str | None


def unknown_terms(text: str) -> tuple[UnknownTerm, ...]:
    """Return the terms of a query that do not exist, each once.

    >>> unknown_terms("PREFIX c: <https://w3id.org/commons-kg/ontology/> SELECT * { ?s c:adresses ?o . }")
    (UnknownTerm(name='commons:adresses', near='commons:addresses'),)
    """
    if len(text) > LONGEST or not _is_doubtful(text):
        return ()
    prefixes: dict[str, str] = {}
    found: dict[str, UnknownTerm] = {}
    declared = ""
    for match in TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "iri":
            iri = match.group()[1:-1]
            if declared:
                prefixes[declared], declared = iri, ""
        elif kind == "name":
            token = match.group()
            prefix, _, local = token.partition(":")
            if not local:
                declared = token  # of a PREFIX: what follows is its namespace
                continue
            iri = prefixes.get(prefix + ":", "") + local.rstrip(".")
        else:
            continue
        if (parts := _IRI.fullmatch(iri)) is not None and iri not in found:
            unknown = _unknown(*parts.groups())
            if unknown is not None:
                found[iri] = unknown
    return tuple(found.values())[:MOST]


def _is_doubtful(text: str) -> bool:
    """Whether a look at the tokens is worth its time: something seems to be a term that does not exist."""
    before, _, rest = text.partition("{")
    declared = _declared(before)
    if declared is None or (":/" in rest and any(namespace in rest for namespace in _CLOSED)):
        return True  # written out, or declared in a way that this does not see
    return any(not _terms(namespace).issuperset(uses.findall(text)) for uses, namespace in declared)


@lru_cache(1024)
def _declared(prologue: str) -> list[tuple[re.Pattern[str], str]] | None:
    """Return what finds the uses of each declared vocabulary of which all terms are known; None where one is used."""
    found = [(prefix, iri) for prefix, iri in _DECLARATION.findall(prologue) if iri in _CLOSED]
    if len(found) < sum(prologue.count(namespace) for namespace in _CLOSED):
        return None
    return [(re.compile(rf"{re.escape(prefix)}:([A-Za-z][\w\-]*)", re.ASCII), iri) for prefix, iri in found]


def _unknown(namespace: str, local: str) -> UnknownTerm | None:
    known = _terms(namespace)
    if local in known:
        return None
    near = get_close_matches(local, known, 1, 0.75)
    if not near and namespace != _OURS:
        return None
    prefix = _CURIES[namespace]
    return UnknownTerm(f"{prefix}:{local}", f"{prefix}:{near[0]}" if near else None)


@cache
def _terms(namespace: str) -> frozenset[str]:
    """Return the local names of a vocabulary."""
    closed = _CLOSED[namespace]
    extras = getattr(closed, "_extras", ())  # those that Python reserves
    return frozenset([*(str(term).removeprefix(namespace) for term in dir(closed)), *extras])
