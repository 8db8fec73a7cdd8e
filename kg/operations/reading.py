"""What a version holds: queried, counted, reviewed and exported; and any data validated."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import IO

from kg import console
from kg import review as reviewing
from kg.dataset import versions as published
from kg.dataset.home import Home
from kg.dataset.manifest import Manifest
from kg.dataset.query import query as run_query
from kg.engine import text_search
from kg.engine.frames import RefusedError, UnreachableError
from kg.errors import UsageError
from kg.namespaces import PREFIXES
from kg.operations.common import held_version, minter_of, standard_input_as_file
from kg.resources import folder
from kg.settings import Settings
from kg.validation import Report, validate_files


def validate(settings: Settings, data: Sequence[str], shapes: Sequence[Path] | None) -> Report:
    """Validate RDF files against shapes files, or this project's shapes."""
    with standard_input_as_file(data, rdf=True) as paths:
        if shapes:
            return validate_files([Path(p) for p in paths], list(shapes))
        return validate_files([Path(p) for p in paths], sorted(folder("shapes").glob("*.ttl")))


def query(settings: Settings, text: str, format: str, output: IO[bytes], *, version: str | None = None) -> bool | None:
    """Write the answer of a query; return the boolean of an ASK, else None."""
    with held_version(settings, version) as path:
        store = published.open_store(path)

        def answer(inner: str, stream: IO[bytes]) -> bool | None:
            return run_query(store, text, inner, stream, partial(text_search.searched, path, prefixes=PREFIXES))

        try:
            return console.show_answer(answer, output) if format == "table" else answer(format, output)
        except RefusedError as error:
            raise UsageError(str(error), hint="query another endpoint by itself") from None
        except UnreachableError as error:
            raise UsageError(str(error)) from None


def stats(settings: Settings) -> Manifest:
    """Return the manifest of the current version."""
    return Manifest.read(Home(Path(settings.home)).current_path())


def review(settings: Settings, *, joined: bool = False) -> list[reviewing.Pair]:
    """Return the pairs of organizations of the current version that are in doubt, or those that were joined."""
    return reviewing.pairs(Home(Path(settings.home)).current_path(), joined=joined)


def decide(settings: Settings, locals_: Sequence[str], *, same: bool, note: str) -> None:
    """Record whether two organizations are one."""
    reviewing.decide(Home(Path(settings.home)), locals_, same=same, note=note)


def export(
    settings: Settings,
    format: str,
    output: IO[bytes],
    *,
    graph: str | None = None,
    table: str | None = None,
    whole: bool = False,
    version: str | None = None,
) -> int:
    """Write a version as one file; return the number of statements or rows.

    ``whole``: all that is in its store, for another server to load: the default graph and the description too.

    Raises:
        UsageError: the whole is wanted in another format than N-Quads.
    """
    from kg import export as exporting

    if graph is not None and ":" not in graph:
        graph = minter_of(settings).graph(graph)
    with held_version(settings, version) as path:
        store = published.open_store(path)
        if whole:
            if format != "nquads" or graph or table:
                raise UsageError("the whole store is written as N-Quads alone", hint="--whole --format nquads")
            return exporting.export_store(store, output)
        if format == "csv":
            return exporting.export_table(store, output, table or "")
        return exporting.export(store, output, format, graph=graph)
