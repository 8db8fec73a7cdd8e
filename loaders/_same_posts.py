"""The same post met several times becomes one record.

Same means: the same address (``_urls.identity``); or the same guid, short link or other address together with the
same title; or the same guid where one of the two has no address at all. Of what can only be one, the newest statement
wins (by modification, then publication, then place in the source; a text that is cut short gives way to the whole
one of the same date); of what can be many, all are kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import TypeVar
from urllib.parse import urlsplit

from kg.loader import excerpt
from kg.records import PersonRef, Post, Reject, Text

from ._dates import in_path, moment
from ._feeds import is_global, unique
from ._urls import identity

T = TypeVar("T")


def merge(posts: Sequence[Post]) -> Iterator[Post | Reject]:
    """Yield each post once, in the order in which they were first met; what has neither address nor id is a reject."""
    drafts = _without_false_canonicals(posts)
    for group in _groups(drafts):
        merged = _merged([drafts[index] for index in group])
        named = merged.url or next((guid for guid in merged.guids if is_global(guid)), None)
        if named:  # Atom lets an entry with content do without a link: its id is then all that names it
            yield merged if merged.url else replace(merged, url=named)
        else:
            for origin in merged.origins:
                yield Reject(
                    origin=origin,
                    reason="the entry has no web address",
                    excerpt=excerpt(" · ".join([merged.label, *merged.guids]), 200),
                    hint="give each entry a link; for relative links state the source's url",
                )


def _without_false_canonicals(posts: Sequence[Post]) -> list[Post]:
    """Give pages back their own address where several pages with different titles claim the same one."""
    pages = [p for p in posts if not p.feeds and p.other_urls]
    titles = {(identity(p.url), _title(p)) for p in posts if p.url}
    claims = Counter(url for url, _ in titles)
    false = {identity(p.url) for p in pages if claims[identity(p.url)] > 1}
    return [
        replace(p, url=p.other_urls[0], other_urls=p.other_urls[1:])
        if not p.feeds and p.other_urls and identity(p.url) in false
        else p
        for p in posts
    ]


def _groups(posts: Sequence[Post]) -> list[list[int]]:
    parents = list(range(len(posts)))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    first: dict[tuple[str, ...], int] = {}
    for index, post in enumerate(posts):
        for key in _keys(post):
            low, high = sorted((root(first.setdefault(key, index)), root(index)))
            parents[high] = low
    by_guid = {guid: index for index, post in reversed(list(enumerate(posts))) if post.url for guid in _guids(post)}
    for index, post in enumerate(posts):
        for guid in _guids(post) if not post.url else ():
            if guid in by_guid:
                low, high = sorted((root(by_guid[guid]), root(index)))
                parents[high] = low
    groups: dict[int, list[int]] = {}
    for index in range(len(posts)):
        groups.setdefault(root(index), []).append(index)
    return list(groups.values())


def _keys(post: Post) -> Iterator[tuple[str, ...]]:
    if post.url:
        yield "url", identity(post.url)
    if title := _title(post):
        for name in chain((identity(url) for url in (post.url, *post.other_urls) if url), _guids(post)):
            yield "name", name, title


def _guids(post: Post) -> list[str]:
    return [guid for guid in post.guids if is_global(guid)]


def _title(post: Post) -> str:
    return re.sub(r"\W+", "", post.title.value.casefold()) if post.title else ""


def _merged(versions: Sequence[Post]) -> Post:
    # of versions with the same date the one met last wins
    newest = [post for _, post in sorted(enumerate(versions), key=lambda it: (_stamp(it[1]), it[0]), reverse=True)]
    url = next((p.url for p in newest if p.url), "")
    same = [p.url for p in newest if p.url and identity(p.url) == identity(url)]
    url = next((u for u in same if u.startswith("https:")), url)
    published = _first(p.published for p in newest)
    body = _fullest(newest)
    own = {identity(url), urlsplit(url).netloc.removeprefix("www.")}  # the post itself and its site's first page
    places = (url, *(origin.payload for post in versions for origin in post.origins))
    others = _all([*p.other_urls, p.url] for p in versions)
    language = _first(p.language for p in newest)

    def text(texts: Iterable[Text | None]) -> Text | None:
        found = _first(texts)
        return Text(found.value, language) if found and found.language is None else found

    return Post(
        origins=_all(p.origins for p in versions),
        url=url,
        title=text(p.title for p in newest),
        published=published or next((day for place in places if (day := in_path(place))), None),
        modified=_first(p.modified for p in newest),
        summary=text(p.summary for p in newest),
        text=text([body.text] if body else ()),
        language=language,
        authors=_people(newest),
        publisher=_first(p.publisher for p in newest),
        publisher_url=_first(p.publisher_url for p in newest),
        licences=_all(p.licences for p in newest),
        categories=unique(c for p in versions for c in p.categories),
        guids=_all(p.guids for p in versions),
        feeds=_all(p.feeds for p in versions),
        image=_first(p.image for p in newest),
        links=tuple(link for link in body.links if identity(link) not in own) if body else (),
        other_urls=tuple(o for o in others if o and url and identity(o) != identity(url)),
        sdgs=newest[0].sdgs,
        announcements=newest[0].announcements,
    )


def _fullest(newest: Sequence[Post]) -> Post | None:
    """Return the version whose text is taken: the newest, or one of the same date that it is a cut form of."""
    first = next((p for p in newest if p.text), None)
    if first is None or first.text is None or len(newest) == 1:
        return first
    start = re.sub(r"\W*(read|continue reading|learn)? ?(more)?\W*$", "", first.text.value, flags=re.IGNORECASE)
    fuller = [p for p in newest if p.text and _stamp(p) == _stamp(first) and p.text.value.startswith(start)]
    return max(fuller, key=lambda p: len(p.text.value) if p.text else 0, default=first)


def _stamp(post: Post) -> datetime:
    return moment(post.modified or post.published)


def _people(newest: Sequence[Post]) -> tuple[PersonRef, ...]:
    """The authors of the newest version that names any, with addresses that other versions know."""
    authors = _first(p.authors or None for p in newest) or ()
    known = {a.name: a for p in reversed(newest) for a in p.authors if a.url}
    corporate = {a.name for p in newest for a in p.authors if a.is_organization}
    return tuple(
        PersonRef(
            name=a.name,
            url=a.url or (known[a.name].url if a.name in known else None),
            is_organization=a.name in corporate,
        )
        for a in authors
    )


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)


def _all(values: Iterable[Iterable[T]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(values)))
