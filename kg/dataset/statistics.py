"""What a dataset holds, counted: for ``stats``, the manifest of a version, and its VoID description.

The counting is done by the store (``queries/statistics``): some 5 s for a million quads, and memory in proportion to
the number of different subjects. Iterating over the quads in Python takes several times as long. Different triples
(what several graphs say counted once) are not counted here: that takes memory in proportion to all of them; the Turtle
dump of the whole dataset, which holds each once, knows their number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from pyoxigraph import Literal, NamedNode, QuerySolution, QuerySolutions, Store

from kg.resources import query


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphStatistics:
    """One named graph. The tables are sorted by key, an IRI."""

    triples: int
    subjects: int
    """Different subjects."""
    classes: dict[str, int]
    """Class -> things with that type."""
    properties: dict[str, int]
    """Property -> triples with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyUse:
    """How the things of one class use one property."""

    triples: int
    objects: dict[str, int] = field(default_factory=dict)
    """Class -> statements whose object has it, sorted by class; literals and what has no type are in none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The whole dataset; but for ``quads`` and ``graphs``, the union of its graphs is counted."""

    quads: int
    """Statements in all named graphs; the default graph is their union."""
    subjects: int
    """Different subjects."""
    entities: int
    """Different things that have a type."""
    classes: dict[str, int]
    """Class -> different things with that type, sorted by class."""
    properties: dict[str, int]
    """Property -> statements with it in all named graphs, sorted by property."""
    graphs: dict[str, GraphStatistics]
    """Named graphs that hold something, sorted by IRI."""
    schema: dict[str, dict[str, PropertyUse]] = field(default_factory=dict)
    """Class -> property -> how its things use it, both sorted; versions made before it was counted have none."""

    def json(self) -> dict[str, Any]:
        """Return what ``json.dumps`` takes."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Statistics:
        """Return the statistics that ``json`` gave."""
        graphs = {graph: GraphStatistics(**counts) for graph, counts in data["graphs"].items()}
        schema = {
            of: {prop: PropertyUse(**use) for prop, use in uses.items()} for of, uses in data.get("schema", {}).items()
        }
        return cls(**{**data, "graphs": graphs, "schema": schema})


def statistics(store: Store) -> Statistics:
    """Count what a store holds."""
    properties: dict[str, dict[str, int]] = {}
    for graph, prop, count in _rows(store, "properties", "graph", "property"):
        properties.setdefault(graph, {})[prop] = count
    classes: dict[str, dict[str, int]] = {}
    for graph, of, count in _rows(store, "classes", "graph", "class"):
        classes.setdefault(graph, {})[of] = count
    subjects = dict(_rows(store, "subjects", "graph"))
    total: dict[str, int] = {}
    for counts in properties.values():
        for prop, count in counts.items():
            total[prop] = total.get(prop, 0) + count
    return Statistics(
        quads=sum(total.values()),
        subjects=_one(store, "union-subjects"),
        entities=_one(store, "union-entities"),
        classes=_sorted(dict(_rows(store, "union-classes", "class"))),
        properties=_sorted(total),
        graphs={
            graph: GraphStatistics(
                triples=sum(counts.values()),
                subjects=subjects[graph],
                classes=_sorted(classes.get(graph, {})),
                properties=_sorted(counts),
            )
            for graph, counts in sorted(properties.items())
        },
        schema=_schema(store),
    )


def _schema(store: Store) -> dict[str, dict[str, PropertyUse]]:
    found: dict[str, dict[str, PropertyUse]] = {}
    for of, prop, count in sorted(_rows(store, "class-properties", "class", "property")):
        found.setdefault(of, {})[prop] = PropertyUse(triples=count)
    for of, prop, object_class, count in sorted(_rows(store, "class-links", "class", "property", "objectClass")):
        found[of][prop].objects[object_class] = count
    return found


def _solutions(store: Store, name: str) -> Iterator[QuerySolution]:
    solutions = store.query(query(f"statistics/{name}"))
    assert isinstance(solutions, QuerySolutions)
    return iter(solutions)


def _rows(store: Store, name: str, *keys: str) -> Iterator[Any]:
    """Yield (IRI of each key, count); what is counted under no IRI is left out."""
    for solution in _solutions(store, name):
        terms = [solution[key] for key in keys]
        if all(isinstance(term, NamedNode) for term in terms):
            yield *(term.value for term in terms if isinstance(term, NamedNode)), _count(solution)


def _one(store: Store, name: str) -> int:
    return next((_count(solution) for solution in _solutions(store, name)), 0)


def _count(solution: QuerySolution) -> int:
    value = solution["count"]
    return int(value.value) if isinstance(value, Literal) else 0


def _sorted(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))
