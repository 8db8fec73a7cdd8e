"""Which thing a string means, as a reconciliation service answers it: candidates with scores, and whether one is sure.

A candidate's score is how like its best name is to the string, from 0 to 100, and how many of the given properties it
has. ``match`` is claimed where a name, code or address is the string itself, or the exact linking of ``kg.linking``
leads from the string to the thing, nothing that is given speaks against it, and no other thing is as good. Without a
string the properties decide alone, and one of them has to be such that it identifies a thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from kg.dataset.search import Candidate, Search
from kg.dataset.search_text import key
from kg.engine.pool import VersionRef
from kg.identifiers import Minter
from kg.linking import countries, licences, organizations
from kg.namespaces import CC, ORG, SCHEMA
from kg.web import i18n, terms
from kg.web.having import IDENTIFYING, having
from kg.web.queries import bound
from kg.web.site import Row, Site

NAME_SHARE = 0.7
"""Of the score that is the name's, where properties are given too."""
LEAST = 40.0
"""Score below which nobody wants to see a candidate."""
SAME = 90.0
"""Likeness from which two values of a property are the same."""


@dataclass(frozen=True, slots=True)
class Question:
    """A string and what is known of the thing that it means."""

    text: str
    types: tuple[str, ...]
    """IRIs of classes; empty: all."""
    limit: int
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """IRI of a property -> its values as texts or IRIs."""


@dataclass(slots=True)
class Scored:
    """A candidate with its score from 0 to 100."""

    candidate: Candidate
    score: float
    is_sure: bool
    match: bool = False
    features: dict[str, float] = field(default_factory=dict)


Values = dict[str, dict[str, list[Row]]]
"""Thing -> property -> rows with ``value`` and ``label``."""


async def answers(
    site: Site, version: VersionRef, questions: Sequence[Question], types: Sequence[str]
) -> list[list[Scored]]:
    """Return the candidates of each question, the best first."""
    mint = site.mint
    nameless = {
        n: await having(site, version, q.properties, q.types or types, max(3 * q.limit, 15))
        for n, q in enumerate(questions) if q.properties and not q.text.strip()
    }  # fmt: skip

    def look(index: Search) -> list[list[Candidate]]:
        wanted = i18n.language().wanted
        return [
            index.candidates(q.text, kinds=q.types or types, languages=wanted, limit=max(3 * q.limit, 15),
                             also=tuple(nameless.get(n, ())) or tuple(linked(mint, q.text, q.types or types)))
            for n, q in enumerate(questions)
        ]  # fmt: skip

    found = await site.searcher.ask(version, look)
    things = {c.iri for q, candidates in zip(questions, found, strict=True) if q.properties for c in candidates}
    properties = {prop for q in questions for prop, _ in q.properties}
    known = await values(site, version, things, properties)
    return [
        _best(
            q,
            [
                _scored(mint, q, candidate, known.get(candidate.iri, {}), nameless.get(n, {}).get(candidate.iri))
                for candidate in candidates
            ],
        )
        for n, (q, candidates) in enumerate(zip(questions, found, strict=True))
    ]


def linked(mint: Minter, text: str, types: Iterable[str]) -> Iterator[str]:
    """Yield the things that the exact linking leads to: one licence, an organization or a country."""
    for of in types:
        if of == str(CC.License):
            found = licences.resolve(text)
            if len(found) == 1:
                yield found[0]
        elif of == str(ORG.Organization):
            local = organizations.authority().find(text)
            if local is not None:
                yield mint.organization(local)
        elif of == str(SCHEMA.Country):
            code = countries.resolve(text)
            if code is not None:
                yield mint.country(code)


async def values(site: Site, version: VersionRef, things: Iterable[str], properties: Iterable[str]) -> Values:
    """Return the values of properties of things."""
    found: Values = {}
    wanted, named = tuple(sorted(things)), tuple(sorted(properties))
    if wanted and named:
        for row in await site.rows(bound("reconcile/values", things=wanted, properties=named), version=version):
            of = found.setdefault(row["thing"]["value"], {})
            of.setdefault(row["property"]["value"], []).append(row)
    return found


def _scored(
    mint: Minter, question: Question, candidate: Candidate, known: dict[str, list[Row]], has: frozenset[str] | None
) -> Scored:
    """Score a candidate; ``has`` are the properties by which it was found, None where that was by a name."""
    is_linked = has is None and candidate.iri in set(linked(mint, question.text, [candidate.kind]))
    name = 100.0 if candidate.is_exact or is_linked else min(candidate.likeness, 99.0)
    scored = Scored(candidate, name, candidate.is_exact or is_linked, features={"name": round(name, 1)})
    if has is not None:
        scored = Scored(candidate, 0.0, bool(has & IDENTIFYING))
    shares = []
    for prop, given in question.properties:
        told = [text for row in known.get(prop, ()) for text in texts(row)]
        if not told or not given:
            continue  # what is not known speaks for nothing
        is_found = has is not None and prop in has
        share = 100.0 if is_found else max(_likeness(one, other) for one in given for other in told)
        shares.append(share)
        scored.features[terms.curie(prop) or prop] = round(share, 1)
        if share < SAME:
            scored.is_sure = False
    if has is not None:
        scored.score = sum(shares) / sum(bool(given) for _, given in question.properties)
    elif shares:
        scored.score = NAME_SHARE * name + (1 - NAME_SHARE) * sum(shares) / len(shares)
    return scored


def texts(row: Row) -> Iterator[str]:
    """Yield how people write a value: itself, its last part where it is an address, its name."""
    value = row["value"]["value"]
    yield value
    if row["value"]["type"] == "uri":
        yield re.split(r"[/#]", value.rstrip("/"))[-1]
    if "label" in row:
        yield row["label"]["value"]


def _likeness(one: str, other: str) -> float:
    left, right = key(one), key(other)
    return 100.0 if left == right else min(fuzz.token_sort_ratio(left, right), 99.0)


def _best(question: Question, found: list[Scored]) -> list[Scored]:
    kept = sorted((s for s in found if s.score >= LEAST), key=lambda s: (-s.score, -s.candidate.links, s.candidate.iri))
    sure = [s for s in kept if s.is_sure]
    if len(sure) == 1 and kept[0] is sure[0]:
        sure[0].match = True
    return kept[: question.limit]
