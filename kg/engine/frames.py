"""What pool and worker say to each other: frames of kind (1 byte), length (4 bytes, big-endian) and payload.

========= =========================================================================================
``Q``      to the worker: a request, JSON: ``{"version": path, "query": ..., ...}`` (``worker.Request``)
``H``      the answer's form and format, JSON; sent before its first bytes
``D``      a piece of the answer
``W``      a short answer, whole: form and format with a blank between them, a line break, its bytes
``E``      the end, JSON ``{"complete": bool}``
``X``      there is no (more) answer, JSON ``{"error": ..., "message": ...}``
``F``      to the pool: fetch something, JSON ``{"service": IRI, "query": ...}`` or ``{"load": IRI}``; what comes back
           is ``H`` with ``{"type": ...}`` and ``D``, or ``X``
========= =========================================================================================
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator
from typing import Any

Frame = tuple[bytes, bytes]
"""Kind and payload."""

_HEAD = struct.Struct(">cI")

REQUEST, HEADER, DATA, WHOLE, END, FAILURE, FETCH = b"Q", b"H", b"D", b"W", b"E", b"X", b"F"


class RefusedError(Exception):
    """What was to be fetched may not be fetched."""


class UnreachableError(Exception):
    """What was to be fetched is not there, or is not what it should be."""


def pack(kind: bytes, payload: bytes) -> bytes:
    """Return one frame."""
    return _HEAD.pack(kind, len(payload)) + payload


def pack_json(kind: bytes, value: Any) -> bytes:
    """Return one frame with a JSON payload."""
    return pack(kind, json.dumps(value).encode())


def receive(connection: socket.socket) -> Frame | None:
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


def fetched(connection: socket.socket, **request: str) -> tuple[str, bytes]:
    """Let the other side fetch something; return media type and content.

    Raises:
        RefusedError, UnreachableError: there is none.
        ConnectionResetError: the other side has closed.
    """
    connection.sendall(pack_json(FETCH, request))
    head = receive(connection)
    if head is not None and head[0] == FAILURE:
        failure = json.loads(head[1])
        raise (RefusedError if failure["error"] == "refused" else UnreachableError)(failure["message"])
    body = receive(connection)
    if head is None or body is None:
        raise ConnectionResetError
    return json.loads(head[1])["type"], body[1]


def split(received: bytearray) -> Iterator[Frame]:
    """Take the frames that have come whole from the front of what was received."""
    at = 0
    while len(received) - at >= _HEAD.size:
        kind, length = _HEAD.unpack_from(received, at)
        end = at + _HEAD.size + length
        if len(received) < end:
            break
        yield kind, bytes(received[at + _HEAD.size : end])
        at = end
    del received[:at]
