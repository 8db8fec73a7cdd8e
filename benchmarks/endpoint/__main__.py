"""``python -m benchmarks.endpoint``: install the peers, make the data, measure all engines, print ratios.

python -m benchmarks.endpoint [--work FOLDER] [--seconds N] [--scale X] [--write docs/benchmarks/endpoint.md]
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.endpoint import report
from benchmarks.endpoint.answers import answer
from benchmarks.endpoint.data import triples
from benchmarks.endpoint.measure import Connection, Result, run
from benchmarks.endpoint.mix import Asked, asked, requests, templates
from benchmarks.endpoint.peers import Engine, available, prepare, started
from benchmarks.ratios import keep

PORT = 18_460
PATIENCE = 240.0
"""Seconds for all measurements of one engine; what is not measured by then is left out of the table."""
SAMPLING = 45.0
"""Seconds of these for asking each query once."""
MOST_A_SECOND = 5_000
"""Requests that a measurement has ready; they are asked again when they are through."""
REPEATED = 60
"""Requests that are asked again and again."""
CARTESIAN = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def sameness(answers: dict[str, dict[str, str]]) -> list[str]:
    """Return the queries whose answers differ between engines, each with what they are."""
    names = next(iter(answers.values()))
    return [
        f"{name}: " + ", ".join(f"{engine} {found[name]}" for engine, found in answers.items())
        for name in names
        if len({found[name] for found in answers.values()}) > 1 or "status" in next(iter(answers.values()))[name]
    ]


def _hostile(port: int, path: str, number: int) -> None:
    connection = Connection(port, path, f"127.0.9.{number + 1}")
    while True:
        try:
            connection.ask(f"{CARTESIAN} # {number} {time.monotonic_ns()}")
        except OSError:
            time.sleep(0.05)


def measured(engine: Engine, port: int, seconds: float, scale: float, until: float) -> dict[str, Result]:
    """Return what an engine reached: cold and repeated with 1 and 8 clients, and look-ups in peace and beside bombs."""
    found: dict[str, Result] = {}
    number = max(200, int(min(40_000, MOST_A_SECOND * seconds)))

    def measure(name: str, queries: Sequence[Sequence[Asked]], seconds: float) -> None:
        in_time = time.monotonic() < until  # an engine that one query freezes is not waited for again and again
        found[name] = run(port, engine.path, queries, seconds) if in_time else Result()

    run(port, engine.path, [requests(999, 500, scale)], min(seconds, 5))  # warm caches of the system
    for clients in (1, 8):
        cold = [requests(100 * clients + n, number // clients, scale) for n in range(clients)]
        measure(f"cold mix, {clients} clients", cold, seconds)
        again = requests(7, REPEATED, scale, distinct=False)
        rotated = [again[n * 7 % REPEATED :] + again[: n * 7 % REPEATED] for n in range(clients)]
        measure(f"repeated mix, {clients} clients", rotated, seconds)
        cheap = [requests(300 * clients + n, number // clients, scale, kind="cheap") for n in range(clients)]
        measure(f"point look-ups, {clients} clients", cheap, seconds)
    measure("look-ups in peace", [requests(5, number, scale, kind="cheap")], seconds)
    context = multiprocessing.get_context("fork")
    bombs = [context.Process(target=_hostile, args=(port, engine.path, n), daemon=True) for n in range(4)]
    for bomb in bombs:
        bomb.start()
    time.sleep(2)
    lookups = [requests(6, number, scale, kind="cheap")]
    found["look-ups beside four hostile queries"] = run(port, engine.path, lookups, seconds)
    for bomb in bombs:
        bomb.kill()
        bomb.join()
    return found


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endpoint", description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("benchmark-work"), help="folder for environments and data")
    parser.add_argument("--seconds", type=float, default=12, help="how long each measurement takes")
    parser.add_argument("--scale", type=float, default=1.0, help="1 is a million triples")
    parser.add_argument("--port", type=int, default=PORT, help="the first of some ports in a row")
    parser.add_argument("--write", type=Path, default=Path("docs/benchmarks/endpoint.md"), help="Markdown file")
    arguments = parser.parse_args()
    work: Path = arguments.work.resolve()
    data = work / f"data-{arguments.scale:g}"
    count = prepare(data, triples(arguments.scale))
    print(f"{count:,} triples, {len(templates())} queries")
    results: dict[str, dict[str, Result]] = {}
    answers: dict[str, dict[str, str]] = {}
    for number, engine in enumerate(available()):
        with started(engine, work, data, arguments.port + number) as port:
            answers[engine.name] = {}
            begun = time.monotonic()
            for query in sample(arguments.scale):
                if time.monotonic() > begun + SAMPLING:
                    answers[engine.name][query.name] = "not asked"
                    continue
                answers[engine.name][query.name] = answer(port, engine.path, query.text).size
            results[engine.name] = measured(engine, port, arguments.seconds, arguments.scale, begun + PATIENCE)
        for name, result in results[engine.name].items():
            print(f"{engine.name:26} {name:40} {result.throughput:9.1f}/s  p50 {result.percentile(50) * 1000:9.1f} ms"
                  f"  p99 {result.percentile(99) * 1000:9.1f} ms  failed {result.failed}", flush=True)  # fmt: skip
    table = report.markdown(results, sameness(answers), count, len(templates()))
    print("\n" + table)
    if arguments.write:
        arguments.write.parent.mkdir(parents=True, exist_ok=True)
        arguments.write.write_text(table, encoding="utf-8")
        keep(arguments.write.parent, "endpoint", report.ratios(results))


def sample(scale: float) -> list[Asked]:
    """Return each query of the mix once."""
    chosen = random.Random(3)
    return [asked(template, chosen, scale) for template in templates()]


if __name__ == "__main__":
    main()
