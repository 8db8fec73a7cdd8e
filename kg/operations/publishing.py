"""Versions: published, listed, compared, served again, deleted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kg import publish as publishing
from kg.dataset import versions as published
from kg.dataset import writer as writing
from kg.dataset.home import Home, hold, write_atomically
from kg.dataset.manifest import Change, Manifest
from kg.errors import UsageError
from kg.linking import goal_training, goals
from kg.operations.common import minter_of
from kg.settings import Settings


def publish(settings: Settings) -> Manifest | None:
    """Publish what was staged, or what an update published without dumps; None where nothing is new."""
    home = Home(Path(settings.home))
    with writing.opened(home, union=settings.union_default_graph) as writer:
        if settings.dumps and writer.parent is not None and not Manifest.read(home.version_path(writer.parent)).dumps:
            writer.unpublished = True
        return publishing.publish(writer, minter_of(settings), dumps=settings.dumps, keep=settings.keep_versions)


def remove(settings: Settings, source: str) -> Manifest | None:
    """Remove a source with its graph, and publish.

    Raises:
        UsageError: no such source is loaded.
    """
    with writing.opened(Home(Path(settings.home)), union=settings.union_default_graph) as writer:
        if source not in writer.sources:
            raise UsageError(f"no source {source!r} is loaded", hint=f"loaded: {', '.join(writer.sources) or 'none'}")
        writer.remove_graph(writer.sources.pop(source).graph)
        return publishing.publish(writer, minter_of(settings), dumps=settings.dumps, keep=settings.keep_versions)


def train_goals(settings: Settings, labelled: Path, output: Path | None = None) -> Path:
    """Make a model of goals from labelled texts, for ``output`` or for the home, and return its file.

    A model of the home is used by the next publish, which publishes also if no source has changed.

    Raises:
        InputError: the labelled texts cannot be read.
    """
    home = Home(Path(settings.home))
    trained = goal_training.train(goal_training.read(labelled), goals.model())
    about = f"The terms of the project and what was learnt from the labelled texts {labelled.name}."
    text = replace(trained, about={"about": about}).json()
    if output is not None:
        output.write_text(text, encoding="utf-8")
        return output
    with writing.opened(home, union=settings.union_default_graph) as writer:
        write_atomically(home.goal_terms, text.encode())
        writer.unpublished = True
        writer.stage()
    return home.goal_terms


def versions(settings: Settings) -> tuple[list[Manifest], str | None]:
    """Return the manifests of all versions, oldest first, and the id of the current one."""
    home = Home(Path(settings.home))
    return published.manifests(home), home.current_id()


def diff(settings: Settings, old: str | None, new: str | None) -> list[Change]:
    """Compare two versions; by default the current one with its parent."""
    home = Home(Path(settings.home))
    new_path = home.current_path() if new is None else home.version_path(new)
    if old is None:
        old = Manifest.read(new_path).parent
        if old is None:
            raise UsageError(f"version {new_path.name} has no parent", hint="name two versions")
    with hold(home.version_path(old)), hold(new_path):
        return published.diff(home, old, new_path.name)


def rollback(settings: Settings, to: str | None) -> str:
    """Serve an older version again; return its id."""
    return published.rollback(Home(Path(settings.home)), to)


def prune(settings: Settings, keep: int | None) -> list[str]:
    """Delete old versions; return their ids."""
    home = Home(Path(settings.home))
    with home.lock():
        return published.prune(home, settings.keep_versions if keep is None else keep)
