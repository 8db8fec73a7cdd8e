"""JSON Feed 1.x (https://www.jsonfeed.org/version/1.1/) and WordPress REST posts (``/wp-json/wp/v2/posts``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kg.loader import excerpt
from kg.records import Origin, PersonRef, Post, Reject, Text

from ._dates import parse_date
from ._feeds import is_global, licence_urls, unique
from ._text import Body, author_names, from_html, from_plain, is_corporate, language_tag, looks_like_markup, title_text
from ._urls import clean_url

_NO_POST = "the entry is no object"
_NO_TEXT = "the entry has neither title nor text"
_NO_ADDRESS = "the entry has no web address"


def is_json_feed(document: object) -> bool:
    """Whether parsed JSON is a JSON Feed."""
    return isinstance(document, dict) and (
        "jsonfeed.org" in str(document.get("version", "")) or isinstance(document.get("items"), list)
    )


def is_wordpress(document: object) -> bool:
    """Whether parsed JSON is one WordPress post, or a list with at least one."""
    if isinstance(document, list):
        return any(is_wordpress(item) for item in document) or not document
    return isinstance(document, dict) and isinstance(document.get("title"), dict) and "link" in document


def read_json_feed(document: Mapping[str, Any], *, name: str, base: str | None) -> Iterator[Post | Reject]:
    """Yield a post or a reject for each item of a JSON Feed."""
    base = base or clean_url(_string(document.get("home_page_url"))) or clean_url(_string(document.get("feed_url")))
    feed = clean_url(_string(document.get("feed_url")), base) or base
    language = language_tag(_string(document.get("language")))
    shared = _people(document)
    items = document.get("items")
    for number, item in enumerate(items if isinstance(items, list) else []):
        origin = Origin(payload=name, place=f"/items/{number}")
        if not isinstance(item, dict):
            yield Reject(origin=origin, reason=_NO_POST, excerpt=excerpt(str(item), 200), hint="items are objects")
            continue
        html, plain = _string(item.get("content_html")), _string(item.get("content_text"))
        body = from_html(html, base) if html else _plain_or_html(plain, base)
        tag = language_tag(_string(item.get("language"))) or language
        tags = item.get("tags")
        categories = unique(t for t in tags if isinstance(t, str)) if isinstance(tags, list) else ()
        guid = str(item.get("id") or "").strip()
        link = clean_url(_string(item.get("url")), base)
        title = title_text(_string(item.get("title")))
        people = _people(item) or shared
        summary = _plain_or_html(_string(item.get("summary")), base).text
        yield _finish(
            origin,
            guid=guid,
            link=link,
            base=base,
            post={
                "title": Text(title, tag) if title else None,
                "published": parse_date(item.get("date_published")),
                "modified": parse_date(item.get("date_modified")),
                "summary": Text(summary, tag) if summary else None,
                "text": Text(body.text, tag) if body.text else None,
                "language": tag,
                "authors": tuple(
                    PersonRef(name=n, url=u, is_organization=is_corporate(n, body.publisher, categories))
                    for n, u in people
                ),
                "publisher": body.publisher,
                "licences": _licences(item, body),
                "categories": categories,
                "feeds": (feed,) if feed else (),
                "image": clean_url(_string(item.get("image")), base)
                or clean_url(_string(item.get("banner_image")), base),
                "links": body.links,
            },
        )


def read_wordpress(document: object, *, name: str, base: str | None) -> Iterator[Post | Reject]:
    """Yield a post or a reject for each object of a WordPress REST answer; ``date_gmt`` is UTC, ``date`` is local."""
    for number, item in enumerate(document if isinstance(document, list) else [document]):
        origin = Origin(payload=name, place=f"/{number}" if isinstance(document, list) else "/")
        if not isinstance(item, dict):
            yield Reject(origin=origin, reason=_NO_POST, excerpt=excerpt(str(item), 200), hint="posts are objects")
            continue
        link = clean_url(_string(item.get("link")), base)
        place = link or base
        body = from_html(_rendered(item, "content"), place)
        summary = from_html(_rendered(item, "excerpt"), place)
        title = title_text(_rendered(item, "title"), markup=True)
        tag = language_tag(_string(item.get("lang")) or _string(item.get("language")) or _seo(item, "inLanguage"))
        publisher = body.publisher or summary.publisher or _seo_name(item, "publisher")
        terms = [t for group in _embedded(item, "wp:term") if isinstance(group, list) for t in group]
        media = [m for m in _embedded(item, "wp:featuredmedia") if isinstance(m, dict)]
        people = [a for a in _embedded(item, "author") if isinstance(a, dict)]
        image = next((u for m in media if (u := clean_url(_string(m.get("source_url")), place))), None)
        yield _finish(
            origin,
            guid=_rendered(item, "guid").strip(),
            link=link,
            base=place,
            post={
                "title": Text(title, tag) if title else None,
                "published": parse_date(item.get("date_gmt"), naive_is_utc=True) or parse_date(item.get("date")),
                "modified": parse_date(item.get("modified_gmt"), naive_is_utc=True) or parse_date(item.get("modified")),
                "summary": Text(summary.text, tag) if summary.text else None,
                "text": Text(body.text, tag) if body.text else None,
                "language": tag,
                "authors": tuple(
                    PersonRef(
                        name=n, url=clean_url(_string(a.get("link")), place), is_organization=is_corporate(n, publisher)
                    )
                    for a in people
                    for n in author_names(_string(a.get("name")))
                ),
                "publisher": publisher,
                "licences": _licences(item, body),
                "categories": unique(_string(t.get("name")) for t in terms if isinstance(t, dict)),
                "image": image,
                "links": body.links,
            },
        )


def _finish(origin: Origin, *, guid: str, link: str | None, base: str | None, post: dict[str, Any]) -> Post | Reject:
    title, text = post["title"], post["text"]
    if title is None and text is None:
        return Reject(
            origin=origin, reason=_NO_TEXT, excerpt=excerpt(link or guid, 200), hint="give each entry a title"
        )
    permalink = clean_url(guid, base) if re.match(r"https?://|/|\?", guid, re.IGNORECASE) else None
    if link is None and permalink is None and not is_global(guid):
        return Reject(
            origin=origin,
            reason=_NO_ADDRESS,
            excerpt=excerpt(" · ".join(part for part in (title.value if title else None, guid) if part), 200),
            hint="give each entry a link; for relative links state the source's url",
        )
    return Post(
        origins=(origin,),
        url=link or permalink or "",
        other_urls=(permalink,) if permalink and link and permalink != link else (),
        guids=(guid,) if guid else (),
        **post,
    )


def _people(context: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    authors = context.get("authors")
    stated = authors if isinstance(authors, list) else [context.get("author")]
    return [
        (name, clean_url(_string(author.get("url"))))
        for author in (a if isinstance(a, dict) else {"name": a} for a in stated)
        for name in author_names(_string(author.get("name")))
    ]


def _licences(item: Mapping[str, Any], body: Body) -> tuple[str, ...]:
    stated = [item.get(key) for key in ("license", "_license", "rights")]
    found = [clean_url(text) or text for text in stated if isinstance(text, str) and text.strip()]
    found += [url for s in stated if isinstance(s, dict) for url in licence_urls(str(s.get("url") or s.get("@id")))]
    return tuple(dict.fromkeys([*found, *body.licences]))


def _plain_or_html(text: str | None, base: str | None) -> Body:
    return Body() if text is None else from_html(text, base) if looks_like_markup(text) else from_plain(text)


def _rendered(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    text = value.get("rendered") if isinstance(value, dict) else value
    return text if isinstance(text, str) else ""


def _embedded(item: Mapping[str, Any], key: str) -> list[Any]:
    embedded = item.get("_embedded")
    value = embedded.get(key) if isinstance(embedded, dict) else None
    return value if isinstance(value, list) else []


def _graph(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    seo = item.get("yoast_head_json")
    schema = seo.get("schema") if isinstance(seo, dict) else None
    graph = schema.get("@graph") if isinstance(schema, dict) else None
    return [node for node in graph if isinstance(node, dict)] if isinstance(graph, list) else []


def _seo(item: Mapping[str, Any], key: str) -> str | None:
    return next((value for node in _graph(item) if (value := _string(node.get(key)))), None)


def _seo_name(item: Mapping[str, Any], key: str) -> str | None:
    ids = {node[key].get("@id") for node in _graph(item) if isinstance(node.get(key), dict)}
    return next((title_text(_string(node.get("name"))) for node in _graph(item) if node.get("@id") in ids), None)


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
