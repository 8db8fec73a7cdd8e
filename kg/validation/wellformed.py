"""Whether a shapes graph is well-formed SHACL, and whether it is SHACL Core, but for sh:sparql, alone."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from rdflib import Graph
from rdflib.term import Node

from kg import parsing
from kg.namespaces import OWL, RDF, SH
from kg.validation import graphs, native
from kg.validation.report import Messages, Result, results

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


_SPARQL_NAMES = "sparql SPARQLConstraint select prefixes declare prefix namespace PrefixDeclaration"
_SPARQL = frozenset(str(SH[name]) for name in _SPARQL_NAMES.split())


def is_core(shapes: Graph) -> bool:
    """Whether no term of the shapes graph lies outside of SHACL Core and sh:sparql constraints."""
    return {str(t) for triple in shapes for t in triple[1:] if str(t).startswith(str(SH))} <= CORE | _SPARQL


@cache
def _shacl_shapes() -> tuple[bytes, Graph]:
    """Return the shapes of well-formed shapes: the recommendation's appendix C, as pySHACL packs it."""
    pyshacl = find_spec("pyshacl")
    assert pyshacl is not None
    assert pyshacl.origin is not None
    text = (Path(pyshacl.origin).parent / "assets" / "shacl-shacl.ttl").read_bytes()
    ntriples = parsing.ntriples(parsing.quads(text, parsing.TURTLE, base="http://www.w3.org/ns/shacl-shacl"))
    return ntriples, graphs.graph(ntriples)


def complaints(ntriples: bytes, shapes: Graph) -> list[str]:
    """Return what makes a shapes graph ill-formed, a line for each fault; nothing where it is well-formed."""
    rules, graph = _shacl_shapes()
    if odd := _strange_paths(shapes):
        ntriples = "".join(f"{s.n3()} {p.n3()} {o.n3()} .\n" for s, p, o in shapes if (s, p) not in odd).encode()
    if native.installed():
        found = native.results(native.run(ntriples, native.compile_shapes(rules)), Messages(graph))
    else:
        from kg.validation import reference  # pySHACL takes a moment to import

        found = results(reference.run(graphs.graph(ntriples), graph), graph, Messages(graph))
    lines = {_complaint(result) for result in found if result.severity == "Violation"}
    if not any(str(predicate).startswith(str(SH)) for predicate in shapes.predicates()):
        lines.add("there is no shape in it")
    return sorted(lines)


def _strange_paths(shapes: Graph) -> set[tuple[Node, Node]]:
    """Return (node, predicate) of path expressions on a node that is a list as well.

    Such a path is ill-formed by the letter, and read as the list by W3C's test path-strange-002.
    """
    predicates = (SH.inversePath, SH.alternativePath, SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath)
    return {(node, p) for p in predicates for node in shapes.subjects(p) if (node, RDF.first, None) in shapes}


def _complaint(result: Result) -> str:
    """Say what is wrong with a shape; the appendix's shapes have no messages of their own."""
    where = "an anonymous node" if result.focus_node.startswith("[]") else f"<{result.focus_node}>"
    if result.constraint == str(SH.XoneConstraintComponent):
        return f"{where} is neither a well-formed node shape nor a well-formed property shape (has it one sh:path?)"
    path = f" of <{result.path}>" if result.path else ""
    return f"{where}: {result.message}{path}"


def declare_imported_prefixes(shapes: Graph) -> None:
    """Give what sh:prefixes points to the prefixes of the ontologies it imports, as far as they stand in this graph.

    The rule: https://www.w3.org/TR/shacl/#sparql-prefixes; pySHACL looks at direct declarations alone.
    """
    for ontology in set(shapes.objects(None, SH.prefixes)):
        for imported in list(shapes.transitive_objects(ontology, OWL.imports)):
            for declaration in list(shapes.objects(imported, SH.declare)):
                shapes.add((ontology, SH.declare, declaration))
