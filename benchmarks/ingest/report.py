"""The page of results: tables, and growth as SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.figures import curve, exponent, table
from benchmarks.ingest.runs import Run

ABOUT = """\
One run of `python -m benchmarks.ingest`. Times are of processors, for other work disturbs the clock on the wall; ratios
mean something on another machine, microseconds do not. Sources are made by
[`generator.py`](../../benchmarks/ingest/generator.py) in the forms of the real ones and read by the project's own
loaders; a load reads, links, maps, validates, stores, derives, counts, indexes, dumps and publishes."""
PEERS = """\
morph-kgc maps the same records, but only what stands in them as it is, by
[`morph.rml.ttl`](../../benchmarks/ingest/morph.rml.ttl): it links, validates and stores nothing. The chain gets the
triples of the sources, mapped and linked already: rdflib reads them, pyshacl validates them with the same shapes,
`oxigraph load` stores them. It makes no union, no index, no dumps and no version. The second row is what this project
takes for what the chain does, and for mapping and linking."""


MEASURES: dict[str, tuple[str, Callable[[Run], float]]] = {
    "processor time": ("seconds", lambda run: run.cpu),
    "memory": ("MB", lambda run: run.peak / 1e6),
    "disk": ("MB", lambda run: run.disk / 1e6),
}


def stages(run: Run) -> str:
    """Return the table of what each stage of a load took."""
    return table(
        ("stage", "µs of processor a quad", "part", "peak memory, MB"),
        (
            (
                stage["stage"],
                f"{stage['cpu'] / run.triples * 1e6:.1f}",
                f"{stage['cpu'] / run.cpu:.0%}",
                f"{stage['peak'] / 1e6:.0f}",
            )
            for stage in run.stages
        ),
    )


def _stored(run: Run) -> Run:
    """Return the part of a load that the chain does too: the sources, mapped, validated and stored."""
    parts = [s for s in run.stages if s["stage"] in ("map, validate, write shards", "load into the store")]
    wall, cpu = (sum(part[of] for part in parts) for of in ("wall", "cpu"))
    return Run("commons-kg, until all is in the store", run.triples, wall, cpu, max(part["peak"] for part in parts))


def markdown(growth: Sequence[Run], peers: Sequence[Run], ours: Run, changes: Sequence[Run], back: Run) -> str:
    """Return the page."""
    biggest = growth[-1]
    lines = [
        "# Ingest and publish", "",
        ABOUT, "",
        "## Beside peers", "",
        table(
            ("", "triples", "µs of processor a triple", "ratio", "peak memory, MB"),
            [
                (r.name, f"{r.triples:,}", f"{r.microseconds:.0f}", f"{r.microseconds / ours.microseconds:.2f}x",
                 f"{r.peak / 1e6:.0f}")
                for r in (ours, _stored(ours), *peers)
            ],
        ),
        PEERS, "",
        "## Publish and roll back", "",
        f"With {biggest.triples:,} quads in the home, with all dumps. Rules are applied again that ask for what has",
        "changed: of a note none, of a label most. Statistics and dumps of the whole are made of everything.", "",
        table(
            ("change", "seconds", "seconds of processor"),
            [*((r.name, f"{r.wall:.1f}", f"{r.cpu:.1f}") for r in changes),
             ("rollback", f"{back.wall:.2f}", f"{back.cpu:.2f}")],
        ),
        "## Growth", "",
        table(
            ("quads", "seconds of processor", "µs a quad", "peak memory, MB", "disk, MB"),
            [
                (f"{r.triples:,}", f"{r.cpu:.0f}", f"{r.microseconds:.0f}", f"{r.peak / 1e6:.0f}",
                 f"{r.disk / 1e6:.0f}")
                for r in growth
            ],
        ),
    ]  # fmt: skip
    if len(growth) > 1:
        for name, (_, value) in MEASURES.items():
            k = exponent([(r.triples, value(r)) for r in growth])
            lines += [f"Exponent of {name}: {k:.2f} (1 is proportion).", "", f"![{name}](ingest-{_file(name)})", ""]
    lines += ["## Stages of the biggest load", "", stages(biggest)]
    return "\n".join(lines)


def _file(name: str) -> str:
    return f"{name.replace(' ', '-')}.svg"


def write(page: Path, growth: Sequence[Run], text: str) -> None:
    """Write the page, and the pictures beside it."""
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")
    if len(growth) > 1:
        for name, (unit, value) in MEASURES.items():
            page.with_name(f"ingest-{_file(name)}").write_text(
                curve([(run.triples, value(run)) for run in growth], name, unit), encoding="utf-8"
            )
