"""Whether a shapes graph is well-formed SHACL, and whether it is SHACL Core alone."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from rdflib import Graph

from kg import parsing, validation_native, validation_pyshacl
from kg.namespaces import RDF, SH
from kg.validation_report import Messages, results

_CORE_NAMES = """
NodeShape PropertyShape targetClass targetNode targetSubjectsOf targetObjectsOf property path inversePath
alternativePath zeroOrMorePath oneOrMorePath zeroOrOnePath message severity name description order group
PropertyGroup defaultValue deactivated Info Warning Violation class datatype nodeKind BlankNode IRI Literal
BlankNodeOrIRI BlankNodeOrLiteral IRIOrLiteral minCount maxCount minExclusive minInclusive maxExclusive
maxInclusive minLength maxLength pattern flags languageIn uniqueLang equals disjoint lessThan lessThanOrEquals
not and or xone node qualifiedValueShape qualifiedMinCount qualifiedMaxCount qualifiedValueShapesDisjoint
closed ignoredProperties hasValue in
"""
CORE = frozenset(str(SH[name]) for name in _CORE_NAMES.split())
"""The terms of SHACL Core (https://www.w3.org/TR/shacl/#part1); any other sh: term needs more than the Core."""


def is_core(shapes: Graph) -> bool:
    """Whether no term of the shapes graph lies outside of SHACL Core; prefix declarations by themselves do no harm."""
    declarations = {str(SH.declare), str(SH.prefix), str(SH.namespace), str(SH.PrefixDeclaration)}
    used = {str(term) for triple in shapes for term in triple[1:] if str(term).startswith(str(SH))}
    return used <= CORE | declarations


@cache
def _shacl_shapes() -> tuple[bytes, Graph]:
    """Return the shapes of well-formed shapes: the recommendation's appendix C, as pySHACL packs it."""
    text = files("pyshacl").joinpath("assets", "shacl-shacl.ttl").read_bytes()
    ntriples = parsing.ntriples(parsing.quads(text, parsing.TURTLE, base="http://www.w3.org/ns/shacl-shacl"))
    return ntriples, validation_pyshacl.graph(ntriples)


def complaints(ntriples: bytes) -> list[str]:
    """Return what makes a shapes graph ill-formed, a line for each fault; nothing where it is well-formed."""
    rules, graph = _shacl_shapes()
    if validation_native.installed():
        found = validation_native.results(ntriples, validation_native.compile_shapes(rules), Messages(graph))
    else:
        found = results(validation_pyshacl.run(validation_pyshacl.graph(ntriples), graph), graph, Messages(graph))
    shapes = validation_pyshacl.graph(ntriples)
    lines = [
        f"{_where(result.focus_node)}: {result.path or 'it'}: {result.message}"
        for result in found
        if result.severity == "Violation"
    ]
    if not any(shapes.triples((None, RDF.type, SH.NodeShape))) and not any(
        (None, predicate, None) in shapes
        for predicate in (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf, SH.property, SH.path)
    ):
        lines.append("there is no shape in it")
    return sorted(set(lines))


def _where(node: str) -> str:
    return "an anonymous shape" if node.startswith("_:") else f"<{node}>"
