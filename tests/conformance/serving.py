"""A server under test, and the runners of ``../shared/conformance`` in processes of their own."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from tests.faults.commands import CHECKOUT

TOKEN = "the-token-of-the-conformance-tests"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    url: str
    home: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def served(log: Path, *arguments: str, **settings: str) -> Iterator[Server]:
    """Serve a new home that takes updates; it lies in memory where there is room: each update is synced to disk."""
    memory = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder,
        served_home(Path(folder) / "home", log, "--allow-update", *arguments, **settings) as server,
    ):
        yield server


@contextlib.contextmanager
def served_home(home: Path, log: Path, *arguments: str, **settings: str) -> Iterator[Server]:
    """Serve a home."""
    port = free_port()
    environment = {f"COMMONS_KG_{name.upper()}": value for name, value in settings.items()}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "kg", "--home", str(home), "serve", "--port", str(port), *arguments],
            cwd=CHECKOUT, stdout=output, stderr=output, env=os.environ | {"COMMONS_KG_TOKEN": TOKEN} | environment,
        )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(f"{url}/sparql.json?query=ASK%7B%7D", process, log)
        yield Server(url, home)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        with contextlib.suppress(URLError, ConnectionError), urlopen(url, timeout=5):
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def run(suite: Path, runner: str, server: Server, report: Path, *arguments: str) -> list[dict[str, Any]]:
    """Run a runner of the suite against a server; return what it says of each test."""
    urls = ["--query-url", f"{server.url}/sparql", "--update-url", f"{server.url}/sparql"]
    command = [
        sys.executable, runner, "--suite", "w3c", *urls, "--gsp-url", f"{server.url}/store",
        "--header", f"Authorization: Bearer {TOKEN}", "--json", str(report), *arguments,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=suite, capture_output=True, text=True, timeout=500, check=False)
    assert report.is_file(), done.stdout + done.stderr
    tests: list[dict[str, Any]] = json.loads(report.read_text())["tests"]
    return tests
