"""Sources in: those of a sources file, one from files, shards of another place."""

from __future__ import annotations

import contextlib
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import Any

from kg import console, gather, ingest, loader, retrieval, sharding, shards, workers
from kg import publish as publishing
from kg.dataset import writer as writing
from kg.dataset.home import Home
from kg.dataset.manifest import Change, Manifest, SourceState
from kg.errors import CommonsError, InputError, StoreError, UsageError
from kg.loader import Source
from kg.operations.common import minter_of, standard_input_as_file
from kg.settings import Settings
from kg.sources import SourceConfig, read_sources
from kg.storage import Place

SAMPLES = "commons_kg.samples"
"""Entry point group of packages that bring sources to try things with: ``package:folder`` with a ``sources.toml``."""


@dataclass
class Outcome:
    """What a load did: the sources as they stand now, what failed, and the version published."""

    states: list[SourceState] = field(default_factory=list)
    changes: dict[str, Change | None] = field(default_factory=dict)
    """Source name -> what changed in its graph; None: it was loaded before and has not changed."""
    failures: list[tuple[str, CommonsError]] = field(default_factory=list)
    manifest: Manifest | None = None
    staged: bool = False


def sync(
    settings: Settings, file: Path, *, only: Sequence[str] = (), force: bool = False, stage: bool = False
) -> Outcome:
    """Load every source of a sources file and publish. A source that fails keeps its old graph; the others go on.

    Raises:
        InputError: the sources file is wrong.
        UsageError: ``only`` names no source of it, or a loader is not installed.
        HomeLockedError, StoreError, DiskFullError: nothing was published.
    """
    configs = read_sources(file)
    for name in only:
        if name not in {config.name for config in configs}:
            raise UsageError(f"{file} has no source {name!r}", hint=f"sources: {', '.join(c.name for c in configs)}")
    return _load(settings, [c for c in configs if not only or c.name in only], force=force, stage=stage)


def load(
    settings: Settings,
    loader_name: str,
    paths: Sequence[str],
    *,
    name: str,
    url: str | None,
    licence: str | None,
    title: str | None,
    options: Sequence[str],
    force: bool = False,
    stage: bool = False,
) -> Outcome:
    """Load one source from files and publish; ``options`` are ``key=value``, the value in TOML or a plain word.

    Raises:
        UsageError: an option has no value, or the loader is not installed.
    """
    pairs: dict[str, Any] = {}
    for option in options:
        key, equals, value = option.partition("=")
        if not equals:
            raise UsageError(f"--option takes key=value, not {option!r}")
        try:
            pairs[key] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            pairs[key] = value  # a plain word
    with standard_input_as_file(paths) as files_:
        config = SourceConfig(
            name=name,
            loader=loader_name,
            folder=Path.cwd(),
            paths=tuple(files_),
            url=url,
            licence=licence,
            title=title,
            options=pairs,
        )
        return _load(settings, [config], force=force, stage=stage)


def _load(settings: Settings, configs: Sequence[SourceConfig], *, force: bool, stage: bool) -> Outcome:
    available = loader.installed()
    for config in configs:
        loader.get(config.loader, available)
    home, outcome = Home(Path(settings.home)), Outcome(staged=stage)
    options = _options(settings)
    with (
        workers.crew(settings.ingest_engine, settings.ingest_processes, settings.dask_scheduler) as crew,
        writing.opened(home, union=settings.union_default_graph) as writer,
        console.progress(len(configs)) as progress,
        tempfile.TemporaryDirectory(dir=home.writer) as folder,
    ):
        options, sources, read = replace(options, crew=crew), list[Source](), {}
        for config in configs:
            with _kept(config.name, outcome.failures):
                source = retrieval.retrieve(config, home, settings, force=force)
                keep = Path(folder, source.name)
                read[source.name] = gather.gather(source, available[config.loader], home, options, keep)
                sources.append(source)
        options = gather.register_of(home, [*writer.sources, *(source.name for source in sources)], options)
        for source in sources:
            with progress.step(source.name) as report, _kept(source.name, outcome.failures):
                state, change = ingest.ingest(
                    source,
                    available[source.loader],
                    writer,
                    options,
                    force=force,
                    progress=report,
                    read=read[source.name],
                )
                outcome.states.append(state)
                outcome.changes[source.name] = change
        if stage:
            writer.stage()
        elif writer.sources or writer.parent:
            with progress.step("publish"):
                outcome.manifest = publishing.publish(
                    writer, options.mint, dumps=settings.dumps, keep=settings.keep_versions
                )
    return outcome


@contextmanager
def _kept(name: str, failures: list[tuple[str, CommonsError]]) -> Iterator[None]:
    """Keep what makes one source fail, so that the others go on."""
    try:
        yield
    except StoreError:
        raise  # the writer is no longer whole
    except CommonsError as error:
        failures.append((name, error))
    except (OSError, ValueError, TypeError, KeyError) as error:
        fault = InputError(f"source {name!r} cannot be read: {type(error).__name__}: {error}")
        failures.append((name, fault))


def write_shards(settings: Settings, file: Path, out: str, *, compress: bool = False) -> Outcome:
    """Map and validate every source of a sources file into a folder of shards; the store of the home is not opened.

    Raises:
        InputError: the sources file is wrong.
        OperationError: the folder, or the storage that it is in, takes no files.
        UsageError: there is no driver for the address of the folder.
    """
    configs, available = read_sources(file), loader.installed()
    home, outcome, place = Home(Path(settings.home)), Outcome(staged=True), Place.of(out)
    home.create()
    with (
        workers.crew(settings.ingest_engine, settings.ingest_processes, settings.dask_scheduler) as crew,
        tempfile.TemporaryDirectory(dir=home.path, prefix=".read-") as folder,
    ):
        options, pairs = replace(_options(settings), crew=crew), []
        for config in configs:
            with _kept(config.name, outcome.failures):
                using = loader.get(config.loader, available)
                pairs.append((retrieval.retrieve(config, home, settings, force=False), using))
        read = sharding.readings(pairs, crew, place)
        with contextlib.suppress(Exception):  # what the workers cannot read is read here, which says why
            sharding.note(read, home, options)
        noted = []
        for one in read:
            with _kept(one.source.name, outcome.failures):
                one.batches = gather.gather(one.source, one.loader, home, options, Path(folder, one.source.name))
                noted.append(one)
        options = gather.register_of(home, [one.source.name for one in noted], options)
        made = []
        for source, shard in sharding.write(noted, options, home, place, compress=compress):
            if isinstance(shard, CommonsError):
                outcome.failures.append((source.name, shard))
            else:
                made.append(shard)
                outcome.states.append(shard.source)
                outcome.changes[source.name] = Change(graph=shard.source.graph, added=shard.source.quads, removed=0)
        shards.write_manifest(made, home, place)
    return outcome


def load_shards(settings: Settings, manifest: str, *, stage: bool = False) -> Outcome:
    """Load the shards of a manifest and publish; where one is not what the manifest says, nothing is loaded.

    Raises:
        InputError: the manifest or a shard is not as it was written.
        OperationError: the storage that they are in does not give them.
    """
    home, outcome = Home(Path(settings.home)), Outcome(staged=stage)
    home.create()
    with (
        shards.checked(manifest, home.path) as (found, folder),
        writing.opened(home, union=settings.union_default_graph) as writer,
    ):
        shards.take_decisions(found, folder, home)
        for shard in found.shards:
            state, outcome.changes[shard.source.name] = shards.load(shard, folder, writer)
            outcome.states.append(state)
        gather.register_of(home, writer.sources, _options(settings))
        if stage:
            writer.stage()
        else:
            outcome.manifest = publishing.publish(
                writer, minter_of(settings), dumps=settings.dumps, keep=settings.keep_versions
            )
    return outcome


def sample() -> Path:
    """Return the sources file of the embedded sample.

    Raises:
        UsageError: no installed package brings one.
    """
    for point in entry_points(group=SAMPLES):
        return Path(str(files(point.module))) / point.attr / "sources.toml"
    raise UsageError("no sample is installed")


def _options(settings: Settings) -> ingest.Options:
    return ingest.Options(
        mint=minter_of(settings),
        shapes=ingest.shapes(),
        engine=settings.validation_engine,
        batch=settings.batch,
        strict=settings.strict,
    )
