"""The payloads of a source: files where they lie, addresses fetched into ``raw/``, only when they may have changed."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from kg.dataset.home import Home, write_atomically
from kg.dataset.writer import store_errors
from kg.errors import InputError
from kg.loader import Payload, Source
from kg.settings import Settings
from kg.sources import SourceConfig


def retrieve(config: SourceConfig, home: Home, settings: Settings, *, force: bool = False) -> Source:
    """Return a source with its payloads, fetching those that have addresses.

    What was fetched before is asked for conditionally, and not at all within ``every`` unless ``force``.

    Raises:
        InputError: a path matches no file.
        FetchError: an address cannot be fetched.
    """
    if not config.fetch:
        return config.with_payloads(config.local_payloads())
    folder = home.raw / config.name
    with store_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    state = _read_state(folder / "fetched.json")
    payloads = []
    for url in config.fetch:
        known = state.get(url, {})
        if not (folder / known.get("sha256", "missing")).is_file():
            known = {}
        fresh = known and config.every and datetime.now(UTC) - datetime.fromisoformat(known["checked"]) < config.every
        if force or not fresh:
            state[url] = known = _fetch(url, known, folder, settings)
            write_atomically(folder / "fetched.json", json.dumps(state, indent=1).encode())
        payloads.append(
            Payload(
                name=without_secrets(url),
                path=folder / known["sha256"],
                url=without_secrets(known["url"]),
                media_type=known["media_type"],
                retrieved=datetime.fromisoformat(known["retrieved"]),
            )
        )
    return config.with_payloads(payloads)


def _fetch(url: str, known: dict[str, Any], folder: Path, settings: Settings) -> dict[str, Any]:
    from kg.fetch import NotModified, fetch  # sources that lie on disk need no HTTP client

    answer = fetch(
        url,
        into=folder,
        etag=known.get("etag"),
        last_modified=known.get("last_modified"),
        timeout=settings.timeout,
        max_bytes=settings.max_bytes,
        retries=settings.retries,
        allow_private=settings.allow_private,
    )
    checked = datetime.now(UTC).isoformat(timespec="seconds")
    if isinstance(answer, NotModified):
        return {**known, "checked": checked}
    same = known.get("sha256") == answer.sha256  # unchanged bytes keep their first retrieval: nothing new to publish
    return {
        "sha256": answer.sha256,
        "etag": answer.etag,
        "last_modified": answer.last_modified,
        "url": answer.url,
        "media_type": answer.media_type,
        "checked": checked,
        "retrieved": known["retrieved"] if same else answer.retrieved.isoformat(timespec="seconds"),
    }


def _read_state(path: Path) -> dict[str, Any]:
    try:
        state = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError(
            f"cannot be read: {error}", path=str(path), hint="delete it; everything is then fetched anew"
        ) from error
    if not isinstance(state, dict) or not all(isinstance(known, dict) for known in state.values()):
        raise InputError("is damaged", path=str(path), hint="delete it; everything is then fetched anew")
    return state


_SECRET = re.compile(r"key|token|secret|passw|sig(nature)?$|auth|credential|session", re.IGNORECASE)
"""Names of query parameters whose values are nobody's business."""


def without_secrets(url: str) -> str:
    """Return a URL fit for publication: without user name and password, and without keys and tokens in its query.

    >>> without_secrets("https://me:pw@example.org/feed?page=2&api_key=abc")
    'https://example.org/feed?page=2'
    """
    parts = urlsplit(url)
    query = "&".join(p for p in parts.query.split("&") if not _SECRET.search(p.partition("=")[0]))
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query))
