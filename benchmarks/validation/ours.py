"""What this project takes, in a process of its own; prints JSON.

python -m benchmarks.validation.ours files DATA.nt SHAPES.ttl EXPECTED.json [pyshacl]
python -m benchmarks.validation.ours changes DATA.nt SHAPES.ttl
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, RdfFormat, Store

from kg.namespaces import RDF, SH
from kg.validation import Shapes, combined, validate_changes, validate_files
from kg.validation.changes import Term, part_of

CHANGES, RECORDS, TIMES = 100, 500, 5
OURS = "https://commons.example/id/"
"""What the IRIs of records begin with; the rest is reference data."""


def _plain(term: str | None) -> str | None:
    return term[1:-1] if term and term.startswith("<") else term


def files(data: str, shapes: str, expected: str, engine: str = "auto") -> dict[str, Any]:
    """Validate a file, and compare with the exact list of what is broken in it."""
    wall, cpu = time.perf_counter(), time.process_time()
    report = validate_files([data], [shapes], engine="pyshacl" if engine == "pyshacl" else "auto")
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    wanted: Counter[tuple[Any, ...]] = Counter(
        (_plain(e["focus"]), e["path"], f"{SH}{e['component']}ConstraintComponent", _plain(e["value"]), e["shape"],
         e["severity"])
        for e in json.loads(Path(expected).read_text())
    )  # fmt: skip
    found: Counter[tuple[Any, ...]] = Counter(
        (r.focus_node, r.path, r.constraint, r.value, r.source_shape, str(r.severity)) for r in report.results
    )
    missing, extra = (wanted - found).total(), (found - wanted).total()
    return {"wall": wall, "cpu": cpu, "results": found.total(), "missing": missing, "extra": extra}


def changes(data: str, shapes_file: str) -> dict[str, Any]:
    """Change records of a store, and validate records by themselves."""
    store, shapes = Store(), Shapes.load(shapes_file)
    store.bulk_load(path=data, format=RdfFormat.N_TRIPLES)
    assert shapes.plan is not None
    chance = random.Random(1)
    typed = {quad.subject for quad in store.quads_for_pattern(None, NamedNode(RDF.type), None)}
    records: list[Term] = sorted((node for node in typed if str(node).startswith(f"<{OURS}")), key=str)

    def look(subject: Any, predicate: Any, value: Any) -> Any:
        return (quad.triple for quad in store.quads_for_pattern(subject, predicate, value))

    changed = [triple for node in chance.sample(records, CHANGES) for triple in look(node, None, None)]
    some, one = (part_of(chance.sample(records, count), look, shapes.plan) for count in (RECORDS, 1))
    return {
        "changes": _seconds(lambda: validate_changes(changed, look, shapes)),
        "records": _seconds(lambda: combined.validate_part(some, shapes)),
        "record": _seconds(lambda: combined.validate_part(one, shapes)),
    }


def _seconds(action: Callable[[], object]) -> dict[str, float]:
    """Return the medians of some tries after the first one, which compiles."""
    action()
    walls, cpus = [], []
    for _ in range(TIMES):
        wall, cpu = time.perf_counter(), time.process_time()
        action()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return {"wall": statistics.median(walls), "cpu": statistics.median(cpus)}


if __name__ == "__main__":
    actions: dict[str, Callable[..., dict[str, Any]]] = {"files": files, "changes": changes}
    print(json.dumps(actions[sys.argv[1]](*sys.argv[2:])))
