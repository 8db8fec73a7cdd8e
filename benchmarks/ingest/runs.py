"""One measured run of each: this project's load, a small change, a rollback, and the peers."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from benchmarks.endpoint.peers import Engine, install
from benchmarks.ingest.generator import KINDS, write
from benchmarks.ingest.stages import processor_seconds
from kg.dataset.home import Home
from kg.dataset.versions import rollback
from kg.dataset.writer import opened
from kg.identifiers import Minter
from kg.publish import publish

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent
MORPH = Engine("morph-kgc", "", ("morph-kgc",))
CHAIN = Engine("chain", "", ("rdflib>=7.6,<8", "pyshacl>=0.40,<0.41", "oxigraph"))


@dataclass(slots=True)
class Run:
    """What a run took, and how many triples came of it."""

    name: str
    triples: int
    wall: float
    cpu: float
    peak: int
    """Bytes of memory of the largest of its processes."""
    disk: int = 0
    stages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def microseconds(self) -> float:
        """Processor time for each triple."""
        return self.cpu / self.triples * 1e6


def measured(command: Sequence[object], folder: Path) -> tuple[float, float, int, str]:
    """Run a command; return seconds on the wall, of processors, bytes of memory, and what it printed.

    Raises:
        RuntimeError: it failed.
    """
    log = folder / "stdout"
    begun = time.perf_counter()
    with log.open("wb") as out, (folder / "stderr").open("wb") as error:
        process = subprocess.Popen([str(part) for part in command], cwd=CHECKOUT, stdout=out, stderr=error)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command}:\n{(folder / 'stderr').read_text()[-2000:]}")
    wall = time.perf_counter() - begun
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, log.read_text()


def load(work: Path, triples: int) -> tuple[Run, Path]:
    """Generate sources, load them into a new home, and publish; return the run and the home."""
    folder = work / f"load-{triples}"
    shutil.rmtree(folder, ignore_errors=True)
    sources, home = write(folder / "sources", triples), folder / "home"
    wall, cpu, peak, printed = measured([sys.executable, "-m", "benchmarks.ingest.stages", home, sources], folder)
    *stages, version = map(json.loads, printed.splitlines())
    disk = sum(file.stat().st_size for file in (home / "versions").rglob("*") if file.is_file())
    return Run("commons-kg", version["quads"], wall, cpu, peak, disk, stages), home


NOTE = "http://www.w3.org/2004/02/skos/core#note"
"""A property that is searched, and that no rule asks for."""
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
"""One that most rules ask for, and by which things are found in posts."""


def small_change(home: Path, prop: str, quads: int = 100) -> Run:
    """Add some statements to one graph of a home, and publish with dumps."""
    begun, cpu = time.perf_counter(), processor_seconds()
    graph, mint = NamedNode("https://benchmark.example/graph/notes"), Minter()
    with opened(Home(home)) as writer:
        added = [
            Quad(NamedNode(mint.organization(f"ror-0{n}")), NamedNode(prop), Literal(f"Note {n}"), graph)
            for n in range(quads)
        ]
        writer.change(added, [], [graph], [])
        publish(writer, mint)
    return Run(f"{quads} statements with <{prop}>", quads, time.perf_counter() - begun, processor_seconds() - cpu, 0)


def roll_back(home: Path) -> Run:
    """Serve the version before."""
    begun, cpu = time.perf_counter(), processor_seconds()
    rollback(Home(home))
    return Run("rollback", 1, time.perf_counter() - begun, processor_seconds() - cpu, 0)


def morph(work: Path, sources: Path) -> Run:
    """Map the records with morph-kgc."""
    folder = work / "morph"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files = {kind: sources / made.file.format(0) for kind, made in KINDS.items()}
    mapping = (HERE / "morph.rml.ttl").read_text(encoding="utf-8")
    for kind, file in files.items():
        mapping = mapping.replace(f"${kind}", str(file))
    (folder / "mapping.ttl").write_text(mapping, encoding="utf-8")
    (folder / "config.ini").write_text(
        f"[CONFIGURATION]\noutput_file: {folder}/out.nt\nlogging_level: ERROR\n"
        f"[records]\nmappings: {folder}/mapping.ttl\n"
    )
    bin_ = install(MORPH, work)
    wall, cpu, peak, _ = measured([bin_ / "python", "-m", "morph_kgc", folder / "config.ini"], folder)
    with (folder / "out.nt").open("rb") as lines:
        return Run("morph-kgc", sum(1 for _ in lines), wall, cpu, peak)


def chain(work: Path, home: Path) -> Run:
    """Validate and load the sources' triples, mapped already, with rdflib, pyshacl and ``oxigraph load``."""
    folder = work / "chain"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    triples: set[bytes] = set()
    for file in (home / "current/dumps/graphs").glob("*.nq.gz"):
        if not file.name.startswith("derived"):
            with gzip.open(file) as lines:
                triples.update(line[: line.rindex(b" <")] + b" .\n" for line in lines)
    (folder / "in.nt").write_bytes(b"".join(sorted(triples)))
    bin_ = install(CHAIN, work)
    script = [bin_ / "python", HERE / "chain.py", folder / "in.nt", CHECKOUT / "shapes", folder / "out.nt"]
    first = measured(script, folder)
    second = measured([bin_ / "oxigraph", "load", "-l", folder / "store", "-f", folder / "out.nt"], folder)
    wall, cpu, peak = first[0] + second[0], first[1] + second[1], max(first[2], second[2])
    return Run("rdflib + pyshacl + oxigraph load", len(triples), wall, cpu, peak)
