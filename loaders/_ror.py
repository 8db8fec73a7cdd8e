"""ROR records, schema 1 and 2 (https://ror.readme.io/docs/ror-data-structure), as organizations."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import ijson
import langcodes

from kg.loader import Payload, excerpt
from kg.records import Organization, Origin, Reject, Text
from kg.splitting import by_items

from .addresses import web_address

_ID = re.compile(r"(?:(?:https?://)?(?:www\.)?ror\.org/)?(0[a-hj-km-np-tv-z0-9]{6}\d\d)/?", re.IGNORECASE)
_STATUSES = ("active", "inactive", "withdrawn")
_RELATIONS = {
    "parent": "parents", "child": "children", "related": "related",
    "successor": "successors", "predecessor": "predecessors",
}  # fmt: skip
_NOT_JSON = (ijson.JSONError, UnicodeDecodeError)


class _MalformedError(ValueError):
    """A field of a record is not as the schema says; ``args`` are the reason and the offending text."""


def iri(text: str) -> str | None:
    """Return the ROR IRI in its canonical spelling, None where the text is no ROR id.

    >>> iri("http://ror.org/00PE0TF51/")
    'https://ror.org/00pe0tf51'
    """
    match = _ID.fullmatch(text.strip())
    return f"https://ror.org/{match[1].lower()}" if match else None


def is_json(payload: Payload) -> bool:
    """Whether a payload is JSON, by its first character that says something."""
    with payload.open() as stream:
        start = stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    return start[:1] in (b"[", b"{") or (payload.suffix == ".json" and not start)


def split(payloads: Sequence[Payload]) -> list[Payload] | None:
    """Take dumps apart by byte ranges; None where one is no array, or an organization stands in them twice."""
    seen: set[str] = set()

    def look(item: Any) -> None:
        stated = item.get("id")
        found = iri(stated) if isinstance(stated, str) else None
        if found in seen:
            raise ValueError("its records become one, wherever they stand")
        if found:
            seen.add(found)

    parts: list[Payload] = []
    for payload in payloads:
        if (ranges := by_items(payload, look)) is None:
            return None
        parts += ranges
    return parts


def ids(payload: Payload) -> Iterator[str]:
    """Yield the id of each record, without reading more of them."""
    met = 0
    for prefix in ("item.id", "items.item.id"):
        with payload.open() as stream:
            _skip_mark(stream)
            try:
                # without use_float the parser in C dies of an integer with thousands of digits
                for value in ijson.items(stream, prefix, use_float=True):
                    if isinstance(value, str) and (found := iri(value)):
                        met += 1
                        yield found
            except _NOT_JSON:  # ``read`` tells where
                stated = [item.get("id") for item in _all_items(payload) or () if isinstance(item, dict)]
                valid = [found for value in stated if isinstance(value, str) and (found := iri(value))]
                yield from valid[met:]
                return


def read(payload: Payload) -> Iterator[Organization | Reject]:
    """Yield each record of a dump as an organization, or a reject in its place.

    Memory stays flat, unless the dump has a number that the streaming parser refuses (NaN, an integer of thirty
    digits): the records from there on are parsed at once.
    """
    number = 0
    for prefix in ("item", "items.item", ""):
        with payload.open() as stream:
            _skip_mark(stream)
            try:
                for item in ijson.items(stream, prefix, use_float=True):
                    if prefix == "" and not isinstance(item, dict):
                        break
                    number += 1
                    yield _organization(item, payload, payload.items_before + number)
            except _NOT_JSON as error:
                if (items := _all_items(payload)) is not None:
                    for item in items[number:]:
                        number += 1
                        yield _organization(item, payload, payload.items_before + number)
                    return
                yield Reject(
                    origin=Origin(payload=payload.name, place=f"after item {payload.items_before + number}"),
                    reason="the file is not valid JSON from here on", excerpt=excerpt(str(error)),
                    hint="fetch the file again; it may have been cut off",
                )  # fmt: skip
                return
        if number:
            return


def _all_items(payload: Payload) -> list[Any] | None:
    """Return the items of a dump by a parser that takes any number; None where it is no JSON for this one either."""
    with payload.open() as stream:
        stream.seek(max(0, stream.seek(0, os.SEEK_END) - 64))
        if not stream.read().rstrip().endswith((b"]", b"}")):
            return None  # cut off: not worth the memory
    try:
        document = json.loads(payload.read().decode("utf-8-sig"), parse_int=_integer)
    except (ValueError, RecursionError):
        return None
    items = document.get("items", [document]) if isinstance(document, dict) else document
    return items if isinstance(items, list) else None


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 100 else float(digits)


def _skip_mark(stream: Any) -> None:
    if stream.read(3) != b"\xef\xbb\xbf":
        stream.seek(0)


def _organization(item: Any, payload: Payload, number: int) -> Organization | Reject:
    stated = item.get("id") if isinstance(item, dict) else None
    origin = Origin(payload=payload.name, place=f"item {number}" + (f", {stated}" if isinstance(stated, str) else ""))
    try:
        if not isinstance(item, dict):
            raise _MalformedError("the record is no JSON object", repr(item))
        ror = iri(_text(item, "id") or "")
        if ror is None:
            raise _MalformedError("the record has no valid ROR id", repr(item.get("id")))
        return (_schema_2 if "names" in item else _schema_1)(item, ror, origin)
    except _MalformedError as error:
        reason, text = error.args
        hint = "see https://ror.readme.io/docs/ror-data-structure"
        return Reject(origin=origin, reason=reason, excerpt=excerpt(text), hint=hint)


def _schema_1(item: dict[str, Any], ror: str, origin: Origin) -> Organization:
    name = _text(item, "name")
    if not name:
        raise _MalformedError("the record has no name", ror)
    external = item.get("external_ids") or {}
    if not isinstance(external, dict):
        raise _MalformedError("a field is not what the schema says", f"external_ids: {external!r}")
    identifiers = {kind.casefold(): _preferred_first(value) for kind, value in external.items()}
    country = item.get("country") or {}
    labels = [Text(label, _language(_text(entry, "iso639"))) for entry in _dicts(item, "labels")
              if (label := _text(entry, "label"))]  # fmt: skip
    names = [Text(alias) for alias in _strings(item, "aliases")] + labels
    return _common(
        item, ror, origin, identifiers,
        name=Text(name), names=names, acronyms=_strings(item, "acronyms"), links=_strings(item, "links"),
        country=_text(country, "country_code") if isinstance(country, dict) else None,
    )  # fmt: skip


def _schema_2(item: dict[str, Any], ror: str, origin: Origin) -> Organization:
    display: Text | None = None
    names: list[Text] = []
    acronyms: list[str] = []
    for entry in _dicts(item, "names"):
        value, types = _text(entry, "value"), _strings(entry, "types")
        if not value:
            continue
        text = Text(value, _language(_text(entry, "lang")))
        if "ror_display" in types and display is None:
            display = text
        elif "acronym" in types and "label" not in types:
            acronyms.append(value)
        else:
            names.append(text)
    if display is None:
        raise _MalformedError("the record has no name", ror)
    identifiers = {
        (_text(entry, "type") or "").casefold(): _preferred_first(entry) for entry in _dicts(item, "external_ids")
    }
    places = [place.get("geonames_details") for place in _dicts(item, "locations")]
    codes = [_text(place, "country_code") for place in places if isinstance(place, dict)]
    links = [value for entry in _dicts(item, "links")
             if _text(entry, "type") == "website" and (value := _text(entry, "value"))]  # fmt: skip
    return _common(
        item, ror, origin, identifiers, name=display, names=names, acronyms=acronyms, links=links,
        country=next(filter(None, codes), None),
    )  # fmt: skip


def _common(
    item: dict[str, Any],
    ror: str,
    origin: Origin,
    identifiers: dict[str, list[str]],
    *,
    name: Text,
    names: list[Text],
    acronyms: list[str],
    links: list[str],
    country: str | None,
) -> Organization:
    status = (_text(item, "status") or "").casefold() or None
    if status is not None and status not in _STATUSES:
        raise _MalformedError("the status is none of ROR's", status)
    founded = item.get("established")
    if founded is not None and (not isinstance(founded, int) or not 0 < founded < 10_000):
        raise _MalformedError("a field is not what the schema says", f"established: {founded!r}")
    relations: dict[str, list[str]] = {field: [] for field in _RELATIONS.values()}
    for entry in _dicts(item, "relationships"):
        kind, other = _text(entry, "type") or "", iri(_text(entry, "id") or "")
        if other is None or kind.casefold() not in _RELATIONS:
            raise _MalformedError("a relationship names no organization or no known kind", repr(entry))
        if other not in (known := relations[_RELATIONS[kind.casefold()]]):
            known.append(other)
    wikidata = [value for value in identifiers.get("wikidata", []) if re.fullmatch(r"Q[1-9]\d*", value)]
    iris = [f"http://www.wikidata.org/entity/{value}" for value in wikidata[1:]] + [
        template.format(found[0])
        for kind, (pattern, template) in _IDENTIFIERS.items()
        for value in identifiers.get(kind, [])
        if (found := re.fullmatch(pattern, re.sub(r"[\s-]", "", value)))
    ]
    return Organization(
        origins=(origin,),
        name=name,
        names=tuple(dict.fromkeys(text for text in names if text != name)),
        acronyms=tuple(dict.fromkeys(acronyms)),
        ror=ror,
        wikidata=wikidata[0] if wikidata else None,
        identifiers=tuple(dict.fromkeys(iris)),
        homepage=next((address for link in links if (address := web_address(link))), None),
        country=country,
        types=tuple(dict.fromkeys(kind.casefold() for kind in _strings(item, "types"))),
        founded=founded,
        status=status,  # type: ignore[arg-type]
        source_url=ror,
        successors=tuple(relations["successors"]),
        predecessors=tuple(relations["predecessors"]),
        parents=tuple(relations["parents"]),
        children=tuple(relations["children"]),
        related=tuple(relations["related"]),
    )


_IDENTIFIERS = {
    "grid": (r"grid\.\d+\.[0-9a-f]+", "https://www.grid.ac/institutes/{}"),
    "isni": (r"\d{15}[\dX]", "https://isni.org/isni/{}"),
    "fundref": (r"\d{9,15}", "https://doi.org/10.13039/{}"),
}
"""Kind of identifier -> its form without blanks, and the address that it resolves at."""


def _preferred_first(entry: Any) -> list[str]:
    """Return all the identifiers in an entry, the preferred one first."""
    if not isinstance(entry, dict):
        raise _MalformedError("a field is not what the schema says", f"external_ids: {entry!r}")
    every = [entry["all"]] if isinstance(entry.get("all"), str) else _strings(entry, "all")
    preferred = _text(entry, "preferred")
    return list(dict.fromkeys(([preferred] if preferred else []) + every))


@lru_cache(maxsize=1024)
def _language(tag: str | None) -> str | None:
    return tag if tag and langcodes.tag_is_valid(tag) else None


def _text(item: dict[str, Any], field: str) -> str | None:
    value = item.get(field)
    if value is not None and not isinstance(value, str):
        raise _MalformedError("a field is not what the schema says", f"{field}: {value!r}")
    return " ".join(value.split()) or None if value else None


def _strings(item: dict[str, Any], field: str) -> list[str]:
    value = item.get(field) or []
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise _MalformedError("a field is not what the schema says", f"{field}: {value!r}")
    return [text for part in value if (text := " ".join(part.split()))]


def _dicts(item: dict[str, Any], field: str) -> list[dict[str, Any]]:
    value = item.get(field) or []
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        raise _MalformedError("a field is not what the schema says", f"{field}: {value!r}")
    return value
