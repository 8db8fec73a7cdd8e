"""One request: the time on the wall, the processor time of the server and its workers, and the bytes as gzip."""

from __future__ import annotations

import http.client
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip"}


@dataclass(frozen=True, slots=True)
class Page:
    """What was measured; times in milliseconds."""

    kind: str
    path: str
    status: int
    wall: float
    cpu: float
    size: int
    """Bytes, compressed with gzip."""


def wait_for(port: int, seconds: float = 60) -> None:
    """Wait until the server answers.

    Raises:
        TimeoutError: it does not.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.2)
    raise TimeoutError("the server does not come up")


def _processor(pids: list[int]) -> float:
    """Return the milliseconds that processes have run, by the scheduler's own count, which is finer than ticks."""
    return sum(
        int(schedule.read_text().split()[0]) / 1e6
        for pid in pids for schedule in Path(f"/proc/{pid}/task").glob("*/schedstat")
    )  # fmt: skip


def measured(port: int, pids: list[int], kind: str, path: str) -> Page:
    """Open a page once."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        before, start = _processor(pids), time.perf_counter()
        connection.request("GET", path, headers=BROWSER)
        answer = connection.getresponse()
        body = answer.read()
        wall = (time.perf_counter() - start) * 1000
    return Page(kind, path, answer.status, wall, _processor(pids) - before, len(body))
