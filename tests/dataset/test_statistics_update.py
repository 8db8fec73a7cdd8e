"""Statistics that are made from those of the version before are the ones that counting everything gives."""

from __future__ import annotations

import random

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from kg.dataset.statistics import statistics
from kg.dataset.statistics_update import updated
from kg.namespaces import RDF

TYPE = NamedNode(str(RDF.type))
THINGS = [NamedNode(f"urn:thing:{n}") for n in range(12)]
CLASSES = [NamedNode(f"urn:class:{n}") for n in range(3)]
PROPERTIES = [NamedNode(f"urn:property:{n}") for n in range(3)]
GRAPHS = [NamedNode(f"urn:graph:{n}") for n in range(3)]


def made(chosen: random.Random, count: int) -> set[Quad]:
    found = set()
    for _ in range(count):
        thing, graph = chosen.choice(THINGS), chosen.choice(GRAPHS)
        if chosen.random() < 0.4:
            found.add(Quad(thing, TYPE, chosen.choice(CLASSES), graph))
        else:
            values: list[NamedNode | Literal] = [*THINGS, Literal("x"), Literal("y")]
            value = chosen.choice(values)
            found.add(Quad(thing, chosen.choice(PROPERTIES), value, graph))
    return found


def stored(quads: set[Quad], *, union: bool, described: bool = False) -> Store:
    store = Store()
    told = set(quads)
    if described:
        told.add(Quad(THINGS[0], TYPE, NamedNode("urn:class:told"), NamedNode("urn:x/graph/description")))
    store.extend(told)
    store.extend(Quad(*quad.triple) for quad in told if union or quad.graph_name == GRAPHS[0])
    return store


@pytest.mark.parametrize("union", [True, False])
@pytest.mark.parametrize("seed", range(30))
def test_updated_statistics_are_those_that_counting_gives(seed: int, union: bool) -> None:
    chosen = random.Random(seed)
    before = made(chosen, chosen.choice([0, 20, 60]))
    gone = {quad for quad in before if chosen.random() < chosen.choice([0.05, 0.9])}
    after = (before - gone) | made(chosen, chosen.choice([0, 3, 20]))
    things = {q.subject.value for q in before ^ after if isinstance(q.subject, NamedNode)}
    counted = statistics(stored(before, union=union))
    old, new = stored(before, union=union, described=union), stored(after, union=union)
    if not union:
        assert next(old.quads_for_pattern(None, None, None, DefaultGraph()), None) or not before
    assert updated(counted, old, new, things, union=union) == statistics(new)
