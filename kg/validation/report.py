"""What a validation says: results, the report, and how both are read out of a SHACL report graph.

Terms are written so that a person and a program can read them: an IRI as it is, a literal in N-Triples syntax with
its language tag in lower case, a blank node as ``[]`` (its label is the parser's). Paths are SPARQL property paths; a
predicate is its IRI.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Literal as Choice
from typing import Protocol

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.plugins.serializers.turtle import TurtleSerializer
from rdflib.term import Node

from kg.namespaces import PREFIXES, RDF, SH, XSD
from kg.validation.graphs import graph as parsed

Severity = Choice["Violation", "Warning", "Info"]
_SEVERITIES: Mapping[str, Severity] = {str(SH.Violation): "Violation", str(SH.Warning): "Warning", str(SH.Info): "Info"}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


@dataclass(frozen=True, slots=True)
class Result:
    """One ``sh:ValidationResult`` (https://www.w3.org/TR/shacl/#results-validation-result)."""

    focus_node: str
    path: str | None
    value: str | None
    message: str
    severity: Severity
    """A severity of one's own counts as Violation."""
    source_shape: str
    """IRI of the shape, or of the nearest shape around it that has one."""
    constraint: str
    """IRI of the constraint component."""

    @property
    def key(self) -> tuple[str, ...]:
        """What results are ordered and compared by."""
        return (
            self.source_shape, self.focus_node, self.path or "", self.constraint, self.value or "", self.severity,
            self.message,
        )  # fmt: skip


class NativeReport(Protocol):
    """What the native engine gives."""

    def serialize(self, format: str = "turtle") -> str:
        """Return it as RDF."""
        ...


RawReport = Graph | NativeReport


@dataclass(frozen=True)
class Report:
    """A validation report. ``conforms`` is SHACL's: there is no result at all, not even an Info."""

    conforms: bool
    results: tuple[Result, ...]
    """Ordered by shape, focus node, path and constraint."""
    graphs: tuple[RawReport, ...] = field(repr=False, compare=False)
    """The reports of the engines on the parts of the data."""

    @classmethod
    def of(cls, results: Iterable[Result], graphs: Iterable[RawReport]) -> Report:
        """Return a report, its results in order."""
        found = tuple(sorted(results, key=lambda result: result.key))
        return cls(conforms=not found, results=found, graphs=tuple(graphs))

    @cached_property
    def graph(self) -> Graph:
        """The report as the engines made it, with ``sh:detail``, paths and constraints."""
        if len(self.graphs) == 1 and isinstance(self.graphs[0], Graph):
            return self.graphs[0]
        report, all_of = BNode(), Graph(bind_namespaces="none")
        for part in self.graphs:
            for s, p, o in part if isinstance(part, Graph) else parsed(part.serialize("ntriples").encode()):
                if p == SH.result:
                    all_of.add((report, p, o))
                elif p != SH.conforms and o != SH.ValidationReport:
                    all_of.add((s, p, o))
        all_of.add((report, RDF.type, SH.ValidationReport))
        all_of.add((report, SH.conforms, Literal(self.conforms)))
        return all_of

    def turtle(self) -> bytes:
        """Return the SHACL validation report graph as Turtle; the same report gives the same bytes."""
        out, labels = Graph(bind_namespaces="none"), _labels(self.graph)
        for prefix, namespace in PREFIXES.items():
            out.bind(prefix, namespace)
        for s, p, o in self.graph:
            out.add((labels.get(s, s), p, labels.get(o, o)))
        stream = BytesIO()
        _Turtle(out).serialize(stream, encoding="utf-8")
        return stream.getvalue()


class _Turtle(TurtleSerializer):
    """Writes literals with their datatypes: reports are about ill-typed ones, which rdflib writes as bare words."""

    def label(self, node: Node, position: int) -> str:
        """Write a term."""
        if isinstance(node, Literal) and str(node) not in ("true", "false"):
            return node.n3(self.store.namespace_manager)
        return super().label(node, position)


def _labels(graph: Graph) -> dict[Node, Node]:
    """Give each result a blank node label by its content, so that the order in Turtle is always the same."""
    found = sorted(graph.subjects(RDF.type, SH.ValidationResult), key=lambda node: _result_key(graph, node))
    return {node: BNode(f"r{number:08}") for number, node in enumerate(found) if isinstance(node, BNode)}


def _result_key(graph: Graph, node: Node) -> tuple[str, ...]:
    told = (SH.focusNode, SH.sourceShape, SH.sourceConstraintComponent, SH.value, SH.resultMessage)
    values = [sorted(term(o) for o in graph.objects(node, p) if not isinstance(o, BNode)) for p in told]
    path_node = graph.value(node, SH.resultPath)
    return (*("\x1f".join(value) for value in values), path(graph, path_node) if path_node is not None else "")


def literal(lexical: str, language: str | None, datatype: str | None) -> str:
    """Return a literal as this module writes it."""
    text = f'"{lexical.translate(_ESCAPES)}"'
    if language:
        return f"{text}@{language.lower()}"
    return text if datatype is None or datatype == str(XSD.string) else f"{text}^^<{datatype}>"


def term(node: Node) -> str:
    """Return a term as this module writes it."""
    if isinstance(node, Literal):
        return literal(str(node), node.language, str(node.datatype) if node.datatype else None)
    return "[]" if isinstance(node, BNode) else str(node)


def path(graph: Graph, node: Node) -> str:
    """Return a property path (https://www.w3.org/TR/shacl/#property-paths): a predicate's IRI or SPARQL syntax."""
    return str(node) if isinstance(node, URIRef) else _path(graph, node)


def _path(graph: Graph, node: Node) -> str:
    if isinstance(node, URIRef):
        return f"<{node}>"
    if (node, RDF.first, None) in graph:
        return "(" + "/".join(_path(graph, member) for member in Collection(graph, node)) + ")"
    for predicate, sign in ((SH.zeroOrMorePath, "*"), (SH.oneOrMorePath, "+"), (SH.zeroOrOnePath, "?")):
        if (inner := graph.value(node, predicate)) is not None:
            return f"({_path(graph, inner)}){sign}"
    if (inner := graph.value(node, SH.inversePath)) is not None:
        return f"^{_path(graph, inner)}"
    if (inner := graph.value(node, SH.alternativePath)) is not None:
        return "(" + "|".join(_path(graph, member) for member in Collection(graph, inner)) + ")"
    return "(?)"


def severity(iri: str | None) -> Severity:
    """Return the severity that an IRI stands for."""
    return _SEVERITIES.get(iri or "", "Violation")


class Messages:
    """Chooses the message of a result: what the shape says, in English or no language, before what an engine says.

    Engines word their own messages differently, so a result of a shape that says nothing gets a sentence of ours.
    """

    def __init__(self, shapes: Graph) -> None:
        self._languages: dict[str, str] = {}
        for text in shapes.objects(None, SH.message):
            if isinstance(text, Literal) and self._languages.get(str(text), "x") != "":
                self._languages[str(text)] = (text.language or "").lower()

    def _rank(self, text: str) -> tuple[bool, str]:
        language = self._languages.get(text, "")
        return (not (language == "" or language.split("-")[0] == "en"), text)

    def choose(self, texts: Iterable[str], constraint: str, value: str | None) -> str:
        """Return one message."""
        texts = list(texts)
        declared = [text for text in texts if text in self._languages]
        name = constraint.rpartition("#")[2]
        if not declared and texts and name == "SPARQLConstraintComponent":
            declared = texts  # filled in from the query's variables
        if declared:
            return min(declared, key=self._rank)
        name = name.removesuffix("ConstraintComponent")
        rule = f"sh:{name[:1].lower()}{name[1:]}" if constraint.startswith(str(SH)) else constraint
        rule = "sh:sparql" if name == "SPARQL" else rule
        return f"{rule} is not met" + (f" by {value}" if value is not None else "")


def results(graph: Graph, shapes: Graph, messages: Messages) -> list[Result]:
    """Return the results of a report graph; ``shapes`` tells whose an anonymous shape is."""
    found: list[Result] = []
    for report in graph.subjects(RDF.type, SH.ValidationReport):
        for node in graph.objects(report, SH.result):
            one = {p: o for p, o in graph.predicate_objects(node) if p != SH.resultMessage}
            constraint = str(one.get(SH.sourceConstraintComponent, ""))
            value = term(one[SH.value]) if SH.value in one else None
            texts = [str(text) for text in graph.objects(node, SH.resultMessage)]
            found.append(Result(
                focus_node=term(one[SH.focusNode]),
                path=path(graph, one[SH.resultPath]) if SH.resultPath in one else None,
                value=value, message=messages.choose(texts, constraint, value),
                severity=severity(str(one.get(SH.resultSeverity))), constraint=constraint,
                source_shape=named_shape(shapes, one.get(SH.sourceShape)),
            ))  # fmt: skip
    return found


def named_shape(shapes: Graph, node: Node | None) -> str:
    """Return the IRI of a shape or of the nearest shape that has it as a property; the node itself where none has."""
    seen: set[Node] = set()
    current = node
    while isinstance(current, BNode) and current not in seen:
        seen.add(current)
        around = sorted(shapes.subjects(SH.property, current), key=lambda n: (isinstance(n, BNode), str(n)))
        current = around[0] if around else None
    return str(current) if isinstance(current, URIRef) else (term(node) if node is not None else "")
