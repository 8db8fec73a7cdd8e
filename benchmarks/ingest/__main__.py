"""``python -m benchmarks.ingest``: load and publish at several sizes, beside peers, and write what it took.

python -m benchmarks.ingest [--work FOLDER] [--sizes 100000,1000000] [--write docs/benchmarks/ingest.md]
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from benchmarks.ingest import report, runs


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("benchmark-work"), help="folder for environments and data")
    parser.add_argument("--sizes", default="100000,300000,1000000", help="triples of the sources, the least first")
    parser.add_argument("--write", type=Path, default=Path("docs/benchmarks/ingest.md"), help="Markdown file")
    arguments = parser.parse_args()
    work: Path = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    growth: list[runs.Run] = []
    peers: list[runs.Run] = []
    for size in sorted(int(size) for size in arguments.sizes.split(",")):
        run, home = runs.load(work, size)
        growth.append(run)
        _print(run)
        if not peers:  # they take long: beside the smallest load alone
            peers = [runs.morph(work, home.parent / "sources"), runs.chain(work, home)]
            for peer in peers:
                _print(peer)
        changes = [runs.small_change(home, prop) for prop in (runs.NOTE, runs.LABEL)]
        back = runs.roll_back(home)
        for change in changes:
            _print(change)
        shutil.rmtree(home.parent)
    text = report.markdown(growth, peers, growth[0], changes, back)
    print("\n" + text)
    report.write(arguments.write, growth, text)


def _print(run: runs.Run) -> None:
    print(
        f"{run.name:34} {run.triples:10,} triples {run.wall:8.1f} s {run.cpu:8.1f} s of processor "
        f"{run.microseconds:8.1f} µs each {run.peak / 1e6:7.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    main()
