"""The statistics of a version that differs little from its parent: the parent's, and the difference that was made.

All that is counted is a sum over things: what a thing says of itself, by the classes that it and its objects have. So
only the things are counted anew, before and after, of which a statement has changed; and where the classes of one have
changed, also what points at it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from functools import cache
from itertools import islice

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from kg.dataset import changelog
from kg.dataset.manifest import Manifest
from kg.dataset.statistics import GraphStatistics, PropertyUse, Statistics
from kg.dataset.versions import open_store
from kg.dataset.writer import Writer
from kg.namespaces import RDF

FEW = 5_000
"""Changed statements up to which the parent's statistics are changed; beyond, all is counted anew."""
LINKS = 100_000
"""Statements that may point at a thing whose classes have changed."""

_TYPE = NamedNode(str(RDF.type))
Key = tuple[str, ...]
"""What is counted: its kind, then what it is counted by."""


def update_statistics(writer: Writer, store: Store) -> Statistics | None:
    """Return what a store holds that is to become a version; None where much has changed, or nobody knows what.

    Args:
        writer: knows the parent, and what has changed since.
        store: the content, without the graph that describes it.
    """
    if writer.parent is None:
        return None
    expected = sum(change.added + change.removed for change in writer.changes.values())
    lines = changelog.read(writer.home.writer, expected, FEW)
    if lines is None or any(not line.startswith("<") for line in lines):
        return None
    parent = writer.home.version_path(writer.parent)
    manifest = Manifest.read(parent)
    if manifest.union_default_graph != writer.union or not manifest.statistics.get("schema"):
        return None
    things = {line[1 : line.index(">")] for line in lines}
    return updated(Statistics.from_json(manifest.statistics), open_store(parent), store, things, union=writer.union)


def updated(before: Statistics, old: Store, new: Store, things: Collection[str], *, union: bool) -> Statistics | None:
    """Return the statistics of ``new``, which differs from ``old`` in what is said of some things alone.

    Args:
        before: the statistics of ``old``, less the graph that describes it.
        old: the content before.
        new: the content now.
        things: IRIs of all subjects of the statements that differ.
        union: whether the default graph is the union of the others.

    Returns:
        None where too much points at a thing whose classes have changed.
    """
    was, is_ = _Content(old, union=union), _Content(new, union=union)
    counts: Counter[Key] = Counter()
    for thing in things:
        node = NamedNode(thing)
        counts.update(is_.counts(node))
        counts.subtract(was.counts(node))
        gained, lost = is_.classes(node) - was.classes(node), was.classes(node) - is_.classes(node)
        if gained or lost:
            links = list(islice(is_.links(node), LINKS + 1))
            if len(links) > LINKS:
                return None
            for quad in links:
                if isinstance(quad.subject, NamedNode) and quad.subject.value in things:
                    continue  # counted anew with all it says
                for of in is_.classes(quad.subject):
                    counts.update(("link", of, quad.predicate.value, to) for to in gained)
                    counts.subtract(("link", of, quad.predicate.value, to) for to in lost)
    return _sum(before, counts)


class _Content:
    """What a store says, without the graph that describes the dataset."""

    def __init__(self, store: Store, *, union: bool) -> None:
        self._store, self._union = store, union
        self.classes = cache(self._classes)

    def _quads(self, subject: object, predicate: object, value: object) -> Iterator[Quad]:
        for quad in self._store.quads_for_pattern(subject, predicate, value, None):  # type: ignore[arg-type]
            if not (isinstance(quad.graph_name, NamedNode) and quad.graph_name.value.endswith("/graph/description")):
                yield quad

    def _together(self, quads: Collection[Quad]) -> set[Quad]:
        """Return the triples of the default graph; of a union each once, by its graphs."""
        if self._union:
            return {Quad(*q.triple) for q in quads if isinstance(q.graph_name, NamedNode)}
        return {quad for quad in quads if isinstance(quad.graph_name, DefaultGraph)}

    def _classes(self, thing: object) -> frozenset[str]:
        if not isinstance(thing, NamedNode):
            return frozenset()
        quads = self._together(list(self._quads(thing, _TYPE, None)))
        return frozenset(quad.object.value for quad in quads if isinstance(quad.object, NamedNode))

    def links(self, thing: NamedNode) -> Iterator[Quad]:
        """Yield what points at a thing, in the default graph."""
        yield from self._together(list(islice(self._quads(None, None, thing), 2 * LINKS)))

    def counts(self, thing: NamedNode) -> Counter[Key]:
        """Return what a thing adds to each count."""
        quads = list(self._quads(thing, None, None))
        found: Counter[Key] = Counter()
        graphs = set()
        for quad in quads:
            if isinstance(quad.graph_name, NamedNode):
                graph = quad.graph_name.value
                graphs.add(graph)
                found["property", graph, quad.predicate.value] += 1
                if quad.predicate == _TYPE and isinstance(quad.object, NamedNode):
                    found["class", graph, quad.object.value] += 1
        for graph in graphs:
            found["subjects", graph] += 1
        together = self._together(quads)
        if together:
            found["subjects",] += 1
        if any(quad.predicate == _TYPE for quad in together):
            found["entities",] += 1
        for of in self.classes(thing):
            found["class", of] += 1
            for quad in together:
                found["use", of, quad.predicate.value] += 1
                for to in self.classes(quad.object):
                    found["link", of, quad.predicate.value, to] += 1
        return found


def _sum(before: Statistics, counts: Counter[Key]) -> Statistics:
    """Return the statistics with the difference added."""

    names_of: dict[Key, set[str]] = {}
    for key in counts:
        names_of.setdefault(key[:-1], set()).add(key[-1])

    def added(kind: str, of: Key, table: dict[str, int]) -> dict[str, int]:
        names = table.keys() | names_of.get((kind, *of), set())
        sums = {name: table.get(name, 0) + counts[kind, *of, name] for name in sorted(names)}
        return {name: count for name, count in sums.items() if count}

    graphs: dict[str, GraphStatistics] = {}
    nothing = GraphStatistics(triples=0, subjects=0, classes={}, properties={})
    for graph in sorted(before.graphs.keys() | {key[1] for key in counts if key[0] == "property"}):
        known = before.graphs.get(graph, nothing)
        properties = added("property", (graph,), known.properties)
        if properties:
            graphs[graph] = GraphStatistics(
                triples=sum(properties.values()),
                subjects=known.subjects + counts["subjects", graph],
                classes=added("class", (graph,), known.classes),
                properties=properties,
            )
    total: Counter[str] = Counter()
    for found in graphs.values():
        total.update(found.properties)
    schema: dict[str, dict[str, PropertyUse]] = {}
    for of in sorted(before.schema.keys() | {key[1] for key in counts if key[0] == "use"}):
        uses = before.schema.get(of, {})
        triples = added("use", (of,), {prop: use.triples for prop, use in uses.items()})
        objects = {prop: uses[prop].objects if prop in uses else {} for prop in triples}
        made = {
            prop: PropertyUse(triples=count, objects=added("link", (of, prop), objects[prop]))
            for prop, count in triples.items()
        }
        if made:
            schema[of] = made
    return Statistics(
        quads=sum(total.values()),
        subjects=before.subjects + counts["subjects",],
        entities=before.entities + counts["entities",],
        classes=added("class", (), before.classes),
        properties=dict(sorted(total.items())),
        graphs=graphs,
        schema=schema,
    )
