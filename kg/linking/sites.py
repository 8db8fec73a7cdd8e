"""Homepages to sites: what of an address tells whose it is.

The site of a homepage is its registrable domain by the Public Suffix List (the packaged list; nothing is fetched):
``www.dpi.unicef.org`` and ``unicef.org`` are one site, ``a.github.io`` and ``b.github.io`` are two. On a host that many
share, such as a code forge, it is the host and the first part of the path; below a domain that a state or union gives
to its bodies it is the whole host (``account`` and ``umbrella`` in ``ontology/shared-hosts.csv``).
"""

from __future__ import annotations

import csv
from functools import cache, lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from kg.resources import folder


class Site(NamedTuple):
    """Where a homepage is."""

    domain: str
    """The registrable domain, or what stands for it on shared hosts."""
    page: str
    """Host without ``www.`` and path without its final slash."""


@cache
def _shared() -> dict[str, str]:
    with (folder("ontology") / "shared-hosts.csv").open(encoding="utf-8", newline="") as stream:
        return {row["host"]: row["kind"] for row in csv.DictReader(stream)}


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=65_536)
def site(homepage: str | None) -> Site | None:
    """Return the site of a homepage, None for what is no web address.

    >>> site("https://www.fao.org/home/en/")
    Site(domain='fao.org', page='fao.org/home/en')
    >>> site("github.com/OADA/").domain, site("https://ec.europa.eu/jrc").domain
    ('github.com/oada', 'ec.europa.eu')
    """
    text = (homepage or "").strip()
    if not text or " " in text:
        return None
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:
        return None
    if "." not in host:
        return None
    path = parts.path.strip("/").casefold()
    page = f"{host}/{path}" if path else host
    domain = _suffixes().privatesuffix(host) or host
    shared = _shared()
    if "account" in (shared.get(host), shared.get(domain)):
        owner = path.split("/", 1)[0]
        return Site(f"{host}/{owner}" if owner else host, page)
    return Site(host if shared.get(domain) == "umbrella" else domain, page)
