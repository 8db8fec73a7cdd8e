"""The table: ratios alone, for seconds say more about the machine than about the engines."""

from __future__ import annotations

import math
from pathlib import Path

from benchmarks.endpoint.measure import TIMEOUT, Result
from benchmarks.figures import ratio
from benchmarks.machine import machine

OURS = "commons-kg"
AIMS = (
    ("oxigraph serve-read-only", "repeated mix", 2.0),
    ("oxigraph serve-read-only", "cold mix", 0.9),
    ("oxigraph serve-read-only", "point look-ups", 0.4),
    ("rdflib-endpoint", "", 10.0),
)
"""Peer, what is measured (beginning of its names), and how many times its throughput is aimed at."""
NOTES = Path(__file__).parent / "notes.md"
"""What no measurement tells; it ends the page."""


def _ratio(a: float, b: float) -> str:
    return ratio(a / b if b else math.nan)


def markdown(results: dict[str, dict[str, Result]], different: list[str], triples: int, queries: int) -> str:
    """Return the table of ratios."""
    ours = results[OURS]
    peers = [name for name in results if name != OURS]
    lines = [
        "# The endpoint beside its peers", "",
        f"{queries} weighted queries on {triples:,} triples, every engine alone on the same machine, one after the",
        "other, in one run of `python -m benchmarks.endpoint`. Ratios are commons-kg to the peer: of throughput more",
        "is better, of latency (p50, p99) less. *Cold*: no request is asked twice. *Repeated*: 60 requests again and",
        "again.", "", machine(), "",
        "| measurement | " + " | ".join(f"{p}: throughput | p50 | p99" for p in peers) + " |",
        "|---|" + "---:|" * 3 * len(peers),
    ]  # fmt: skip
    for name, mine in ours.items():
        cells = []
        for peer in peers:
            other = results[peer][name]
            cells += [
                _ratio(mine.throughput, other.throughput),
                _ratio(mine.percentile(50), other.percentile(50)),
                _ratio(mine.percentile(99), other.percentile(99)),
            ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines += [
        "", "What four hostile queries (cartesian counts that never end) do to the look-ups of another client: latency",
        "beside them to latency in peace, and requests that got no answer.", "",
        "| engine | p50 | p99 | unanswered |", "|---|---:|---:|---:|",
    ]  # fmt: skip
    for name, found in results.items():
        idle, busy = found["look-ups in peace"], found["look-ups beside four hostile queries"]
        lines.append(
            f"| {name} | {_ratio(busy.percentile(50), idle.percentile(50))} "
            f"| {_ratio(busy.percentile(99), idle.percentile(99))} | {busy.failed} of {busy.failed + busy.answers} |"
        )
    failures = [f"{e}, {n}: {r.failed}" for e, found in results.items() for n, r in found.items() if r.failed]
    lines += [
        "",
        f"Requests without an answer in {TIMEOUT:g} seconds, or with an error: "
        + ("; ".join(failures) or "none")
        + ".",
    ]
    lines += ["", "Queries whose answers differ between the engines: " + ("; ".join(different) or "none") + "."]
    lines += ["", *_aims(ratios(results)), "", NOTES.read_text(encoding="utf-8").rstrip()]
    return "\n".join(lines) + "\n"


def _aims(found: dict[str, dict[str, float]]) -> list[str]:
    """Return a table of what is aimed at beside what was reached."""
    lines = ["## What is reached", "", "| aim | reached at least |", "|---|---|"]
    for peer, what, least in AIMS:
        values = {name: row.get(peer, math.nan) for name, row in found.items() if what in name}
        known = {name: value for name, value in values.items() if math.isfinite(value)}
        if known:
            name = min(known, key=lambda one: known[one])
            missed = "" if known[name] >= least else f", missed ({name})"
            lines.append(f"| {what or 'everything'} at least {ratio(least)} {peer} | {ratio(known[name])}{missed} |")
    return lines


def ratios(results: dict[str, dict[str, Result]]) -> dict[str, dict[str, float]]:
    """Return measurement -> peer -> ratio of throughput."""
    ours = results[OURS]
    return {
        name: {peer: mine.throughput / (found[name].throughput or math.nan)
               for peer, found in results.items() if peer != OURS}
        for name, mine in ours.items()
    }  # fmt: skip
