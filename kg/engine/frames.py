"""What pool and worker say to each other: frames of kind (1 byte), length (4 bytes, big-endian) and payload.

========= =========================================================================================
``Q``      to the worker: a request, JSON: ``{"version": path, "query": ..., ...}`` (``worker.Request``)
``H``      the answer's form and format, JSON; sent before its first bytes
``D``      a piece of the answer
``E``      the end, JSON ``{"complete": bool}``
``X``      there is no (more) answer, JSON ``{"error": ..., "message": ...}``
========= =========================================================================================
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from typing import Any

_HEAD = struct.Struct(">cI")

REQUEST, HEADER, DATA, END, FAILURE = b"Q", b"H", b"D", b"E", b"X"


def pack(kind: bytes, payload: bytes) -> bytes:
    """Return one frame."""
    return _HEAD.pack(kind, len(payload)) + payload


def pack_json(kind: bytes, value: Any) -> bytes:
    """Return one frame with a JSON payload."""
    return pack(kind, json.dumps(value).encode())


def receive(connection: socket.socket) -> tuple[bytes, bytes] | None:
    """Read one frame; None where the other side has closed."""
    head = _exactly(connection, _HEAD.size)
    if head is None:
        return None
    kind, length = _HEAD.unpack(head)
    payload = _exactly(connection, length)
    return None if payload is None else (kind, payload)


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    pieces = bytearray()
    while len(pieces) < count:
        piece = connection.recv(min(count - len(pieces), 1 << 20))
        if not piece:
            return None
        pieces += piece
    return bytes(pieces)


async def read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Read one frame.

    Raises:
        asyncio.IncompleteReadError: the worker has closed.
    """
    kind, length = _HEAD.unpack(await reader.readexactly(_HEAD.size))
    return kind, await reader.readexactly(length)
