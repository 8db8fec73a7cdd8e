"""Bearer tokens: https://www.rfc-editor.org/rfc/rfc6750."""

from __future__ import annotations

import hmac

from starlette.requests import Request

from kg.web.problems import Problem

CHALLENGE = 'Bearer realm="commons-kg"'


def require(request: Request, token: str) -> None:
    """Let a request pass that has the token.

    Raises:
        Problem: 401, there is no token or it is not the right one.
    """
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        raise Problem("unauthorized", "There is no token in this request.", headers={"WWW-Authenticate": CHALLENGE})
    # in constant time: how long the comparison takes must not tell how much of it was right
    if not token or not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise Problem(
            "unauthorized", "The token is not the right one.",
            headers={"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'},
        )  # fmt: skip
