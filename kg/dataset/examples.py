"""The questions as SHACL-SPARQL executables in the dataset's description, where any editor can find them.

In the terms of SHACL-SPARQL, as SIB's sparql-examples use them: ``rdfs:comment`` is the question, ``schema:keywords``
its tags, ``schema:target`` the endpoint. A query stands there with the defaults of its parameters.
"""

from __future__ import annotations

import re

from pyoxigraph import Literal, NamedNode

from kg.identifiers import Minter
from kg.namespaces import PREFIXES, RDF, RDFS, SCHEMA, SH, XSD, absolute
from kg.quads import Statements, iri, literal
from kg.questions import Parameter, Question, questions
from kg.records import Text


def describe_examples(out: Statements, mint: Minter) -> None:
    """State each question, and the prefixes that they are written with."""
    dataset = mint.dataset()
    for prefix, namespace in PREFIXES.items():
        node = f"{dataset}#prefix-{prefix}"
        out.link(dataset, SH.declare, node)
        out.link(node, RDF.type, SH.PrefixDeclaration)
        out.value(node, SH.prefix, prefix)
        out.value(node, SH.namespace, namespace, datatype=str(XSD.anyURI))
    for question in questions().values():
        node = f"{mint.base}questions/{question.name}"
        out.link(node, RDF.type, SH.SPARQLExecutable, SH.SPARQLSelectExecutable)
        out.value(node, RDFS.label, Text(question.summary, "en"))
        out.value(node, RDFS.comment, Text(question.summary, "en"))
        out.value(node, SCHEMA.description, Text(question.description, "en") if question.description else None)
        out.value(node, SCHEMA.keywords, *question.tags)
        out.link(node, SH.prefixes, dataset)
        out.value(node, SH.select, with_defaults(question, mint.base))
        out.link(node, SCHEMA.target, f"{mint.base}sparql")


def with_defaults(question: Question, base: str) -> str:
    """Return the query with the defaults in the place of its parameters."""
    terms = {parameter.name: str(_term(parameter, base)) for parameter in question.parameters}
    return re.sub(r"\$(\w+)", lambda match: terms.get(match[1], match[0]), question.text)


def _term(parameter: Parameter, base: str) -> NamedNode | Literal:
    match parameter.type:
        case "thing":
            return iri(absolute(parameter.default, base))
        case "date":
            return literal(parameter.default, str(XSD.date))
        case "number":
            return literal(int(parameter.default))
        case _:
            return literal(parameter.default)
