"""Each shapes/KIND.ttl is tested by data: tests/shapes/KIND/good-*.ttl conform, bad-*.ttl give the results they expect.

A bad file starts with lines ``# expect: part of a message``: each must be found in some result's message. Both engines
must say the same about every file. ``good`` files may give warnings that they expect in the same way, no violation.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from kg import parsing
from kg.namespaces import RDF, SH
from kg.resources import folder
from kg.validation import Report, Shapes, native, validate

HERE = Path(__file__).parent
KINDS = sorted(folder("shapes").glob("*.ttl"))
GOOD = sorted(HERE.glob("*/good-*.ttl"))
BAD = sorted(HERE.glob("*/bad-*.ttl"))
NAMESPACE = "https://w3id.org/commons-kg/shapes/"
CONSTRAINTS = """
class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive maxInclusive minLength
maxLength pattern languageIn uniqueLang equals disjoint lessThan lessThanOrEquals not and or xone node
qualifiedValueShape closed hasValue in sparql
"""


def case(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@cache
def shapes() -> Shapes:
    """All shapes at once, as a load uses them."""
    return Shapes.load(folder("shapes"))


@cache
def shapes_graph(path: Path) -> Graph:
    return Graph().parse(path)


def expected(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("# expect:").strip() for line in lines if line.startswith("# expect:")]


def checked(path: Path) -> Report:
    """Validate a file by both engines and return what they both say."""
    data = parsing.ntriples(parsing.file_quads(path))
    report = validate(data, shapes(), engine="pyshacl")
    if native.installed():
        assert validate(data, shapes(), engine="shacl").results == report.results, "the engines disagree"
    return report


def named_shapes(path: Path) -> list[URIRef]:
    return sorted(n for n in shapes_graph(path).subjects(RDF.type, SH.NodeShape) if isinstance(n, URIRef))


def target_patterns(graph: Graph, shape: URIRef) -> Iterator[tuple[None, URIRef, Node | None]]:
    for found in graph.objects(shape, SH.targetClass):
        yield (None, RDF.type, found)
    for predicate in (SH.targetSubjectsOf, SH.targetObjectsOf):
        for found in graph.objects(shape, predicate):
            assert isinstance(found, URIRef)
            yield (None, found, None)


@pytest.mark.parametrize("path", GOOD, ids=case)
def test_good_instance_conforms(path: Path) -> None:
    report = checked(path)
    assert not [r for r in report.results if r.severity == "Violation"]
    unexpected = [r.message for r in report.results if not any(text in r.message for text in expected(path))]
    assert not unexpected


@pytest.mark.parametrize("path", BAD, ids=case)
def test_bad_instance_gives_expected_messages(path: Path) -> None:
    wanted = expected(path)
    assert wanted, "a bad file starts with lines '# expect: part of the message'"
    messages = [result.message for result in checked(path).results]
    missing = [text for text in wanted if not any(text in message for message in messages)]
    assert not missing, f"only found {messages}"


@pytest.mark.parametrize("path", KINDS, ids=lambda p: p.stem)
def test_every_shape_has_a_good_and_a_bad_instance(path: Path) -> None:
    """A good instance is a focus node of the shape; a bad one gives a result of it."""
    graph = shapes_graph(path)
    good, bad = HERE.glob(f"{path.stem}/good-*.ttl"), HERE.glob(f"{path.stem}/bad-*.ttl")
    instances = Graph()
    for file in good:
        instances.parse(file)
    broken = {result.source_shape for file in bad for result in checked(file).results}
    for shape in named_shapes(path):
        if (shape, SH.deactivated, None) in graph:
            continue
        if not (targets := list(target_patterns(graph, shape))):
            continue  # other shapes refer to it by sh:node
        assert any(target in instances for target in targets), f"no good instance of {shape}"
        assert str(shape) in broken, f"no bad instance of {shape}"


@pytest.mark.parametrize("path", KINDS, ids=lambda p: p.stem)
def test_shapes_are_named_by_convention_and_validated_the_fast_way(path: Path) -> None:
    for shape in named_shapes(path):
        assert shape.startswith(NAMESPACE), shape
        assert shape.endswith("Shape"), shape
    assert shapes().plan is not None, shapes().unfit
    assert not list(shapes_graph(path).objects(None, SH.targetNode)), (
        "sh:targetNode makes a focus node in every record, whether the record tells of it or not: use sh:targetClass"
    )


@pytest.mark.parametrize("path", KINDS, ids=lambda p: p.stem)
def test_every_constraint_has_a_message(path: Path) -> None:
    """Members of sh:or and their like need none: the shape around them speaks for them."""
    graph = shapes_graph(path)
    todo: list[Node] = list(named_shapes(path))
    while todo:
        node = todo.pop()
        todo += graph.objects(node, SH.property)
        own = [name for name in CONSTRAINTS.split() if (node, SH[name], None) in graph]
        messages = [m for m in graph.objects(node, SH.message) if isinstance(m, Literal)]
        where = graph.value(node, SH.path) if isinstance(node, BNode) else node
        assert not own or messages, f"{where}: {', '.join(own)} without sh:message"
        assert all((m.language or "en").split("-")[0] == "en" and m.strip() for m in messages), where


@pytest.mark.parametrize("path", KINDS, ids=lambda p: p.stem)
def test_severities_are_violation_warning_or_info(path: Path) -> None:
    known = {SH.Violation, SH.Warning, SH.Info}
    assert set(shapes_graph(path).objects(None, SH.severity)) <= known
