"""Mentions: which organizations, goods and licences do posts name, and where?

Gold: ``mentions.csv``, made by reading 31 short posts and, for licences alone, ten longer ones: each place that names a
thing of the dataset (``named``), and those where the name is part of another ("CC Search"), of which either answer is
right (``either``). The posts are those of a home that has synced ``tests/data/shared-sources.toml``, named by
COMMONS_KG_HOME; a mention is right if it overlaps
a place of the gold set that names the same thing. ``mentions-unseen.csv`` is a second set, of eight longer posts.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from pyoxigraph import QuerySolutions, Store

from benchmarks.linking.score import Case, Task, gold
from kg.identifiers import DEFAULT_BASE

HOME = "COMMONS_KG_HOME"
_QUERY = """
PREFIX commons: <https://w3id.org/commons-kg/ontology/>
PREFIX oa: <http://www.w3.org/ns/oa#>
SELECT DISTINCT ?post ?property ?start ?end ?thing WHERE { GRAPH ?graph {
  ?mention a commons:Mention ; oa:hasTarget ?post ; oa:hasBody ?thing ;
    commons:inProperty ?property ; commons:startOffset ?start ; commons:endOffset ?end } }
"""
_Place = tuple[str, int, int, str]
"""Property, start, end, thing."""


def cases(name: str) -> Iterator[Case]:
    """Ask of each post of a gold set what it names where."""
    right: dict[str, set[_Place]] = defaultdict(set)
    either: dict[str, set[_Place]] = defaultdict(set)
    kinds: dict[str, str] = {}
    for row in gold(name):
        kinds[row["post"]] = row["kinds"]
        if row["thing"]:
            kind = right if row["verdict"] == "named" else either
            kind[row["post"]].add((row["property"], int(row["start"]), int(row["end"]), row["thing"]))
    given = _given(Path(os.environ[HOME]))
    for post, asked in kinds.items():
        answers = set()
        for place in given[post]:
            if "sdg" in place[3] or (asked == "licences" and _base(place[3]) in ("organization", "good", "programme")):
                continue
            same = {other for other in right[post] if _is_same(place, other)}
            if not same and any(_is_same(place, other) for other in either[post]):
                continue
            answers |= same or {place}
        yield Case(question=post, right=_texts(right[post]), given=_texts(answers))


def _is_same(one: _Place, other: _Place) -> bool:
    return one[0] == other[0] and one[3] == other[3] and one[1] < other[2] and other[1] < one[2]


def _base(thing: str) -> str:
    return thing.partition("/")[0]


def _texts(places: set[_Place]) -> frozenset[str]:
    return frozenset(f"{thing} at {name} {start}-{end}" for name, start, end, thing in places)


def _given(home: Path) -> dict[str, set[_Place]]:
    found: dict[str, set[_Place]] = defaultdict(set)
    rows = Store.read_only(str(home / "current" / "store")).query(_QUERY)
    assert isinstance(rows, QuerySolutions)
    for post, name, start, end, thing in rows:
        place = (name.value.rpartition("/")[2], int(start.value), int(end.value), _local(thing.value))
        found[_local(post.value).removeprefix("post/")].add(place)
    return found


def _local(iri: str) -> str:
    return iri.removeprefix(f"{DEFAULT_BASE}id/")


TASKS = tuple(
    Task(name=name, title=title, aim="", run=partial(cases, name), split=False)
    for name, title in (
        ("mentions", "What posts mention"),
        ("mentions-unseen", "What posts mention, second set: measured when the rules were done"),
    )
    if HOME in os.environ
)
