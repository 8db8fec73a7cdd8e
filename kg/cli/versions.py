"""Commands about the published versions."""

from __future__ import annotations

from typing import Annotated

import typer

from kg import console, operations
from kg.cli.application import Format, Shown, app, settings_of

versions_app = typer.Typer(help="List, compare, roll back and prune published versions.", no_args_is_help=True)
app.add_typer(versions_app, name="versions")


@versions_app.command("list")
def versions_list(context: typer.Context, format: Format = Shown.table) -> None:
    """List the published versions, oldest first."""
    console.show_versions(*operations.versions(settings_of(context)), format)


@versions_app.command("diff")
def versions_diff(
    context: typer.Context,
    old: Annotated[str | None, typer.Argument(help="Version id (else the parent of NEW).")] = None,
    new: Annotated[str | None, typer.Argument(help="Version id (else the current one).")] = None,
    format: Format = Shown.table,
) -> None:
    """Count the quads added and removed per graph between two versions."""
    console.show_changes(operations.diff(settings_of(context), old, new), format)


@versions_app.command("rollback")
def versions_rollback(
    context: typer.Context, to: Annotated[str | None, typer.Argument(help="Version id (else the parent).")] = None
) -> None:
    """Serve an older version again."""
    typer.echo(operations.rollback(settings_of(context), to))


@versions_app.command("prune")
def versions_prune(
    context: typer.Context,
    keep: Annotated[int | None, typer.Option(help="How many of the newest to keep.", min=0)] = None,
) -> None:
    """Delete old versions, but never the current one nor one that is open."""
    for gone in operations.prune(settings_of(context), keep):
        typer.echo(gone)
