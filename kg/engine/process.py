"""Processes that do what may end them, and the socket to each."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from pathlib import Path

from kg.engine import frames
from kg.engine.channel import Channel, connected
from kg.settings import ENVIRONMENT_PREFIX

NICENESS = 15
"""Of a process whose query takes long: the processor goes to the others first."""
HELD = 512 << 20
"""Bytes of memory that a process may hold after such a query, to be used again."""


class Worker:
    """One process and the socket to it."""

    def __init__(self, process: asyncio.subprocess.Process, channel: Channel) -> None:
        self.process, self.channel = process, channel
        self.version = ""
        """Id of the version it has open."""
        self.is_nice = False
        """It yields to others."""

    @classmethod
    async def spawn(cls, memory: int) -> Worker:
        """Start a process.

        Raises:
            OSError: the system does not let us.
        """
        return cls(*await spawn("kg.engine.worker", str(memory)))

    async def open(self, id: str, path: Path) -> None:
        """Let it open a version; that it cannot is said again by the next query."""
        self.version = id
        self.channel.write(frames.pack_json(frames.REQUEST, {"version": str(path)}))
        await self.channel.read()

    def slow_down(self) -> None:
        """Let it yield to others."""
        self.is_nice = True
        with contextlib.suppress(OSError):
            self._prioritise(NICENESS)

    def speed_up(self) -> bool:
        """Let it be as the others again; return whether it is.

        The system lets only those take back their niceness who have the right (``RLIMIT_NICE``), and what a long query
        has left in memory is got rid of with the process.
        """
        try:
            self._prioritise(os.getpriority(os.PRIO_PROCESS, 0))
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        except OSError:
            return False
        self.is_nice = False
        return pages * os.sysconf("SC_PAGE_SIZE") <= HELD

    def _prioritise(self, niceness: int) -> None:
        """Set the niceness of its threads: on Linux each has its own."""
        for thread in Path(f"/proc/{self.process.pid}/task").iterdir():
            os.setpriority(os.PRIO_PROCESS, int(thread.name), niceness)

    def kill(self) -> None:
        """End it now, whatever it is doing."""
        kill(self.process)

    async def reap(self) -> None:
        """Kill it and wait until nothing of it is left."""
        self.kill()
        await self.channel.close()
        await self.process.wait()


async def spawn(module: str, *arguments: str) -> tuple[asyncio.subprocess.Process, Channel]:
    """Start ``python -m MODULE FD ARGUMENTS...``, FD being the descriptor of its end of the channel.

    Raises:
        OSError: the system does not let us.
    """
    # settings may be secrets, and what runs queries and updates has no use for any
    environment = {k: v for k, v in os.environ.items() if not k.startswith(ENVIRONMENT_PREFIX)}
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, str(theirs.fileno()), *arguments,
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),), env=environment | {"MALLOC_ARENA_MAX": "2"},
            )  # fmt: skip
        except BaseException:
            ours.close()
            raise
    return process, await connected(ours)


def kill(process: asyncio.subprocess.Process) -> None:
    """End a process now."""
    # not Process.kill(): that polls first, and takes the exit status away from the loop's child watcher
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
