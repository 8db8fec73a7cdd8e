"""A post: its text with what it names marked, its links to goals with their words, announcements and commitments.

A text is shown whole only where it has a licence, of its own or of its source; of another, which is kept beside the
graph, the words around what it names are quoted, and the reader is led to the original.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from starlette.requests import Request

from kg.dataset.withheld import PROPERTIES, Texts
from kg.engine.pool import VersionRef
from kg.namespaces import SCHEMA
from kg.web import terms
from kg.web.kinds.links import links, status_of
from kg.web.kinds.marking import Span, beginning, excerpts, firsts, paragraphs, pieces
from kg.web.labels import labels_of
from kg.web.queries import bound
from kg.web.site import Row, Site
from kg.web.sources import sources
from kg.web.things import Entity, Fact, link_to

TEMPLATE = "kinds/post.html"

QUOTED = 220
"""Characters of a text without licence that the facts of its post show."""

TEXTS = (SCHEMA.headline, SCHEMA.description, SCHEMA.articleBody)
"""Properties that mentions may be in."""


async def gather(site: Site, request: Request, entity: Entity, version: VersionRef) -> dict[str, Any]:
    """Return what the page shows."""
    mentions_query = bound("kinds/mentions", thing=entity.iri)
    mention_rows, link_rows, announced, withheld = await asyncio.gather(
        site.rows(mentions_query, version=version),
        site.rows(bound("kinds/links", thing=entity.iri), version=version),
        site.rows(bound("kinds/announcements", post=entity.iri), version=version),
        asyncio.to_thread(_withheld, site.home.texts, entity),
    )
    things = {row["body"]["value"] for row in mention_rows} | {row["concept"]["value"] for row in link_rows}
    things |= {row[name]["value"] for row in announced for name in ("member", "organization", "membership")
               if name in row}  # fmt: skip
    labels = await labels_of(site, things, version)
    facts = {fact.term: fact for fact in entity.facts}
    body = facts.get(str(SCHEMA.articleBody))
    has_licence = bool(entity.values(SCHEMA.license)) or await _has_licence(site, body, version)
    is_free = body is not None and has_licence
    spans = {term: _spans(site, str(term), mention_rows, link_rows, labels, entity) for term in TEXTS}
    given = entity.values(SCHEMA.articleBody)
    text, marks = _text(given if is_free else given + withheld[str(SCHEMA.articleBody)], spans[SCHEMA.articleBody])
    if not text:
        text, marks = _text(withheld[str(SCHEMA.description)], spans[SCHEMA.description])
    lead = entity.lead.text if entity.lead else ""
    cut = pieces(text, marks if is_free else firsts(marks))
    if body is not None and not is_free:
        for value in body.values:
            value.text = beginning(value.text, QUOTED)
    named: Counter[str] = Counter(row["body"]["value"] for row in mention_rows)
    return {
        "folded": True, "is_free": is_free, "has_text": bool(text),
        "is_missing": not text and any(map(entity.values, PROPERTIES)),
        "paragraphs": paragraphs(cut) if is_free else excerpts(cut),
        "title_pieces": pieces(*_text([entity.title], spans[SCHEMA.headline])),
        "lead_pieces": pieces(*_text([lead], spans[SCHEMA.description])),
        "published": (entity.first(SCHEMA.datePublished) or "")[:10], "url": entity.first(SCHEMA.url),
        "authors": facts.get(str(SCHEMA.author)), "publisher": facts.get(str(SCHEMA.publisher)),
        "licences": facts.get(str(SCHEMA.license)),
        "named": sorted(((link_to(site, iri, labels.get(iri)), count) for iri, count in named.items()),
                        key=lambda n: (-n[1], terms.in_order(n[0].text))),
        "in_headline": {link_to(site, s, None).href for s in _bodies(mention_rows, str(SCHEMA.headline))},
        "links": links(site, link_rows, labels), "mentions_query": mentions_query,
        "announced": [
            {name: link_to(site, row[name]["value"], labels.get(row[name]["value"])) if name in row else None
             for name in ("member", "organization", "membership")} | {"words": row.get("words", {}).get("value", "")}
            for row in announced
        ],
    }  # fmt: skip


def _withheld(kept: Path, entity: Entity) -> dict[str, list[str]]:
    """Return the texts of a post that are kept beside the graph: property that would have them -> texts."""
    with closing(Texts(kept)) as texts:
        return {
            property: [text for digest in entity.values(name) if (text := texts.get(digest))]
            for name, property in PROPERTIES.items()
        }


async def _has_licence(site: Site, body: Fact | None, version: VersionRef) -> bool:
    """Whether a source that has the text gives it under a licence."""
    known = await sources(site, version)
    graphs = {graph for value in body.values for graph in value.graphs} if body else set()
    return any(known[graph].licence for graph in graphs if graph in known)


def _bodies(rows: list[Row], term: str) -> set[str]:
    return {row["body"]["value"] for row in rows if row["property"]["value"] == term}


Spans = tuple[list[tuple[int, int, str]], list[Span]]
"""Where words should stand, and the spans themselves, in the same order."""


def _spans(
    site: Site, term: str, mention_rows: list[Row], link_rows: list[Row], labels: dict[str, str], entity: Entity
) -> Spans:
    """Return the spans in the text of a property; a mention of a goal tells how the link to it is known."""
    statuses = {row["concept"]["value"]: status_of(row["status"]["value"]) for row in link_rows}
    found: dict[tuple[int, int, str], tuple[tuple[int, int, str], Span]] = {}
    for name, rows in (("body", mention_rows), ("concept", link_rows)):
        for row in rows:
            if row.get("property", {}).get("value") != term:
                continue
            try:
                start, end = int(row["start"]["value"]), int(row["end"]["value"])
            except (KeyError, ValueError):
                continue
            iri = row[name]["value"]
            words = row["words"]["value"] if name == "body" else ""
            span = Span(start, end, link_to(site, iri, labels.get(iri)), statuses.get(iri, ""))
            found.setdefault((start, end, iri), ((start, end, words), span))
    return [place for place, _ in found.values()], [span for _, span in found.values()]


def _text(texts: list[str], spans: Spans) -> tuple[str, list[Span]]:
    """Return the text in which most spans have the words they should, with those that have; else the longest."""
    places, marks = spans

    def fitting(text: str) -> list[Span]:
        return [mark for (start, end, words), mark in zip(places, marks, strict=True)
                if end <= len(text) and words in ("", text[start:end])]  # fmt: skip

    text = max(texts, key=lambda t: (len(fitting(t)), len(t), t), default="")
    return text, fitting(text)
