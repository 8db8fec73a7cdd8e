"""The command ``commons-kg``: thin, every command one call.

Data goes to standard output, progress and errors to standard error. Exit codes: 0 ok, 1 a negative answer, 2 usage,
3 bad input (with file:line:column), 4 store or network.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from kg import __version__, console, operations, settings
from kg.errors import CommonsError, InputError, OperationError, UsageError
from kg.settings import Settings

app = typer.Typer(
    name="commons-kg",
    help="The knowledge graph of the commons: load sources, validate, publish versions, query, export, serve.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    epilog="Begin with: [bold]commons-kg demo[/bold], which loads the embedded sample and serves it.",
)
versions_app = typer.Typer(help="List, compare, roll back and prune published versions.", no_args_is_help=True)
app.add_typer(versions_app, name="versions")


class Shown(StrEnum):
    """How a command shows what it found."""

    table = "table"
    json = "json"


class Answer(StrEnum):
    """How ``query`` gives its answer: a table for people, a table or a graph for programs."""

    table = "table"
    csv = "csv"
    tsv = "tsv"
    json = "json"
    xml = "xml"
    turtle = "turtle"
    ntriples = "ntriples"
    jsonld = "jsonld"
    rdfxml = "rdfxml"


class Dump(StrEnum):
    """What ``export`` writes."""

    turtle = "turtle"
    nquads = "nquads"
    trig = "trig"
    jsonld = "jsonld"
    ntriples = "ntriples"
    csv = "csv"


class IngestEngine(StrEnum):
    """Who maps and validates big sources."""

    local = "local"
    dask = "dask"


Engine = Annotated[IngestEngine | None, typer.Option("--engine", help="Who maps and validates big sources.")]
Format = Annotated[Shown, typer.Option("--format", help="For people or for scripts.")]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"commons-kg {__version__}")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    home: Annotated[str | None, typer.Option(help="Folder in which the dataset lives.")] = None,
    base: Annotated[str | None, typer.Option(help="Base IRI of the things minted here.")] = None,
    config: Annotated[
        Path | None, typer.Option(help="Settings file (else commons-kg.toml, where there is one).")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Gather the settings that all commands share."""
    context.obj = lambda **flags: settings.load({"home": home, "base": base, **flags}, file=config)


def _settings(context: typer.Context, **flags: Any) -> Settings:
    make: Callable[..., Settings] = context.obj
    return make(**flags)


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
    options = _settings(context, strict=strict, allow_private=allow_private, ingest_engine=engine and engine.value)
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
    options = _settings(context, strict=strict, ingest_engine=engine and engine.value)
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
def publish(context: typer.Context) -> None:
    """Publish what was staged with [bold]--stage[/bold]."""
    manifest = operations.publish(_settings(context))
    typer.echo(manifest.id if manifest else "nothing new to publish")


@app.command()
def remove(context: typer.Context, source: Annotated[str, typer.Argument(help="Name of a loaded source.")]) -> None:
    """Remove a source with its graph, and publish a version without it."""
    manifest = operations.remove(_settings(context), source)
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
    result = operations.validate(_settings(context), data, shapes)
    if report is not None:
        with console.output(report) as stream:
            stream.write(result.turtle())
    if report != "-":
        console.show_report(result)
    raise typer.Exit(0 if result.conforms else 1)


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
        answer = operations.query(_settings(context), written, format, stream, version=at)
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
        count = operations.export(_settings(context), format, stream, graph=graph, table=table, whole=whole, version=at)
    Console(stderr=True).print(f"{count} {'rows' if format == 'csv' else 'statements'} written", highlight=False)


@app.command()
def stats(context: typer.Context, format: Format = Shown.table) -> None:
    """Show what the current version holds: sources with their counts, classes, graphs."""
    console.show_stats(operations.stats(_settings(context)), format)


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
    options = _settings(context)
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
    typer.echo(f"wrote {operations.train_goals(_settings(context), labelled, output)}")


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to serve on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to serve on.")] = None,
    uds: Annotated[str | None, typer.Option(help="Unix socket to serve on, instead of host and port.")] = None,
    processes: Annotated[int | None, typer.Option(help="Server processes that share the port.")] = None,
    workers: Annotated[int | None, typer.Option(help="Queries that run at the same time, per server process.")] = None,
    deadline: Annotated[float | None, typer.Option(help="Seconds a query may take.")] = None,
    queue: Annotated[int | None, typer.Option(help="Queries that may wait for a worker.")] = None,
    worker_memory: Annotated[int | None, typer.Option(help="Bytes of address space of a worker.")] = None,
    result_bytes: Annotated[int | None, typer.Option(help="Bytes of an answer before it is broken off.")] = None,
    client_seconds: Annotated[
        float | None, typer.Option(help="Seconds of workers' time for each client within a minute; 0: any.")
    ] = None,
    trusted_proxies: Annotated[
        str | None, typer.Option(help="Addresses and networks whose X-Forwarded-For is believed.")
    ] = None,
    cache_bytes: Annotated[int | None, typer.Option(help="Bytes of the result cache; 0: none.")] = None,
    engine: Annotated[
        str | None, typer.Option(help="Address of a SPARQL 1.1 server that holds the version and answers for it.")
    ] = None,
    access_log: Annotated[
        bool | None, typer.Option("--access-log/--no-access-log", help="Write a line of JSON for each request.")
    ] = None,
    allow_update: Annotated[
        bool | None, typer.Option("--allow-update", help="Take updates from those who have the token.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(help="Bearer token of those who may update (better: COMMONS_KG_TOKEN).")
    ] = None,
    union_default_graph: Annotated[
        bool | None,
        typer.Option(
            "--union-default-graph/--no-union-default-graph",
            help="Whether the default graph is the union of the named graphs, or an ordinary one.",
        ),
    ] = None,
) -> None:
    """Serve SPARQL, pages and dumps over HTTP. More limits are settings: see commons-kg config."""
    options = _settings(
        context, host=host, port=port, uds=uds, processes=processes, workers=workers, deadline=deadline, queue=queue,
        worker_memory=worker_memory, result_bytes=result_bytes, client_seconds=client_seconds,
        trusted_proxies=trusted_proxies, cache_bytes=cache_bytes, access_log=access_log, engine=engine,
        allow_update=allow_update, token=token, union_default_graph=union_default_graph,
    )  # fmt: skip
    operations.serve(options)


@app.command()
def demo(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to serve on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to serve on.")] = None,
) -> None:
    """Build the graph from the embedded sample, and serve it."""
    options = _settings(context, host=host, port=port)
    console.show_outcome(operations.sync(options, operations.sample()), "table")
    operations.serve(options)


@app.command()
def shards(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Sources file (TOML).")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the shards and their manifest.")],
    engine: Engine = None,
    format: Format = Shown.table,
) -> None:
    """Map and validate every source into N-Quads files with a manifest, for load-shards or another engine."""
    outcome = operations.write_shards(_settings(context, ingest_engine=engine and engine.value), file, out)
    console.show_outcome(outcome, format)
    if outcome.failures:
        raise typer.Exit(max(error.exit_code for _, error in outcome.failures))


@app.command("load-shards")
def load_shards(
    context: typer.Context,
    manifest: Annotated[Path, typer.Argument(help="The file shards.json of a folder of shards.")],
    stage: Annotated[bool, typer.Option("--stage", help="Do not publish yet.")] = False,
    format: Format = Shown.table,
) -> None:
    """Check the shards of a manifest, load them, and publish a version."""
    console.show_outcome(operations.load_shards(_settings(context), manifest, stage=stage), format)


@app.command()
def loaders(
    name: Annotated[str | None, typer.Argument(help="Tell more of this one.")] = None, format: Format = Shown.table
) -> None:
    """List the installed loaders, the forms they read and their options."""
    console.show_loaders(operations.loaders(name), format, detailed=name is not None)


@app.command()
def config(context: typer.Context, format: Format = Shown.table) -> None:
    """Show every setting, its value and where the value came from."""
    values = _settings(context).values
    if format == "json":
        typer.echo(json.dumps({k: {"value": v.shown, "origin": v.origin} for k, v in values.items()}, indent=1))
        return
    table = Table("setting", "value", "from", "what it is")
    for setting in settings.SETTINGS:
        value = values[setting.name]
        table.add_row(setting.name, str(value.shown), value.origin, setting.help)
    Console().print(table)


@app.command()
def doctor(context: typer.Context) -> None:
    """Check this installation and the home; exit code 4 says that something is wrong."""
    findings = operations.doctor(_settings(context))
    console.show_findings(findings)
    raise typer.Exit(0 if all(f.ok for f in findings) else 4)


@versions_app.command("list")
def versions_list(context: typer.Context, format: Format = Shown.table) -> None:
    """List the published versions, oldest first."""
    console.show_versions(*operations.versions(_settings(context)), format)


@versions_app.command("diff")
def versions_diff(
    context: typer.Context,
    old: Annotated[str | None, typer.Argument(help="Version id (else the parent of NEW).")] = None,
    new: Annotated[str | None, typer.Argument(help="Version id (else the current one).")] = None,
    format: Format = Shown.table,
) -> None:
    """Count the quads added and removed per graph between two versions."""
    console.show_changes(operations.diff(_settings(context), old, new), format)


@versions_app.command("rollback")
def versions_rollback(
    context: typer.Context, to: Annotated[str | None, typer.Argument(help="Version id (else the parent).")] = None
) -> None:
    """Serve an older version again."""
    typer.echo(operations.rollback(_settings(context), to))


@versions_app.command("prune")
def versions_prune(
    context: typer.Context,
    keep: Annotated[int | None, typer.Option(help="How many of the newest to keep.", min=0)] = None,
) -> None:
    """Delete old versions, but never the current one nor one that is open."""
    for gone in operations.prune(_settings(context), keep):
        typer.echo(gone)


def main() -> NoReturn:
    """Run the command; every error of ours becomes a message and its exit code."""
    try:
        app()
    except CommonsError as error:
        console.show_error(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        console.show_error(OperationError(f"{error.filename or 'the machine'}: {error.strerror or error}"))
        sys.exit(4)
    except Exception:  # 1 says "no" to scripts, and this says nothing
        traceback.print_exc()
        sys.exit(4)
    sys.exit(0)
