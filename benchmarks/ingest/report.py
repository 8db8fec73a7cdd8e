"""The page of results: tables, and growth as SVG."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.figures import curve, exponent, ratio, straightness, table
from benchmarks.ingest.runs import Run
from benchmarks.machine import machine
from benchmarks.ratios import keep

ABOUT = """\
One run of `python -m benchmarks.ingest`. Ratios mean something on another machine, seconds do not. Sources are made by
[`generator.py`](../../benchmarks/ingest/generator.py) in the forms of the real ones and read by the project's own
loaders; a load reads, links, maps, validates, stores, derives, counts, indexes, dumps and publishes. Memory is that of
all processes together."""
PEERS = """\
morph-kgc maps the same records, but only what stands in them as it is, by
[`morph.rml.ttl`](../../benchmarks/ingest/morph.rml.ttl): it links, validates and stores nothing. The chain gets the
triples of the sources, mapped and linked already: rdflib reads them, pyshacl validates them with the same shapes,
`oxigraph load` stores them. It makes no union, no index, no dumps and no version. The second row is what this project
takes for what the chain does, and for linking and mapping. A ratio is how many times faster this project is, the whole
load against what the peer does; that of the second row is against the chain. morph-kgc is run where each kind of
record is in one file."""
Compared = tuple[Run, list[Run]]
"""A load, and the peers on the same records: first morph-kgc where it ran, last the chain."""
LEAST = 100_000
"""Smaller loads tell what it costs to start, not how cost grows."""
UNTIL_STORED = (
    "gather names", "register of organizations", "map, validate, write shards", "load into the store",
)  # fmt: skip
MEASURES: dict[str, tuple[str, Callable[[Run], float]]] = {
    "processor time": ("seconds", lambda run: run.cpu),
    "time": ("seconds", lambda run: run.wall),
    "memory": ("MB", lambda run: run.peak / 1e6),
    "disk": ("MB", lambda run: run.disk["all"] / 1e6),
}


def stages(run: Run) -> str:
    """Return the table of what each stage of a load took."""
    return table(
        ("stage", "µs of processor a quad", "part", "seconds", "peak memory, MB"),
        (
            (stage["stage"], f"{stage['cpu'] / run.triples * 1e6:.1f}", f"{stage['cpu'] / run.cpu:.0%}",
             f"{stage['wall']:.1f}", f"{stage['peak'] / 1e6:.0f}")
            for stage in run.stages
        ),
    )  # fmt: skip


def stored(run: Run, triples: int) -> Run:
    """Return the part of a load that the chain does too: so many triples of the sources, mapped, validated, stored."""
    parts = [stage for stage in run.stages if stage["stage"] in UNTIL_STORED]
    wall, cpu = (sum(part[of] for part in parts) for of in ("wall", "cpu"))
    return Run("commons-kg, until all is in the store", triples, wall, cpu, run.peak)


def faster(peer: Run, ours: Run) -> tuple[float, float]:
    """Return how many times less processor time, and less time, this project takes for a triple."""
    return peer.microseconds / ours.microseconds, ours.rate / peer.rate


def beside(ours: Run, peers: Sequence[Run]) -> dict[str, dict[str, float]]:
    """Return what was compared -> peer -> how many times faster this project is."""
    found: dict[str, dict[str, float]] = {"whole load, processor time": {}, "whole load, time": {}}
    for peer in peers:
        for row, value in zip(found.values(), faster(peer, ours), strict=True):
            row[peer.name] = value
    chain = peers[-1]
    cpu, wall = faster(chain, stored(ours, chain.triples))
    found["until all is stored, processor time"] = {chain.name: cpu}
    found["until all is stored, time"] = {chain.name: wall}
    return found


def _beside(ours: Run, peers: Sequence[Run]) -> str:
    first = stored(ours, peers[-1].triples)
    ratios = {ours.name: (1.0, 1.0), first.name: faster(peers[-1], first)}
    ratios |= {peer.name: faster(peer, ours) for peer in peers}
    return table(
        ("", "triples", "µs of processor a triple", "ratio", "µs on the wall", "ratio", "peak memory, MB"),
        (
            (r.name, f"{r.triples:,}", f"{r.microseconds:.0f}", ratio(ratios[r.name][0]), f"{1e6 / r.rate:.0f}",
             ratio(ratios[r.name][1]), f"{r.peak / 1e6:.0f}")
            for r in (ours, first, *peers)
        ),
    )  # fmt: skip


def _growth(growth: Sequence[Run]) -> str:
    return table(
        ("quads", "seconds", "quads a second", "seconds of processor", "µs of processor a quad", "peak memory, MB",
         "store, MB", "dumps, MB", "search index, MB", "whole home, MB", "bytes a quad"),
        (
            (f"{r.triples:,}", f"{r.wall:.0f}", f"{r.rate:,.0f}", f"{r.cpu:.0f}", f"{r.microseconds:.0f}",
             f"{r.peak / 1e6:.0f}", *(f"{r.disk[part] / 1e6:.0f}" for part in ("store", "dumps", "index", "all")),
             f"{r.disk['all'] / r.triples:.0f}")
            for r in growth
        ),
    )  # fmt: skip


def _exponents(growth: Sequence[Run]) -> list[str]:
    """Return how each measure grows, over the sizes that are large enough to tell."""
    runs = [run for run in growth if run.triples >= LEAST]
    if len(runs) < 2:
        return []
    rows = []
    for name, (_, value) in MEASURES.items():
        points = [(float(run.triples), value(run)) for run in runs]
        change = points[-1][1] / points[-1][0] / (points[-2][1] / points[-2][0]) - 1
        line = f"{straightness(points):.0%}" if len(runs) > 2 else "-"
        rows.append((name, f"{exponent(points):.2f}", line, f"{change:+.0%}"))
    sizes = f"{runs[0].triples:,} to {runs[-1].triples:,} quads"
    return [
        f"From {sizes} (an exponent of 1 is proportion; a straight line is a fixed cost and one for each quad):", "",
        table(("", "exponent", "off a straight line by at most", "a quad's cost, from last but one to last"),
              rows),
        *(f"![{name} by quads](ingest-{_file(name)})\n" for name in MEASURES),
    ]  # fmt: skip


def _changes(growth: Sequence[Run]) -> str:
    names = [change["name"] for change in growth[-1].changes]
    return table(
        ("seconds, and of processor, with", *(f"{run.triples:,} quads" for run in growth)),
        ((name, *(f"{run.changes[n]['wall']:.1f} / {run.changes[n]['cpu']:.1f}" for run in growth))
         for n, name in enumerate(names)),
    )  # fmt: skip


def markdown(growth: Sequence[Run], compared: Sequence[Compared]) -> str:
    """Return the page."""
    biggest = growth[-1]
    generated = max(run.generation / run.triples for run in growth) * 1e6
    lines = ["# Ingest and publish", "", ABOUT, "", machine(), ""]
    if compared:
        lines += ["## Beside peers", "", *(_beside(*pair) for pair in compared), PEERS, ""]
    lines += [
        "## Publish a change, and roll back", "",
        "With all dumps. Rules are applied again that ask for what has changed.", "", _changes(growth),
        "## Growth", "", _growth(growth), *_exponents(growth),
        f"Making the sources takes {generated:.1f} µs of processor a quad, and is not counted.", "",
        f"## Stages of the load of {biggest.triples:,} quads", "", stages(biggest),
    ]  # fmt: skip
    return "\n".join(lines)


def _file(name: str) -> str:
    return f"{name.replace(' ', '-')}.svg"


def write(page: Path, growth: Sequence[Run], compared: Sequence[Compared]) -> None:
    """Write the page, and the pictures beside it."""
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(markdown(growth, compared), encoding="utf-8")
    runs = [run for run in growth if run.triples >= LEAST]
    if len(runs) > 1:
        for name, (unit, value) in MEASURES.items():
            picture = curve([(run.triples, value(run)) for run in runs], name, unit)
            page.with_name(f"ingest-{_file(name)}").write_text(picture, encoding="utf-8")
    for ours, peers in compared[:1]:  # those of the least size are kept, to be compared with later ones
        if all(math.isfinite(value) for peer in peers for value in faster(peer, ours)):
            keep(page.parent, "ingest", beside(ours, peers))
