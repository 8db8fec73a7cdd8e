"""Which terms exist, and which ones our files use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.namespace import DefinedNamespace, DefinedNamespaceMeta

from kg import namespaces
from kg.namespaces import PREFIXES

ROOT = Path(__file__).parents[2]
ONTOLOGY, SHAPES = ROOT / "ontology", ROOT / "shapes"
CLOSED: dict[str, DefinedNamespaceMeta] = {
    name: value
    for name, value in vars(namespaces).items()
    if isinstance(value, type) and issubclass(value, DefinedNamespace) and value is not DefinedNamespace
}
"""Name in kg.namespaces -> closed namespace, rdflib's and ours."""


def terms(namespace: DefinedNamespaceMeta) -> set[str]:
    """Return the IRIs of a closed namespace's terms."""
    base = str(namespace._NS)
    found = {str(term) for term in dir(namespace) if str(term).startswith(base) and str(term) != base}
    return found | {base + name for name in getattr(namespace, "_extras", ())}  # rdflib: those that Python reserves


BY_IRI = {str(namespace._NS): terms(namespace) for namespace in CLOSED.values()}
_LONGEST_FIRST = sorted(BY_IRI, key=len, reverse=True)


def missing(iri: str) -> bool:
    """Whether an IRI lies in a closed namespace and is no term of it."""
    for base in _LONGEST_FIRST:
        if iri.startswith(base) and iri != base:
            return iri not in BY_IRI[base] and not re.fullmatch(re.escape(base) + r"_\d+", iri)
    return False


def python_files() -> list[Path]:
    """Return our modules: the package, the loaders and the tests."""
    return sorted(p for folder in ("kg", "loaders", "tests") for p in (ROOT / folder).rglob("*.py"))


def python_terms(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield (line, namespace name, term) for each ``NAME.term`` and ``NAME["term"]`` of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in CLOSED:
            if not node.attr.startswith("_"):
                yield node.lineno, node.value.id, node.attr
        elif (
            isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Name)
            and node.value.id in CLOSED
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
        ):
            yield node.lineno, node.value.id, node.slice.value


def graph_terms(graph: Graph) -> set[str]:
    """Return every IRI of a graph, datatypes too."""
    found = {str(term) for triple in graph for term in triple if isinstance(term, URIRef)}
    return found | {str(d) for _, _, o in graph if (d := getattr(o, "datatype", None)) is not None}


_COMMENT = re.compile(r"""^\s*\#.*$|(?<=\s)\#\s.*$""", re.MULTILINE)
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'')
_CURIE = re.compile(r"(?<![\w:<])([a-z][\w-]*):([A-Za-z_][\w-]*)")
_PREFIX = re.compile(r"^\s*PREFIX\s+([\w-]*):\s*<([^>]*)>", re.MULTILINE | re.IGNORECASE)


def query_terms(text: str) -> Iterator[str]:
    """Yield the IRIs that a SPARQL query's prefixed names stand for."""
    text = _COMMENT.sub("", text)
    declared = dict(PREFIXES) | dict(_PREFIX.findall(text))
    body = re.sub(r"<[^<>\s]*>", " ", _QUOTED.sub('""', _PREFIX.sub("", text)))
    for prefix, local in _CURIE.findall(body):
        yield declared.get(prefix, f"undeclared prefix {prefix}:") + local
