"""Posts from feeds (RSS, Atom, CDF, JSON Feed), WordPress REST answers, HTML pages and plain text.

What counts as a record: an entry of a feed or a JSON answer; a page; a plain-text file; a payload that cannot be
read. A feed without entries holds none. The form is told by the content, never by the name.

The same post met several times is one ``Post`` (see ``_same_posts``) whose ``url`` is a web address: what has none, not
even through another version with the same guid, is a reject: a post that nobody can open is evidence of nothing.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from kg.errors import UsageError
from kg.linking.sdgs import mentions
from kg.loader import Loader, Payload, Source, excerpt, unreadable
from kg.records import Origin, Post, Record, Reject, SDGClaim, Span, Text, texts

from . import _same_posts
from ._announcements import announcements
from ._commitments import commitments
from ._dates import parse_date
from ._feeds import has_feed_root, read_feed
from ._pages import read_page
from ._post_json import is_json_feed, is_wordpress, read_json_feed, read_wordpress
from ._text import from_plain, language_tag, title_text
from ._urls import clean_url, identity, page_address

_HTML = re.compile(rb"\s*(?:<!doctype\s+html|<(?:html|head|body|article|main|section|div|h1|p)\b)", re.IGNORECASE)
_PROLOGUE = re.compile(rb"\A(?:\s+|<\?.*?\?>|<!--.*?-->)+", re.DOTALL)


def read(source: Source) -> Iterator[Record | Reject]:
    """Yield every post of the source once, in the order of first meeting, after the rejects.

    Raises:
        UsageError: an option ``licence`` is neither text nor a list of texts.
    """
    _check_licences(source)
    posts: list[Post] = []
    for payload in source.payloads:
        if fault := unreadable(payload):
            yield fault
            continue
        for item in _read_payload(payload, source):
            if isinstance(item, Post):
                posts.append(_told(item, _options(source, payload)))
            else:
                yield item
    for item in _same_posts.merge(posts):
        yield _completed(item, source) if isinstance(item, Post) else item


def _read_payload(payload: Payload, source: Source) -> Iterator[Post | Reject]:
    data = payload.read()
    told = _options(source, payload)
    root = str(source.options.get("root", ""))
    address = clean_url(str(told.get("url") or "")) or clean_url(payload.url)
    lone = _own_address(source) if "/" not in payload.name else None
    folder = lone or page_address(source.url, payload.name, root)
    encoding = _charset(payload)
    head = _PROLOGUE.sub(b"", data[:65_536].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe"), count=1)
    if not head.strip():
        yield _reject(payload, "the payload is empty", "", "look whether the source still exists")
    elif head[:1] in (b"{", b"["):
        yield from _read_json(payload, data, address or clean_url(source.url))
    elif _HTML.match(head) and not has_feed_root(head):
        yield read_page(data, name=payload.name, address=address or folder, charset=encoding)
    elif b"<" in head[:4096] or _is_binary(data):
        yield from read_feed(
            data, name=payload.name, base=address or folder, url=address or clean_url(source.url), charset=encoding
        )
    else:
        text = data.decode(encoding or "utf-8-sig", "replace")
        yield _read_text(payload, text, address or _own_address(source), told)


def _charset(payload: Payload) -> str | None:
    found = re.search(r"charset=[\"']?([\w.:-]+)", payload.media_type or "", re.IGNORECASE)
    try:
        return codecs.lookup(found[1]).name if found and "".encode(found[1]) == b"" else None
    except LookupError:
        return None


def _own_address(source: Source) -> str | None:
    """Return the source's address if it can be a post's: not that of a whole site, nor of several texts."""
    url = clean_url(source.url)
    return url if url and "/" in identity(url) and len(source.payloads) == 1 else None


def _is_binary(data: bytes) -> bool:
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return True
    return b"\0" in data


def _read_json(payload: Payload, data: bytes, base: str | None) -> Iterator[Post | Reject]:
    try:
        document = json.loads(data.decode("utf-8-sig") if data[:1] == b"\xef" else data)
    except (ValueError, RecursionError) as error:
        yield _reject(payload, "the JSON cannot be parsed", str(error), "publish valid JSON in UTF-8")
        return
    if is_wordpress(document):
        yield from read_wordpress(document, name=payload.name, base=base)
    elif is_json_feed(document):
        yield from read_json_feed(document, name=payload.name, base=base)
    else:
        yield _reject(
            payload, "the JSON is neither a JSON Feed nor WordPress posts", str(document)[:400],
            "see https://www.jsonfeed.org/version/1.1/; of WordPress the answer of /wp-json/wp/v2/posts",
        )  # fmt: skip


def _read_text(payload: Payload, text: str, address: str | None, told: Mapping[str, Any]) -> Post | Reject:
    """Read a copied post: the site's section, the title, paragraphs; a last line may name who published it first."""
    body = from_plain(text)
    paragraphs = body.text.split("\n\n")
    title = title_text(str(told.get("title") or ""))
    if title is None and len(paragraphs) > 1:
        # a section ("News Feed") is shorter than the title below it; without one the title comes first
        has_section = len(paragraphs) > 2 and len(paragraphs[0]) <= 40 and len(paragraphs[1]) <= 250
        head = 2 if has_section and "\n" not in paragraphs[0] + paragraphs[1] else 1
        title, paragraphs = title_text(paragraphs[head - 1]), paragraphs[head:]
    if title is None or len(title) > 250 or not (body.publisher or told):
        return _reject(
            payload, "the text is no post in a known form", body.text,
            f'state it in the source\'s options: [source.options.posts."{payload.name}"] url = "https://..."',
        )  # fmt: skip
    if address is None:
        return _reject(
            payload, "the text has no web address", title,
            f'state it in the source\'s options: [source.options.posts."{payload.name}"] url = "https://..."',
        )  # fmt: skip
    content = "\n\n".join(paragraphs)
    return Post(
        origins=(Origin(payload=payload.name),),
        url=address,
        title=Text(title),
        text=Text(content) if content else None,
        publisher=body.publisher,
    )


def _reject(payload: Payload, reason: str, text: str, hint: str) -> Reject:
    return Reject(origin=Origin(payload=payload.name), reason=reason, excerpt=excerpt(text, 200), hint=hint)


def _options(source: Source, payload: Payload) -> Mapping[str, Any]:
    posts = source.options.get("posts")
    told = posts.get(payload.name) if isinstance(posts, Mapping) else None
    return told if isinstance(told, Mapping) else {}


def _told(post: Post, told: Mapping[str, Any]) -> Post:
    """Put what the operator states of this very payload in place of what the post says."""
    if not told:
        return post
    post = _in_language(post, language_tag(str(told.get("language") or "")), over=True)
    return replace(
        post,
        published=_day(told.get("published")) or post.published,
        publisher=_name(told.get("publisher")) or post.publisher,
        licences=tuple(dict.fromkeys([*post.licences, *_licences(told)])),
    )


def _completed(post: Post, source: Source) -> Post:
    """Fill in what the operator states of the whole source, and what title and text state of goals and members."""
    options = source.options
    post = _in_language(post, language_tag(str(options.get("language") or "")), over=False)
    body = post.text or post.summary
    announced = announcements(post.title.value if post.title else "", body.value if body else "")
    return replace(
        post,
        published=post.published or _day(options.get("published")),
        publisher=post.publisher or _name(options.get("publisher")) or source.publisher,
        licences=tuple(dict.fromkeys([*post.licences, *_licences(options)])),
        sdgs=_stated_sdgs(post),
        announcements=announced,
        commitments=tuple(commitments(post.text.value)) if announced and post.text else (),
    )


def _stated_sdgs(post: Post) -> tuple[SDGClaim, ...]:
    """Return the goals and targets that the post names, each with the first words that do and all the places."""
    claims: dict[str, SDGClaim] = {}
    for name, text in texts(post):
        for found in mentions(text.value):
            span = Span(name, found.start, found.end, text.value[found.start : found.end])
            claim = claims.setdefault(found.code, SDGClaim(code=found.code, status="stated", evidence=found.quote))
            claims[found.code] = replace(claim, spans=(*claim.spans, span))
    return tuple(claims.values())


def _in_language(post: Post, tag: str | None, *, over: bool) -> Post:
    def told(text: Text | None) -> Text | None:
        return Text(text.value, tag) if text and (over or text.language is None) else text

    if tag is None or (post.language and not over):
        return post
    return replace(post, language=tag, title=told(post.title), summary=told(post.summary), text=told(post.text))


def _day(value: object) -> datetime | date | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.date()
    return value if isinstance(value, date) else parse_date(value)


def _name(value: object) -> str | None:
    return title_text(value) if isinstance(value, str) else None


def _check_licences(source: Source) -> None:
    posts = source.options.get("posts")
    told = {f'posts."{name}".licence': table for name, table in posts.items()} if isinstance(posts, Mapping) else {}
    for option, table in {"licence": source.options, **told}.items():
        value = table.get("licence") if isinstance(table, Mapping) else None
        listed = isinstance(value, list | tuple) and all(isinstance(text, str) for text in value)
        if not (value is None or isinstance(value, str) or listed):
            raise UsageError(
                f"source {source.name!r}: the option {option} is neither text nor a list of texts: {value!r}",
                hint=f'{option} = "https://creativecommons.org/licenses/by/4.0/"',
            )


def _licences(told: Mapping[str, Any]) -> list[str]:
    value = told.get("licence") or ()
    return [value] if isinstance(value, str) else list(value)


loader = Loader(
    name="posts",
    version="1",
    summary="News and blog posts from feeds, WordPress, HTML pages and plain text",
    forms=(
        "RSS 0.9x, 1.0, 2.0; Atom 0.3, 1.0; CDF",
        "JSON Feed 1.0, 1.1",
        "WordPress REST JSON: the answer of /wp-json/wp/v2/posts, with or without _embed",
        "an HTML page of a post, with or without schema.org JSON-LD; a folder of such pages",
        'a plain-text post: section, title, paragraphs, and "The post ... appeared first on ..."',
    ),
    read=read,
    options={
        "posts": "table by payload name with url, title, published, publisher, language, licence of that payload: "
        'posts."file.txt".url; they outweigh what the payload says',
        "published": "day or moment of publication of posts that state none",
        "publisher": "name of the publisher of posts that state none; without it the source's publisher, so name none "
        "for an aggregate",
        "language": "BCP 47 tag of posts that state no language",
        "licence": "licence URL or name, or a list, stated for all the posts elsewhere: kept beside what a post states",
        "root": "leading folder of the payloads' names that is no part of the pages' addresses, as in docs/2012/...",
    },
)
