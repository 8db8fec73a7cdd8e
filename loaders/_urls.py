"""Addresses of posts: made absolute, freed of tracking, and compared.

Two addresses that differ in scheme, ``www.``, a final slash or ``index.html`` alone are one page for this project.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

from kg.quads import iri

from .addresses import PLAIN

_IDLE_FRAGMENT = re.compile(
    r"(comments?|respond|reply|top|main|content|more-\d+|:~:.*|(utm|mtm|pk)_.*)?", re.IGNORECASE
)
_INDEX = re.compile(r"(^|/)index\.(html?|php|xhtml)$", re.IGNORECASE)
_HOST = re.compile(r"[\w.-]+|\[[0-9a-f:.]+\]", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


@cache
def _tracking() -> tuple[frozenset[str], tuple[str, ...]]:
    lines = Path(__file__).with_name("tracking_parameters.txt").read_text(encoding="utf-8").splitlines()
    names = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return (
        frozenset(name for name in names if not name.endswith("*")),
        tuple(name[:-1] for name in names if name.endswith("*")),
    )


def without_tracking(query: str) -> str:
    """Return a query string without the parameters of ``tracking_parameters.txt``; the rest stays as it is spelt.

    >>> without_tracking("p=874&utm_source=rss&fbclid=x")
    'p=874'
    """
    exact, prefixes = _tracking()
    kept = []
    for pair in query.split("&"):
        name = unquote(pair.partition("=")[0]).casefold().removeprefix("amp;")
        if pair and name not in exact and not name.startswith(prefixes):
            kept.append(pair)
    return "&".join(kept)


@lru_cache(maxsize=4096)
def clean_url(url: str | None, base: str | None = None) -> str | None:
    """Return the absolute http(s) address that ``url`` means on the page ``base``; None where it is none.

    Tracking parameters, credentials, default ports and fragments that only scroll are removed; characters that no IRI
    may hold are escaped.

    >>> clean_url("/blog/?utm_source=rss#comments", "https://example.org/feed/")
    'https://example.org/blog/'
    >>> clean_url("javascript:alert(1)") is None
    True
    """
    if url and (plain := PLAIN.fullmatch(url)) and plain["path"]:
        return url
    if not url or not (text := re.sub(r"[\x00-\x20\x7f\s]+", " ", url).strip()):
        return None
    text = re.sub(r"%(?![0-9a-fA-F]{2})", "%25", text)
    try:
        joined = safe_url_string(urljoin(base or "", text))
        parts = urlsplit(joined)
        host, port, scheme = parts.hostname or "", parts.port, parts.scheme.lower()
    except (ValueError, UnicodeError):
        return None
    if scheme not in _PORTS or not _HOST.fullmatch(host := f"[{host}]" if ":" in host else host):
        return None
    netloc = host if port in (None, _PORTS[scheme]) else f"{host}:{port}"
    query = without_tracking(parts.query)
    fragment = "" if _IDLE_FRAGMENT.fullmatch(parts.fragment) else parts.fragment
    escaped = (quote(part, safe="%/:@!$&'()*+,;=~-._?") for part in (parts.path or "/", query, fragment))
    cleaned = urlunsplit((scheme, netloc, *escaped))
    try:
        iri(cleaned)
    except ValueError:
        return None
    return cleaned


@lru_cache(maxsize=4096)
def identity(url: str) -> str:
    """Return what is the same for all spellings of one page's address.

    >>> identity("http://www.example.org/a/index.html") == identity("https://example.org/a/")
    True
    """
    parts = urlsplit(url)
    path = _INDEX.sub("", unquote(parts.path)).rstrip("/")
    rest = "".join(mark + unquote(part) for mark, part in (("?", parts.query), ("#", parts.fragment)) if part)
    return parts.netloc.lower().removeprefix("www.") + path + rest


def page_address(root: str | None, name: str, skip: str = "") -> str | None:
    """Return the public address of a file of a site's folder: ``root`` + its path, ``index.html`` dropped.

    ``skip`` is a leading folder that is no part of the address.

    >>> page_address("https://example.org", "docs/2012/a/index.html", "docs")
    'https://example.org/2012/a/'
    """
    if root is None:
        return None
    path = name.removeprefix(skip.strip("/") + "/") if skip else name
    folder = root if root.endswith("/") or urlsplit(root).path.rpartition("/")[2].count(".") else root + "/"
    return clean_url(urljoin(folder, quote(_INDEX.sub(r"\1", path), safe="/%")))


def last_segment(url: str) -> str:
    """Return the last part of the path, decoded: the slug of a post."""
    return unquote(_INDEX.sub("", urlsplit(url).path)).rstrip("/").rpartition("/")[2]
