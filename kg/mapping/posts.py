"""Mapping of posts: schema.org, with the feeds they were met in and what they announce."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.identifiers import slug
from kg.linking.beginnings import stated_beginning
from kg.mapping import Context, common, quads
from kg.mapping.people import commitment
from kg.namespaces import COMMONS, DCTERMS, ORG, PROV, SCHEMA, XSD
from kg.quads import Statements
from kg.records import Announcement, Commitment, PersonRef, Post, Text

QUOTED = 300
"""Characters of a summary or a commitment without a licence that stay in the graph."""

_MEMBER = re.compile(r"member|miembro|membre|membro", re.IGNORECASE)


@quads.register
def post_quads(record: Post, context: Context) -> Iterator[str]:
    """Return the quads of a post, its authors, publisher, feeds and announcements."""
    out = context.statements()
    post = context.mint.post(record.url)
    common.named(out, post, (SCHEMA.BlogPosting,), record.title or record.url)
    if record.url.startswith(("http://", "https://")):
        out.link(post, SCHEMA.url, record.url)
    out.link(post, SCHEMA.sameAs, *record.other_urls)
    out.value(post, SCHEMA.headline, record.title)
    out.value(post, SCHEMA.datePublished, record.published)
    out.value(post, SCHEMA.dateModified, record.modified)
    out.value(post, SCHEMA.inLanguage, record.language)
    _texts(out, context, post, record)
    out.value(post, SCHEMA.keywords, *record.categories)
    out.value(post, COMMONS.guid, *record.guids)
    out.link(post, SCHEMA.image, record.image)
    out.link(post, DCTERMS.references, *record.links)
    for author in record.authors:
        out.link(post, SCHEMA.author, _author(out, context, author, record.categories))
    if record.publisher:
        publisher = common.organization(out, context, record.publisher, homepage=record.publisher_url)
        out.link(post, SCHEMA.publisher, publisher)
    common.licences(out, context, post, record.licences)
    for url in record.feeds:
        feed = context.mint.feed(url)
        common.named(out, feed, (SCHEMA.DataFeed,), url)
        out.link(feed, SCHEMA.url, url)
        out.link(post, COMMONS.inFeed, feed)
    common.sdg_links(out, context.mint, post, record.sdgs)
    announced: dict[tuple[str, str], Announcement] = {}
    for announcement in record.announcements:
        if _is_known(context, announcement, record):
            parties = (
                context.links.organization(announcement.member),
                context.links.organization(announcement.organization),
            )
            announced.setdefault(parties, announcement)
    for announcement in announced.values():
        _announcement(out, context, post, record, announcement)
    if len(announced) == 1:  # of several nobody can tell who commits to what
        _commitments(out, context, post, record, *announced.values())
    return iter(out)


def _texts(out: Statements, context: Context, post: str, record: Post) -> None:
    """State body and summary where a licence allows to hand them on, else their digests and what may be quoted."""
    if not out.kept:
        return
    if _is_licensed(context, record):
        out.value(post, SCHEMA.description, record.summary)
        out.value(post, SCHEMA.articleBody, record.text)
        return
    if record.text and record.text.value:
        out.value(post, COMMONS.textDigest, context.withhold(record.text.value))
    if record.summary:
        quoted = _quoted(record.summary.value)
        out.value(post, SCHEMA.description, Text(quoted, record.summary.language))
        if quoted != record.summary.value:
            out.value(post, COMMONS.summaryDigest, context.withhold(record.summary.value))


def _is_licensed(context: Context, record: Post) -> bool:
    """Whether a licence that is known is stated, by the post or by its source."""
    return context.licensed or any(map(context.links.licences, record.licences))


def _quoted(text: str) -> str:
    """Return as much of a text as may be quoted without a licence: up to ``QUOTED`` characters, cut at a word."""
    if len(text) <= QUOTED:
        return text
    beginning = text[: QUOTED - 2]
    return f"{beginning.rpartition(' ')[0].rstrip() or beginning} …"


def _is_known(context: Context, announcement: Announcement, record: Post) -> bool:
    """Whether the authority knows the organization that is joined, and who joins unless it is called a member.

    Persons join organizations too, and a text says so in the same words as of a member.
    """
    known = context.links.authority.find(announcement.organization) is not None
    title = record.title.value if record.title else ""
    told = announcement.quote == title or _MEMBER.search(announcement.quote) is not None
    return known and (told or context.links.authority.find(announcement.member) is not None)


def _author(out: Statements, context: Context, author: PersonRef, categories: tuple[str, ...]) -> str | None:
    """State an author: an organization if the record says so or the authority knows one of this name, else a person.

    Aggregators give the part of a site that a post stands in as its author and only category, "Release Notes": that is
    nobody unless the authority knows it, and the keyword tells it.
    """
    is_known = context.links.authority.find(author.name) is not None
    if categories == (author.name,) and not is_known:
        return None
    if author.is_organization or is_known:
        return common.organization(out, context, author.name)
    local = slug(author.name)
    if not local:
        return None
    person = context.mint.person(local)
    common.named(out, person, (SCHEMA.Person,), author.name)
    out.value(person, SCHEMA.name, author.name)
    out.link(person, SCHEMA.url, author.url)
    return person


def _announcement(out: Statements, context: Context, post: str, record: Post, announcement: Announcement) -> None:
    """State that the post announces a membership."""
    member = common.organization(out, context, announcement.member)
    organization = common.organization(out, context, announcement.organization)
    node = context.mint.announcement(post, member)
    common.named(out, node, (COMMONS.MembershipAnnouncement, COMMONS.Evidence), announcement.quote)
    out.link(node, SCHEMA.url, record.url)
    out.link(node, ORG.member, member)
    out.link(node, ORG.organization, organization)
    out.value(node, DCTERMS.date, record.published)
    out.value(node, COMMONS.evidenceText, announcement.quote)
    if since := stated_beginning(announcement.quote):
        out.value(node, COMMONS.statedBeginning, since, datatype=XSD.gYearMonth if "-" in since else XSD.gYear)
    out.link(node, PROV.wasDerivedFrom, post)
    out.link(node, SCHEMA.isBasedOn, post)
    out.link(post, COMMONS.announces, node)


def _commitments(out: Statements, context: Context, post: str, record: Post, announcement: Announcement) -> None:
    """State what the member that the post announces will do."""
    language = record.text.language if record.text else None
    quoted = str if not out.kept or _is_licensed(context, record) else _quoted
    for title, text in record.commitments:
        said = Commitment(
            origins=record.origins,
            member=announcement.member,
            organization=announcement.organization,
            title=Text(title, language),
            text=Text(quoted(text), language) if text else None,
            year=record.published.year if record.published else None,
            source_url=record.url,
        )
        node = commitment(out, context, said)
        out.link(node, PROV.wasDerivedFrom, post)
        out.link(post, COMMONS.announces, node)
