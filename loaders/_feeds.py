"""RSS, Atom and CDF feeds: what feedparser reads becomes posts.

https://www.rssboard.org/rss-specification, RFC 4287, https://www.w3.org/TR/NOTE-CDFsubmit.html; licences by the
Creative Commons RSS module, RFC 4946 and ccREL's RDF module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import Any

import feedparser

from kg.loader import excerpt
from kg.records import Origin, PersonRef, Post, Reject, Text

from ._dates import from_feed
from ._text import (
    Body,
    author_names,
    from_html,
    from_plain,
    is_corporate,
    language_tag,
    looks_like_markup,
    title_text,
    without_controls,
)
from ._urls import clean_url

_LICENCE_URL = re.compile(
    r"https?://(?:www\.)?(?:creativecommons\.org/(?:licenses|publicdomain)|(?:www\.)?opendatacommons\.org/licenses|"
    r"(?:www\.)?gnu\.org/licenses|opensource\.org/licenses?|spdx\.org/licenses)/[^\s<>\"')\],;]+",
    re.IGNORECASE,
)
_ROOT_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\s*>|<[^<>]*/>\s*$", re.IGNORECASE)


def has_feed_root(data: bytes) -> bool:
    """Whether the first element is that of a feed, whatever its doctype claims."""
    start = re.sub(
        rb"\A(?:[^<]+|<\?.*?\?>|<!--.*?-->|<![^>]*>)+", b"", data[:65_536].replace(b"\0", b""), flags=re.DOTALL
    )
    return bool(re.match(rb"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\b", start, re.IGNORECASE))


def licence_urls(text: str | None) -> tuple[str, ...]:
    """Return the addresses of known licences in a rights statement."""
    return tuple(dict.fromkeys(found.rstrip(".") for found in _LICENCE_URL.findall(text or "")))


def is_global(guid: str) -> bool:
    """Whether a guid names one thing in the world: a URN, a tag or an address."""
    return bool(re.match(r"(urn|tag|https?|doi|info|ni):.{3}", guid, re.IGNORECASE))


def read_feed(
    data: bytes, *, name: str, base: str | None, url: str | None = None, charset: str | None = None
) -> Iterator[Post | Reject]:
    """Yield a post or a reject for each entry of a feed; a post without an address of its own has an empty ``url``.

    Relative addresses are resolved by the entry's ``xml:base``, else ``base``, else the feed's own link. ``url`` is
    the feed's address where it does not name its own.
    """
    # without a media type feedparser takes what declares no encoding for Latin-1; with this one it asks the XML first
    headers = {"content-type": f"application/xml; charset={charset}" if charset else "application/xml"}
    if base:
        headers["content-location"] = base
    try:
        parsed = feedparser.parse(BytesIO(data), response_headers=headers)
    # feedparser promises not to raise; these are what its SGML and URL parsing let through on broken markup
    except (ValueError, LookupError, AssertionError, RecursionError, AttributeError, TypeError) as error:
        yield Reject(
            origin=Origin(payload=name),
            reason="the feed cannot be parsed",
            excerpt=f"{type(error).__name__}: {excerpt(str(error), 200)}",
            hint="publish a well-formed RSS, Atom or CDF feed",
        )
        return
    if not parsed.entries and not parsed.get("version") and not has_feed_root(data):
        yield Reject(
            origin=Origin(payload=name),
            reason="the payload is in no form that is known",
            excerpt=excerpt(data[:400].decode("utf-8", "replace"), 200),
            hint="give a feed (RSS, Atom, CDF, JSON Feed), WordPress JSON, an HTML page of a post or a plain-text post",
        )
        return
    elif not parsed.entries and parsed.bozo and not _ROOT_END.search(data.replace(b"\0", b"")[-1000:]):
        yield Reject(
            origin=Origin(payload=name),
            reason="the feed is cut off before its first entry",
            excerpt=excerpt(str(parsed.get("bozo_exception", "")), 200),
            hint="look whether it was cut off on its way",
        )
    channel = _Channel(parsed, base, url)
    for number, entry in enumerate(parsed.entries, start=1):
        guid = str(dict.get(entry, "id") or "").strip()
        place = f"item {number}" + (f", {excerpt(guid, 100)}" if guid else "")
        yield _post(entry, channel, Origin(payload=name, place=place))


class _Channel:
    """What entries take over from their feed."""

    def __init__(self, parsed: Mapping[str, Any], base: str | None, url: str | None) -> None:
        feed = parsed["feed"]
        self.atom = str(parsed.get("version", "")).startswith("atom")
        self.rss = str(parsed.get("version", "")).startswith("rss")
        self.base = base or clean_url(_string(feed, "link"))
        addresses = [link.get("href") for link in _dicts(feed, "links") if link.get("rel") == "self"]
        self.url = next((found for a in addresses if (found := clean_url(_text(a), self.base))), url)
        self.language = language_tag(_string(feed, "language"))
        self.publisher = next(iter(author_names(_string(feed, "publisher"))), None)
        self.authors = _authors(feed) if self.atom else []
        self.licences = _licences(feed, self.base)


def _post(entry: Mapping[str, Any], channel: _Channel, origin: Origin) -> Post | Reject:
    base = channel.base
    guid = without_controls(_string(entry, "id") or "").strip()
    link = clean_url(_string(entry, "link"), base)
    permalink = clean_url(guid, base) if re.match(r"https?://|/|\?", guid, re.IGNORECASE) else None
    title_detail = _dict(entry, "title_detail")
    title = title_text(_string(entry, "title"), markup="html" in str(title_detail.get("type", "")))
    contents = [_body(detail, base) for detail in _dicts(entry, "content")]
    summary = _body(_dict(entry, "summary_detail") or {"value": _string(entry, "summary")}, base)
    text = max((body for body, _ in contents), key=lambda body: len(body.text), default=Body())
    language = next((tag for _, tag in contents if tag), None)
    language = language or language_tag(_text(title_detail.get("language"))) or channel.language
    if title is None and not text.text and not summary[0].text:
        return Reject(
            origin=origin,
            reason="the entry has neither title nor text",
            excerpt=excerpt(link or guid, 200),
            hint="give each entry a title",
        )
    if link is None and permalink is None and not is_global(guid):
        return Reject(
            origin=origin,
            reason="the entry has no web address",
            excerpt=excerpt(" · ".join(part for part in (title, _string(entry, "link"), guid) if part), 200),
            hint="give each entry a link; for relative links state the source's url",
        )
    categories = _categories(entry)
    own = _licences(entry, base) + text.licences + summary[0].licences
    # RFC 4946 section 2.4: an entry without a licence has that of the feed it comes from; RSS channels do likewise
    stated = own or _licences(_dict(entry, "source"), base) or channel.licences
    publisher = next(iter(author_names(_string(entry, "publisher"))), None) or channel.publisher
    publisher = publisher or text.publisher or summary[0].publisher
    names = _authors(entry) or channel.authors
    published = from_feed(*_stated(entry, "published")) or from_feed(*_stated(entry, "created"))
    updated = from_feed(*_stated(entry, "updated"))  # dc:date too, which in RSS is all that is said of publication
    # feeds without a body repeat the summary there, and feedparser copies a lone body into the summary
    short = summary[0].text if summary[0].text and summary[0].text != text.text else None
    return Post(
        origins=(origin,),
        url=link or permalink or "",
        other_urls=(permalink,) if permalink and link and permalink != link else (),
        title=Text(title, language) if title else None,
        published=published or (updated if channel.rss else None),
        modified=updated if published or not channel.rss else None,
        summary=Text(short, summary[1] or language) if short and contents else None,
        text=Text(text.text or summary[0].text, language) if text.text or summary[0].text else None,
        language=language,
        authors=tuple(
            PersonRef(name=name, url=url, is_organization=is_corporate(name, publisher, categories))
            for name, url in names
        ),
        publisher=publisher,
        licences=tuple(dict.fromkeys(url for url in stated if not url.endswith("unspecified"))),  # ibid. 2.1
        categories=categories,
        guids=(guid,) if guid else (),
        feeds=(channel.url,) if channel.url else (),
        image=_image(entry, base),
        links=tuple(dict.fromkeys(text.links + summary[0].links)),
    )


def _body(detail: Mapping[str, Any], base: str | None) -> tuple[Body, str | None]:
    value, kind = _text(detail.get("value")) or "", str(detail.get("type") or "text/html")
    marked = "html" in kind or looks_like_markup(value)
    place = clean_url(_text(detail.get("base"))) or base
    return (from_html(value, place) if marked else from_plain(value)), language_tag(_text(detail.get("language")))


def _authors(context: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    found: dict[str, str | None] = {}
    for author in _dicts(context, "authors") or [{"name": _string(context, "author")}]:
        address = clean_url(_text(author.get("href")))
        for name in author_names(_text(author.get("name"))):
            found.setdefault(name, address)
    return list(found.items())


def _licences(context: Mapping[str, Any], base: str | None) -> tuple[str, ...]:
    stated = [_text(link.get("href")) for link in _dicts(context, "links") if link.get("rel") == "license"]
    urls = [clean_url(href, base) or href for href in stated if href]
    return tuple(dict.fromkeys([*urls, *licence_urls(_string(context, "rights"))]))


def _categories(entry: Mapping[str, Any]) -> tuple[str, ...]:
    # feedparser cuts itunes:keywords at blanks
    return unique(
        _text(tag.get("label")) or _text(tag.get("term"))
        for tag in _dicts(entry, "tags")
        if "itunes" not in str(tag.get("scheme"))
    )


def unique(names: Iterable[str | None]) -> tuple[str, ...]:
    """Return names cleaned, each once whatever its case, in order."""
    found: dict[str, str] = {}
    for name in names:
        if cleaned := title_text(name):
            found.setdefault(cleaned.casefold(), cleaned)
    return tuple(found.values())


def _image(entry: Mapping[str, Any], base: str | None) -> str | None:
    image = _dict(entry, "image")
    candidates = [image.get("href")]
    candidates += [m.get("url") for m in _dicts(entry, "media_content") if _is_image(m)]
    candidates += [m.get("url") for m in _dicts(entry, "media_thumbnail")]
    candidates += [m.get("href") for m in _dicts(entry, "links") if m.get("rel") == "enclosure" and _is_image(m)]
    return next((url for c in candidates if (url := clean_url(_text(c), base))), None)


def _is_image(medium: Mapping[str, Any]) -> bool:
    return medium.get("medium") == "image" or str(medium.get("type", "")).startswith("image/")


def _stated(entry: Mapping[str, Any], field: str) -> tuple[Any, str | None]:
    # asked first, for feedparser's mapping gives the date of publication for an "updated" that is missing
    return (entry.get(f"{field}_parsed"), _string(entry, field)) if f"{field}_parsed" in entry else (None, None)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _string(context: Mapping[str, Any], key: str) -> str | None:
    return _text(context.get(key))


def _dict(context: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = context.get(key)
    return value if isinstance(value, dict) else {}


def _dicts(context: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = context.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
