"""The fast way: SHACL Core by the native engine, ``sh:sparql`` by pyoxigraph, and what that refuses by pySHACL."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph
from rdflib.term import BNode, Literal, Node

from kg.namespaces import RDF, SH
from kg.validation import native
from kg.validation.answers import Row, Terms, run
from kg.validation.graphs import graph, term
from kg.validation.parts import Part
from kg.validation.queries import Query
from kg.validation.report import RawReport, Result, results
from kg.validation.shapes import Shapes

Found = tuple[list[Result], list[RawReport]]
"""Results, and the reports that they stand in."""


def core(ntriples: bytes, shapes: Shapes, *, marked: bool = False) -> Found:
    """Validate by the native engine; ``marked`` says that the focus nodes are marked in the data."""
    report = native.run(ntriples, shapes.marked if marked else shapes.compiled)
    if not len(report):
        return [], []
    return native.results(report, shapes.messages), [report]


def together(parts: Iterable[Found]) -> Found:
    """Return what was found in several parts."""
    found: list[Result] = []
    reports: list[RawReport] = []
    for results_of, reports_of in parts:
        found += results_of
        reports += reports_of
    return found, reports


def validate_part(part: Part, shapes: Shapes) -> Found:
    """Validate a part."""
    return together([core(part.text + part.marks, shapes, marked=True), asked(part, shapes)])


def asked(part: Part, shapes: Shapes) -> Found:
    """Validate a part by its sh:sparql constraints alone."""
    plan = shapes.plan
    assert plan is not None
    if not plan.queries:
        return [], []
    data, report, all_of = Terms(part.asked), Graph(bind_namespaces="none"), BNode()
    report.add((all_of, RDF.type, SH.ValidationReport))
    report.add((all_of, SH.conforms, Literal(False)))
    for query, numbers in zip(plan.queries, plan.numbers, strict=True):
        focus = {node.decode() for number in numbers for node in part.focus.get(number, ())}
        rows = run(query, data, focus) if focus else []
        if rows is None:
            return _by_pyshacl(part, shapes)
        for row in rows:
            report.add((all_of, SH.result, _reported(row, query, shapes.graph, report)))
    found = results(report, shapes.graph, shapes.messages)
    return found, [report] if found else []


def _by_pyshacl(part: Part, shapes: Shapes) -> Found:
    """Let pySHACL evaluate the sh:sparql constraints."""
    from kg.validation import reference  # it takes a moment to import

    report = reference.run(graph(part.asked + part.marks), shapes.queries_alone)
    found = results(report, shapes.graph, shapes.messages)
    return found, [report] if found else []


def _reported(row: Row, query: Query, shapes: Graph, report: Graph) -> Node:
    """Add a result to the report graph (https://www.w3.org/TR/shacl/#sparql-constraints-validation)."""
    node, focus, path = BNode(), term(row.focus), shapes.value(query.holder, SH.path)
    value = term(row.value) if row.value is not None else focus if path is None else None
    where = term(row.path) if row.path is not None else path
    told = {
        RDF.type: SH.ValidationResult, SH.focusNode: focus, SH.value: value, SH.resultPath: where,
        SH.resultSeverity: shapes.value(query.holder, SH.severity) or SH.Violation,
        SH.sourceConstraintComponent: SH.SPARQLConstraintComponent, SH.sourceConstraint: query.constraint,
        SH.sourceShape: query.holder,
    }  # fmt: skip
    for predicate, told_term in told.items():
        if told_term is not None:
            report.add((node, predicate, told_term))
    for message in row.messages:
        report.add((node, SH.resultMessage, Literal(message)))
    todo = [where]
    while todo:  # a path may be a structure of blank nodes
        one = todo.pop()
        if isinstance(one, BNode):
            for triple in shapes.triples((one, None, None)):
                report.add(triple)
                todo.append(triple[2])
    return node
