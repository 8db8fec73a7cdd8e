"""Fetch a payload over HTTP: politely, conditionally, within limits, and from public addresses alone.

Everything a server can do wrong ends in a ``FetchError`` that says what, where and how to mend it; neither it nor the
log holds user names, passwords or query values. Proxies of the environment are not used: behind one, the address that
is connected to could not be checked.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import random
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import httpcore2
import httpx2
import tenacity

from kg import __version__
from kg.decoding import ACCEPT_ENCODING, CodingError, decode
from kg.errors import DiskFullError, FetchError
from kg.network import Deadline, PrivateAddressError, UnknownHostError, pool

USER_AGENT = f"commons-kg/{__version__} (+https://w3id.org/commons-kg/)"
TRANSIENT = frozenset({408, 425, 429}) | frozenset(range(500, 600))
"""Statuses after which it is worth trying again."""

logger = logging.getLogger(__name__)
# They log the addresses and headers of requests whole, credentials included.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A payload that was fetched and kept."""

    url: str
    """The address it came from in the end, after redirects, without user name, password and fragment."""
    path: Path
    """``into/<sha256>``."""
    sha256: str
    bytes: int
    """Size, decoded."""
    media_type: str | None
    """Lower case, without parameters."""
    charset: str | None
    """The parameter of the media type."""
    etag: str | None
    last_modified: str | None
    """As sent, to be given back the next time."""
    retrieved: datetime
    """UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The server says that what was fetched before is still what it has."""

    url: str
    retrieved: datetime


class _Transient(FetchError):  # noqa: N818
    """What may go well the next time; ``wait`` are the seconds that the server asks to wait."""

    def __init__(self, message: str, *, hint: str | None = None, wait: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.wait = wait


def fetch(
    url: str,
    *,
    into: Path,
    etag: str | None = None,
    last_modified: str | None = None,
    timeout: float = 60.0,
    max_bytes: int = 200_000_000,
    retries: int = 3,
    allow_private: bool = False,
    max_redirects: int = 10,
    backoff: float = 1.0,
    user_agent: str = USER_AGENT,
    accept: str = "*/*",
) -> Fetched | NotModified:
    """GET a URL and keep its decoded body as ``into/<sha256>``.

    Args:
        url: http or https; user name and password in it are sent as Basic authentication.
        into: folder, which is made; a file is there whole or not at all.
        etag: of what was fetched before; with ``last_modified``, makes the request conditional.
        last_modified: likewise, the header as it was sent.
        timeout: seconds for everything: names, connections, redirects, body, retries and the waits between them.
        max_bytes: limit for the body, both as sent and decoded.
        retries: how often it is tried again after a broken connection, 429 or 5xx, as long as time is left.
        allow_private: connect to addresses that are not public, too.
        max_redirects: so many are followed; each is checked as the first address was. From https none leads to http.
        backoff: seconds before the first retry, doubled each time; a ``Retry-After`` of the server goes before.
        user_agent: who asks.
        accept: the media types that are wanted.

    Raises:
        FetchError: it cannot be fetched.
        DiskFullError: it cannot be kept for want of space.
    """
    deadline = Deadline(timeout)
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {"Accept": accept} | {name: value for name, value in conditions.items() if value}

    def wait(state: tenacity.RetryCallState) -> float:
        asked = cast("_Transient", state.outcome.exception()).wait if state.outcome else None
        return asked if asked is not None else backoff * 2 ** (state.attempt_number - 1) * random.uniform(1.0, 1.25)

    attempts = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(retries + 1) | tenacity.stop_before_delay(timeout),
        wait=wait,
        retry=tenacity.retry_if_exception_type(_Transient),
        before_sleep=lambda state: logger.info(
            "%s; trying again in %.1f s", state.outcome and state.outcome.exception(), state.upcoming_sleep
        ),
        reraise=True,
    )
    tried = 0
    try:
        for attempt in attempts:
            with attempt:
                tried += 1
                with _client(deadline, allow_private, headers, user_agent) as client, clear_errors(url, deadline):
                    return _attempt(client, url, into, max_bytes, max_redirects, conditional=any(conditions.values()))
    except _Transient as error:
        asked = f"; it asks to wait {error.wait:.0f} s" if error.wait else ""
        raise FetchError(f"{error}{asked} (tried {tried} times)", hint=error.hint) from error
    raise AssertionError("unreachable")


def redact(url: str) -> str:
    """Return a URL fit for logs: without user name, password and fragment, the values of its query masked.

    >>> redact("https://me:secret@example.org/feed?page=2&key=abc#x")
    'https://example.org/feed?page=…&key=…'
    """
    try:
        parts = urlsplit(url)
        query = "&".join(f"{name}=…" for name, _ in parse_qsl(parts.query, keep_blank_values=True))
        clean = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))
    except ValueError:
        return "(an invalid URL)"
    return "".join(c if c.isprintable() else "?" for c in clean)[:300]


class _Transport(httpx2.BaseTransport):
    """Takes requests to our own connection pool; its errors stay httpcore's."""

    def __init__(self, connections: httpcore2.ConnectionPool) -> None:
        self._pool = connections

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
            )
        )
        return httpx2.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


def _client(deadline: Deadline, allow_private: bool, headers: dict[str, str], user_agent: str) -> httpx2.Client:
    return httpx2.Client(
        transport=_Transport(pool(deadline, allow_private=allow_private)),
        trust_env=False,
        headers={"User-Agent": user_agent, "Accept-Encoding": ACCEPT_ENCODING, **headers},
    )


def _attempt(
    client: httpx2.Client, url: str, into: Path, max_bytes: int, max_redirects: int, *, conditional: bool
) -> Fetched | NotModified:
    response = _follow(client, url, max_redirects)
    try:
        status, place = response.status_code, redact(str(response.url))
        final = str(response.url.copy_with(username=None, password=None, fragment=None))
        if status == 304 and conditional:
            return NotModified(url=final, retrieved=datetime.now(UTC))
        if status in TRANSIENT:
            raise _Transient(f"{place} answers {_phrase(status)}", wait=_retry_after(response.headers))
        if status not in (200, 203):
            raise FetchError(f"{place} answers {_phrase(status)}", hint=_HINTS.get(status))
        media_type, charset = _media_type(response.headers.get("content-type"))
        path, sha256, size = _keep(response, place, into, max_bytes)
        logger.info("fetched %s: %d bytes", place, size)
        return Fetched(
            url=final, path=path, sha256=sha256, bytes=size, media_type=media_type, charset=charset,
            etag=_header(response, "etag"), last_modified=_header(response, "last-modified"),
            retrieved=datetime.now(UTC),
        )  # fmt: skip
    finally:
        response.close()


_HINTS = {
    401: "the address wants credentials",
    403: "the publisher does not let this program in; ask them, or download the file and name it under paths",
    404: "the address may have changed; mend it in the sources file",
    410: "the address was given up; mend it in the sources file",
}


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _follow(client: httpx2.Client, url: str, max_redirects: int) -> httpx2.Response:
    """Return the answer at the end of the redirects, its body unread."""
    request = client.build_request("GET", url)
    for _ in range(max_redirects + 1):
        if request.url.scheme not in ("http", "https") or not request.url.host:
            raise FetchError(
                f"{redact(str(request.url))} is no http or https address", hint="mend it in the sources file"
            )
        response = client.send(request, stream=True, follow_redirects=False)
        if response.next_request is None:
            return response
        response.close()
        here, request = request.url, response.next_request
        if here.scheme == "https" and request.url.scheme == "http":
            raise FetchError(
                f"{redact(str(here))} leads from https to http, where anybody can change what is sent",
                hint="if that is meant, write the http address into the sources file",
            )
    raise FetchError(f"{redact(url)} leads through more than {max_redirects} redirects", hint="mend the address")


def _keep(response: httpx2.Response, place: str, into: Path, max_bytes: int) -> tuple[Path, str, int]:
    """Write the decoded body to a file named by its hash; return (path, hash, size)."""
    too_long = FetchError(f"{place} sends more than {max_bytes} bytes", hint="raise max_bytes if that is meant")
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > max_bytes:
        raise too_long

    def raw() -> Iterator[bytes]:
        size = 0
        for chunk in response.iter_raw():
            size += len(chunk)
            if size > max_bytes:
                raise too_long
            yield chunk

    digest, size = hashlib.sha256(), 0
    with _temporary(into) as (file, keep):
        try:
            for piece in decode(raw(), response.headers.get("content-encoding", "")):
                size += len(piece)
                if size > max_bytes:
                    raise too_long
                digest.update(piece)
                file.write(piece)
        except CodingError as error:
            kind = _Transient if error.cut else FetchError
            raise kind(f"{place}: {error}", hint="tell the publisher") from error
        if not size:
            raise FetchError(f"{place} sends nothing", hint="an empty answer does not replace what was there before")
        path = keep(digest.hexdigest())
    return path, digest.hexdigest(), size


@contextmanager
def _temporary(folder: Path) -> Iterator[tuple[BinaryIO, _Keep]]:
    """Give a file for writing and a function that gives it its name for good; unnamed it is removed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".fetch-", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                yield cast("BinaryIO", file), _Keep(cast("BinaryIO", file), Path(name))
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(f"no space is left in {folder}", hint="free some space and run again") from error
        raise FetchError(
            f"cannot write into {folder}: {error.strerror}", hint="check the folder's permissions"
        ) from error


@dataclass(frozen=True, slots=True)
class _Keep:
    file: BinaryIO
    path: Path

    def __call__(self, name: str) -> Path:
        self.file.flush()
        os.fsync(self.file.fileno())
        return self.path.replace(self.path.with_name(name))


@contextmanager
def clear_errors(url: str, deadline: Deadline) -> Iterator[None]:
    """Turn the errors of the libraries into ours."""
    place = redact(url)
    try:
        yield
    except PrivateAddressError as error:
        raise FetchError(
            f"{place}: {error}", hint="private addresses are fetched from only if the setting allow_private is on"
        ) from error
    except UnknownHostError as error:
        kind = _Transient if error.temporary else FetchError
        raise kind(f"{place}: {error}", hint="check the spelling of the address, and the network") from error
    except httpcore2.TimeoutException as error:
        if deadline.left > 0:
            raise _Transient(f"{place}: no connection in time") from error
        raise FetchError(
            f"{place} takes longer than {deadline.seconds:g} s", hint="try later, or raise the setting timeout"
        ) from error
    except httpcore2.ConnectError as error:
        if _caused_by_certificate(error):
            raise FetchError(f"{place}: the server's certificate is not valid", hint="tell the publisher") from error
        raise _Transient(f"{place}: no connection", hint="the server may be down, or the network") from error
    except httpcore2.NetworkError as error:
        raise _Transient(f"{place}: the connection broke") from error
    except (httpcore2.ProtocolError, httpx2.RemoteProtocolError) as error:
        raise _Transient(
            f"{place} does not keep to HTTP, or ends its answer too early", hint="tell the publisher"
        ) from error
    except (httpx2.InvalidURL, httpcore2.UnsupportedProtocol, httpx2.UnsupportedProtocol, UnicodeError) as error:
        raise FetchError(f"{place} is no valid http or https address", hint="mend it in the sources file") from error


def _caused_by_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _retry_after(headers: httpx2.Headers) -> float | None:
    """Return the seconds that ``Retry-After`` asks for (RFC 9110, section 10.2.3); None where it says nothing sane."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _media_type(value: str | None) -> tuple[str | None, str | None]:
    """Return (media type, charset) of a ``Content-Type`` header."""
    media_type, *parameters = (value or "").split(";")
    charset = next(
        (p.partition("=")[2].strip(" \"'") for p in parameters if p.strip().lower().startswith("charset=")), ""
    )
    return media_type.strip().lower()[:100] or None, charset.lower()[:40] or None


def _header(response: httpx2.Response, name: str) -> str | None:
    """Return a validator that can be sent back as it is."""
    value = response.headers.get(name, "")
    return value if value and len(value) <= 500 and value.isascii() and value.isprintable() else None
