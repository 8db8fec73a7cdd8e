"""The shapes as a table: what must hold of each kind of thing, read from ``shapes/*.ttl``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from rdflib import RDF, RDFS, SH, BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.identifiers import DEFAULT_BASE
from kg.resources import folder
from kg.web import terms
from kg.web.i18n import N_
from kg.web.i18n import gettext as _

NAMESPACE = DEFAULT_BASE + "shapes/"

_WORDS = {
    SH.minCount: N_("at least %(value)s"),
    SH.maxCount: N_("at most %(value)s"),
    SH.datatype: N_("of datatype %(value)s"),
    SH["class"]: N_("of class %(value)s"),
    SH.nodeKind: N_("an %(value)s"),
    SH.pattern: N_("matches %(value)s"),
    SH.minLength: N_("%(value)s characters or more"),
    SH.maxLength: N_("%(value)s characters at most"),
    SH.minInclusive: N_("%(value)s or more"),
    SH.maxInclusive: N_("%(value)s or less"),
    SH.minExclusive: N_("more than %(value)s"),
    SH.maxExclusive: N_("less than %(value)s"),
    SH.uniqueLang: N_("one per language"),
    SH.hasValue: N_("one is %(value)s"),
    SH["in"]: N_("one of %(value)s"),
    SH.lessThan: N_("before %(value)s"),
    SH.lessThanOrEquals: N_("not after %(value)s"),
    SH.disjoint: N_("other than %(value)s"),
    SH.equals: N_("the same as %(value)s"),
    SH["not"]: N_("not: %(value)s"),
    SH["or"]: N_("%(value)s"),
    SH["and"]: N_("%(value)s"),
    SH.xone: N_("exactly one of: %(value)s"),
    SH.node: N_("as %(value)s says"),
}
"""Constraint -> how it is told."""

FILES = {
    "derived": N_("What is derived"),
    "good": N_("Goods"),
    "licence": N_("Licences"),
    "membership": N_("Memberships"),
    "mention": N_("Mentions"),
    "organization": N_("Organizations"),
    "people": N_("People, programmes and commitments"),
    "post": N_("Posts and feeds"),
    "sdg-link": N_("Links to the goals"),
    "sdg": N_("Goals, targets and indicators"),
}
"""File of shapes -> what these are about."""

SEVERITIES = (N_("Violation"), N_("Warning"), N_("Info"))
"""What SHACL calls how bad it is when a rule is broken, the worst and the default first."""


@dataclass(frozen=True, slots=True)
class Path:
    """A path: as text, and the property where it is one."""

    text: str
    iri: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold, in the words of its message and as its constraints."""

    shape: str
    """Name of its shape."""
    number: int
    """From 1, within its shape; 0 for what holds of the thing itself."""
    path: Path | None
    message: str
    severity: str
    """``Violation``, ``Warning`` or ``Info``."""
    node: Node

    @property
    def cardinality(self) -> str:
        """As UML writes it: ``1``, ``0..1``, ``1..*`` or ``0..*``."""
        least, most = (_graph().value(self.node, p) for p in (SH.minCount, SH.maxCount))
        low, high = str(least or 0), str(most) if most is not None else "*"
        return low if low == high else f"{low}..{high}"

    @property
    def constraints(self) -> list[str]:
        """What it asks for, but for the cardinality, in the reader's language."""
        return _worded(self.node, without=(SH.minCount, SH.maxCount))


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape."""

    name: str
    label: str
    comment: str
    targets: tuple[str, ...]
    """Classes whose things it is about."""
    file: str
    """The file it stands in, without extension: its group."""
    rules: tuple[Rule, ...]

    @property
    def iri(self) -> str:
        """Its IRI."""
        return NAMESPACE + self.name


@cache
def _graphs() -> dict[str, Graph]:
    return {path.stem: Graph().parse(path, format="turtle") for path in sorted(folder("shapes").glob("*.ttl"))}


@cache
def _graph() -> Graph:
    whole = Graph()
    for graph in _graphs().values():
        whole += graph
        for prefix, namespace in graph.namespaces():
            whole.bind(prefix, namespace)
    return whole


def graph(name: str = "") -> Graph:
    """Return one shape with all that hangs on it, or all shapes."""
    return _graph().cbd(URIRef(NAMESPACE + name)) if name else _graph()


@cache
def shapes() -> dict[str, Shape]:
    """Return the shapes by name, file by file."""
    found = {}
    for file, read in _graphs().items():
        for node in sorted(read.subjects(RDF.type, SH.NodeShape), key=str):
            if isinstance(node, URIRef) and node.startswith(NAMESPACE):
                name = str(node).removeprefix(NAMESPACE)
                found[name] = _shape(name, node, file)
    return found


def _shape(name: str, node: URIRef, file: str) -> Shape:
    whole = _graph()
    parts = sorted(whole.objects(node, SH.property), key=lambda n: (_text(n, SH.message), str(_path(n).text)))
    rules = [Rule(name, 0, None, _text(node, SH.message), _severity(node), node)] if _text(node, SH.message) else []
    rules += [
        Rule(name, n, _path(part), _text(part, SH.message), _severity(part), part) for n, part in enumerate(parts, 1)
    ]
    rules.sort(key=lambda rule: (rule.path is not None, terms.rank_of(rule.path.iri or "") if rule.path else 0,
                                 rule.severity != "Violation", rule.number))  # fmt: skip
    targets = tuple(sorted(str(c) for c in whole.objects(node, SH.targetClass)))
    return Shape(name, _text(node, RDFS.label) or name, _text(node, RDFS.comment), targets, file, tuple(rules))


def _text(node: Node, property: URIRef) -> str:
    return str(_graph().value(node, property) or "")


def _severity(node: Node) -> str:
    return _text(node, SH.severity).rpartition("#")[2] or SEVERITIES[0]


def _path(node: Node) -> Path:
    path = _graph().value(node, SH.path)
    assert path is not None
    return Path(_path_text(path), str(path) if isinstance(path, URIRef) else None)


def _path_text(path: Node) -> str:
    """Write a path as SPARQL does."""
    whole = _graph()
    if isinstance(path, URIRef):
        return terms.curie(str(path)) or f"<{path}>"
    if (inner := whole.value(path, SH.inversePath)) is not None:
        return f"^{_path_text(inner)}"
    if (inner := whole.value(path, SH.alternativePath)) is not None:
        return " | ".join(map(_path_text, Collection(whole, inner)))
    return " / ".join(map(_path_text, Collection(whole, path)))


def _worded(node: Node, without: tuple[URIRef, ...] = ()) -> list[str]:
    found = []
    for property, words in _WORDS.items():
        if property not in without:
            values = sorted(_value(property, value) for value in _graph().objects(node, property))
            found += [_(words) % {"value": value} for value in values]
    if isinstance(node, BNode):  # a shape that has a name shows its properties as rules of their own
        for part in _graph().objects(node, SH.property):
            found.append(f"{_path(part).text}: {', '.join(_worded(part))}")
    return found


def _value(property: URIRef, value: Node) -> str:
    if property in (SH["or"], SH.xone, SH["and"]):
        glue = _(" and ") if property == SH["and"] else _(" or ")
        return glue.join(", ".join(_worded(item)) for item in Collection(_graph(), value))
    if property == SH["not"]:
        return ", ".join(_worded(value))
    if property == SH["in"]:
        return ", ".join(sorted(_term(item) for item in Collection(_graph(), value)))
    return _term(value)


def _term(value: Node) -> str:
    if isinstance(value, URIRef):
        if value.startswith(str(SH)):
            return str(value).rpartition("#")[2]
        return terms.curie(str(value)) or str(value)
    return str(value)


@cache
def _by_message() -> dict[str, Rule]:
    return {rule.message: rule for shape in shapes().values() for rule in shape.rules}


def broken(result: dict[str, Any]) -> Rule | None:
    """Return the rule that a result of validation, as it is kept with a record, is of."""
    return _by_message().get(result.get("message") or "")


def rules_of_class(cls: str) -> Iterator[Rule]:
    """Yield the rules of all shapes that are about the things of a class."""
    return (rule for shape in shapes().values() if cls in shape.targets for rule in shape.rules)
