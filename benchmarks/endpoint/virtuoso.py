"""Virtuoso of Debian's package ``virtuoso-opensource-7-bin``, started in a folder of its own and loaded in bulk.

The settings are those of ``deploy/virtuoso.ini``. It is a peer of the benchmark, and what tests put behind the front.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

PROGRAMS = ("virtuoso-t", "isql-vt")
STARTING = 120
"""Seconds that it may take to make its database and to answer."""
_INI = Path(__file__).parent.parent.parent / "deploy" / "virtuoso.ini"


@dataclass(frozen=True, slots=True)
class Virtuoso:
    """A running server."""

    url: str
    """Of its SPARQL endpoint."""
    folder: Path
    """From where it loads files."""
    port: int
    """Of its SQL."""
    process: subprocess.Popen[bytes]

    def sql(self, *statements: str) -> str:
        """Run statements; return what is printed.

        Raises:
            RuntimeError: one of them fails.
        """
        command = ["isql-vt", f"127.0.0.1:{self.port}", "dba", "dba", "VERBOSE=OFF", "BANNER=OFF", "PROMPT=OFF"]
        done = subprocess.run([*command, f"exec={'; '.join(statements)};"], capture_output=True, text=True, timeout=600)
        if done.returncode or "*** Error" in done.stderr + done.stdout:
            raise RuntimeError(done.stderr + done.stdout)
        return done.stdout

    def load(self, quads: Path, default: str) -> None:
        """Load N-Quads from a file in ``folder``; what is in no graph there goes into ``default``.

        Raises:
            RuntimeError: a line cannot be read.
        """
        self.sql(
            "log_enable(3, 1)", "delete from DB.DBA.LOAD_LIST", f"ld_dir('.', '{quads.name}', '{default}')",
            "rdf_loader_run()", "checkpoint",
        )  # fmt: skip
        failed = self.sql("select ll_error from DB.DBA.LOAD_LIST where ll_state <> 2 or ll_error is not null")
        if failed.strip():
            raise RuntimeError(f"{quads.name}: {failed}")

    def load_version(self, store: Path, default: str) -> None:
        """Load all that is in a version's store; ``default`` is the graph that its default graph becomes."""
        quads = self.folder / f"{store.parent.name}.nq"
        with quads.open("wb") as stream:
            ox.Store.read_only(str(store)).dump(stream, ox.RdfFormat.N_QUADS)
        self.load(quads, default)
        quads.unlink()

    def clear(self) -> None:
        """Remove every triple, those that it comes with too."""
        self.sql("log_enable(3, 1)", "delete from DB.DBA.RDF_QUAD")


def missing() -> list[str]:
    """Return the programs that are not installed."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


@contextlib.contextmanager
def running(folder: Path, http: int, sql: int, **settings: int) -> Iterator[Virtuoso]:
    """Start it with its files in ``folder`` until the block ends; ``settings`` take the place of those of the file.

    Raises:
        RuntimeError: it does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = _INI.read_text().replace("127.0.0.1:1111", f"127.0.0.1:{sql}").replace("127.0.0.1:8890", f"127.0.0.1:{http}")
    for name, value in settings.items():
        assert f"\n{name} = " in text, name
        lines = [f"{name} = {value}" if line.startswith(f"{name} = ") else line for line in text.splitlines()]
        text = "\n".join(lines)
    (folder / "virtuoso.ini").write_text(text)
    process = subprocess.Popen(
        ["virtuoso-t", "+configfile", "virtuoso.ini", "+foreground"], cwd=folder, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(process, http, folder / "virtuoso.log")
        yield Virtuoso(f"http://127.0.0.1:{http}/sparql", folder, sql, process)
    finally:
        process.kill()  # its database is thrown away, and to end in order takes it a checkpoint
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + STARTING
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.2)
    raise RuntimeError(f"Virtuoso did not start:\n{log.read_text()[-2000:] if log.exists() else ''}")
