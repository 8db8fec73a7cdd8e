"""What the commands do, without a terminal: each function is one command of ``kg.cli``."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import PackageNotFoundError, entry_points, version
from importlib.resources import files
from pathlib import Path
from typing import IO, Any

from kg import console, gather, ingest, loader, retrieval, shards, workers
from kg import publish as publishing
from kg import review as reviewing
from kg.dataset import versions as published
from kg.dataset import writer as writing
from kg.dataset.home import Home, hold, write_atomically
from kg.dataset.manifest import Change, Manifest, SourceState
from kg.dataset.query import query as run_query
from kg.engine import text_search
from kg.engine.frames import RefusedError, UnreachableError
from kg.errors import CommonsError, InputError, StoreError, UsageError
from kg.identifiers import Minter
from kg.linking import goal_training, goals
from kg.loader import Source
from kg.namespaces import PREFIXES
from kg.resources import folder
from kg.settings import Settings
from kg.sources import SourceConfig, is_web_address, read_sources
from kg.validation import Report, validate_files

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
    with _standard_input_as_file(paths) as files_:
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


@contextmanager
def _standard_input_as_file(paths: Sequence[str], *, rdf: bool = False) -> Iterator[list[str]]:
    """Give standard input a name; ``rdf``: one whose extension tells its syntax."""
    if "-" not in paths:
        yield list(paths)
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "stdin"
        with copy.open("wb") as out:
            shutil.copyfileobj(sys.stdin.buffer, out)
        if rdf:
            with copy.open("rb") as stream:
                start = stream.read(1000).lstrip(b"\xef\xbb\xbf \t\r\n")
            json_ld, xml = start[:1] in (b"{", b"["), start.startswith((b"<?xml", b"<rdf:RDF"))
            copy = copy.rename(copy.with_suffix(".jsonld" if json_ld else ".rdf" if xml else ".ttl"))
        yield [str(copy) if path == "-" else path for path in paths]


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
    ):
        sources: list[Source] = []
        for config in configs:
            with _kept(config.name, outcome.failures):
                source = retrieval.retrieve(config, home, settings, force=force)
                gather.gather(source, available[config.loader], home, options.mint, crew)
                sources.append(source)
        options = gather.register_of(home, [*writer.sources, *(source.name for source in sources)], options)
        options = replace(options, crew=crew)
        for source in sources:
            using = available[next(config.loader for config in configs if config.name == source.name)]
            with progress.step(source.name) as report, _kept(source.name, outcome.failures):
                state, change = ingest.ingest(source, using, writer, options, force=force, progress=report)
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


def write_shards(settings: Settings, file: Path, out: Path) -> Outcome:
    """Map and validate every source of a sources file into a folder of shards; the store of the home is not opened.

    Raises:
        InputError: the sources file is wrong.
    """
    configs, available = read_sources(file), loader.installed()
    home, outcome = Home(Path(settings.home)), Outcome(staged=True)
    home.create()
    options, pairs = _options(settings), []
    with workers.crew(settings.ingest_engine, settings.ingest_processes, settings.dask_scheduler) as crew:
        for config in configs:
            with _kept(config.name, outcome.failures):
                using = loader.get(config.loader, available)
                source = retrieval.retrieve(config, home, settings, force=False)
                gather.gather(source, using, home, options.mint, crew)
                pairs.append((source, using))
        options = replace(gather.register_of(home, [source.name for source, _ in pairs], options), crew=crew)
        entries = []
        for source, using in pairs:
            with _kept(source.name, outcome.failures):
                entries.append(shards.write(source, using, options, home, out))
                outcome.states.append(entries[-1].source)
        shards.write_manifest(entries, out)
    return outcome


def load_shards(settings: Settings, manifest: Path, *, stage: bool = False) -> Outcome:
    """Load the shards of a manifest and publish; where one is not what the manifest says, nothing is loaded.

    Raises:
        InputError: the manifest or a shard is not as it was written.
    """
    entries, outcome = shards.read_manifest(manifest), Outcome(staged=stage)
    with writing.opened(Home(Path(settings.home)), union=settings.union_default_graph) as writer:
        for entry in entries:
            state, outcome.changes[entry.source.name] = shards.load(entry, manifest.parent, writer)
            outcome.states.append(state)
        if stage:
            writer.stage()
        else:
            outcome.manifest = publishing.publish(
                writer, _minter(settings), dumps=settings.dumps, keep=settings.keep_versions
            )
    return outcome


def publish(settings: Settings) -> Manifest | None:
    """Publish what was staged, or what an update published without dumps; None where nothing is new."""
    home = Home(Path(settings.home))
    with writing.opened(home, union=settings.union_default_graph) as writer:
        if settings.dumps and writer.parent is not None and not Manifest.read(home.version_path(writer.parent)).dumps:
            writer.unpublished = True
        return publishing.publish(writer, _minter(settings), dumps=settings.dumps, keep=settings.keep_versions)


def remove(settings: Settings, source: str) -> Manifest | None:
    """Remove a source with its graph, and publish.

    Raises:
        UsageError: no such source is loaded.
    """
    with writing.opened(Home(Path(settings.home)), union=settings.union_default_graph) as writer:
        if source not in writer.sources:
            raise UsageError(f"no source {source!r} is loaded", hint=f"loaded: {', '.join(writer.sources) or 'none'}")
        writer.remove_graph(writer.sources.pop(source).graph)
        return publishing.publish(writer, _minter(settings), dumps=settings.dumps, keep=settings.keep_versions)


def validate(settings: Settings, data: Sequence[str], shapes: Sequence[Path] | None) -> Report:
    """Validate RDF files against shapes files, or this project's shapes."""
    with _standard_input_as_file(data, rdf=True) as paths:
        if shapes:
            return validate_files([Path(p) for p in paths], list(shapes))
        return validate_files([Path(p) for p in paths], sorted(folder("shapes").glob("*.ttl")))


@contextmanager
def _version(settings: Settings, version_id: str | None) -> Iterator[Path]:
    """Hold a version, the current one by default."""
    home = Home(Path(settings.home))
    path = home.current_path() if version_id is None else home.version_path(version_id)
    with hold(path):
        yield path


def query(settings: Settings, text: str, format: str, output: IO[bytes], *, version: str | None = None) -> bool | None:
    """Write the answer of a query; return the boolean of an ASK, else None."""
    with _version(settings, version) as path:
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


def loaders(name: str | None) -> list[loader.Loader]:
    """Return the installed loaders, or the one of this name."""
    return [loader.get(name)] if name else list(loader.installed().values())


def sample() -> Path:
    """Return the sources file of the embedded sample.

    Raises:
        UsageError: no installed package brings one.
    """
    for point in entry_points(group=SAMPLES):
        return Path(str(files(point.module))) / point.attr / "sources.toml"
    raise UsageError("no sample is installed")


def serve(settings: Settings) -> None:
    """Serve the home over HTTP until stopped.

    Where the default graph shall be kept in another way than it was (``union_default_graph``), a version in which it is
    so is published first; and an empty one where there is none yet and updates are allowed, which may then fill it.

    Raises:
        UsageError: nothing was published yet, updates are allowed without a token, or the default graph holds what
            would be lost if it became the union.
    """
    from kg.web.server import serve as run  # fastapi and uvicorn are of no use to the other commands

    if settings.allow_update and not settings.token:
        raise UsageError("updates need a token, by which those who may send them are known",
                         hint="set COMMONS_KG_TOKEN to a long random text")  # fmt: skip
    home, union = Home(Path(settings.home)), settings.union_default_graph
    if not settings.allow_update or home.current_id() is not None:
        missing = Manifest.read(home.current_path()).union_default_graph != union
    else:
        missing = True
    if missing:
        with writing.opened(home, union=union) as writer:
            writer.unpublished = True
            publishing.publish(writer, _minter(settings), dumps=settings.dumps, keep=settings.keep_versions)
    run(settings)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that ``doctor`` looked at."""

    ok: bool
    what: str
    hint: str = ""


def doctor(settings: Settings) -> list[Finding]:
    """Look at the installation and the home, and say what is wrong and how to mend it."""
    found = [Finding(sys.version_info >= (3, 11), f"Python {platform.python_version()}", "3.11 or later is needed")]
    for package in ("pyoxigraph", "pyshacl", "rdflib", "fastapi", "uvicorn"):
        try:
            found.append(Finding(True, f"{package} {version(package)}"))
        except PackageNotFoundError:
            found.append(Finding(False, f"{package} is missing", "pip install commons-kg"))
    fast = importlib.util.find_spec("shacl") is not None
    found.append(
        Finding(True, "native SHACL engine" if fast else "no native SHACL engine: pySHACL validates alone, slower")
    )
    try:
        found.append(Finding(True, f"loaders: {', '.join(loader.installed())}"))
    except Exception as error:
        found.append(Finding(False, f"loaders cannot be loaded: {error}", "reinstall the package that brings them"))
    found += _home_findings(Home(Path(settings.home)))
    return found


def _home_findings(home: Home) -> list[Finding]:
    if not home.path.exists():
        return [Finding(True, f"{home.path} does not exist yet", "commons-kg demo makes one")]
    free = shutil.disk_usage(home.path).free
    found = [Finding(free > 1_000_000_000, f"{free / 1e9:.1f} GB free at {home.path}", "publishing needs some space")]
    try:
        with home.lock():
            found.append(Finding(True, "no other process is writing"))
    except CommonsError as error:
        found.append(Finding(True, str(error)))
    try:
        path = home.current_path()
        manifest = Manifest.read(path)
        published.open_store(path)
        found.append(Finding(True, f"version {manifest.id} opens, {manifest.quads} quads"))
    except CommonsError as error:
        found.append(Finding(False, str(error), error.hint or ""))
    return found


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
        graph = _minter(settings).graph(graph)
    with _version(settings, version) as path:
        store = published.open_store(path)
        if whole:
            if format != "nquads" or graph or table:
                raise UsageError("the whole store is written as N-Quads alone", hint="--whole --format nquads")
            return exporting.export_store(store, output)
        if format == "csv":
            return exporting.export_table(store, output, table or "")
        return exporting.export(store, output, format, graph=graph)


def _options(settings: Settings) -> ingest.Options:
    return ingest.Options(
        mint=_minter(settings),
        shapes=ingest.shapes(),
        engine=settings.validation_engine,
        batch=settings.batch,
        strict=settings.strict,
    )


def _minter(settings: Settings) -> Minter:
    if not is_web_address(settings.base) or not settings.base.endswith("/"):
        raise UsageError(
            f"the base IRI {settings.base!r} is no web address with a final slash", hint="e.g. https://example.org/kg/"
        )
    return Minter(settings.base)
