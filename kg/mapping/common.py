"""What several kinds of record state in the same way: organizations named, licences, countries, SDG links, evidence."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from kg.identifiers import Minter
from kg.linking import countries, licence_expressions, licence_families
from kg.mapping import Context
from kg.namespaces import CC, COMMONS, DCTERMS, OA, ORG, RDF, RDFS, SCHEMA, SDG, SKOS, SPDX
from kg.quads import Statements
from kg.records import Evidence, SDGClaim, Span, Text


def named(out: Statements, subject: str, types: Iterable[str], label: Text | str | None) -> None:
    """State the types and the label that every thing has."""
    out.link(subject, RDF.type, *types)
    out.value(subject, RDFS.label, label)


def organization(out: Statements, context: Context, name: str, *, homepage: str | None = None) -> str:
    """State that an organization exists that a source calls ``name``, and return its IRI.

    One that the authority file knows is labelled with its preferred name there; the spelling is another label.
    """
    node = context.links.organization(name, homepage=homepage)
    label = preferred_name(context, name, homepage=homepage) or name
    named(out, node, (ORG.Organization, SCHEMA.Organization), label)
    if label != name:
        out.value(node, SKOS.altLabel, name)
    return node


def preferred_name(context: Context, name: str, *, homepage: str | None = None, ror: str | None = None) -> str | None:
    """Return the best known name of an organization, None where neither the authority file nor the register has one."""
    return context.links.preferred_name(name, homepage=homepage, ror=ror)


def licences(out: Statements, context: Context, subject: str, stated: Iterable[str]) -> None:
    """State the licences of ``subject``; what no licence is found for stays as text.

    Where no version is stated it is a family of licences. An SPDX expression is stated too, so that AND and OR are not
    lost among the licences that it names.
    """
    for text in stated if out.kept else ():
        found = context.links.licences(text)
        out.link(subject, SCHEMA.license, *found)
        for node, family in families(context.mint).items():
            if node in found:
                licence_family(out, node, family)
        if not found:
            out.value(subject, COMMONS.licenceText, text)
        elif expression := licence_expressions.parse(text):
            out.link(subject, COMMONS.licenceExpression, _expression(out, context, expression))


@cache
def families(mint: Minter) -> dict[str, licence_families.Family]:
    """Return the families of licences by IRI."""
    return {mint.licence_family(family.id): family for family in licence_families.families().values()}


def licence_family(out: Statements, node: str, family: licence_families.Family) -> None:
    """State what a family of licences is."""
    named(out, node, (COMMONS.LicenceFamily,), Text(family.label, "en"))
    out.value(node, SKOS.notation, family.id)
    out.link(node, CC.prohibits, *(CC[name] for name in family.prohibits))


_SETS = {"AND": SPDX.ConjunctiveLicenseSet, "OR": SPDX.DisjunctiveLicenseSet, "WITH": SPDX.WithExceptionOperator}


def _expression(out: Statements, context: Context, expression: licence_expressions.Expression) -> str:
    """State an expression in SPDX's terms, and return its IRI."""
    if expression.licence:
        return expression.licence
    node = context.mint.licence_expression(expression.text)
    named(out, node, (_SETS[expression.operator],), expression.text)
    members = [_expression(out, context, member) for member in expression.members]
    if expression.operator == "WITH":
        out.link(node, SPDX.member, members[0])
        out.link(node, SPDX.licenseException, members[1])
    else:
        out.link(node, SPDX.member, *members)
    return node


def country(out: Statements, context: Context, name: str) -> str | None:
    """State the country of this name or code, and return its IRI; None where it is unknown."""
    code = context.links.country(name)
    if code is None:
        return None
    node = context.mint.country(code)
    named(out, node, (SCHEMA.Country,), Text(countries.label(code), "en"))
    out.value(node, SCHEMA.identifier, code)
    out.value(node, SKOS.notation, code, countries.alpha3(code))
    return node


def sdg_links(out: Statements, mint: Minter, subject: str, claims: Iterable[SDGClaim]) -> None:
    """State each link to a goal or target twice: as a plain triple, and as a node with its status and evidence.

    The node is a Web Annotation whose target is ``subject`` and whose body is the goal or target. An inferred link has
    no plain triple: nobody said it. Where the words stand in a text of the record, the node tells the first place, and
    each place that names the goal or target is a mention.
    """
    for claim in claims if out.kept else ():
        concept = str(SDG[claim.code])
        if claim.status != "inferred":
            out.link(subject, COMMONS.addresses, concept)
        node = mint.sdg_link(subject, concept, claim.status)
        out.link(node, RDF.type, COMMONS.SDGLink, OA.Annotation)
        out.value(node, RDFS.label, Text(f"SDG {claim.code} ({claim.status})", "en"))
        out.link(node, OA.hasTarget, subject)
        out.link(node, OA.hasBody, concept)
        out.link(node, OA.motivatedBy, OA.classifying)
        out.link(node, COMMONS.linkStatus, COMMONS[claim.status])
        out.value(node, COMMONS.evidenceText, claim.evidence)
        out.value(node, COMMONS.score, claim.score)
        if claim.spans:
            place(out, node, claim.spans[0])
        if claim.status != "inferred":
            mentions(out, mint, subject, concept, claim.spans)


def evidence(out: Statements, context: Context, subject: str, pieces: Iterable[Evidence]) -> None:
    """State who says so: a node for each piece of evidence."""
    for piece in pieces if out.kept else ():
        when = piece.date.isoformat() if piece.date else ""
        node = context.mint.evidence(piece.url or "", piece.revision or "", when, piece.quote or "")
        label = " ".join(part for part in (piece.title or piece.url or "evidence", when[:10]) if part)
        named(out, node, (COMMONS.Evidence,), label)
        out.link(subject, COMMONS.evidence, node)
        out.link(node, SCHEMA.url, piece.url)
        out.value(node, DCTERMS.title, piece.title)
        out.value(node, DCTERMS.date, piece.date)
        out.value(node, DCTERMS.identifier, piece.revision)
        out.value(node, COMMONS.evidenceText, piece.quote)


def mentions(out: Statements, mint: Minter, post: str, thing: str, spans: Iterable[Span]) -> None:
    """State that the texts of ``post`` name ``thing`` in these places: a plain triple, and a node for each place."""
    for span in spans:
        out.link(post, SCHEMA.mentions, thing)
        node = mint.mention(post, thing, span.property, span.start)
        named(out, node, (COMMONS.Mention, OA.Annotation), span.words)
        out.link(node, OA.hasTarget, post)
        out.link(node, OA.hasBody, thing)
        out.link(node, OA.motivatedBy, OA.identifying)
        out.value(node, COMMONS.evidenceText, span.words)
        place(out, node, span)


def place(out: Statements, node: str, span: Span) -> None:
    """State where the words of an annotation stand."""
    out.link(node, COMMONS.inProperty, SCHEMA[span.property])
    out.value(node, COMMONS.startOffset, span.start)
    out.value(node, COMMONS.endOffset, span.end)
