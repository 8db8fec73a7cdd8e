"""Commands measured from outside: time, processor time, and the memory of all their processes together."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
SAMPLE, TELL = 0.5, 60.0
"""Seconds between two looks at the memory, and between two lines on how it goes."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a command took."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of all processors."""
    peak: int
    """Bytes of memory of all its processes together (Linux; what they share is counted once)."""
    printed: str
    peaks: dict[str, int]
    """The same by the last line of what stood in its standard error meanwhile."""


def measured(command: Sequence[object], folder: Path, *, limit: float = 7200, name: str = "") -> Usage:
    """Run a command in the checkout, its output and errors in ``folder``; with ``name``, tell every minute how it goes.

    Raises:
        RuntimeError: it failed, or did not end within ``limit`` seconds.
    """
    begun = time.perf_counter()
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as error:
        process = subprocess.Popen(
            [str(part) for part in command], cwd=CHECKOUT, stdout=out, stderr=error, start_new_session=True
        )
        try:
            usage, peaks = _watched(process, begun, limit, folder / "stderr", name)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
    if process.returncode:
        raise RuntimeError(f"{command}:\n{(folder / 'stderr').read_text()[-2000:]}")
    wall = time.perf_counter() - begun
    # the system's own maximum counts what this process had when it made that one
    peak = max(peaks.values(), default=0) or usage.ru_maxrss * 1024
    return Usage(wall, usage.ru_utime + usage.ru_stime, peak, (folder / "stdout").read_text(), peaks)


def _watched(
    process: subprocess.Popen[bytes], begun: float, limit: float, errors: Path, name: str
) -> tuple[resource.struct_rusage, dict[str, int]]:
    """Wait for a process; return its usage and the most memory that was seen, by the last line of its errors."""
    peaks: dict[str, int] = {}
    looked, told = 0.0, begun
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return usage, peaks
        now = time.perf_counter()
        if now - begun > limit:
            raise RuntimeError(f"{name or process.args!r} did not end in {limit:g} seconds")
        if now - looked > SAMPLE:
            looked, doing = now, _last_line(errors)
            peaks[doing] = max(peaks.get(doing, 0), memory(process.pid))
            if name and now - told > TELL:
                told = now
                most = max(peaks.values()) / 1e6
                print(f"  {name}: {now - begun:.0f} s, at most {most:.0f} MB so far; {doing}", flush=True)
        time.sleep(0.02)


def _last_line(path: Path) -> str:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 500))
        lines = stream.read().decode(errors="replace").splitlines()
    return lines[-1] if lines else ""


def processor_seconds() -> float:
    """Return what this process and its descendants have used, those that have ended included (Linux)."""
    used = time.process_time()
    for pid in processes_of(os.getpid()):
        with contextlib.suppress(OSError):
            times = (
                Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
            )  # own two, those of children
            used += sum(map(int, times if pid != os.getpid() else times[2:])) / os.sysconf("SC_CLK_TCK")
    return used


def processes_of(pid: int) -> list[int]:
    """Return a process and its descendants (Linux)."""
    children = [int(child) for task in Path(f"/proc/{pid}/task").iterdir()
                for child in (task / "children").read_text().split()]  # fmt: skip
    return [pid, *(grandchild for child in children for grandchild in processes_of(child))]


def memory(pid: int) -> int:
    """Return the bytes of a process and its descendants, what they share counted once; 0 where that is unknown."""
    total = 0
    with contextlib.suppress(OSError):  # one may end while it is looked at
        for one in processes_of(pid):
            with contextlib.suppress(OSError, StopIteration):
                lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
                total += int(next(line for line in lines if line.startswith("Pss:")).split()[1]) * 1024
    return total


def size(*paths: Path) -> int:
    """Return the bytes of files, in folders too; one that has several names is counted once."""
    files = (file for path in paths for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())
    found = {(status.st_dev, status.st_ino): status.st_size for status in (file.stat() for file in files)}
    return sum(found.values())
