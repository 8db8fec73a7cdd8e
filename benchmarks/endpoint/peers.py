"""The engines: how each is installed from PyPI into an environment of its own, given the data, and started."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from benchmarks.endpoint import virtuoso
from benchmarks.endpoint.data import BASE
from benchmarks.endpoint.measure import Connection

DEADLINE = 10
UNION = f"{BASE}union"
STARTING = 240
"""Seconds that a server may take to load the data."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A server to measure."""

    name: str
    path: str
    """Of its SPARQL endpoint."""
    requirements: tuple[str, ...]
    """What pip installs; empty for this checkout."""


ENGINES = (
    Engine("commons-kg", "/sparql", ()),
    Engine("oxigraph serve-read-only", "/query", ("oxigraph",)),
    Engine("rdflib-endpoint", "/", ("rdflib-endpoint[cli,oxigraph]",)),
    Engine("virtuoso", f"/sparql?default-graph-uri={quote(UNION, safe='')}", ()),
)


def available() -> list[Engine]:
    """Return the engines that can be measured; what is left out is said."""
    missing = virtuoso.missing()
    if missing:
        print(f"virtuoso is left out: {' and '.join(missing)} is not there (apt-get install virtuoso-opensource-7-bin)")
    return [engine for engine in ENGINES if engine.name != "virtuoso" or not missing]


def install(engine: Engine, work: Path) -> Path:
    """Return the folder of the engine's commands; install it unless that was done."""
    if not engine.requirements:
        return Path(sys.executable).parent
    folder = work / "venvs" / engine.name.split()[0]
    if not (folder / "done").exists():
        venv.create(folder, with_pip=True, clear=True)
        pip: list[str | Path] = [
            folder / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        subprocess.run([*pip, *engine.requirements], check=True)
        (folder / "done").touch()
    return folder / "bin"


def prepare(folder: Path, quads: Iterable[tuple[str, str, str, str]]) -> int:
    """Make the data for all engines of (graph, subject, predicate, object) as N-Triples writes them; return the number
    of triples. What was made before is left as it is.

    The home's store has the union of the graphs as its default graph, as ``kg.publish`` makes it; oxigraph serves a
    copy of that very store, and rdflib-endpoint loads the same union.
    """
    counted = folder / "triples"
    if not counted.exists():
        shutil.rmtree(folder, ignore_errors=True)
        version = folder / "home" / "versions" / "v1"
        version.mkdir(parents=True)
        with (folder / "union.nt").open("w") as union, (folder / "graphs.nq").open("w") as graphs:
            for graph, subject, predicate, value in quads:
                union.write(f"{subject} {predicate} {value} .\n")
                graphs.write(f"{subject} {predicate} {value} {graph} .\n")
        store = ox.Store(version / "store")
        store.bulk_load(path=folder / "graphs.nq", format=ox.RdfFormat.N_QUADS)
        store.bulk_load(path=folder / "union.nt", format=ox.RdfFormat.N_TRIPLES)
        count = sum(1 for _ in store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
        store.optimize()
        store.flush()
        del store
        shutil.copytree(version / "store", folder / "oxigraph")
        (version / "manifest.json").write_text(json.dumps({
            "id": "v1", "created": "2026-01-01T00:00:00Z", "parent": None, "software": "benchmark", "base": BASE,
            "quads": count, "sources": [], "derived": {}, "changes": [], "statistics": {}, "dumps": [],
        }))  # fmt: skip
        (folder / "home" / "current").symlink_to("versions/v1")
        counted.write_text(str(count))
    return int(counted.read_text())


def _command(engine: Engine, bin_: Path, data: Path, port: int) -> list[str | Path]:
    if engine.name == "commons-kg":
        return [bin_ / "python", "-m", "kg", "--home", data / "home", "serve", "--port", str(port)]
    if engine.name.startswith("oxigraph"):
        # without --timeout-s: for each query it starts a thread that sleeps until the deadline, and some thousand
        # look-ups a second abort it for want of threads
        return [bin_ / "oxigraph", "serve-read-only", "--location", data / "oxigraph", "--bind", f"127.0.0.1:{port}"]
    return [bin_ / "rdflib-endpoint", "serve", "--host", "127.0.0.1", "--port", str(port), "--store", "Oxigraph",
            data / "union.nt"]  # fmt: skip


@contextlib.contextmanager
def _virtuoso(work: Path, data: Path, port: int) -> Iterator[int]:
    """Run Virtuoso on the same data: the union is a graph of its own there, which each request names."""
    folder = work / "virtuoso"
    shutil.rmtree(folder, ignore_errors=True)
    with virtuoso.running(folder, port, port + 100) as server:
        for name, graph in (("graphs.nq", BASE), ("union.nt", UNION)):
            (folder / name).symlink_to(data / name)
            server.load(folder / name, graph)
        yield port


@contextlib.contextmanager
def started(engine: Engine, work: Path, data: Path, port: int) -> Iterator[int]:
    """Run a server with its defaults on ``prepare``d data until the block ends; yield its port once it answers.

    One setting differs from the defaults: commons-kg does not bound what one client may use, as the few clients here
    stand for many. Its deadline is given, as the default may change.
    """
    if engine.name == "virtuoso":
        with _virtuoso(work, data, port):
            yield port
        return
    bin_ = install(engine, work)
    environment = os.environ | {"COMMONS_KG_DEADLINE": str(DEADLINE), "COMMONS_KG_CLIENT_SECONDS": "0"}
    log = work / f"{engine.name.split()[0]}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(_command(engine, bin_, data, port), env=environment, stdout=stream, stderr=stream)
    try:
        connection = Connection(port, engine.path)
        until = time.monotonic() + STARTING
        while True:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{engine.name} did not start:\n{log.read_text()[-2000:]}")
            with contextlib.suppress(OSError, ValueError):
                if connection.ask("ASK { ?s ?p ?o }")[0] == 200:
                    break
            time.sleep(0.3)
        connection.close()
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
