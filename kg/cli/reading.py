"""Commands that tell what a version holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from kg import console, operations
from kg.cli.application import Answer, Dump, Format, Shown, app, settings_of
from kg.errors import InputError, UsageError


@app.command()
def query(
    context: typer.Context,
    text: Annotated[str | None, typer.Argument(help="The query; - reads it from standard input.")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="Read the query from a file.")] = None,
    format: Annotated[Answer, typer.Option("--format", help="How to give the answer.")] = Answer.table,
    output: Annotated[str, typer.Option("--output", "-o", help="File to write to.")] = "-",
    at: Annotated[str | None, typer.Option("--at", help="Version to query (else the current one).")] = None,
) -> None:
    """Query a published version with SPARQL; the usual prefixes need not be declared."""
    if (text is None) == (file is None):
        raise UsageError("give the query as an argument or with --file")
    try:
        written = sys.stdin.read() if text == "-" else file.read_text(encoding="utf-8") if file else text or ""
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path=str(file or "standard input")) from error
    with console.output(output) as stream:
        answer = operations.query(settings_of(context), written, format, stream, version=at)
    raise typer.Exit(1 if answer is False else 0)


@app.command()
def export(
    context: typer.Context,
    format: Annotated[Dump, typer.Option("--format", help="What to write.")] = Dump.turtle,
    output: Annotated[
        str, typer.Option("--output", "-o", help="File to write (.gz compresses); - is standard output.")
    ] = "-",
    graph: Annotated[str | None, typer.Option(help="Only this graph: its IRI, or the name of its source.")] = None,
    table: Annotated[str | None, typer.Option(help="With csv: the table to write.")] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="With nquads: the default graph too, for another server to load.")
    ] = False,
    at: Annotated[str | None, typer.Option("--at", help="Version to export (else the current one).")] = None,
) -> None:
    """Write a published version as one sorted file, byte-identical for the same data."""
    with console.output(output) as stream:
        count = operations.export(
            settings_of(context), format, stream, graph=graph, table=table, whole=whole, version=at
        )
    Console(stderr=True).print(f"{count} {'rows' if format == 'csv' else 'statements'} written", highlight=False)


@app.command()
def stats(context: typer.Context, format: Format = Shown.table) -> None:
    """Show what the current version holds: sources with their counts, classes, graphs."""
    console.show_stats(operations.stats(settings_of(context)), format)


@app.command()
def review(
    context: typer.Context,
    organizations: Annotated[list[str] | None, typer.Argument(help="Two local names, to decide about.")] = None,
    same: Annotated[bool | None, typer.Option("--same/--different", help="They are one, or two.")] = None,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    joined: Annotated[bool, typer.Option("--joined", help="List what was joined, not what is in doubt.")] = False,
    format: Format = Shown.table,
) -> None:
    """List organizations that may be one, with the evidence; with two names, decide: the next load follows it."""
    options = settings_of(context)
    if same is None:
        console.show_pairs(operations.review(options, joined=joined), format)
        return
    operations.decide(options, organizations or [], same=same, note=note)
    typer.echo("recorded; the next sync or load follows it")


@app.command("train-goals")
def train_goals(
    context: typer.Context,
    labelled: Annotated[
        Path, typer.Argument(help="CSV file with the columns text, sdg (1 to 17), label (true, false).")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write, instead of the home's model.")
    ] = None,
) -> None:
    """Make a model of terms and weights from labelled texts; goals are inferred by it from the next publish on."""
    typer.echo(f"wrote {operations.train_goals(settings_of(context), labelled, output)}")
