"""Licences in RDF/XML: ccREL as Creative Commons publishes it, in the form of 2020 and in today's.

The few constructs of RDF/XML that describe a licence are read with lxml, since a general RDF parser takes ten times as
long for the 56,000 titles: typed nodes and rdf:Description with rdf:type, rdf:about, rdf:ID and xml:base,
rdf:resource, nested nodes, property attributes, xml:lang. Documents that declare entities are refused unread;
nothing outside the payload is ever opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from urllib.parse import urljoin

from lxml import etree

from kg.loader import Payload
from kg.namespaces import CC
from kg.records import License, Origin, Reject, Text

from ._licence_common import (
    ACTS,
    Described,
    RecordError,
    addresses,
    canonical,
    payload_reject,
    published,
    text_or_none,
    title,
    tool_of,
)
from ._text import language_tag
from .addresses import web_address

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_TERMS = {
    str(CC._NS): "cc:",
    "http://web.resource.org/cc/": "cc:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dc:",
    "http://www.w3.org/2002/07/owl#": "owl:",
}
_TODAY = "http://purl.org/dc/terms/"
_ENTITY = re.compile(rb"<\0?!\0?E\0?N\0?T\0?I\0?T\0?Y")
_CREATORS = {"creativecommons.org": "Creative Commons", "fsf.org": "Free Software Foundation"}


class _Value(NamedTuple):
    """An object of a statement: an IRI or text."""

    text: str
    is_iri: bool
    language: str | None = None


@dataclass(slots=True)
class _Node:
    """What a payload says about one subject."""

    line: int
    is_licence: bool = False
    is_today: bool = False
    statements: dict[str, list[_Value]] = field(default_factory=dict)

    def values(self, *predicates: str) -> list[_Value]:
        return [value for predicate in predicates for value in self.statements.get(predicate, ())]

    def first(self, *predicates: str) -> str | None:
        return next((value.text for value in self.values(*predicates) if value.text), None)


def read(payload: Payload, base: str) -> Iterator[Described | Reject]:
    """Yield a description for each licence in an RDF/XML payload; addresses are relative to ``base``."""
    data = payload.read()
    if _ENTITY.search(data):
        yield payload_reject(payload, "the XML declares entities, which are not read")
        return
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        yield payload_reject(payload, "the payload is no well-formed XML", str(error), getattr(error, "lineno", None))
        return
    # The scan above does not see through rare encodings.
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and dtd.entities():
        yield payload_reject(payload, "the XML declares entities, which are not read")
        return
    nodes: dict[str, _Node] = {}
    for element in _elements(root) if root.tag == f"{{{_RDF}}}RDF" else (root,):
        _collect(element, nodes, base, root.get(_LANGUAGE))
    for address, node in nodes.items():
        if node.is_licence:
            origin = Origin(payload=payload.name, place="" if address.startswith("_:") else address, line=node.line)
            try:
                yield Described(_record(address, node, nodes, origin), (int(node.is_today),))
            except RecordError as error:
                yield error.reject(origin)


def _elements(parent: etree._Element) -> list[etree._Element]:
    """Return the child elements; references to entities of an external DTD, which is never read, are no elements."""
    return [child for child in parent if isinstance(child.tag, str)]


def _collect(element: etree._Element, nodes: dict[str, _Node], base: str, language: str | None) -> str:
    """Add the statements of a node element to ``nodes``, and return the node's address."""
    kind = etree.QName(element)
    base = element.base if element.base and "://" in element.base else base
    language = element.get(_LANGUAGE, language)
    if (about := element.get(f"{{{_RDF}}}about")) is not None:
        address = _joined(base, about.strip())
    elif (local := element.get(f"{{{_RDF}}}ID")) is not None:
        address = _joined(base, f"#{local}")
    else:
        address = f"_:{len(nodes)}"
    node = nodes.setdefault(address, _Node(line=element.sourceline or 1))
    node.is_licence |= _TERMS.get(kind.namespace or "") == "cc:" and kind.localname == "License"
    for name, value in element.items():
        _state(node, name, _Value(value.strip(), False, language))
    for child in _elements(element):
        name, stated = str(child.tag), (child.text or "").strip()
        resource = child.get(f"{{{_RDF}}}resource")
        if resource is not None:
            _state(node, name, _Value(_joined(base, resource.strip()), True))
        elif len(child) and child.get(f"{{{_RDF}}}parseType") is None:
            for inner in _elements(child):
                _state(node, name, _Value(_collect(inner, nodes, base, child.get(_LANGUAGE, language)), True))
        elif stated:
            _state(node, name, _Value(stated, False, child.get(_LANGUAGE, language)))
    return address


def _state(node: _Node, name: str, value: _Value) -> None:
    kind = etree.QName(name)
    prefix = _TERMS.get(kind.namespace or "")
    if kind.namespace == _RDF and kind.localname == "type":
        node.is_licence |= value.text in (str(CC.License), "http://web.resource.org/cc/License")
    elif prefix:
        node.is_today |= kind.namespace == _TODAY and kind.localname == "title"
        node.statements.setdefault(prefix + kind.localname, []).append(value)


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _record(address: str, node: _Node, nodes: dict[str, _Node], origin: Origin) -> License:
    if address.startswith("_:"):
        raise RecordError("the licence has no address", "", "state its address in rdf:about")
    iri = canonical(address)
    if iri is None:
        raise RecordError(
            "the address is that of no licence that Creative Commons or SPDX lists", address, "state its deed's address"
        )
    tool = tool_of(iri)
    replaced_by = _licences(node, "dc:isReplacedBy")
    deprecated_on = _day(node.first("cc:deprecatedOn"))
    jurisdiction = (node.first("cc:jurisdiction") or "").rstrip("/").rpartition("/")[2]
    legalcodes: dict[str, str | None] = {}
    for value in node.values("cc:legalcode"):
        told = nodes[value.text].first("dc:language") if value.text in nodes else None
        legalcodes.update((code, language_tag(value.language or told)) for code in addresses(value.text))
    return License(
        origins=(origin,),
        iri=iri,
        titles=_titles(node),
        identifiers=tuple(dict.fromkeys(filter(None, (text_or_none(v.text) for v in node.values("dc:identifier"))))),
        version=tool.version if tool else node.first("dc:hasVersion"),
        jurisdiction=(tool.jurisdiction if tool else jurisdiction.casefold()) or None,
        permits=_acts(node, "cc:permits"),
        requires=_acts(node, "cc:requires"),
        prohibits=_acts(node, "cc:prohibits"),
        deprecated_on=deprecated_on,
        status="retired" if deprecated_on else "superseded" if replaced_by else None,
        replaced_by=tuple(other for other in replaced_by if other != iri),
        source_licence=next((other for other in _licences(node, "dc:source", "dc:isBasedOn") if other != iri), None),
        urls=tuple(url for url in addresses(address, *(v.text for v in node.values("owl:sameAs"))) if url != iri),
        legalcodes=tuple(Text(code, language) for code, language in legalcodes.items()),
        creator=_creator(node.first("dc:creator")),
    )


def _titles(node: _Node) -> tuple[Text, ...]:
    """Return one title per language; of two spellings of a tag (sr-latn, sr-Latn) the valid one counts."""
    found: dict[str, Text] = {}
    for value in node.values("dc:title"):
        for text in title(value.text, value.language):
            key = text.language or text.value
            if key not in found or value.language == text.language:
                found[key] = text
    return tuple(found.values())


def _acts(node: _Node, predicate: str) -> tuple[str, ...]:
    """Return the local names of ccREL's terms; one that it lacks makes the whole licence doubtful."""
    names = set()
    for value in node.values(predicate):
        namespace, separator, name = value.text.replace("web.resource.org/cc/", "creativecommons.org/ns#").partition(
            "#"
        )
        if namespace + separator != str(CC._NS) or name not in ACTS[predicate]:
            raise RecordError(
                "the licence permits, requires or prohibits what ccREL has no term for",
                value.text,
                "use the terms of http://creativecommons.org/ns#",
            )
        names.add(name)
    return tuple(sorted(names))


def _licences(node: _Node, *predicates: str) -> tuple[str, ...]:
    found = (published(value.text) for value in node.values(*predicates))
    return tuple(dict.fromkeys(iri for iri in found if iri))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise RecordError("cc:deprecatedOn is no date", text, "write YYYY-MM-DD") from None


def _creator(stated: str | None) -> str | None:
    """Return the name of a known creator, else its address or name as the payload has it."""
    host = re.sub(r"^https?://(www\.)?|/$", "", stated or "")
    return _CREATORS.get(host) or web_address(stated) or text_or_none(stated)
