"""The page of results: mixes an hour, and each query beside the peers'."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import mean

from benchmarks.bsbm.mix import ALONE, WALK, queries
from benchmarks.endpoint.answers import Answer
from benchmarks.endpoint.measure import TIMEOUT, Result
from benchmarks.endpoint.report import OURS
from benchmarks.figures import bars, ratio, table
from benchmarks.machine import machine

MEASURES = {"one client": (1, True), "eight clients": (8, True), "one client, chance repeats": (1, False)}
"""Measurement -> clients, and whether each request has a text of its own."""
Found = dict[str, Result]
ABOUT = """\
One run of `python -m benchmarks.bsbm`: the explore mix of the
[Berlin SPARQL Benchmark](http://wbsg.informatik.uni-mannheim.de/bizer/berlinsparqlbenchmark/) 3.1, 24 requests of
somebody who looks for a product in a shop, on data of our own generator after its specification
([`benchmarks/bsbm`](../../benchmarks/bsbm) says where it departs). Each engine alone on the same machine, one after the
other, on the same triples. Mixes an hour are answered requests, divided by 24; what fails counts as time lost. No
request has the text of another, so that no cache of answers helps, but for the last measurement, where parameters
repeat by chance as in the original. Ratios are this project to the peer, more is better."""


@dataclass(slots=True)
class Size:
    """What was measured on a shop, engine by engine."""

    products: int
    triples: int
    found: dict[str, Found] = field(default_factory=dict)
    answers: dict[str, dict[str, list[Answer]]] = field(default_factory=dict)


def mixes(result: Result) -> float:
    """Return mixes an hour (QMpH)."""
    return result.throughput * 3600 / len(WALK)


def latency(found: Found, query: str) -> float:
    """Return the mean seconds of a query for one client; not a number, if it was never answered."""
    for name in ("one client", query):
        if name in found and (seconds := found[name].latencies.get(query)):
            return mean(seconds)
    return math.nan


def by_query(size: Size) -> dict[str, dict[str, float]]:
    """Return query -> peer -> how many times faster this project is."""
    return {
        query.name: {peer: latency(found, query.name) / latency(size.found[OURS], query.name)
                     for peer, found in size.found.items() if peer != OURS}
        for query in queries().values()
    }  # fmt: skip


def ratios(sizes: list[Size]) -> dict[str, dict[str, float]]:
    """Return measurement -> peer -> ratio of mixes an hour."""
    return {
        f"{size.triples:,} triples, {name}": {
            peer: mixes(size.found[OURS][name]) / (mixes(found[name]) or math.nan)
            for peer, found in size.found.items() if peer != OURS
        }
        for size in sizes for name in MEASURES
    }  # fmt: skip


def differences(size: Size) -> Iterator[str]:
    """Yield the queries whose answers differ between engines, with what they are."""
    for query in queries().values():
        ours = size.answers[OURS][query.name]
        for engine, found in size.answers.items():
            pairs = [(a, b) for a, b in zip(ours, found[query.name], strict=True) if not a.same(b, query.key)]
            if pairs:
                a, b = pairs[0]
                yield f"{query.name}: {OURS} {a.size}, {engine} {b.size} ({len(pairs)} of {len(ours)} requests)"


def picture(size: Size) -> str:
    """Return the bars of all queries."""
    return bars(f"Latency of each query, {size.triples:,} triples", by_query(size))


def markdown(sizes: list[Size]) -> str:
    """Return the page."""
    lines = ["# The explore mix of BSBM", "", ABOUT, "", machine(), ""]
    for size in sizes:
        engines, peers = list(size.found), [name for name in size.found if name != OURS]
        lines += [
            f"## {size.triples:,} triples ({size.products:,} products)", "",
            table(("mixes an hour", *engines, *(f"ratio to {peer}" for peer in peers)), (
                (name, *(f"{mixes(size.found[e][name]):,.0f}" for e in engines),
                 *(ratio(mixes(size.found[OURS][name]) / (mixes(size.found[p][name]) or math.nan)) for p in peers))
                for name in MEASURES
            )),
            "Mean latency of each query for one client, and how many times faster this project is:", "",
            table(("query", f"{OURS}, ms", *peers), (
                (f"{name}{'*' if name.startswith(f'{ALONE:02}') else ''}",
                 f"{latency(size.found[OURS], name) * 1e3:.1f}", *(ratio(values[p]) for p in peers))
                for name, values in by_query(size).items()
            )),
        ]  # fmt: skip
        failed = [f"{e}, {n}: {r.failed} of {r.failed + r.answers}"
                  for e, found in size.found.items() for n, r in found.items() if r.failed]  # fmt: skip
        lines += [
            f"Requests without an answer in {TIMEOUT:g} seconds, or with an error: {'; '.join(failed) or 'none'}.", "",
            f"Answers that differ: {'; '.join(differences(size)) or 'none'}.", "",
        ]  # fmt: skip
    lines += [
        "\\* in no mix since version 3, measured by itself.", "",
        "DESCRIBE (query 9) may answer what a server likes. Where a query has ORDER BY with LIMIT, the values it is",
        "ordered by are compared, since of equal ones any may be left out.", "",
        "![Latency of each query beside the peers'](bsbm-queries.svg)", "",
    ]  # fmt: skip
    return "\n".join(lines)
