"""What a small change costs: ``python -m benchmarks.ingest.changes HOME`` prints a line of JSON for each.

A hundred statements are added to one graph of a home and published with dumps: such that no rule asks for, then such
that most rules ask for. Then the version before is served again.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from benchmarks.processes import processor_seconds
from kg.dataset.home import Home
from kg.dataset.versions import rollback
from kg.dataset.writer import opened
from kg.identifiers import Minter
from kg.namespaces import RDFS, SKOS
from kg.publish import publish

STATEMENTS = 100


def change(home: Path, prop: str) -> None:
    """Add statements with a property, and publish with dumps."""
    graph, mint = NamedNode("https://benchmark.example/graph/notes"), Minter()
    with opened(Home(home)) as writer:
        added = [
            Quad(NamedNode(mint.organization(f"ror-0{n}")), NamedNode(prop), Literal(f"Note {n}"), graph)
            for n in range(STATEMENTS)
        ]
        writer.change(added, [], [graph], [])
        publish(writer, mint)


def main() -> None:
    """Measure."""
    home = Path(sys.argv[1])
    actions: dict[str, Callable[[], object]] = {
        f"{STATEMENTS} notes, which no rule asks for": lambda: change(home, SKOS.note),
        f"{STATEMENTS} labels, which most rules ask for": lambda: change(home, RDFS.label),
        "rollback": lambda: rollback(Home(home)),
    }
    for name, action in actions.items():
        wall, cpu = time.perf_counter(), processor_seconds()
        action()
        print(json.dumps({"name": name, "wall": time.perf_counter() - wall, "cpu": processor_seconds() - cpu}))


if __name__ == "__main__":
    main()
