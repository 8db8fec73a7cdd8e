"""The ratios that suites found, kept in ``docs/benchmarks/ratios.csv``, and the overview that is made of them."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path

from benchmarks.figures import bars, ratio, table

FILE = "ratios.csv"
SUITES = {
    "ingest": "Records to a published version",
    "validation": "SHACL",
    "endpoint": "SPARQL, the mix of this project",
    "bsbm": "SPARQL, the explore mix of BSBM",
    "search": "Full text",
}
"""Suite -> what it is about, in the order of the overview."""
Ratios = Mapping[str, Mapping[str, float]]
"""What was measured -> peer -> how many times better this project is."""
ABOUT = """\
How this project compares, each time with everything in one run on one machine: `python -m benchmarks` runs all suites
and makes these pages. A ratio says how many times better this project is than the peer (more answers a second, less
time for a triple); only ratios mean something on another machine."""


def keep(docs: Path, suite: str, ratios: Ratios) -> None:
    """Put what a suite found in the place of what it found before, and make the overview anew."""
    kept = {**read(docs), suite: ratios}
    with (docs / FILE).open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["suite", "measured", "peer", "ratio"])
        rows.writerows(
            [name, measured, peer, f"{value:.4g}"]
            for name in SUITES
            for measured, values in kept.get(name, {}).items()
            for peer, value in values.items()
            if math.isfinite(value)
        )
    overview(docs)


def read(docs: Path) -> dict[str, Ratios]:
    """Return what was found, suite by suite."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    if (docs / FILE).exists():
        with (docs / FILE).open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                found.setdefault(row["suite"], {}).setdefault(row["measured"], {})[row["peer"]] = float(row["ratio"])
    return dict(found)


def overview(docs: Path) -> None:
    """Write ``README.md`` with a picture for each suite."""
    lines = ["# Benchmarks", "", ABOUT, ""]
    for suite, ratios in read(docs).items():
        peers = list(dict.fromkeys(peer for values in ratios.values() for peer in values))
        picture = f"ratios-{suite}.svg"
        (docs / picture).write_text(bars(SUITES[suite], ratios), encoding="utf-8")
        lines += [
            f"## [{SUITES[suite]}]({suite}.md)", "", f"![{SUITES[suite]}: ratios]({picture})", "",
            table(("", *peers), ((name, *(ratio(values.get(peer, math.nan)) for peer in peers))
                                 for name, values in ratios.items())),
        ]  # fmt: skip
    lines += ["Further pages: [how right the links are](linking.md), [the pages of things](pages.md).", ""]
    (docs / "README.md").write_text("\n".join(lines), encoding="utf-8")
