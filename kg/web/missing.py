"""What is not there: the thing that was meant (another spelling of its IRI), an earlier version that had it, 404."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import unquote, urlencode

from rapidfuzz import fuzz

from kg.dataset.search import SearchError
from kg.dataset.search_found import Hit
from kg.engine.pool import Query, VersionRef
from kg.linking import licences
from kg.web import i18n, terms
from kg.web.i18n import gettext as _
from kg.web.problems import Problem
from kg.web.queries import bound
from kg.web.site import Site

EARLIER = 5
"""Versions before the current one that are asked whether they had a thing: each has to be opened, in some 10 ms."""

NEAREST = 8
"""Things that are named where nothing is found."""

LEAST = 70
"""How like a name has to be to what was asked for, from 0 to 100, to be named as what may be meant."""

_HTTP_ONLY = ("metadata.un.org/", "spdx.org/licenses/", "www.wikidata.org/entity/", "creativecommons.org/")
_HTTPS_ONLY = ("ror.org/",)


def canonical(iri: str) -> str:
    """Return the IRI under which a foreign thing is known here; the one given, for those that nothing is known of.

    >>> canonical("https://creativecommons.org/licenses/by/4.0/deed.fr"), canonical("https://metadata.un.org/sdg/13")
    ('http://creativecommons.org/licenses/by/4.0/', 'http://metadata.un.org/sdg/13')
    """
    scheme, _, rest = iri.partition("://")
    if scheme not in ("http", "https"):
        return iri
    if rest.removeprefix("www.").startswith(("creativecommons.org/", "spdx.org/licenses/")) and "legalcode" not in rest:
        return licences.canonical_url(iri) or iri
    if scheme == "https" and rest.startswith(_HTTP_ONLY):
        return f"http://{rest}"
    if scheme == "http" and rest.startswith(_HTTPS_ONLY):
        return f"https://{rest}"
    return iri


def version_named(site: Site, name: str) -> VersionRef:
    """Return a version by its id.

    Raises:
        Problem: 404, it is not kept.
    """
    path = site.home.versions / name
    if not name or "/" in name or name.startswith(".") or not (path / "store").is_dir():
        detail = _("There is no version %(id)s, or it is not kept any more.") % {"id": name[:100]}
        raise Problem("not-found", detail, _("All that are kept: /versions"))
    return VersionRef(name, path)


async def earlier(site: Site, iri: str, version: VersionRef) -> str | None:
    """Return the id of the newest earlier version that knows a thing, None where none of the last ones does."""
    names = await asyncio.to_thread(lambda: sorted(p.name for p in site.home.versions.glob("[!.]*")))
    older = [name for name in names if name < version.id]
    for name in reversed(older[-EARLIER:]):
        query = Query(text=bound("things/known", thing=iri), results="json", graph=None)
        try:
            async with site.pool.query(query, version=version_named(site, name)) as answer:
                if b"true" in await answer.read():
                    return name
        except Problem:
            continue  # pruned meanwhile
    return None


async def nearest(site: Site, iri: str, version: VersionRef) -> list[tuple[str, str]]:
    """Return label and IRI of the things whose names are most like the last part of an IRI; none without an index."""
    name = unquote(re.split(r"[/#]", iri.rstrip("/#"))[-1])
    words = re.sub(r"[\W_]+", " ", name)
    if not words.strip():
        return []
    wanted = i18n.language().wanted
    try:
        found = await site.searcher.ask(version, lambda index: index.find(words, languages=wanted, limit=NEAREST))
    except SearchError:
        return []
    return [(hit.label or hit.iri, hit.iri) for hit in found.hits if _is_like(words, hit)]


def _is_like(words: str, hit: Hit) -> bool:
    """Whether a name or the last part of the IRI is like some words: the search finds things by what they say, too."""
    last = re.sub(r"[\W_]+", " ", unquote(re.split(r"[/#]", hit.iri.rstrip("/#"))[-1]))
    name = hit.matched.text if hit.matched is not None and hit.matched.role != "text" else ""
    names = (hit.label, name, last)
    return any(fuzz.token_set_ratio(words.casefold(), name.casefold()) >= LEAST for name in names if name)


async def problem(site: Site, iri: str, path: str, version: VersionRef) -> Problem:
    """Return why there is no page: 410 for what an earlier version had, else 404 with what is most like it."""
    found = await earlier(site, iri, version)
    if found is not None:
        there = f"{path}{'&' if '?' in path else '?'}{urlencode({'version': found})}"
        return Problem(
            "gone", _("Nothing is known of %(iri)s any more; version %(id)s knew it.") % {"iri": iri, "id": found},
            extra={"version": found, "see": there}, headers={"Link": f'<{there}>; rel="predecessor-version"'},
            ways=((f"{iri} ({found})", there),),
        )  # fmt: skip
    near = await nearest(site, iri, version)
    return Problem(
        "not-found", _("Nothing is known of %(iri)s in this version.") % {"iri": iri},
        _("It may be written differently: look in the lists."),
        extra={"nearest": [other for _, other in near]} if near else {},
        ways=tuple((label, terms.href(other, site.options.base, known=True) or other) for label, other in near),
    )  # fmt: skip
