"""Commands that bring data in: sources, shards, and what is validated by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg import console, operations
from kg.cli.application import Engine, Format, Shown, app, settings_of


@app.command()
def sync(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Sources file (TOML).")],
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Load only the source of this name (repeatable).")
    ] = None,
    strict: Annotated[bool | None, typer.Option("--strict", help="Refuse a source with rejects or quarantine.")] = None,
    force: Annotated[bool, typer.Option(help="Fetch and load again what has not changed.")] = False,
    stage: Annotated[bool, typer.Option("--stage", help="Do not publish yet.")] = False,
    allow_private: Annotated[bool | None, typer.Option("--allow-private", help="Fetch from private addresses.")] = None,
    engine: Engine = None,
    format: Format = Shown.table,
) -> None:
    """Load every source of a sources file, validate, and publish a version."""
    options = settings_of(context, strict=strict, allow_private=allow_private, ingest_engine=engine and engine.value)
    outcome = operations.sync(options, file, only=only or [], force=force, stage=stage)
    console.show_outcome(outcome, format)
    if outcome.failures:
        raise typer.Exit(max(error.exit_code for _, error in outcome.failures))


@app.command()
def load(
    context: typer.Context,
    loader: Annotated[str, typer.Argument(help="Name of the loader: see commons-kg loaders.")],
    paths: Annotated[list[str], typer.Argument(help="Files, folders or globs; - is standard input.")],
    name: Annotated[str | None, typer.Option(help="Name of the source and its graph (else the loader's).")] = None,
    url: Annotated[str | None, typer.Option(help="Public address of the source.")] = None,
    licence: Annotated[str | None, typer.Option(help="Licence of the data: SPDX id or URL.")] = None,
    title: Annotated[str | None, typer.Option(help="Title of the source.")] = None,
    option: Annotated[
        list[str] | None, typer.Option("--option", "-o", help="key=value for the loader (repeatable).")
    ] = None,
    strict: Annotated[bool | None, typer.Option("--strict", help="Refuse rejects and quarantine.")] = None,
    force: Annotated[bool, typer.Option(help="Load again what has not changed.")] = False,
    stage: Annotated[bool, typer.Option("--stage", help="Do not publish yet.")] = False,
    engine: Engine = None,
    format: Format = Shown.table,
) -> None:
    """Load one source from files, validate, and publish a version."""
    options = settings_of(context, strict=strict, ingest_engine=engine and engine.value)
    outcome = operations.load(
        options,
        loader,
        paths,
        name=name or loader,
        url=url,
        licence=licence,
        title=title,
        options=option or [],
        force=force,
        stage=stage,
    )
    console.show_outcome(outcome, format)
    if outcome.failures:
        raise typer.Exit(outcome.failures[0][1].exit_code)


@app.command()
def shards(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Sources file (TOML).")],
    out: Annotated[str, typer.Option("--out", "-o", help="Folder for the shards: a path, s3://bucket/folder ...")],
    compress: Annotated[bool, typer.Option("--compress", help="Write N-Quads as .nq.gz.")] = False,
    engine: Engine = None,
    format: Format = Shown.table,
) -> None:
    """Map and validate every source into N-Quads files with a manifest, for load-shards or another engine."""
    settings = settings_of(context, ingest_engine=engine and engine.value)
    outcome = operations.write_shards(settings, file, out, compress=compress)
    console.show_outcome(outcome, format)
    if outcome.failures:
        raise typer.Exit(max(error.exit_code for _, error in outcome.failures))


@app.command("load-shards")
def load_shards(
    context: typer.Context,
    manifest: Annotated[str, typer.Argument(help="The file shards.json of a folder of shards: path or address.")],
    stage: Annotated[bool, typer.Option("--stage", help="Do not publish yet.")] = False,
    format: Format = Shown.table,
) -> None:
    """Check the shards of a manifest, load them, and publish a version."""
    console.show_outcome(operations.load_shards(settings_of(context), manifest, stage=stage), format)


@app.command()
def publish(context: typer.Context) -> None:
    """Publish what was staged with [bold]--stage[/bold]."""
    manifest = operations.publish(settings_of(context))
    typer.echo(manifest.id if manifest else "nothing new to publish")


@app.command()
def remove(context: typer.Context, source: Annotated[str, typer.Argument(help="Name of a loaded source.")]) -> None:
    """Remove a source with its graph, and publish a version without it."""
    manifest = operations.remove(settings_of(context), source)
    typer.echo(manifest.id if manifest else "nothing new to publish")


@app.command()
def validate(
    context: typer.Context,
    data: Annotated[
        list[str], typer.Argument(help="RDF files (Turtle, N-Triples, JSON-LD, RDF/XML ...); - is standard input.")
    ],
    shapes: Annotated[
        list[Path] | None, typer.Option("--shapes", help="Shapes graph (repeatable; else this project's).")
    ] = None,
    report: Annotated[
        str | None, typer.Option("--report", help="Write the SHACL report here, as Turtle; - is standard output.")
    ] = None,
) -> None:
    """Validate any RDF data against any SHACL shapes; exit code 1 says that it does not conform."""
    result = operations.validate(settings_of(context), data, shapes)
    if report is not None:
        with console.output(report) as stream:
            stream.write(result.turtle())
    if report != "-":
        console.show_report(result)
    raise typer.Exit(0 if result.conforms else 1)
