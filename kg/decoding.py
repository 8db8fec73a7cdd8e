"""Undo the content codings of HTTP a piece at a time, so that a small answer cannot become a huge one in memory.

RFC 9110, section 8.4.1. The HTTP client's own decoders give all that a chunk unpacks to at once, a thousandfold.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator

import brotli

PIECE = 1 << 18
"""Bytes a decoder gives at most at once."""
ACCEPT_ENCODING = "gzip, deflate, br"
_GZIP = b"\x1f\x8b"


class CodingError(Exception):
    """The bytes are not what their coding promises; ``cut`` says that they end too early."""

    def __init__(self, message: str, *, cut: bool = False) -> None:
        super().__init__(message)
        self.cut = cut


def decode(chunks: Iterable[bytes], content_encoding: str) -> Iterator[bytes]:
    """Yield the decoded bytes for a ``Content-Encoding`` header; empty means none.

    Raises:
        CodingError: the coding is not known, or the bytes are not in it.
    """
    names = [name.strip().lower() for name in content_encoding.split(",") if name.strip()]
    if len(names) > 2:
        raise CodingError("more than two content codings")
    decoded: Iterable[bytes] = chunks
    for name in reversed(names):
        if name not in _DECODERS:
            raise CodingError(f"unknown content coding {name[:20]!r}")
        decoded = _DECODERS[name](decoded)
    yield from decoded


def _identity(chunks: Iterable[bytes]) -> Iterator[bytes]:
    yield from chunks


def _gzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    yield from _inflate(chunks, "gzip", zlib.MAX_WBITS | 16)


def _deflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Read zlib data, or the raw deflate data that some servers send in its place."""
    remaining = iter(chunks)
    first = b""
    for chunk in remaining:
        first += chunk
        if len(first) >= 2:
            break
    zlib_header = len(first) >= 2 and first[0] & 0x0F == 8 and int.from_bytes(first[:2], "big") % 31 == 0

    def all_chunks() -> Iterator[bytes]:
        yield first
        yield from remaining

    yield from _inflate(all_chunks(), "deflate", zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)


def _inflate(chunks: Iterable[bytes], name: str, window: int) -> Iterator[bytes]:
    decoder = zlib.decompressobj(window)
    started = False
    try:
        for chunk in chunks:
            data = chunk
            while data:
                started = True
                if decoder.eof:
                    if name != "gzip" or not data.startswith(_GZIP):
                        break  # padding after the end
                    decoder = zlib.decompressobj(window)
                if piece := decoder.decompress(data, PIECE):
                    yield piece
                data = decoder.unconsumed_tail or decoder.unused_data
    except zlib.error as error:
        raise CodingError(f"the body is not valid {name}") from error
    if rest := decoder.flush():
        yield rest
    if started and not decoder.eof:
        raise CodingError(f"the {name} body ends too early", cut=True)


def _brotli(chunks: Iterable[bytes]) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    started = False
    try:
        for chunk in chunks:
            started = started or bool(chunk)
            if piece := decoder.process(chunk, output_buffer_limit=PIECE):
                yield piece
            while not decoder.can_accept_more_data():
                yield decoder.process(b"", output_buffer_limit=PIECE)
    except brotli.error as error:
        raise CodingError("the body is not valid br") from error
    if started and not decoder.is_finished():
        raise CodingError("the br body ends too early", cut=True)


_DECODERS: dict[str, Callable[[Iterable[bytes]], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "identity": _identity,
}
