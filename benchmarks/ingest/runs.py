"""One measured run of each: this project's load with what follows it, and the peers."""

from __future__ import annotations

import gzip
import json
import shutil
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.endpoint.peers import Engine, install
from benchmarks.ingest.generator import KINDS, write
from benchmarks.processes import CHECKOUT, measured, size

HERE = Path(__file__).parent
MORPH = Engine("morph-kgc", "", ("morph-kgc",))
CHAIN = Engine("chain", "", ("rdflib>=7.6,<8", "pyshacl>=0.40,<0.41", "oxigraph"))
OURS = "commons-kg"


@dataclass(slots=True)
class Run:
    """What a run took, and how many triples came of it."""

    name: str
    triples: int
    wall: float
    """Seconds."""
    cpu: float
    """Seconds of all processors."""
    peak: int
    """Bytes of memory of all its processes together."""
    disk: dict[str, int] = field(default_factory=dict)
    """Bytes by what they are for."""
    stages: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    generation: float = 0.0
    """Seconds of processor to make the sources."""

    @property
    def microseconds(self) -> float:
        """Processor time for each triple."""
        return self.cpu / self.triples * 1e6

    @property
    def rate(self) -> float:
        """Triples a second on the wall, from end to end."""
        return self.triples / self.wall


def load(folder: Path, triples: int, limit: float) -> Run:
    """Generate sources, load them into a new home of ``folder``, publish, change a little, and roll back."""
    begun = time.process_time()
    sources, home = write(folder / "sources", triples), folder / "home"
    generation = time.process_time() - begun
    command = [sys.executable, "-m", "benchmarks.ingest.stages", home, sources]
    usage = measured(command, folder, limit=limit, name=f"{triples:,} triples")
    *stages, version = map(json.loads, usage.printed.splitlines())
    for stage in stages:
        stage["peak"] = usage.peaks.get(stage["stage"], 0)
    disk = _disk(home)
    changes = measured([sys.executable, "-m", "benchmarks.ingest.changes", home], folder, limit=limit, name="changes")
    return Run(
        OURS, version["quads"], usage.wall, usage.cpu, usage.peak, disk, stages,
        list(map(json.loads, changes.printed.splitlines())), generation,
    )  # fmt: skip


def _disk(home: Path) -> dict[str, int]:
    """Return the bytes of what a home holds; the version's store shares its files with the writer's."""
    version = (home / "current").resolve()
    parts = {
        "store": [home / "writer", version / "store"], "dumps": [version / "dumps"],
        "index": [version / "search.sqlite"], "sources": [home / "raw"],
    }  # fmt: skip
    found = {name: size(*(path for path in paths if path.exists())) for name, paths in parts.items()}
    return {**found, "all": size(home)}


def morph(work: Path, sources: Path, limit: float) -> Run:
    """Map the records with morph-kgc."""
    folder = _empty(work / "morph")
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
    command = [bin_ / "python", "-m", "morph_kgc", folder / "config.ini"]
    usage = measured(command, folder, limit=limit, name="morph-kgc")
    with (folder / "out.nt").open("rb") as lines:
        triples = sum(1 for _ in lines)
    shutil.rmtree(folder)
    return Run("morph-kgc", triples, usage.wall, usage.cpu, usage.peak)


def chain(work: Path, home: Path, limit: float) -> Run:
    """Validate and load the sources' triples, mapped already, with rdflib, pyshacl and ``oxigraph load``."""
    folder = _empty(work / "chain")
    triples: set[bytes] = set()
    for file in (home / "current/dumps/graphs").glob("*.nq.gz"):
        if not file.name.startswith("derived"):
            with gzip.open(file) as lines:
                triples.update(line[: line.rindex(b" <")] + b" .\n" for line in lines)
    (folder / "in.nt").write_bytes(b"".join(sorted(triples)))
    bin_ = install(CHAIN, work)
    script = [bin_ / "python", HERE / "chain.py", folder / "in.nt", CHECKOUT / "shapes", folder / "out.nt"]
    first = measured(script, folder, limit=limit, name="rdflib + pyshacl")
    second = measured([bin_ / "oxigraph", "load", "-l", folder / "store", "-f", folder / "out.nt"], folder, limit=limit)
    disk = {"store": size(folder / "store")}
    shutil.rmtree(folder)
    return Run(
        "rdflib + pyshacl + oxigraph load", len(triples), first.wall + second.wall, first.cpu + second.cpu,
        max(first.peak, second.peak), disk,
    )  # fmt: skip


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def measure(work: Path, triples: int, limit: float, *, beside_peers: bool) -> tuple[Run, list[Run]]:
    """Measure one size, and the peers on the same records; what was made for it is removed."""
    folder = _empty(work / f"load-{triples}")
    try:
        ours = load(folder, triples, limit)
        if not beside_peers:
            return ours, []
        sources = folder / "sources"
        in_one_file = not any((sources / made.file.format(1)).exists() for made in KINDS.values())
        peers = [morph(work, sources, limit)] if in_one_file else []  # its mapping names a file of each kind
        return ours, [*peers, chain(work, folder / "home", limit)]
    finally:
        shutil.rmtree(folder)


def keep(work: Path, triples: int, ours: Run, peers: list[Run]) -> None:
    """Write down what was measured, so that another size can be measured at another time."""
    _kept(work, triples).write_text(json.dumps({"ours": asdict(ours), "peers": [asdict(peer) for peer in peers]}))


def kept(work: Path, triples: int) -> tuple[Run, list[Run]] | None:
    """Return what was measured before, if it was."""
    if not _kept(work, triples).exists():
        return None
    found = json.loads(_kept(work, triples).read_text())
    return Run(**found["ours"]), [Run(**peer) for peer in found["peers"]]


def _kept(work: Path, triples: int) -> Path:
    return work / f"ingest-{triples}.json"
