"""What the forms of licence descriptions share: clean titles, addresses, and which licence is meant."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import quote

from kg.linking import creative_commons, licences
from kg.loader import Payload, excerpt
from kg.records import License, Origin, Reject, Text

from ._text import language_tag, title_text, without_controls
from .addresses import web_address

OPEN_DEFINITION = "https://licenses.opendefinition.org/licenses/"
OSI = "https://opensource.org/licenses/"

ACTS = {
    "cc:permits": frozenset({"DerivativeWorks", "Distribution", "Reproduction", "Sharing"}),
    "cc:requires": frozenset({"Attribution", "Copyleft", "LesserCopyleft", "Notice", "ShareAlike", "SourceCode"}),
    "cc:prohibits": frozenset({"CommercialUse", "HighIncomeNationUse"}),
}
"""What ccREL lets a licence permit, require and prohibit; shapes/licence.ttl says the same."""

_UNIT = re.compile(
    r"(?:by|nc|nd|sa)(?:-(?:by|nc|nd|sa))*|(?:nc-)?sampling\+?|devnations|zero|mark|certification", re.ASCII
)


class Described(NamedTuple):
    """A record, and how new the statement is: of two descriptions of one licence that of higher rank wins."""

    record: License
    rank: tuple[int, ...] = ()


class RecordError(ValueError):
    """A piece of a payload is no licence description; ``args`` are the reason, the offending text and the hint."""

    def reject(self, origin: Origin) -> Reject:
        """Return the reject that takes the record's place."""
        reason, text, hint = (*self.args, "", "")[:3]
        return Reject(origin=origin, reason=reason, excerpt=excerpt(without_controls(text)), hint=hint)


def payload_reject(payload: Payload, reason: str, text: str = "", line: int | None = None) -> Reject:
    """Return the reject for a payload that cannot be used at all."""
    return Reject(
        origin=Origin(payload=payload.name, line=line),
        reason=reason,
        excerpt=excerpt(without_controls(text)),
        hint="list in the sources file only what `commons-kg loaders licences` says it reads",
    )


def canonical(address: str) -> str | None:
    """Return the canonical IRI of the licence at an address, also of a Creative Commons tool newer than our table."""
    found = licences.canonical_url(address)
    if found is None and (tool := creative_commons.parse_address(address)) and _UNIT.fullmatch(tool.unit):
        # A port that is not in the table never was; a new version may be.
        newest = max(known.version for known in creative_commons.tools().values() if known.category == tool.category)
        return tool.iri if _number(tool.version) > _number(newest) else None
    return found


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def published(address: str) -> str | None:
    """Return the canonical IRI of the one known licence that an address or id refers to, else None."""
    found = licences.resolve(address)
    return found[0] if len(found) == 1 else None


def tool_of(iri: str) -> creative_commons.Tool | None:
    """Return the parts of a Creative Commons IRI."""
    return creative_commons.parse_address(iri) if creative_commons.is_address(iri) else None


def open_definition_iri(identifier: str) -> str:
    """Return the IRI of a licence that only the Open Definition lists."""
    return OPEN_DEFINITION + quote(identifier, safe="-._~+")


def osi_iri(identifier: str) -> str:
    """Return the IRI of a licence that only the OSI lists."""
    return OSI + quote(identifier, safe="-._~+")


def title(text: object, language: str | None = None) -> tuple[Text, ...]:
    """Return a title without markup, in a valid language or none; nothing for templates and empty titles."""
    if not isinstance(text, str) or (language or "").casefold().startswith("x-"):
        return ()
    clean = title_text(text, markup="<" in text)
    return (Text(clean, language_tag(language)),) if clean else ()


def addresses(*stated: object) -> tuple[str, ...]:
    """Return those of the stated addresses that are http(s) IRIs, mended; each may be a list of addresses."""
    flat = [item for value in stated for item in (value if isinstance(value, list) else [value])]
    found = (web_address(item) for item in flat if isinstance(item, str))
    return tuple(dict.fromkeys(address for address in found if address))


def text_or_none(value: Any) -> str | None:
    """Return a string in one line without control characters, None for anything else and for an empty one."""
    return (" ".join(without_controls(value).split()) or None) if isinstance(value, str) else None
