"""The API's description (OpenAPI): what the framework sees of the routes, and what it cannot see.

A route reads its request itself, as SPARQL's protocols want it; what it reads stands in the tables here.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from kg.web.conneg import GRAPHS, PAGE, RESULTS, Format

_STRING = {"type": "string"}
_IRIS = {"type": "array", "items": {"type": "string", "format": "iri"}}

_DATASET = {
    "default-graph-uri": ("Graphs that make up the default graph, instead of the whole dataset.", _IRIS),
    "named-graph-uri": ("Graphs that GRAPH may name.", _IRIS),
}
_FORMAT = (
    "What to send, instead of what the Accept header asks for: an extension such as csv, or a media type.",
    _STRING,
)
_DOWNLOAD = ("1: a browser shall keep the answer as a file, and not show it.", {"type": "string", "enum": ["1"]})
_TIMEOUT = (
    "Seconds after which no answer is wanted any more; the server's own deadline may be shorter.",
    {"type": "number", "exclusiveMinimum": 0},
)
_HOW: dict[str, tuple[str, dict[str, Any]]] = {"format": _FORMAT, "timeout": _TIMEOUT, "download": _DOWNLOAD}
_HOW_AS: dict[str, tuple[str, dict[str, Any]]] = {"timeout": _TIMEOUT, "download": _DOWNLOAD}
"""The same where the suffix says the format."""
_IRI = ("The IRI of the thing.", {"type": "string", "format": "iri"})
_GRAPH = {
    "graph": ("The IRI of the graph.", _STRING),
    "default": ("The default graph; its value says nothing.", _STRING),
}

PARAMETERS: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {
    "get /sparql": {"query": ("A SPARQL query; without one, a form or the service's description.", _STRING), **_DATASET,
                    **_HOW},
    "get /sparql.{suffix}": {"query": ("A SPARQL query.", _STRING), **_DATASET, **_HOW_AS},
    "post /sparql": {**_DATASET, **_HOW},
    "post /sparql.{suffix}": {**_DATASET, **_HOW_AS},
    "get /resource": {"iri": _IRI, "format": _FORMAT},
    **{f"{method} /store": _GRAPH for method in ("get", "put", "post", "delete", "patch")},
}  # fmt: skip
"""Query parameters: operation -> name -> (what it is, schema)."""

_ARTEFACTS = {("/sparql", "suffix"), ("/store", "name"), ("/ontology", "suffix")}
"""Parameters that one function has for another of its routes."""

_FORM = {
    "type": "object",
    "properties": {
        "query": _STRING, "default-graph-uri": _IRIS, "named-graph-uri": _IRIS,
        **{name: {"description": text, **schema} for name, (text, schema) in _HOW.items()},
    },
    "required": ["query"],
}  # fmt: skip
BODIES: dict[str, dict[str, dict[str, Any]]] = {
    **{
        path: {"application/sparql-query": _STRING, "application/x-www-form-urlencoded": _FORM}
        for path in ("post /sparql", "post /sparql.{suffix}")
    },
    "put /store": {"text/turtle": _STRING, "application/n-triples": _STRING},
    "post /store": {"text/turtle": _STRING, "application/n-triples": _STRING},
    "patch /store": {"application/sparql-update": _STRING},
}
"""Bodies: operation -> media type -> schema."""


def _content(formats: tuple[Format, ...]) -> dict[str, Any]:
    return {format.media_type: {} for format in formats}


_ANSWERS = {
    "/sparql": _content((*RESULTS, *GRAPHS, PAGE)), "/sparql.{suffix}": _content((*RESULTS, *GRAPHS, PAGE)),
    "/resource": _content((*GRAPHS, PAGE)), "/id/{rest}": _content((*GRAPHS, PAGE)),
    "/graph/{rest}": _content((*GRAPHS, PAGE)), "/version/{rest}": _content((*GRAPHS, PAGE)),
    "/dataset": _content((*GRAPHS, PAGE)),
}  # fmt: skip

_PROBLEM = {
    "description": "A problem (RFC 9457); /problems lists their kinds. As text or a page, where that is asked for.",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "properties": {"type": _STRING, "title": _STRING, "status": {"type": "integer"}, "detail": _STRING},
                "required": ["type", "title", "status", "detail"],
            }
        },
        "text/plain": {},
        "text/html": {},
    },
}


def described(app: FastAPI) -> dict[str, Any]:
    """Return the description of the application's routes, with what ``PARAMETERS`` and ``BODIES`` add."""
    found = get_openapi(
        title=app.title, version=app.version, routes=app.routes,
        description="SPARQL, linked data and dumps of a knowledge graph of the commons. Everything can be read by all.",
    )  # fmt: skip
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            name = f"{method} {path}"
            added = PARAMETERS.get(name, {})
            kept = [
                parameter for parameter in operation.get("parameters", [])
                if parameter["name"] not in added and (path, parameter["name"]) not in _ARTEFACTS
            ]  # fmt: skip
            operation["parameters"] = kept + [
                {"name": parameter, "in": "query", "description": text, "required": False, "schema": schema}
                for parameter, (text, schema) in added.items()
            ]
            if name in BODIES:
                content = {media_type: {"schema": schema} for media_type, schema in BODIES[name].items()}
                operation["requestBody"] = {"required": True, "content": content}
            responses = operation["responses"]
            responses.pop("422", None)  # nothing is checked by the framework: parameters are texts
            if path in _ANSWERS and "200" in responses:
                responses["200"]["content"] = _ANSWERS[path]
            responses["default"] = _PROBLEM
    found.get("components", {}).pop("schemas", None)
    return found
