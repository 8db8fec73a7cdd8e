"""``python -m benchmarks.bsbm``: make shops of some sizes, let each engine answer the mix, and print ratios.

python -m benchmarks.bsbm [--work FOLDER] [--products 284,2785] [--seconds N] [--write docs/benchmarks/bsbm.md]
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

from benchmarks.bsbm import report
from benchmarks.bsbm.data import quads
from benchmarks.bsbm.mix import ALONE, Query, asked, queries, walks
from benchmarks.bsbm.report import MEASURES, Found, Size
from benchmarks.bsbm.shop import Shop, shop
from benchmarks.endpoint.answers import Answer, answer
from benchmarks.endpoint.measure import run
from benchmarks.endpoint.peers import available, prepare, started
from benchmarks.ratios import keep

PORT = 18_480
SMALL = 300
"""Products that an engine which evaluates in Python gets at most; with more, it answers nothing in time."""
SLOW = ("rdflib-endpoint",)
TRIES = 5
"""Requests of each query whose answers are compared."""
PATIENCE = 120.0
"""Seconds for all of these."""
MIXES = 1_000
"""Mixes that are made for a client; they are begun again when it needs more."""


def answers(shop_: Shop, port: int, path: str) -> dict[str, list[Answer]]:
    """Return what an engine answers to some requests of each query."""
    chosen, until = random.Random(4), time.monotonic() + PATIENCE

    def tried(query: Query) -> Answer:
        request = asked(query, shop_, chosen)
        return answer(port, path, request.text) if time.monotonic() < until else Answer(kind="not asked")

    return {query.name: [tried(query) for _ in range(TRIES)] for query in queries().values()}


def measured(shop_: Shop, port: int, path: str, seconds: float) -> Found:
    """Return what an engine reached: the mix with new texts each time by one client and by eight, and as BSBM makes it,
    where chance asks the same again; then the query that is in no mix."""
    found: Found = {}
    run(port, path, [list(walks(shop_, 9, 20))], min(seconds / 2, 10))  # warm caches of the system
    for name, (clients, distinct) in MEASURES.items():
        mixes = [list(walks(shop_, 100 * clients + n, MIXES // clients, distinct=distinct)) for n in range(clients)]
        found[name] = run(port, path, mixes, seconds)
    chosen, alone = random.Random(6), queries()[ALONE]
    requests = [asked(alone, shop_, chosen, f"6.{n}") for n in range(2_000)]
    found[alone.name] = run(port, path, [requests], seconds / 4)
    return found


def measure(work: Path, products: int, seconds: float, port: int) -> Size:
    """Measure all engines on one shop."""
    data, made = work / f"bsbm-{products}", shop(products)
    size = Size(products, prepare(data, quads(products)))
    print(f"{products:,} products, {size.triples:,} triples", flush=True)
    for number, engine in enumerate(available()):
        if engine.name in SLOW and products > SMALL:
            continue
        with started(engine, work, data, port + number):
            size.answers[engine.name] = answers(made, port + number, engine.path)
            size.found[engine.name] = measured(made, port + number, engine.path, seconds)
        for name in MEASURES:
            result = size.found[engine.name][name]
            print(f"{engine.name:26} {name:28} {report.mixes(result):12,.0f} mixes an hour  failed {result.failed}",
                  flush=True)  # fmt: skip
    return size


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bsbm", description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("benchmark-work"), help="folder for environments and data")
    parser.add_argument("--products", default="284,2785", help="sizes; 2,785 products are a million triples")
    parser.add_argument("--seconds", type=float, default=20, help="how long each measurement takes")
    parser.add_argument("--port", type=int, default=PORT, help="the first of some ports in a row")
    parser.add_argument("--write", type=Path, default=Path("docs/benchmarks/bsbm.md"), help="Markdown file")
    arguments = parser.parse_args()
    work: Path = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    sizes = [
        measure(work, products, arguments.seconds, arguments.port)
        for products in sorted(int(size) for size in arguments.products.split(","))
    ]
    text = report.markdown(sizes)
    print("\n" + text)
    page: Path = arguments.write
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")
    page.with_name("bsbm-queries.svg").write_text(report.picture(sizes[-1]), encoding="utf-8")
    keep(page.parent, "bsbm", report.ratios(sizes))


if __name__ == "__main__":
    main()
