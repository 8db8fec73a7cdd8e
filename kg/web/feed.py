"""The Atom feed of changes (RFC 4287): an entry for each version, or, for one kind, an entry for each new thing.

Addresses are those of the host that is asked, so that the feed works wherever it is served; ids are the permanent IRIs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from itertools import islice
from xml.etree import ElementTree

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.dataset.description import CONTRIBUTORS, TITLE
from kg.dataset.manifest import Manifest
from kg.engine.pool import VersionRef
from kg.identifiers import Minter
from kg.web import differences, i18n, terms
from kg.web.browse import BROWSE, unlisted
from kg.web.differences import ADDED, CHANGED, REMOVED, Step
from kg.web.i18n import gettext as _
from kg.web.i18n import ngettext
from kg.web.labels import labels_of
from kg.web.site import Site, reading
from kg.web.versions import manifests

VERSIONS = 20
"""Versions that the feed tells of."""
NAMED = 5
"""New things of each kind that an entry names."""
THINGS = 50
"""Entries of the feed of one kind."""

_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the feed."""

    id: str
    title: str
    updated: str
    path: str
    content: str = ""
    """HTML."""


def router(site: Site) -> APIRouter:
    """Return the route of the feed."""
    routes = APIRouter(tags=["versions"])

    @reading(routes, "/changes.atom", "Atom feed of versions; ?kind=goods and so on: of new things")
    async def changes(request: Request, kind: str = "") -> Response:
        if kind and kind not in BROWSE:
            raise unlisted(kind)
        newest = (await asyncio.to_thread(manifests, site))[::-1][:VERSIONS]
        base = str(request.base_url).rstrip("/")
        title = _("%(dataset)s: changes") % {"dataset": TITLE}
        if kind:
            title = _("%(dataset)s: new in %(list)s") % {"dataset": TITLE, "list": _(BROWSE[kind].title)}
            entries = await _things(site, newest, BROWSE[kind].cls)
        else:
            entries = await asyncio.gather(*(_version(site, manifest, base) for manifest in newest))
        here = f"/changes.atom?kind={kind}" if kind else "/changes.atom"
        body = feed(title, base, here, Minter(site.options.base).dataset(), entries)
        return Response(body, headers={"Cache-Control": "max-age=300"}, media_type="application/atom+xml")

    return routes


def feed(title: str, base: str, here: str, about: str, entries: Iterable[Entry]) -> bytes:
    """Write a feed."""
    told = list(entries)
    root = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": i18n.language().code})

    def add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
        child = ElementTree.SubElement(parent, name, attributes)
        child.text = text or None
        return child

    add(root, "id", about if here == "/changes.atom" else base + here)
    add(root, "title", title)
    add(root, "updated", told[0].updated if told else "1970-01-01T00:00:00Z")
    add(add(root, "author"), "name", CONTRIBUTORS)
    add(root, "link", rel="self", type="application/atom+xml", href=base + here)
    add(root, "link", rel="alternate", type="text/html", href=f"{base}/versions")
    add(root, "icon", f"{base}/static/icon.svg")
    for one in told:
        entry = add(root, "entry")
        add(entry, "id", one.id)
        add(entry, "title", one.title)
        add(entry, "updated", one.updated)
        add(entry, "link", rel="alternate", type="text/html", href=base + one.path)
        if one.content:
            add(entry, "content", one.content, type="html")
    return ElementTree.tostring(root, encoding="unicode").encode()


async def _version(site: Site, manifest: Manifest, base: str) -> Entry:
    path = site.home.versions / manifest.id
    title = _("Version of %(day)s") % {"day": i18n.day(manifest.created)}
    if manifest.parent is None:
        content = f"<p>{escape(_('It is the first version: everything in it is new.'))}</p>"
    else:
        added, removed = (sum(getattr(c, sign) for c in manifest.changes) for sign in ("added", "removed"))
        title += f": +{i18n.number(added)} −{i18n.number(removed)}"
        content = await _told(site, path.name, base) if differences.is_kept(path) else ""
    return Entry(
        Minter(manifest.base).version(manifest.id), title, manifest.created, f"/versions/{manifest.id}", content
    )


async def _told(site: Site, id: str, base: str) -> str:
    """Tell in HTML what a version changed, by kind, with the names of the first new things."""
    walk = (Step(site.home.versions / id, False),)
    counted, new = await asyncio.to_thread(lambda: (differences.summary(walk), _new(walk)))
    labels = await labels_of(
        site, (thing for found in new.values() for thing in found), VersionRef(id, site.home.versions / id)
    )
    lines = []
    for kind in BROWSE.values():
        counts = counted.kinds.get(kind.cls)
        if counts is None:
            continue
        told = ", ".join(_number_of(change, counts[change]) for change in (ADDED, REMOVED, CHANGED) if counts[change])
        links = ", ".join(
            f'<a href="{escape(base + _path(site, thing))}">{escape(labels.get(thing, thing))}</a>'
            for thing in new.get(kind.cls, [])
        )
        lines.append(f"<li>{escape(_(kind.title))}: {told}{': ' + links if links else ''}</li>")
    return f"<ul>{''.join(lines)}</ul>" if lines else ""


def _number_of(change: str, count: int) -> str:
    match change:
        case differences.ADDED:
            told = ngettext("%(count)s new", "%(count)s new", count)
        case differences.REMOVED:
            told = ngettext("%(count)s gone", "%(count)s gone", count)
        case _:
            told = ngettext("%(count)s changed", "%(count)s changed", count)
    return told % {"count": i18n.number(count)}


def _new(walk: tuple[Step, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for change, kind, thing in differences.things(walk):
        if change == ADDED and len(kept := found.setdefault(kind, [])) < NAMED:
            kept.append(thing)
    return found


async def _things(site: Site, newest: list[Manifest], cls: str) -> list[Entry]:
    """Return an entry for each thing of a class that is new in one of the versions, the newest first."""

    def found() -> list[tuple[Manifest, str]]:
        new = (
            (manifest, thing)
            for manifest in newest
            if differences.is_kept(site.home.versions / manifest.id)
            for change, kind, thing in differences.things((Step(site.home.versions / manifest.id, False),))
            if kind == cls and change == ADDED
        )
        return list(islice(new, THINGS))

    things = await asyncio.to_thread(found)
    labels = await labels_of(site, (thing for _manifest, thing in things), site.pool.current()) if things else {}
    return [Entry(f"{Minter(m.base).version(m.id)}#{thing}", labels.get(thing, thing), m.created, _path(site, thing))
            for m, thing in things]  # fmt: skip


def _path(site: Site, thing: str) -> str:
    return terms.href(thing, site.options.base, known=True) or "/"
