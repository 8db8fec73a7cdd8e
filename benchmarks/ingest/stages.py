"""Where the time of a load goes: ``commons-kg sync`` in one process, with each stage measured.

    python -m benchmarks.ingest.stages HOME SOURCES.toml

prints a line of JSON for each stage: seconds on the wall and of processors (those of child processes too). A stage that
another contains is subtracted from it. On standard error it tells which stage begins, or goes on.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import processor_seconds
from kg import operations
from kg.settings import load as load_settings

STAGES = {
    "gather names": ("kg.gather", "gather"),
    "register of organizations": ("kg.gather", "register_of"),
    "map, validate, write shards": ("kg.ingest", "write_shard"),
    "load into the store": ("kg.dataset.writer", "Writer.replace_graph"),
    "merge what was loaded": ("kg.dataset.writer", "Writer.settle"),
    "derive": ("kg.publish", "derive"),
    "statistics and search index, small": ("kg.dataset.counting", "count"),
    "dumps, meanwhile statistics and index": ("kg.publish", "_dumps"),
    "changes": ("kg.publish", "write_changes"),
    "publish, the rest": ("kg.publish", "publish"),
}
"""Stage -> the function that does it, as its callers find it."""


@dataclass(slots=True)
class Cost:
    """What a stage took."""

    calls: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    """Seconds of all processors, child processes included."""


class Stages:
    """Measures functions while they run inside each other."""

    def __init__(self) -> None:
        self.costs: dict[str, Cost] = {}
        self._inner: list[tuple[str, list[float]]] = []
        self._said = ""

    def _say(self, name: str) -> None:
        if name != self._said:
            self._said = name
            print(name, file=sys.stderr, flush=True)

    @contextlib.contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Measure what the block does, less the stages inside it."""
        cost = self.costs.setdefault(name, Cost())
        self._say(name)
        self._inner.append((name, [0.0, 0.0]))
        wall, cpu = time.perf_counter(), processor_seconds()
        try:
            yield
        finally:
            wall, cpu = time.perf_counter() - wall, processor_seconds() - cpu
            _, inner = self._inner.pop()
            cost.calls += 1
            cost.wall += wall - inner[0]
            cost.cpu += cpu - inner[1]
            if self._inner:
                outer, inside = self._inner[-1]
                inside[0] += wall
                inside[1] += cpu
                self._say(outer)

    def watch(self, name: str, module: str, path: str) -> None:
        """Measure each call of a function from now on."""
        owner: Any = importlib.import_module(module)
        *parents, attribute = path.split(".")
        for parent in parents:
            owner = getattr(owner, parent)
        function: Callable[..., Any] = getattr(owner, attribute)

        def measured(*arguments: Any, **named: Any) -> Any:
            with self.measure(name):
                return function(*arguments, **named)

        setattr(owner, attribute, measured)


def main() -> None:
    """Load a sources file into a home."""
    home, file = sys.argv[1:]
    stages = Stages()
    for name, (module, path) in STAGES.items():
        stages.watch(name, module, path)
    with stages.measure("the rest"):
        outcome = operations.sync(load_settings({"home": home}), Path(file))
    for _, error in outcome.failures:
        print(error, file=sys.stderr)
    for name, cost in stages.costs.items():
        print(json.dumps({"stage": name, **asdict(cost)}))
    if outcome.manifest:
        print(json.dumps({"version": outcome.manifest.id, "quads": outcome.manifest.quads}))


if __name__ == "__main__":
    main()
