"""``python -m benchmarks.validation``: make the data, validate them by this project and by stock pySHACL, print ratios.

python -m benchmarks.validation [--work FOLDER] [--sizes N ...] [--write docs/benchmarks/validation.md]
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any

from benchmarks.endpoint.peers import Engine, install
from benchmarks.figures import curve, exponent, table
from benchmarks.ingest.runs import Run
from benchmarks.machine import machine
from benchmarks.processes import CHECKOUT, measured
from benchmarks.ratios import keep

SHARED = CHECKOUT.parent / "shared" / "shacl"
CONFORMANCE = CHECKOUT.parent / "shared" / "conformance"
ABOUT = """\
One run of `python -m benchmarks.validation`. The data are made up, with seeded faults and the exact list of the results
that these must give: ten node shapes, one of them with a query (`sh:sparql`) that joins two things. Times are of
processors, for other work disturbs the clock on the wall; ratios mean something on another machine, seconds do not.
Starting Python and importing is not counted for this project, and is one second of pySHACL's."""
STOCK = Engine("pyshacl", "", ("pyshacl>=0.40,<0.41",))


def prepare(work: Path, triples: int) -> Path:
    """Make data with seeded faults unless that was done; return the path without its suffix."""
    found = work / f"validation-{triples}" / "data"
    found.parent.mkdir(parents=True, exist_ok=True)
    if not found.with_suffix(".expected.json").exists():
        command: list[str | Path] = [sys.executable, "-B", SHARED / "gen.py", "--triples", str(triples), "--out", found]
        measured(command, found.parent)
    return found


def ours(data: Path, *more: str) -> tuple[Run, dict[str, Any]]:
    """Validate by this project; the memory is that of the whole process."""
    command: list[str | Path] = [sys.executable, "-m", "benchmarks.validation.ours", "files", *_files(data), *more]
    usage = measured(command, data.parent, name=f"{data.parent.name} {' '.join(more)}")
    found = json.loads(usage.printed)
    return Run("commons-kg", _count(data), found["wall"], found["cpu"], usage.peak), found


def stock(data: Path, work: Path) -> tuple[Run, dict[str, Any]]:
    """Validate by pySHACL as it comes, in an environment of its own."""
    python = install(STOCK, work) / "python"
    command: list[str | Path] = [python, "-B", SHARED / "run_one.py", "pyshacl_normalized", *_files(data)]
    usage = measured(command, data.parent, name="pySHACL")
    found = json.loads(usage.printed)
    return Run("pySHACL 0.40 as it comes", _count(data), found["wall"], found["cpu"], usage.peak), found


def _files(data: Path) -> list[Path]:
    return [data.with_suffix(".nt"), SHARED / "shapes.ttl", data.with_suffix(".expected.json")]


def _count(data: Path) -> int:
    with data.with_suffix(".nt").open("rb") as lines:
        return sum(1 for _ in lines)


def w3c(work: Path, only: str = "") -> tuple[int, int]:
    """Return how many tests of the W3C's suite ``commons-kg validate`` passes, and of how many with such names."""
    said = work / "w3c.txt"
    command = f"{shlex.quote(sys.executable)} -m kg validate {{data}} --shapes {{shapes}} --report {{report}}"
    with said.open("wb") as out:
        subprocess.run(
            [sys.executable, "-B", CONFORMANCE / "run_shacl.py", "--suite", CONFORMANCE / "w3c" / "shacl" / "tests",
             "--only", only, "--cmd", command],
            cwd=CHECKOUT, stdout=out, check=False,
        )  # fmt: skip
    passed, failed, skipped = (int(number) for number in re.findall(r"\d+", said.read_text().splitlines()[-1]))
    return passed, passed + failed + skipped


def ratios(peers: Sequence[tuple[Run, dict[str, Any]]]) -> dict[str, dict[str, float]]:
    """Return what was measured -> peer -> how many times faster this project is."""
    ours = peers[0][0]
    return {
        f"{ours.triples:,} triples, {name}": {run.name: of(run) / of(ours) for run, _ in peers[1:]}
        for name, of in (("processor time", attrgetter("cpu")), ("time", attrgetter("wall")))
    }


def markdown(
    peers: Sequence[tuple[Run, dict[str, Any]]],
    growth: Sequence[tuple[Run, dict[str, Any]]],
    single: dict[str, Any],
    suite: tuple[int, int],
) -> str:
    """Return the page."""
    first = peers[0][0]
    rows = [
        (run.name, f"{run.triples:,}", f"{run.cpu:.1f}", f"{run.cpu / first.cpu:.0f}x", f"{run.peak / 1e6:.0f}",
         f"{found['missing']} / {found['extra']}")
        for run, found in peers
    ]  # fmt: skip
    sizes = [
        (f"{run.triples:,}", f"{run.cpu:.1f}", f"{run.wall:.1f}", f"{run.cpu / run.triples * 1e6:.1f}",
         f"{run.peak / 1e6:.0f}", str(found["results"]), f"{found['missing']} / {found['extra']}")
        for run, found in growth
    ]  # fmt: skip
    names = {
        "changes": "100 changed records in the largest of these, with pySHACL's cross-check",
        "records": "500 records with what their shapes look at",
        "record": "one record with that",
    }
    lines = [
        "# Validation", "",
        ABOUT, "",
        machine(), "",
        "## Beside pySHACL", "",
        table(("", "triples", "seconds of processor", "ratio", "peak memory, MB", "missing / extra results"), rows),
        "## Growth", "",
        table(("triples", "seconds of processor", "seconds on the wall", "µs a triple", "peak memory, MB", "results",
               "missing / extra"), sizes),
    ]  # fmt: skip
    if len(growth) > 1:
        k = exponent([(run.triples, run.cpu) for run, _ in growth])
        lines += [f"Exponent of the time: {k:.2f} (1 is proportion).", "", "![processor time](validation.svg)", ""]
    largest, results = growth[-1]
    lines += [
        f"{largest.triples:,} triples are validated in {largest.wall:.1f} s on the wall, with",
        f"{largest.peak / 1e6:.0f} MB of memory for all processes together; {results['missing']} results are missing,",
        f"{results['extra']} too many.", "",
        "## The W3C's suite", "",
        f"`commons-kg validate` passes {suite[0]} of {suite[1]} tests (Core and SPARQL).", "",
    ]  # fmt: skip
    lines += [
        "## Changes and records", "",
        table(("", "ms of processor", "ms on the wall"),
              [(text, f"{single[key]['cpu'] * 1e3:.1f}", f"{single[key]['wall'] * 1e3:.1f}")
               for key, text in names.items()]),
    ]  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.validation", description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("benchmark-work"), help="folder for environments and data")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 300_000, 1_000_000], help="triples")
    parser.add_argument("--w3c", default="", help="run only those tests of the W3C that have this in their names")
    parser.add_argument("--write", type=Path, default=Path("docs/benchmarks/validation.md"), help="Markdown file")
    arguments = parser.parse_args()
    if not SHARED.is_dir():
        parser.error(f"the generator of the data is not at {SHARED}")
    work: Path = arguments.work.resolve()
    data = [prepare(work, size) for size in arguments.sizes]
    growth = [ours(one) for one in data]
    alone, found = ours(data[0], "pyshacl")
    alone.name = "commons-kg without the native engine (pySHACL, each query parsed once)"
    peers = [growth[0], (alone, found), stock(data[0], work)]
    command: list[str | Path] = [sys.executable, "-m", "benchmarks.validation.ours", "changes", *_files(data[-1])[:2]]
    single = json.loads(measured(command, data[-1].parent).printed)
    text = markdown(peers, growth, single, w3c(work, arguments.w3c))
    print(text)
    arguments.write.parent.mkdir(parents=True, exist_ok=True)
    arguments.write.write_text(text, encoding="utf-8")
    keep(arguments.write.parent, "validation", ratios(peers))
    picture = curve([(run.triples, run.cpu) for run, _ in growth], "processor time", "seconds")
    arguments.write.with_suffix(".svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
