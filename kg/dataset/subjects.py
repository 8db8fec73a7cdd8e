"""All that a dataset says, subject by subject, read from N-Quads files in place of the store where there are some.

A store looks each term up, which takes ten times as long as reading a file. The files are the shards that were loaded,
or the sorted and compressed dumps of another version in which a graph is the same.
"""

from __future__ import annotations

import heapq
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import IO

from isal import igzip
from pyoxigraph import DefaultGraph, NamedNode, Store

from kg.dataset.canonical import canonical_lines, is_canonical
from kg.dataset.sorting import LineSorter

Page = tuple[bytes, list[bytes]]
"""A subject in N-Triples form, and sorted N-Quads lines of it, each once."""


@contextmanager
def subjects(
    store: Store, graphs: Iterable[NamedNode | DefaultGraph], files: Mapping[str, Path], folder: Path
) -> Iterator[Iterator[Page]]:
    """Give what some graphs say, sorted.

    Args:
        store: holds the graphs.
        graphs: which.
        files: IRI of a graph -> N-Quads file of all it holds: a shard as pyoxigraph writes it, or sorted, ``.gz``.
        folder: takes what does not fit into memory, about the size of the data.
    """
    with ExitStack() as stack:
        sorter = LineSorter(folder)
        stack.callback(sorter.close)
        streams: list[Iterable[bytes]] = [sorter]
        for graph in graphs:
            file = files.get(graph.value) if isinstance(graph, NamedNode) else None
            if file and file.suffix == ".gz":
                streams.append(stack.enter_context(unpacked(file)))
            elif file and isinstance(graph, NamedNode) and is_canonical(file, graph):
                for lines in canonical_lines(file):
                    sorter.extend(lines)
            else:
                sorter.add(store, graph)
        yield together(streams)


def graphs_of(store: Store) -> list[NamedNode]:
    """Return the named graphs, sorted by IRI, but for the one that describes the dataset: it differs by version."""
    named = (g for g in store.named_graphs() if isinstance(g, NamedNode))
    return sorted((g for g in named if not g.value.endswith("/graph/description")), key=lambda g: g.value)


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes]]:
    """Open a gzip file for reading, fast enough to iterate over its lines."""
    packed = igzip.IGzipFile(str(path), "rb")  # type: ignore[no-untyped-call]
    with packed, io.BufferedReader(packed, 1 << 17) as lines:
        yield lines


def by_subject(lines: Iterable[bytes]) -> Iterator[Page]:
    """Yield the lines of each subject of sorted N-Quads lines."""
    start, page = b"\n", list[bytes]()
    for line in lines:
        if line.startswith(start):
            page.append(line)
        else:
            if page:
                yield start[:-1], page
            start, page = line[: line.index(b" ") + 1], [line]
    if page:
        yield start[:-1], page


def together(streams: Iterable[Iterable[bytes]]) -> Iterator[Page]:
    """Yield the lines of each subject of several sorted streams of N-Quads lines, each line once."""
    pages = heapq.merge(*map(by_subject, streams), key=itemgetter(0))
    for subject, found in groupby(pages, key=itemgetter(0)):
        parts = [lines for _, lines in found]
        lines = parts[0] if len(parts) == 1 else sorted(chain.from_iterable(parts))
        yield subject, lines if len(set(lines)) == len(lines) else list(dict.fromkeys(lines))
