"""Where the time of a load goes: ``commons-kg sync`` in one process, with each stage measured.

    python -m benchmarks.ingest.stages HOME SOURCES.toml

prints a line of JSON for each stage: seconds on the wall and of processors (those of child processes too), and the most
memory that this process had meanwhile. A stage that another contains is subtracted from it.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kg import operations
from kg.settings import load as load_settings

STAGES = {
    "gather names": ("kg.gather", "gather"),
    "register of organizations": ("kg.gather", "register_of"),
    "map, validate, write shards": ("kg.ingest", "write_shard"),
    "load into the store": ("kg.dataset.writer", "Writer.replace_graph"),
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
    """Seconds of all processors, child processes that have ended included."""
    peak: int = 0
    """Bytes of memory that the process had at most meanwhile."""


def processor_seconds() -> float:
    """Return what this process and its children that have ended have used."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _forget_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> int:
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Stages:
    """Measures functions while they run inside each other."""

    def __init__(self) -> None:
        self.costs: dict[str, Cost] = {}
        self._inner: list[list[float]] = []
        self._said = ""

    @contextlib.contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Measure what the block does, less the stages inside it."""
        cost = self.costs.setdefault(name, Cost())
        if not self._inner:
            _forget_peak()
        if name != self._said:
            self._said = name
            print(name, file=sys.stderr, flush=True)
        self._inner.append([0.0, 0.0])
        wall, cpu = time.perf_counter(), processor_seconds()
        try:
            yield
        finally:
            wall, cpu = time.perf_counter() - wall, processor_seconds() - cpu
            inner = self._inner.pop()
            cost.calls += 1
            cost.wall += wall - inner[0]
            cost.cpu += cpu - inner[1]
            cost.peak = max(cost.peak, _peak())
            if self._inner:
                self._inner[-1][0] += wall
                self._inner[-1][1] += cpu

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
