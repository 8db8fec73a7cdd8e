"""The files of a version: whole and per graph, with sizes and checksums, to take away."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from kg.dataset.manifest import Manifest, SourceState
from kg.engine.pool import VersionRef
from kg.identifiers import Minter
from kg.linking import licences
from kg.web.citation import cite
from kg.web.i18n import N_
from kg.web.i18n import gettext as _
from kg.web.problems import Problem
from kg.web.site import Site, is_fresh, not_modified, reading
from kg.web.versions import manifest_of

MEDIA_TYPES = {
    ".ttl": "text/turtle; charset=utf-8", ".nq": "application/n-quads", ".nt": "application/n-triples",
    ".trig": "application/trig", ".jsonld": "application/ld+json", ".json": "application/json",
    ".csv": "text/csv; charset=utf-8", ".gz": "application/gzip", ".zip": "application/zip",
    ".txt": "text/plain; charset=utf-8",
}  # fmt: skip

TITLES = (
    N_("All quads"),
    N_("All triples, each once"),
    N_("VoID and DCAT description"),
    N_("Links to goals and targets"),
)
"""What ``kg.export`` calls its files and no other part of the interface says: here for the translators."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of the dumps as the page shows it."""

    name: str
    format: str
    title: str
    bytes: int
    sha256: str
    statements: int | None


def files_of(folder: Path) -> list[File]:
    """Return the files below a dumps folder: what the index says of each, and those that it does not know."""
    known = {}
    try:
        index = json.loads((folder / "index.json").read_bytes())
        known = {entry["name"]: entry for entry in (index["files"] if isinstance(index, dict) else index)}
    except (OSError, ValueError, KeyError, TypeError):
        pass  # a version without dumps, or of another release: the files speak for themselves
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
        name = path.relative_to(folder).as_posix()
        entry = known.get(name, {})
        found.append(
            File(name, entry.get("format", "".join(path.suffixes[:1]).lstrip(".")), _(entry.get("title", "")),
                 path.stat().st_size, entry.get("sha256", ""), entry.get("statements"))
        )  # fmt: skip
    return found


def licences_of(manifest: Manifest | None) -> list[tuple[SourceState, list[str]]]:
    """Return the sources with the IRIs of their licences; none where the licence is not stated, or not known."""
    sources = manifest.sources if manifest else ()
    return [(source, list(licences.resolve(source.licence)) if source.licence else []) for source in sources]


def router(site: Site) -> APIRouter:
    """Return the routes of the dumps."""
    routes = APIRouter(tags=["dumps"])

    @reading(routes, "/dumps", "The dumps")
    async def dumps(request: Request) -> Response:
        version = site.pool.current()
        etag = site.etag(version, "dumps")
        if is_fresh(request, etag):
            return not_modified(etag)
        found = await asyncio.to_thread(files_of, version.path / "dumps")
        groups = {
            _("The whole dataset"): [f for f in found if "/" not in f.name and f.format not in ("csv", "json", "")],
            _("Tables"): [f for f in found if f.format == "csv"],
            _("By source"): [f for f in found if f.name.startswith("graph")],
        }
        manifest = manifest_of(site, version)
        return site.page(
            "dumps.html", headers={"ETag": etag, "Cache-Control": "no-cache"}, groups=groups, version=version,
            manifest=manifest, cited=cite(manifest, Minter(manifest.base)) if manifest else None,
            licences=licences_of(manifest), has_sums=(version.path / "dumps" / "SHA256SUMS").is_file(),
        )  # fmt: skip

    @reading(routes, "/citation.{suffix}", "How to cite the current version: txt, bib or json (CSL)")
    async def citation(suffix: str) -> Response:
        manifest = site.manifest(site.pool.current())
        cited = cite(manifest, Minter(manifest.base))
        known = {
            "txt": ("text/plain; charset=utf-8", cited.text + "\n"),
            "bib": ("application/x-bibtex; charset=utf-8", cited.bibtex + "\n"),
            "json": ("application/vnd.citationstyles.csl+json", cited.csl + "\n"),
        }
        if suffix not in known:
            raise Problem(
                "not-found",
                _("There is no citation as %(name)s.") % {"name": suffix[:100]},
                _("There are: %(names)s.") % {"names": ", ".join(known)},
            )
        media_type, text = known[suffix]
        return Response(text, headers={"Cache-Control": "no-cache"}, media_type=media_type)

    @reading(routes, "/dumps/{name:path}", "A file of the current version")
    async def latest(request: Request, name: str) -> Response:
        return _file(request, site.pool.current(), name)

    @reading(routes, "/versions/{id}/dumps/{name:path}", "A file of any version")
    async def of_version(request: Request, id: str, name: str) -> Response:
        if not re.fullmatch(r"[\w\-]+", id):
            raise Problem(
                "not-found",
                _("There is no version %(id)s, or it is not kept any more.") % {"id": id[:100]},
                _("All that are kept: /versions"),
            )
        return _file(request, VersionRef(id, site.home.versions / id), name)

    def _file(request: Request, version: VersionRef, name: str) -> Response:
        folder = (version.path / "dumps").resolve()
        path = (folder / name.replace("\x00", "\ufffd")).resolve()  # with NUL the system cannot even be asked
        if not path.is_relative_to(folder) or not path.is_file():
            raise Problem(
                "not-found",
                _("Version %(id)s has no file %(name)s.") % {"id": version.id, "name": name[:100]},
                _("All files: /dumps"),
            )
        etag = f'"{version.id}-{name}"'
        if is_fresh(request, etag):
            return not_modified(etag)
        type_ = MEDIA_TYPES.get(path.suffix, "application/octet-stream")
        headers = {"ETag": etag, "Content-Disposition": f'attachment; filename="{path.name}"'}
        return FileResponse(path, headers=headers, media_type=type_)

    return routes
