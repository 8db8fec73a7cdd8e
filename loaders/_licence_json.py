"""Licences in JSON: the SPDX lists, the Open Definition's and the OSI's. What an object is, its keys tell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kg.linking import spdx
from kg.loader import Payload
from kg.records import License, Origin, Reject

from ._licence_common import (
    Described,
    RecordError,
    addresses,
    canonical,
    open_definition_iri,
    osi_iri,
    payload_reject,
    published,
    text_or_none,
    title,
    tool_of,
)

_SPDX_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")
_OD_CONFORMANCE = ("approved", "rejected", "not reviewed")
_OD_STATUS = {"active": "active", "retired": "retired", "superseded": "superseded"}
_PLACEHOLDER = re.compile(r"notspecified|other-.*")

Place = str
"""JSON pointer of an object in its payload."""


def read(payload: Payload) -> Iterator[Described | Reject]:
    """Yield a description for each licence object in a JSON payload."""
    try:
        content = json.loads(payload.read())
    except (ValueError, RecursionError) as error:
        yield payload_reject(payload, "the payload is no JSON", str(error), getattr(error, "lineno", None))
        return
    rank = _list_version(content)
    for place, item in _objects(content):
        origin = Origin(payload=payload.name, place=place)
        try:
            yield Described(_describe(item, origin), rank)
        except RecordError as error:
            yield error.reject(origin)


def _objects(content: Any) -> Iterator[tuple[Place, Any]]:
    """Yield what stands where a licence should: the object itself, members of a list, values of a group."""
    if isinstance(content, list):
        yield from ((f"/{i}", item) for i, item in enumerate(content))
    elif isinstance(content, dict) and any(isinstance(content.get(key), list) for key in ("licenses", "exceptions")):
        for key in ("licenses", "exceptions"):
            members = content.get(key)
            yield from ((f"/{key}/{i}", item) for i, item in enumerate(members if isinstance(members, list) else ()))
    elif isinstance(content, dict) and content and all(isinstance(value, dict) for value in content.values()):
        yield from ((f"/{key.replace('~', '~0').replace('/', '~1')}", item) for key, item in content.items())
    elif content or not isinstance(content, dict):
        yield "", content


def _list_version(content: Any) -> tuple[int, ...]:
    """Return the SPDX list's version as numbers; of two lists in one source the newer wins."""
    stated = content.get("licenseListVersion") if isinstance(content, dict) else None
    return tuple(int(number) for number in re.findall(r"\d{1,9}", stated)[:3]) if isinstance(stated, str) else ()


def _describe(item: Any, origin: Origin) -> License:
    if isinstance(item, dict):
        if "licenseId" in item or "licenseExceptionId" in item:
            return _spdx(item, origin)
        if "od_conformance" in item or "osd_conformance" in item:
            return open_definition(item, origin)
        if "id" in item and ("identifiers" in item or "keywords" in item):
            return _osi(item, origin)
    raise RecordError(
        "the object is no licence description in a known form",
        _shown(item),
        "list in the sources file only what `commons-kg loaders licences` says it reads",
    )


def _spdx(item: Mapping[str, Any], origin: Origin) -> License:
    is_exception = "licenseExceptionId" in item
    stated = item["licenseExceptionId"] if is_exception else item["licenseId"]
    if not isinstance(stated, str) or not _SPDX_ID.fullmatch(stated):
        raise RecordError("the SPDX id is not made of letters, digits, dots, hyphens and plus signs", str(stated), "")
    iri = spdx.to_iri(stated)
    tool = tool_of(iri)
    deprecated = _flag(item, "isDeprecatedLicenseId")
    return License(
        origins=(origin,),
        iri=iri,
        titles=title(item.get("name")) or title(stated),
        spdx_id=stated,
        version=tool.version if tool else None,
        jurisdiction=tool.jurisdiction or None if tool else None,
        is_exception=is_exception,
        deprecated=deprecated,
        status="deprecated" if deprecated else None,
        replaced_by=tuple(map(spdx.to_iri, spdx.replacements().get(stated, ()))) if deprecated else (),
        osi_approved=_flag(item, "isOsiApproved"),
        fsf_libre=_flag(item, "isFsfLibre"),
        urls=addresses(item.get("reference"), item.get("seeAlso")),
    )


def open_definition(item: Mapping[str, Any], origin: Origin) -> License:
    """Describe a licence of the Open Definition's list, whose JSON keys are also the columns of its CSV.

    Raises:
        RecordError: it has no id, or is a placeholder such as "Other (Open)", which is no legal tool.
    """
    identifier, url = text_or_none(item.get("id")), text_or_none(item.get("url"))
    if identifier is None:
        raise RecordError("the licence has no id", _shown(item), "")
    if item.get("is_generic") is True or _PLACEHOLDER.fullmatch(identifier):
        raise RecordError(
            "the entry stands for licences that nobody named, and is none itself",
            f"{identifier}: {item.get('title')}",
            "nothing to mend: it is a choice in forms",
        )
    iri = published(identifier) or (canonical(url) if url else None) or open_definition_iri(identifier)
    tool = tool_of(iri)
    conformance = text_or_none(item.get("od_conformance"))
    status = _OD_STATUS.get(str(item.get("status")))
    return License(
        origins=(origin,),
        iri=iri,
        titles=title(item.get("title")) or title(identifier),
        identifiers=(identifier,),
        version=tool.version if tool else None,
        jurisdiction=tool.jurisdiction or None if tool else None,
        status=status,  # type: ignore[arg-type]  # the values of _OD_STATUS are those of the field
        od_conformance=conformance if conformance in _OD_CONFORMANCE else None,
        osi_approved={"approved": True, "rejected": False}.get(str(item.get("osd_conformance"))),
        urls=tuple(other for other in addresses(url) if other != iri),
    )


def _osi(item: Mapping[str, Any], origin: Origin) -> License:
    """Describe a licence of the OSI's list.

    Its ``superseded_by`` is a newer version of the licence. Where the id is one that SPDX deprecated it is not stated:
    what replaces GPL-2.0 is GPL-2.0-only, and not GPL-3.0.
    """
    identifier = text_or_none(item.get("id"))
    if identifier is None:
        raise RecordError("the licence has no id", _shown(item), "")
    schemes = _members(item, "identifiers")
    listed = next((text_or_none(other.get("identifier")) for other in schemes if other.get("scheme") == "SPDX"), None)
    iri = (published(listed) if listed else None) or published(identifier) or osi_iri(identifier)
    keywords = item.get("keywords") if isinstance(item.get("keywords"), list) else None
    names = [item.get("name"), *(other.get("name") for other in _members(item, "other_names"))]
    successor = text_or_none(item.get("superseded_by"))
    replaced_by = published(successor) if successor else None
    spdx_id = spdx.from_iri(iri)
    return License(
        origins=(origin,),
        iri=iri,
        titles=title(names[0]),
        spdx_id=spdx_id if listed else None,
        identifiers=tuple(dict.fromkeys(filter(None, (identifier, *map(text_or_none, names[1:]))))),
        status="superseded" if successor else None,
        replaced_by=(replaced_by,) if replaced_by and spdx_id not in spdx.replacements() else (),
        osi_approved=None if keywords is None else "osi-approved" in keywords or None,
        urls=addresses(*(other.get("url") for key in ("links", "text") for other in _members(item, key))),
    )


def _members(item: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the objects in a list of objects."""
    stated = item.get(key)
    return [member for member in stated if isinstance(member, dict)] if isinstance(stated, list) else []


def _shown(item: Any) -> str:
    try:
        return json.dumps(item if isinstance(item, list) else dict(item), ensure_ascii=False, default=str)[:1_000]
    except (TypeError, ValueError, RecursionError):
        return str(type(item).__name__) if isinstance(item, (dict, list)) else str(item)


def _flag(item: Mapping[str, Any], key: str) -> bool | None:
    value = item.get(key)
    return value if isinstance(value, bool) else None
