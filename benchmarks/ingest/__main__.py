"""``python -m benchmarks.ingest``: load and publish at several sizes, beside peers, and write what it took.

python -m benchmarks.ingest [--work FOLDER] [--sizes 100000,1000000] [--beside 100000] [--kept]
                            [--write docs/benchmarks/ingest.md]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.ingest import report, runs


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("benchmark-work"), help="folder for environments and data")
    parser.add_argument(
        "--sizes", default="100000,300000,1000000", help="triples of the sources, the least first; up to 10000000"
    )
    parser.add_argument(
        "--beside", default="", help="sizes at which the peers run too, which takes long; else the least of all alone"
    )
    parser.add_argument(
        "--kept", action="store_true", help="take sizes that were measured in this work folder before as they were"
    )
    parser.add_argument("--limit", type=float, default=7200, help="seconds that one load, or a peer, may take")
    parser.add_argument("--write", type=Path, default=Path("docs/benchmarks/ingest.md"), help="Markdown file")
    arguments = parser.parse_args()
    work: Path = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    growth: list[runs.Run] = []
    compared: list[report.Compared] = []
    sizes = sorted(map(int, arguments.sizes.split(",")))
    beside = set(map(int, arguments.beside.split(","))) if arguments.beside else {sizes[0]}
    for size in sizes:
        print(f"{size:,} triples ...", flush=True)
        found = runs.kept(work, size) if arguments.kept else None
        if found is None:
            found = runs.measure(work, size, arguments.limit, beside_peers=size in beside)
            runs.keep(work, size, *found)
        growth.append(found[0])
        compared += [found] if found[1] else []
        for run in (found[0], *found[1]):
            _print(run)
        report.write(arguments.write, growth, compared)  # at each size: the next may take hours
    print("\n" + arguments.write.read_text(encoding="utf-8"))


def _print(run: runs.Run) -> None:
    print(
        f"{run.name:34} {run.triples:10,} triples {run.wall:8.1f} s {run.cpu:8.1f} s of processor "
        f"{run.microseconds:8.1f} µs each {run.peak / 1e6:7.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    main()
