"""Small graphs that come with the software (vocabulary, shapes) in every representation."""

from __future__ import annotations

from collections.abc import Callable

from rdflib import Graph
from starlette.requests import Request
from starlette.responses import Response

from kg.namespaces import PREFIXES
from kg.web.conneg import GRAPHS, PAGE
from kg.web.site import asked_format

_NAMES = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld"}
"""Extension -> what rdflib calls the format."""


def links(path: str) -> str:
    """Return the Link header that names the representations of a page."""
    return ", ".join(f'<{path}.{f.extension}>; rel="alternate"; type="{f.media_type}"' for f in GRAPHS)


def represented(request: Request, path: str, suffix: str, graph: Callable[[], Graph]) -> Response | None:
    """Return a graph where RDF is wanted, None where a page is; ``path`` is the page's.

    Raises:
        Problem: 406.
    """
    chosen = asked_format(request, suffix, (PAGE, *GRAPHS))
    if chosen.format is PAGE:
        return None
    headers = {"Vary": "Accept", "Content-Location": f"{path}.{chosen.format.extension}", "Link": links(path)}
    return Response(serialised(graph(), chosen.format.extension), 200, headers, chosen.content_type)


def serialised(graph: Graph, extension: str) -> bytes:
    """Write a graph with the project's prefixes."""
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace, replace=True)
    if extension == "jsonld":
        return graph.serialize(format=_NAMES[extension], encoding="utf-8", context=dict(PREFIXES))
    return graph.serialize(format=_NAMES[extension], encoding="utf-8")
