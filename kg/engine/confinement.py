"""What a process may take that evaluates what clients send: memory, core dumps, the network."""

from __future__ import annotations

import contextlib
import ctypes
import resource


def confine(memory: int) -> None:
    """Bound this process: ``memory`` bytes of address space (0: any), no core dumps.

    It is also kept off the network where the kernel lets us, since the engine follows SERVICE and LOAD by itself.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory > 0:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    newnet, newuser = 0x4000_0000, 0x1000_0000
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        if libc.unshare(newnet) != 0:
            libc.unshare(newnet | newuser)
