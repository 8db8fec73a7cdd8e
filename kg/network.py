"""Connections that go to public addresses alone and end in time; what ``kg.fetch`` puts under its HTTP client.

A host name is resolved here, once, every address it has is checked, and the connection goes to one of the checked
addresses: what a name server says later is not asked, so there is nothing to rebind. Each read and write is given what
is left until a deadline: a server that sends one byte now and then cannot keep a connection open.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore2
from httpcore2 import ConnectError, ConnectTimeout, NetworkStream, ReadTimeout, SyncBackend, WriteTimeout

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
CONNECT_TIMEOUT = 15.0

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")


class PrivateAddressError(Exception):
    """A host name stands for an address that is not public; the message names both."""


class UnknownHostError(ConnectError):
    """A host name is not known; ``temporary`` says whether the name server may know it later."""

    def __init__(self, message: str, *, temporary: bool) -> None:
        super().__init__(message)
        self.temporary = temporary


def is_public(address: Address) -> bool:
    """Whether an address is one of the public Internet, by the IANA special-purpose registries.

    IPv6 forms that carry an IPv4 address (mapped, compatible, 6to4, Teredo, NAT64) are as public as what they carry.

    >>> is_public(ipaddress.ip_address("::ffff:127.0.0.1"))
    False
    """
    if isinstance(address, ipaddress.IPv6Address):
        carried: list[ipaddress.IPv4Address] = [a for a in (address.ipv4_mapped, address.sixtofour) if a]
        if address.teredo:
            carried += address.teredo
        if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
            carried.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if carried:
            return all(is_public(inner) for inner in carried)
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def resolve(host: str, port: int, timeout: float) -> list[str]:
    """Return the addresses of a host name, in the order to try them.

    Raises:
        ConnectTimeout: the name server did not answer in time.
        UnknownHostError: there is no such name.
    """
    answer: list[list[str] | Exception] = []

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.append(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except (OSError, UnicodeError, OverflowError) as error:  # overflow: a port beyond 65535
            answer.append(error)

    # getaddrinfo has no time-out; the thread is left behind when it does not answer.
    thread = threading.Thread(target=look_up, name="resolve", daemon=True)
    thread.start()
    thread.join(timeout)
    if not answer:
        raise ConnectTimeout("the name server did not answer in time")
    if isinstance(answer[0], Exception):
        temporary = getattr(answer[0], "errno", None) == socket.EAI_AGAIN
        raise UnknownHostError(f"host name {host!r} cannot be resolved", temporary=temporary)
    return answer[0]


class Deadline:
    """A moment by which all must be done."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, never below 0."""
        return max(0.0, self._end - time.monotonic())


class GuardedBackend(SyncBackend):
    """Makes connections for httpcore, checked and with a deadline.

    Raises:
        PrivateAddressError: the host has an address that is not public, and private ones are not allowed.
    """

    def __init__(self, deadline: Deadline, *, allow_private: bool) -> None:
        self._deadline, self._allow_private = deadline, allow_private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        """Connect to one of the host's addresses, all of which must be allowed."""
        limit = min(self._deadline.left, CONNECT_TIMEOUT)
        addresses = resolve(host, port, limit)
        if not self._allow_private:
            _check(host, addresses)
        options = list(socket_options or ())
        problem: Exception = ConnectError(f"host name {host!r} has no address")
        for address in addresses:
            limit = min(self._deadline.left, CONNECT_TIMEOUT)
            if not limit:
                raise ConnectTimeout("the time is up")
            try:
                stream = super().connect_tcp(address, port, limit, local_address, options)
            except (ConnectError, ConnectTimeout) as error:
                problem = error
            else:
                return _TimedStream(stream, self._deadline)
        raise problem

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> NetworkStream:
        """Refuse: nothing is fetched from a local socket."""
        raise PrivateAddressError("local sockets are not fetched from")


def _check(host: str, addresses: Sequence[str]) -> None:
    for text in addresses:
        if not is_public(ipaddress.ip_address(text.partition("%")[0])):
            what = text if text == host else f"{host} has the address {text}, which"
            raise PrivateAddressError(f"{what} is not public")


class _TimedStream(NetworkStream):
    """A stream whose every operation ends by the deadline."""

    def __init__(self, stream: NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if not (left := self._deadline.left):
            raise ReadTimeout("the time is up")
        return self._stream.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not (left := self._deadline.left):
            raise WriteTimeout("the time is up")
        self._stream.write(buffer, left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        if not (left := self._deadline.left):
            raise ConnectTimeout("the time is up")
        limit = min(left, CONNECT_TIMEOUT)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, limit), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def pool(deadline: Deadline, *, allow_private: bool) -> httpcore2.ConnectionPool:
    """Return a connection pool for one fetch; certificates are verified (``SSL_CERT_FILE``, ``SSL_CERT_DIR`` count)."""
    return httpcore2.ConnectionPool(
        max_connections=1,
        max_keepalive_connections=0,
        network_backend=GuardedBackend(deadline, allow_private=allow_private),
    )
