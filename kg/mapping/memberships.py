"""Memberships: who, in what, in which role, in which interval, and who says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kg.mapping import Context, common, quads
from kg.namespaces import COMMONS, ORG, RDF, RDFS, SCHEMA, SKOS, TIME
from kg.quads import Statements
from kg.records import Membership, Text

PLAIN = "member"
"""The role of those that a source names no other for."""


@quads.register
def _(record: Membership, context: Context) -> Iterator[str]:
    out = context.statements()
    member = common.organization(out, context, record.member, homepage=record.member_homepage)
    organization = common.organization(out, context, record.organization)
    begins, ends = record.start or record.first_seen, record.end or record.gone_by
    node = context.mint.membership(member, organization, begins, record.role)
    name = common.preferred_name(context, record.member, homepage=record.member_homepage) or record.member
    whole = common.preferred_name(context, record.organization) or record.organization
    label = f"{name}: {record.role or PLAIN} of {whole}"
    common.named(out, node, (ORG.Membership,), Text(f"{label} since {begins}" if begins else label, "en"))
    out.link(node, ORG.member, member)
    out.link(node, ORG.organization, organization)
    out.link(node, ORG.role, _role(out, context, record.role or PLAIN))
    out.link(node, ORG.memberDuring, _interval(out, node, begins, ends))
    out.value(node, SCHEMA.startDate, begins)
    out.value(node, SCHEMA.endDate, ends)
    out.value(node, COMMONS.firstSeen, record.first_seen)
    out.value(node, COMMONS.lastSeen, record.last_seen)
    out.value(node, COMMONS.absentBefore, record.absent_before)
    out.value(node, COMMONS.goneBy, record.gone_by)
    out.value(node, COMMONS.current, record.current)
    out.link(member, SCHEMA.url, record.member_homepage)
    out.value(member, SKOS.altLabel, *(spelling for spelling in record.spellings if spelling != name))
    common.evidence(out, context, node, record.evidence)
    return iter(out)


def _role(out: Statements, context: Context, name: str) -> str:
    node = context.mint.role(name)
    common.named(out, node, (ORG.Role, SKOS.Concept), Text(name, "en"))
    out.value(node, SKOS.prefLabel, Text(name, "en"))
    return node


def _interval(out: Statements, membership: str, begins: date | None, ends: date | None) -> str:
    """State the interval, open where a date is not known, and return its IRI."""
    node = f"{membership}/interval"
    common.named(out, node, (TIME.ProperInterval,), f"{begins or ''}/{ends or '..'}")
    for relation, name, day in ((TIME.hasBeginning, "start", begins), (TIME.hasEnd, "end", ends)):
        if day is not None:
            instant = f"{membership}/{name}"
            out.link(node, relation, instant)
            out.link(instant, RDF.type, TIME.Instant)
            out.value(instant, RDFS.label, day.isoformat())
            out.value(instant, TIME.inXSDDate, day)
    return node
