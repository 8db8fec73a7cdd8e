"""How long a client wants to wait for an answer, if it says so: ``timeout=`` in seconds, or ``Prefer: wait=``.

https://www.rfc-editor.org/rfc/rfc7240#section-4.3; it shortens the server's own deadline and never prolongs it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from starlette.requests import Request

from kg.engine.pool import NOBODY, asker
from kg.web.problems import Problem

_WAIT = re.compile(r'(?:^|,|;)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=$|,|;)', re.IGNORECASE)


def heed(request: Request, parameters: Sequence[str]) -> None:
    """Let the queries of this request end when the client says; ``parameters`` are the values of ``timeout``.

    Raises:
        Problem: 400, a time is none.
    """
    found = [_seconds(value) for value in parameters]
    prefer = request.headers.getlist("prefer")
    if prefer and (wait := _WAIT.search(",".join(prefer))) is not None:
        found.append(float(wait[1]) or 1.0)  # a preference that makes no sense is not an error
    if found:
        asker.set(replace(asker.get(NOBODY), deadline=min(found)))


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise Problem("bad-request", f"timeout is {value[:50]!r}, which is no number of seconds.", "For example: 2.5")
    return seconds
