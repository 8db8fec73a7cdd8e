"""A small published home for tests: the layout of ``kg.dataset.home``, filled from TriG."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store

from kg.dataset.home import Home
from kg.dataset.search_index import make
from kg.dataset.search_table import FILE
from kg.dataset.statistics import statistics

GRAPH = NamedNode("https://w3id.org/commons-kg/graph/test")
"""Where triples stand that a test writes outside a graph: a version's default graph is the union of named ones."""


def publish(home: Path, version: str, trig: str) -> None:
    """Make a version of the quads in ``trig`` the current one."""
    folder = home / "versions" / version
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=home) as made:  # a version is a copy that nothing writes any more
        store = Store(Path(made) / "store")
        store.load(trig.encode(), RdfFormat.TRIG)
        in_none = store.quads_for_pattern(None, None, None, DefaultGraph())
        store.extend([Quad(q.subject, q.predicate, q.object, GRAPH) for q in in_none])
        store.extend([Quad(*quad.triple) for quad in store])  # the default graph is the union
        store.flush()
        counted = statistics(store)
        make(store, folder / FILE)
        store.backup(folder / "store")
        del store
    manifest: dict[str, Any] = {
        "id": version, "created": "2026-11-20T10:00:00Z", "parent": None, "software": "commons-kg 0.1.0",
        "base": "https://w3id.org/commons-kg/", "quads": 0, "sources": [], "derived": {}, "changes": [],
        "statistics": counted.json(), "dumps": [],
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))
    Home(home).switch(version)
