"""Who may update, and how an update is answered: shared by ``/sparql`` and the graph store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from kg.engine.updater import Document, Made, Updater
from kg.web.bearer import require
from kg.web.problems import Problem, of
from kg.web.site import Site


def authorised(site: Site, request: Request) -> Updater:
    """Return what makes updates, for a request that has the right (RFC 6750).

    Raises:
        Problem: 403, the site is read-only; 401, there is no token or it is not the right one.
    """
    if site.updater is None or site.options.update is None:
        raise Problem("update-refused", "An update was sent, and this site takes none.")
    require(request, site.options.update.token)
    return site.updater


async def make(updater: Updater, request: dict[str, Any], documents: Sequence[Document] = ()) -> Made:
    """Make an update.

    Raises:
        Problem: it was not made.
    """
    try:
        return await updater.make(request, documents)
    except Exception as error:
        problem = of(error)
        if problem.kind == "failed":
            raise
        raise problem from None


def headers_of(made: Made) -> dict[str, str]:
    """Return the headers that say which version shows the update."""
    return {"Cache-Control": "no-store", **({"X-Dataset-Version": made.version} if made.version else {})}


async def body_of(request: Request, most: int) -> bytes:
    """Return the body of a request.

    Raises:
        Problem: 413, it is longer than ``most`` bytes.
    """
    pieces = bytearray()
    async for piece in request.stream():
        pieces += piece
        if len(pieces) > most:
            raise Problem("too-large", f"The body has more than {most:,} bytes.", headers={"Connection": "close"})
    return bytes(pieces)
