"""``python -m benchmarks.search``: how long search and its suggestions take, beside a scan by SPARQL.

python -m benchmarks.search --home HOME [--write docs/benchmarks/search.md]

The queries of ``queries.txt`` are asked of the index of the home's current version; suggestions are asked for every
beginning of each, as somebody types it. The scan asks the store of the same version, in the same process, for the
labels that CONTAIN the text: what one would write without an index.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median, quantiles

from pyoxigraph import Store

from benchmarks.ratios import keep
from kg.dataset.home import Home
from kg.dataset.search import Search
from kg.dataset.search_table import FILE
from kg.dataset.versions import open_store
from kg.quads import literal

ROUNDS = 5
SCAN = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?thing ?label { ?thing rdfs:label ?label FILTER(CONTAINS(LCASE(?label), $text)) } LIMIT 20
"""
SCAN_ALL = """
SELECT DISTINCT ?thing { ?thing ?property ?text FILTER(isLiteral(?text) && CONTAINS(LCASE(STR(?text)), $text)) }
LIMIT 20
"""


def times(question: Callable[[str], object], texts: Iterable[str], rounds: int = ROUNDS) -> list[float]:
    """Return the milliseconds of processor time that each text takes."""
    taken = []
    for _ in range(rounds):
        for text in texts:
            begun = time.process_time()
            question(text)
            taken.append((time.process_time() - begun) * 1000)
    return taken


def scan(store: Store, query: str) -> Callable[[str], object]:
    """Return what asks the store."""
    return lambda text: list(store.query(query.replace("$text", str(literal(text.lower())))))  # type: ignore[arg-type]


def report(version: Path) -> tuple[str, dict[str, dict[str, float]]]:
    """Measure; return the page, and the scans' times as ratios."""
    lines = (Path(__file__).parent / "queries.txt").read_text(encoding="utf-8").splitlines()
    texts = [line for line in lines if line and not line.startswith("#")]
    beginnings = [text[:end] for text in texts for end in range(1, len(text) + 1)]
    search, store = Search(version), open_store(version)
    measured = {
        "suggestions while typing": times(lambda text: search.find(text, limit=8, typing=True), beginnings, 1),
        "search": times(lambda text: search.find(text), texts),
        "scan of labels by SPARQL": times(scan(store, SCAN), texts, 2),
        "scan of all texts by SPARQL": times(scan(store, SCAN_ALL), texts, 1),
    }
    base = median(measured["search"])
    scans = {name: median(ms) / base for name, ms in measured.items() if name.startswith("scan")}
    rows = [
        f"| {name} | {len(ms)} | {median(ms):.1f} | {quantiles(ms, n=100)[98]:.1f} | {median(ms) / base:.1f} |"
        for name, ms in measured.items()
    ]
    size = (version / FILE).stat().st_size / 1e6
    store_size = sum(path.stat().st_size for path in (version / "store").iterdir()) / 1e6
    text = "\n".join(
        [
            "# Search", "",
            "Milliseconds of processor time in one process; the ratio is that of the medians, against search.", "",
            "| what | asked | p50 | p99 | ratio |", "|---|---:|---:|---:|---:|", *rows, "",
            f"The index has {size:.0f} MB, the store {store_size:.0f} MB. The scans find no other spelling, accent or "
            "order of words, rank nothing, and stop at 20.", "",
        ]
    )  # fmt: skip
    return text, {"processor time, median": scans}


def main() -> None:
    """Measure a home."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, required=True, help="a home with a published version")
    parser.add_argument("--write", type=Path, help="Markdown file for the report")
    arguments = parser.parse_args()
    text, scans = report(Home(arguments.home).current_path())
    print(text)
    if arguments.write:
        arguments.write.parent.mkdir(parents=True, exist_ok=True)
        arguments.write.write_text(text, encoding="utf-8")
        keep(arguments.write.parent, "search", scans)


if __name__ == "__main__":
    main()
