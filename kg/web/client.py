"""Who a request comes from: the peer, or whom a proxy that is trusted says it stands for.

https://www.rfc-editor.org/rfc/rfc7239#section-8.1: what a client writes into X-Forwarded-For itself proves nothing, so
the header is read from its end, and only as far as it was written by trusted proxies.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import ASGIApp, Receive, Scope, Send

from kg.engine.pool import Asker, asker
from kg.errors import UsageError
from kg.web.layers import for_requests
from kg.web.notes import notes_of


class Proxies:
    """The proxies that are trusted; a Unix socket's peer always is."""

    def __init__(self, trusted: str) -> None:
        self._networks: list[IPv4Network | IPv6Network] = []
        for part in trusted.replace(",", " ").split():
            try:
                self._networks.append(ip_network(part, strict=False))
            except ValueError:
                raise UsageError(f"trusted_proxies: {part!r} is no address or network") from None
        self.trusts = lru_cache(4096)(self._trusts)

    def _trusts(self, host: str) -> bool:
        address = _address(host)
        return address is not None and any(address in network for network in self._networks)

    def client(self, peer: str | None, forwarded: str | None) -> str | None:
        """Return the address whose budget a request is; None for what a trusted proxy, or the operator, asks itself.

        >>> proxies = Proxies("127.0.0.1, 10.0.0.0/8")
        >>> proxies.client("127.0.0.1", "198.51.100.9, 192.0.2.7, 10.1.2.3")
        '192.0.2.7'
        >>> proxies.client("192.0.2.9", "198.51.100.9"), proxies.client("127.0.0.1", None)
        ('192.0.2.9', None)
        """
        if peer is not None and not self.trusts(peer):
            return _group(peer)
        for host in reversed((forwarded or "").split(",")):
            host = host.strip()
            if host and not self.trusts(host):
                return _group(host)
        return None

    def of(self, scope: Scope) -> str | None:
        """Return the client of a request."""
        peer = scope.get("client")
        host = peer[0] if peer else None
        if host is not None and not self.trusts(host):
            return _group(host)
        found = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        return self.client(host, b",".join(found).decode("latin-1")) if found else None


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(4096)
def _group(host: str) -> str:
    """Return what stands for a client: its IPv4 address, or the /64 that one subscriber has of IPv6."""
    address = _address(host)
    if address is None:
        return "unknown"
    return str(address) if address.version == 4 else str(ip_network((address, 64), strict=False))


class Clients:
    """Has the engine know the client of each request that reaches it."""

    def __init__(self, app: ASGIApp, proxies: Proxies) -> None:
        self._app, self._proxies = app, proxies

    @for_requests
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find out who asks."""
        peer = scope.get("client")
        if peer is None or self._proxies.trusts(peer[0]):
            schemes = [value for name, value in scope["headers"] if name == b"x-forwarded-proto"]
            if schemes and schemes[-1] in (b"http", b"https"):
                scope["scheme"] = schemes[-1].decode()
        asker.set(Asker(self._proxies.of(scope), asked=notes_of(scope).queries))
        await self._app(scope, receive, send)
