"""The application that the commands belong to, with what they share: settings, forms of output."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from kg import __version__, settings
from kg.settings import Settings

app = typer.Typer(
    name="commons-kg",
    help="The knowledge graph of the commons: load sources, validate, publish versions, query, export, serve.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    epilog="Begin with: [bold]commons-kg demo[/bold], which loads the embedded sample and serves it.",
)


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


def settings_of(context: typer.Context, **flags: Any) -> Settings:
    """Return the settings of a command; ``flags`` are those given to it, None where one is not."""
    make: Callable[..., Settings] = context.obj
    return make(**flags)
