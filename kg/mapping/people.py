"""Persons in public roles, programmes, and commitments."""

from __future__ import annotations

from collections.abc import Iterator

from kg.identifiers import short_hash, slug
from kg.mapping import Context, common, quads
from kg.namespaces import COMMONS, DCTERMS, SCHEMA, XSD
from kg.quads import Statements
from kg.records import Commitment, Person, Programme, Text

_LONGEST = 80
"""Letters of a title that go into an IRI."""


@quads.register
def _(record: Person, context: Context) -> Iterator[str]:
    out = context.statements()
    node = context.mint.person(_local(record.name))
    common.named(out, node, (SCHEMA.Person,), record.name)
    out.value(node, SCHEMA.name, record.name)
    out.value(node, SCHEMA.jobTitle, Text(record.role, "en") if record.role else None)
    if record.organization:
        out.link(node, SCHEMA.worksFor, common.organization(out, context, record.organization))
    out.link(node, SCHEMA.url, record.url)
    out.link(node, DCTERMS.source, record.source_url)
    return iter(out)


@quads.register
def _(record: Programme, context: Context) -> Iterator[str]:
    out = context.statements()
    organization = common.organization(out, context, record.organization)
    node = _programme(out, context, record.name, organization)
    out.link(node, SCHEMA.sourceOrganization, organization)
    out.value(node, SCHEMA.description, record.description)
    out.link(node, SCHEMA.url, record.url)
    out.link(node, DCTERMS.source, record.source_url)
    common.sdg_links(out, context.mint, node, record.sdgs)
    return iter(out)


@quads.register
def _(record: Commitment, context: Context) -> Iterator[str]:
    out = context.statements()
    commitment(out, context, record)
    return iter(out)


def commitment(out: Statements, context: Context, record: Commitment) -> str:
    """State what somebody announced that it will do, and return its IRI."""
    member = common.organization(out, context, record.member)
    organization = common.organization(out, context, record.organization)
    parts = [context.mint.local(member), context.mint.local(organization), _local(record.title.value)]
    node = context.mint.commitment("--".join([*parts, str(record.year)] if record.year else parts))
    common.named(out, node, (COMMONS.Commitment,), record.title)
    out.link(node, COMMONS.committedBy, member)
    out.link(node, COMMONS.committedTo, organization)
    out.value(node, SCHEMA.text, record.text)
    out.value(node, DCTERMS.date, f"{record.year:04}" if record.year else None, datatype=XSD.gYear)
    if record.programme:
        out.link(node, SCHEMA.isPartOf, _programme(out, context, Text(record.programme, "en"), member))
    out.link(node, DCTERMS.source, record.source_url)
    common.sdg_links(out, context.mint, node, record.sdgs)
    return node


def _programme(out: Statements, context: Context, name: Text, organization: str) -> str:
    """State that an organization has a programme of this name, and return its IRI."""
    node = context.mint.programme(f"{context.mint.local(organization)}--{_local(name.value)}")
    common.named(out, node, (SCHEMA.Project,), name)
    return node


def _local(name: str) -> str:
    """Return the local name for a name or title; a long one is cut and made unique by a hash of the whole."""
    local = slug(name) or short_hash(name)
    return local if len(local) <= _LONGEST else f"{local[:_LONGEST].rstrip('-')}-{short_hash(name)}"
