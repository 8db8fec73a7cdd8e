"""``/api``: the description of the HTTP interface (OpenAPI) as a page, made of ``/openapi.json``, with a try of each.

``api_examples.csv`` has an example of those operations whose address needs a value.
"""

from __future__ import annotations

import csv
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.web.extracting import Found
from kg.web.options import WebOptions
from kg.web.site import Site, reading

_TOKEN = {"put /store", "post /store", "delete /store", "patch /store", "get /queries", "delete /queries/{id}"}
"""Operations that need the bearer token."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of a path, as the page shows it."""

    method: str
    path: str
    summary: str
    parameters: list[dict[str, Any]]
    bodies: list[str]
    """Media types that it takes."""
    answers: list[str]
    """Media types that it sends, where that is stated."""
    status: str
    needs_token: bool
    address: str | None
    """Of an example; None where there is none."""
    curl: str | None

    @property
    def id(self) -> str:
        """Where on the page it stands."""
        return f"{self.method.lower()}-{self.path.strip('/').translate(str.maketrans('/.', '--', '{}')) or 'home'}"


def router(site: Site) -> APIRouter:
    """Return the route."""
    routes = APIRouter(tags=["operation"])

    @reading(routes, "/api", "The interface, described for people")
    async def api(request: Request) -> Response:
        groups = grouped(request.app.openapi(), str(request.base_url).rstrip("/"))
        return site.page("api.html", groups=groups, headers={"Cache-Control": "no-cache"})

    return routes


def grouped(description: dict[str, Any], host: str) -> dict[str, list[Operation]]:
    """Return the operations of an OpenAPI description by their first tag."""
    found: dict[str, list[Operation]] = {}
    for tag, operation in _operations(description, host):
        found.setdefault(tag, []).append(operation)
    return found


def _operations(description: dict[str, Any], host: str) -> Iterator[tuple[str, Operation]]:
    for path, methods in description["paths"].items():
        for method, told in methods.items():
            name = f"{method} {path}"
            example = _examples().get(name)
            status = next(iter(told["responses"]))
            address = example["address"] if example else path if method == "get" and "{" not in path else None
            yield (
                told["tags"][0],
                Operation(
                    method.upper(), path, told["summary"], told.get("parameters", []),
                    list(told.get("requestBody", {}).get("content", {})),
                    list(told["responses"][status].get("content", {})), status, name in _TOKEN, address,
                    _curl(method, host, address, example, token=name in _TOKEN) if address else None,
                ),
            )  # fmt: skip


def _curl(method: str, host: str, address: str, example: dict[str, str] | None, *, token: bool) -> str:
    words = ["curl"]
    if method not in ("get", "post"):
        words += ["-X", method.upper()]
    if token:
        words += ["-H", '"Authorization: Bearer $COMMONS_KG_TOKEN"']
    if example and example["type"]:
        words += ["-H", shlex.quote(f"Content-Type: {example['type']}"), "--data", shlex.quote(example["body"])]
    return " ".join([*words, shlex.quote(host + address)])


@cache
def _examples() -> dict[str, dict[str, str]]:
    with (Path(__file__).parent / "api_examples.csv").open(encoding="utf-8", newline="") as stream:
        return {row["operation"]: row for row in csv.DictReader(stream)}


def extract(stream: IO[bytes], keywords: object, comments: object, options: object) -> Iterator[Found]:
    """Yield what the description says to people, for the catalogue: an extraction method of Babel."""
    from kg.web.app import create_app  # the application has this module's routes

    description = create_app(WebOptions(home=Path())).openapi()
    for tag, operations in grouped(description, "").items():
        yield 1, None, tag, []
        for operation in operations:
            yield 1, None, operation.summary, []
            for parameter in operation.parameters:
                if parameter.get("description"):
                    yield 1, None, parameter["description"], []
