"""What an update changes, found before anything is changed.

An update runs on a copy: in memory where the dataset is small, else on a checkpoint, which costs the same for a million
quads as for ten. The graphs that it may have written are compared with the writer's, and the difference can then be
validated, refused, or made (``Writer.change``), which keeps the union in step. So an update that fails, is refused or
kills its process has not touched the writer.

The documents of the Graph Store Protocol come to the same kind of difference without a copy.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from kg.dataset.writer import Writer, store_errors

SMALL = 20_000
"""Quads up to which the copy is made in memory."""

Graph = NamedNode | DefaultGraph


@dataclass
class Delta:
    """The difference that an update makes."""

    added: list[Quad] = field(default_factory=list)
    removed: list[Quad] = field(default_factory=list)
    created: list[NamedNode] = field(default_factory=list)
    """Named graphs that there were not."""
    dropped: list[NamedNode] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.added or self.removed or self.created or self.dropped)


@contextlib.contextmanager
def copied(writer: Writer) -> Iterator[Store]:
    """Give a copy of the writer's content that may be changed."""
    quads = list(islice(writer.store, SMALL + 1))
    if len(quads) <= SMALL:
        copy = Store()
        copy.extend(quads)
        for graph in writer.store.named_graphs():
            copy.add_graph(graph)
        yield copy
        return
    del quads
    path = writer.home.writer / "update"
    with store_errors(path):
        shutil.rmtree(path, ignore_errors=True)
        writer.store.backup(path)
        copy = Store(path)
    try:
        yield copy
    finally:
        del copy
        shutil.rmtree(path, ignore_errors=True)


def compare(
    before: Store, after: Store, graphs: Iterable[str] | None, *, default: bool, without: Collection[str] = ()
) -> Delta:
    """Return what differs in some named graphs, or in all but those ``without``, and in the default graph."""
    delta = Delta()
    compared: list[Graph] = [DefaultGraph()] if default else []
    if graphs is None:
        named = {g for store in (before, after) for g in store.named_graphs() if isinstance(g, NamedNode)}
    else:
        named = {NamedNode(graph) for graph in graphs}
    compared += [NamedNode(g) for g in sorted({g.value for g in named} - set(without))]
    for graph in compared:
        delta.added += _missing(after, before, graph)
        delta.removed += _missing(before, after, graph)
        if isinstance(graph, NamedNode):
            was, is_ = before.contains_named_graph(graph), after.contains_named_graph(graph)
            delta.created += [graph] if is_ and not was else []
            delta.dropped += [graph] if was and not is_ else []
    return delta


def _missing(store: Store, other: Store, graph: Graph) -> list[Quad]:
    return [quad for quad in store.quads_for_pattern(None, None, None, graph) if quad not in other]


def replaced(writer: Writer, graph: Graph, quads: Iterable[Quad], *, keep: bool) -> Delta:
    """Return the difference that a document makes to a graph: merged into it, or put in its place.

    See https://www.w3.org/TR/sparql11-http-rdf-update/#http-put and ``#http-post``.
    """
    incoming = Store()  # the store normalises some terms, so only what has been through one can be compared
    incoming.extend(Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads)
    if isinstance(graph, NamedNode):
        incoming.add_graph(graph)
    named = [graph.value] if isinstance(graph, NamedNode) else []
    delta = compare(writer.store, incoming, named, default=not named)
    if keep:
        delta.removed = []
    return delta


def removed(writer: Writer, graph: Graph) -> Delta:
    """Return the difference of a graph that goes."""
    named = [graph.value] if isinstance(graph, NamedNode) else []
    return compare(writer.store, Store(), named, default=not named)


def patched(writer: Writer, graph: Graph, update: str, base: str) -> Delta | None:
    """Return the difference that an update makes which sees this graph alone, as its default graph.

    Returns:
        None where the update writes any other graph.

    Raises:
        SyntaxError: it is no update.
    """
    copy = Store()
    copy.extend(Quad(*quad.triple) for quad in writer.store.quads_for_pattern(None, None, None, graph))
    copy.update(update, base_iri=base)
    if next(iter(copy.named_graphs()), None) is not None:
        return None
    return replaced(writer, graph, list(copy), keep=False)
