"""What a person sees: tables of outcomes on standard output, progress and errors on standard error."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from kg.dataset.manifest import Change, Manifest, SourceState
from kg.errors import CommonsError, InputError
from kg.loader import Loader
from kg.validation import Report

if TYPE_CHECKING:
    from kg.operations import Finding, Outcome
    from kg.review import Pair


def show_error(error: CommonsError) -> None:
    """Print an error and how to mend it."""
    err = Console(stderr=True, highlight=False, soft_wrap=True)
    err.print(f"[bold red]error:[/] {escape(str(error))}")
    if error.hint:
        err.print(f"[bold]hint:[/] {escape(error.hint)}")


class Steps:
    """Progress over the sources of a load, on standard error and only on a terminal."""

    def __init__(self, bar: Progress, total: int) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=total, records=0)

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[Callable[[int], None]]:
        """Show ``name`` while the block runs; the value takes the number of records read so far."""
        self._bar.update(self._task, description=name, records=0)

        def report(count: int) -> None:
            self._bar.update(self._task, records=count)

        try:
            yield report
        finally:
            self._bar.advance(self._task)


@contextlib.contextmanager
def progress(total: int) -> Iterator[Steps]:
    """Show progress over ``total`` sources."""
    err = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[records]} records"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        yield Steps(bar, total)


def _out() -> Console:
    """Return standard output; where it is no terminal, wide enough for tables to stay whole."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 160)


def show_outcome(outcome: Outcome, format: str) -> None:
    """Print what a load did: a row a source, then the version; failures go to standard error."""
    if format == "json":
        _json(
            {
                "version": outcome.manifest.id if outcome.manifest else None,
                "sources": [_source(s, outcome.changes.get(s.name)) for s in outcome.states],
                "failed": [{"name": name, "error": str(error)} for name, error in outcome.failures],
            }
        )
    else:
        table = Table(
            "source", *(_right(c) for c in ("read", "loaded", "rejected", "quarantined", "quads", "added", "removed"))
        )
        for state in outcome.states:
            change = outcome.changes.get(state.name)
            table.add_row(
                state.name,
                str(state.read),
                str(state.loaded),
                _count(state.rejected),
                _count(state.quarantined),
                str(state.quads),
                str(change.added) if change else "unchanged",
                str(change.removed) if change else "",
            )
        out = _out()
        out.print(table)
        if outcome.manifest:
            out.print(f"published version {outcome.manifest.id}: {outcome.manifest.quads} quads", highlight=False)
        else:
            out.print("not published yet" if outcome.staged else "nothing new to publish")
    for name, error in outcome.failures:
        Console(stderr=True, highlight=False, soft_wrap=True).print(
            f"[bold red]source {escape(name)} was not loaded[/]"
        )
        show_error(error)


def _right(name: str) -> Any:
    from rich.table import Column

    return Column(name, justify="right")


def _count(number: int) -> str:
    return f"[yellow]{number}[/]" if number else "0"


def _source(state: SourceState, change: Change | None = None) -> dict[str, Any]:
    data = asdict(state)
    if change is not None:
        data |= {"added": change.added, "removed": change.removed}
    return data


def show_stats(manifest: Manifest, format: str) -> None:
    """Print what a version holds."""
    if format == "json":
        data = asdict(manifest)
        _json(
            {
                "version": manifest.id,
                "created": manifest.created,
                "quads": manifest.quads,
                "sources": [_source(s) for s in manifest.sources],
                "derived": manifest.derived,
                "statistics": data["statistics"],
            }
        )
        return
    out = _out()
    out.print(f"version {manifest.id}, {manifest.quads} quads", highlight=False)
    columns = ("read", "loaded", "rejected", "quarantined", "warnings", "quads")
    table = Table("source", *(_right(c) for c in columns))
    for s in manifest.sources:
        table.add_row(
            s.name, str(s.read), str(s.loaded), _count(s.rejected), _count(s.quarantined), str(s.warnings), str(s.quads)
        )
    out.print(table)
    for graph, quads in manifest.derived.items():
        out.print(f"derived: {graph} {quads} quads", highlight=False)
    classes = manifest.statistics.get("classes", {})
    table = Table("class", _right("entities"))
    for name, count in sorted(classes.items(), key=lambda item: -item[1]):
        table.add_row(name, str(count))
    out.print(table)


def show_loaders(loaders: Sequence[Loader], format: str, *, detailed: bool) -> None:
    """Print loaders: a row each, or all about one."""
    if format == "json":
        _json(
            [
                {
                    "name": x.name,
                    "version": x.version,
                    "summary": x.summary,
                    "forms": x.forms,
                    "options": dict(x.options),
                }
                for x in loaders
            ]
        )
        return
    out = _out()
    if not detailed:
        table = Table("loader", "version", "what it reads")
        for loader in loaders:
            table.add_row(loader.name, loader.version, escape(loader.summary))
        out.print(table)
        return
    for loader in loaders:
        out.print(f"[bold]{loader.name}[/] {loader.version}: {escape(loader.summary)}\n\nforms:")
        for form in loader.forms:
            out.print(f"  - {escape(form)}")
        out.print("options:" if loader.options else "no options")
        for name, help_ in loader.options.items():
            out.print(f"  - [bold]{escape(name)}[/]: {escape(help_)}")


def show_pairs(pairs: Sequence[Pair], format: str) -> None:
    """Print pairs of organizations with the evidence for and against their being one."""
    if format == "json":
        _json([pair._asdict() for pair in pairs])
        return
    table = Table(_right("score"), "organization", "other", "evidence", "verdict")
    for pair in pairs:
        sides = ("\n".join((side["local"], *side["names"][:3])) for side in (pair.organization, pair.other))
        table.add_row(f"{pair.score:.2f}", *map(escape, sides), escape("\n".join(pair.evidence)), pair.verdict)
    _out().print(table)


def show_versions(manifests: Sequence[Manifest], current: str | None, format: str) -> None:
    """Print versions, oldest first."""
    if format == "json":
        _json(
            [
                {
                    "id": m.id,
                    "created": m.created,
                    "parent": m.parent,
                    "quads": m.quads,
                    "current": m.id == current,
                    "changes": [asdict(c) for c in m.changes],
                }
                for m in manifests
            ]
        )
        return
    table = Table("", "version", "created", _right("quads"), _right("added"), _right("removed"))
    for m in manifests:
        added, removed = sum(c.added for c in m.changes), sum(c.removed for c in m.changes)
        table.add_row("->" if m.id == current else "", m.id, m.created, str(m.quads), str(added), str(removed))
    _out().print(table)


def show_changes(changes: Sequence[Change], format: str) -> None:
    """Print added and removed quads per graph."""
    if format == "json":
        _json([asdict(c) for c in changes])
        return
    table = Table("graph", _right("added"), _right("removed"))
    for change in changes:
        table.add_row(change.graph, str(change.added), str(change.removed))
    _out().print(table if changes else "no difference")


def show_report(report: Report, limit: int = 100) -> None:
    """Print a validation report, at most ``limit`` results of it."""
    out = Console(highlight=False, soft_wrap=True)
    out.print("[green]conforms[/]" if report.conforms else f"[red]does not conform[/]: {len(report.results)} results")
    for result in report.results[:limit]:
        out.print(f"  {result.severity}: {escape(result.message)}\n    at {escape(result.focus_node)}", end="")
        out.print(f" {escape(result.path)}" if result.path else "", end="")
        out.print(f" value {escape(result.value)}" if result.value else "")
    if len(report.results) > limit:
        out.print(f"  ... and {len(report.results) - limit} more: --report FILE has all")


def show_findings(findings: Sequence[Finding]) -> None:
    """Print what the doctor found."""
    out = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        out.print(f"{'[green]ok[/]' if finding.ok else '[red]no[/]'}  {escape(finding.what)}")
        if not finding.ok and finding.hint:
            out.print(f"    {escape(finding.hint)}")


def show_answer(run: Callable[[str, IO[bytes]], bool | None], output: IO[bytes]) -> bool | None:
    """Print the answer of a query for reading: a table, true or false, or Turtle."""
    buffer = io.BytesIO()
    try:
        truth = run("csv", buffer)
    except InputError as error:
        if error.hint != "--format turtle":
            raise
        return run("turtle", output)
    text = io.StringIO()
    if truth is not None:
        text.write(f"{str(truth).lower()}\n")
    else:
        rows = csv.reader(io.StringIO(buffer.getvalue().decode()))
        table = Table(*next(rows, []))
        count = 0
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
            count += 1
        width = None if sys.stdout.isatty() else 200
        printed = Console(file=text, width=width or Console().width, force_terminal=False)
        printed.print(table)
        text.write(f"{count} {'row' if count == 1 else 'rows'}\n")
    output.write(text.getvalue().encode())
    return truth


@contextlib.contextmanager
def output(name: str) -> Iterator[IO[bytes]]:
    """Open a file for writing, gzipped by its suffix, or standard output for ``-``; a file appears whole or not at all.

    Raises:
        InputError: the file cannot be written.
    """
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(name)
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("wb") as raw:
            if path.suffix == ".gz":
                with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as stream:
                    yield cast(IO[bytes], stream)
            else:
                yield raw
        beside.replace(path)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", path=name) from error
    finally:
        beside.unlink(missing_ok=True)


def _json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
