"""Mapping of posts: schema.org, with the feeds they were met in and what they announce."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Quad

from kg.identifiers import slug
from kg.mapping import Context, common, quads
from kg.namespaces import COMMONS, DCTERMS, ORG, PROV, SCHEMA
from kg.quads import Statements
from kg.records import Announcement, PersonRef, Post


@quads.register
def post_quads(record: Post, context: Context) -> Iterator[Quad]:
    """Return the quads of a post, its authors, publisher, feeds and announcements."""
    out = Statements(context.graph)
    post = context.mint.post(record.url)
    common.named(out, post, (SCHEMA.BlogPosting,), record.title or record.url)
    if record.url.startswith(("http://", "https://")):
        out.link(post, SCHEMA.url, record.url)
    out.link(post, SCHEMA.sameAs, *record.other_urls)
    out.value(post, SCHEMA.headline, record.title)
    out.value(post, SCHEMA.datePublished, record.published)
    out.value(post, SCHEMA.dateModified, record.modified)
    out.value(post, SCHEMA.inLanguage, record.language)
    out.value(post, SCHEMA.description, record.summary)
    out.value(post, SCHEMA.articleBody, record.text)
    out.value(post, SCHEMA.keywords, *record.categories)
    out.value(post, COMMONS.guid, *record.guids)
    out.link(post, SCHEMA.image, record.image)
    out.link(post, DCTERMS.references, *record.links)
    for author in record.authors:
        out.link(post, SCHEMA.author, _author(out, context, author))
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
    for announcement in record.announcements:
        _announcement(out, context, post, record, announcement)
    yield from out


def _author(out: Statements, context: Context, author: PersonRef) -> str | None:
    """State an author: an organization if the record says so or the authority knows one of this name, else a person."""
    if author.is_organization or context.links.authority.find(author.name) is not None:
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
    """State that the post announces a membership, where the authority knows the organization that is joined."""
    if context.links.authority.find(announcement.organization) is None:
        return
    member = common.organization(out, context, announcement.member)
    organization = common.organization(out, context, announcement.organization)
    node = context.mint.announcement(post, member)
    common.named(out, node, (COMMONS.MembershipAnnouncement, COMMONS.Evidence), announcement.quote)
    out.link(node, SCHEMA.url, record.url)
    out.link(node, ORG.member, member)
    out.link(node, ORG.organization, organization)
    out.value(node, DCTERMS.date, record.published)
    out.value(node, COMMONS.evidenceText, announcement.quote)
    out.link(node, PROV.wasDerivedFrom, post)
    out.link(node, SCHEMA.isBasedOn, post)
    out.link(post, COMMONS.announces, node)
