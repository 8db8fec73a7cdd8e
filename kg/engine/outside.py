"""What queries and updates may fetch from other servers: nothing, unless the operator names it.

The processes that evaluate them have no network. They ask the server process for what they need (``frames.FETCH``),
and this decides and fetches, with time and size bounded and the address that is connected to checked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpcore2

from kg.decoding import CodingError, decode
from kg.engine import frames
from kg.engine.frames import RefusedError
from kg.errors import FetchError, UsageError
from kg.fetch import USER_AGENT, Fetched, clear_errors, fetch, redact
from kg.network import Deadline, pool

logger = logging.getLogger(__name__)

AT_ONCE = 16
"""Fetches at the same time; the others wait, within the time of their queries."""

SOLUTIONS = "application/sparql-results+json, application/sparql-results+xml;q=0.9"
DOCUMENTS = "text/turtle, application/n-triples, application/rdf+xml;q=0.9, application/ld+json;q=0.8, */*;q=0.1"


@dataclass(frozen=True, kw_only=True)
class Outside:
    """What may be fetched, and the means to do so."""

    services: tuple[str, ...] = ()
    """IRIs of the endpoints that SERVICE may ask. A name among them must stand for public addresses, except
    ``localhost``; an address may be any."""
    load: bool = False
    """Whether LOAD may fetch documents."""
    allow_private: bool = False
    """Whether what is fetched may come from addresses that are not public."""
    timeout: float = 10.0
    """Seconds for one answer, all in all."""
    most: int = 10 << 20
    """Size of an answer, decoded."""
    document_timeout: float = 30.0
    """Seconds for a document."""
    document_bytes: int = 64_000_000
    """Size of a document."""

    def ask(self, endpoint: str, query: str) -> tuple[str, bytes]:
        """Ask an endpoint; return media type and body. It is asked by POST, and a redirect is not followed.

        Raises:
            RefusedError: it is none of ``services``.
            FetchError: there is no answer.
        """
        if endpoint not in self.services:
            raise RefusedError(f"SERVICE may not ask <{redact(endpoint)}> here")
        deadline, place = Deadline(self.timeout), redact(endpoint)
        private = self.allow_private or _is_address(urlsplit(endpoint).hostname or "")
        headers: dict[bytes | str, bytes | str] = {
            "User-Agent": USER_AGENT, "Accept": SOLUTIONS, "Accept-Encoding": "gzip",
            "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip
        body = urlencode({"query": query}).encode()
        with (
            clear_errors(endpoint, deadline),
            pool(deadline, allow_private=private) as connections,
            connections.stream("POST", endpoint, headers=headers, content=body) as answer,
        ):
            found = {n.decode("latin-1").lower(): v.decode("latin-1") for n, v in answer.headers}
            if answer.status != 200:
                leads = f", which leads to {redact(found['location'])}" if "location" in found else ""
                raise FetchError(f"{place} answers with status {answer.status}{leads}")
            return found.get("content-type", "").partition(";")[0].strip().lower(), self._whole(place, answer, found)

    def _whole(self, place: str, answer: httpcore2.Response, headers: dict[str, str]) -> bytes:
        pieces = bytearray()
        try:
            for piece in decode(answer.iter_stream(), headers.get("content-encoding", "")):
                pieces += piece
                if len(pieces) > self.most:
                    raise FetchError(f"{place} sends more than {self.most:,} bytes")
        except CodingError as error:
            raise FetchError(f"{place}: {error}") from error
        return bytes(pieces)

    def document(self, url: str) -> tuple[str, bytes]:
        """Fetch a document; return media type and content. Redirects are followed, each address checked.

        Raises:
            RefusedError: LOAD is off.
            FetchError: there is none.
        """
        if not self.load:
            raise RefusedError("LOAD is not allowed: this server fetches nothing for an update")
        with tempfile.TemporaryDirectory(prefix="commons-kg-load-") as folder:
            found = fetch(
                url, into=Path(folder), timeout=self.document_timeout, max_bytes=self.document_bytes, retries=0,
                accept=DOCUMENTS, allow_private=self.allow_private,
            )  # fmt: skip
            assert isinstance(found, Fetched)  # nothing was asked conditionally
            return found.media_type or "", found.path.read_bytes()

    async def reply(self, payload: bytes) -> bytes:
        """Return the frames that answer a ``frames.FETCH``; never raises."""
        request: dict[str, str] = json.loads(payload)
        work: Callable[[], tuple[str, bytes]] = (
            partial(self.ask, request["service"], request["query"]) if "service" in request
            else partial(self.document, request["load"])
        )  # fmt: skip
        try:
            media_type, body = await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except RefusedError as error:
            return frames.pack_json(frames.FAILURE, {"error": "refused", "message": str(error)})
        except FetchError as error:
            return frames.pack_json(frames.FAILURE, {"error": "fetch", "message": str(error)})
        except Exception:
            logger.exception("a fetch failed")
            return frames.pack_json(frames.FAILURE, {"error": "fetch", "message": "that cannot be fetched"})
        return frames.pack_json(frames.HEADER, {"type": media_type}) + frames.pack(frames.DATA, body)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        # threads of its own: servers that never answer must not take those that others wait for
        return ThreadPoolExecutor(AT_ONCE, "outside")


def endpoints(text: str) -> tuple[str, ...]:
    """Return the IRIs of a setting.

    Raises:
        UsageError: one of them is no http or https address.

    >>> endpoints("https://query.example.org/sparql, http://127.0.0.1:3030/ds")
    ('https://query.example.org/sparql', 'http://127.0.0.1:3030/ds')
    """
    found = tuple(text.replace(",", " ").split())
    for endpoint in found:
        if not endpoint.startswith(("http://", "https://")):
            raise UsageError(f"service_endpoints: {endpoint!r} is no http or https address")
    return found


def _is_address(host: str) -> bool:
    """Whether a host is an address, or the name that stands for one by itself (RFC 6761, section 6.3)."""
    if host.lower() == "localhost":
        return True
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
