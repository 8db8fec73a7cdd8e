"""Commands about this installation."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from kg import console, operations, settings
from kg.cli.application import Format, Shown, app, settings_of


@app.command()
def loaders(
    name: Annotated[str | None, typer.Argument(help="Tell more of this one.")] = None, format: Format = Shown.table
) -> None:
    """List the installed loaders, the forms they read and their options."""
    console.show_loaders(operations.loaders(name), format, detailed=name is not None)


@app.command()
def config(context: typer.Context, format: Format = Shown.table) -> None:
    """Show every setting, its value and where the value came from."""
    values = settings_of(context).values
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
    findings = operations.doctor(settings_of(context))
    console.show_findings(findings)
    raise typer.Exit(0 if all(f.ok for f in findings) else 4)
