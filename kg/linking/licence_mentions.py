"""Licences named in texts: "CC BY-SA 4.0", "the Apache License, Version 2.0", "GPL-3.0-or-later", "CC0"."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache

from kg.linking import licences
from kg.linking.named_things import NamedAt
from kg.linking.phrases import Found, Phrases, longest
from kg.resources import folder

_VERSION = r"(?:[\s-]{0,2}(?:(?:v|ver\.?|version)?\s?\d\.\d(?!\d)|\(\d\.\d\)))"
_PLACE = r"(?:\s(?:International|Unported|Generic|Universal|IGO))"
_CREATIVE_COMMONS = re.compile(
    rf"""(?<![\w@/#.-])(?:
        (?:CC|Creative\sCommons)[\s-]?(?:0|Zero){_VERSION}?{_PLACE}?
        |(?:CC|Creative\sCommons)[\s-]{{0,2}}
         (?:(?-i:BY)|(?<=-)by|Attribution)(?:[\s/_–-]{{1,3}}(?:NC|SA|ND|Non-?\s?Commercial|Share-?\s?Alike|No-?\s?Deriv(?:ative)?s))*
         (?:(?:\sLicen[cs]e)?{_VERSION}{_PLACE}?(?:\s(?-i:[A-Z]{{2}})\b)?)?
        |Public\sDomain\sMark{_VERSION}?
    )(?!\w)""",
    re.VERBOSE | re.IGNORECASE,
)
"""All that looks like a tool of Creative Commons, whether or not its version is said."""
_LICENCE_AFTER = re.compile(r"[\s-]{0,2}(?:\([\w .-]+\)\s)?licen[cs]e", re.IGNORECASE)
_LICENCE_BEFORE = re.compile(r"licen[cs](?:e|ed|ing)\s?(?:is|as|under|by)?[\s:]*(?:the\s)?$", re.IGNORECASE)

_SHORT = re.compile(r"[A-Z]+[a-z]+L")
"""A short name that nothing else is spelt like: ``ODbL``."""


def licence_mentions(text: str) -> tuple[list[NamedAt], list[tuple[int, int]]]:
    """Return the licences that a text names, and all places that speak of licences, known or not.

    A licence is named by its IRI; a tool of Creative Commons without a version as ``family:`` and its id.

    >>> found, _ = licence_mentions("Texts are CC BY-SA 4.0, code is under the MIT licence.")
    >>> [(named.thing, named.start, named.end) for named in found]
    [('http://creativecommons.org/licenses/by-sa/4.0/', 10, 22), ('http://spdx.org/licenses/MIT', 42, 45)]
    """
    places = [(match.start(), match.end()) for match in _CREATIVE_COMMONS.finditer(text)]
    phrases, sure = _phrases()
    named = (found for found in phrases.find(text) if _is_licence(text, found, sure[found.number]))
    places += [
        (found.start, found.end)
        for found in longest(named)
        if not any(found.start < end and start < found.end for start, end in places)
    ]
    return [named for start, end in sorted(places) for named in _resolved(text, start, end)], places


def _resolved(text: str, start: int, end: int) -> Iterator[NamedAt]:
    words = text[start:end]
    known = licences.resolve(" ".join(words.replace("(", " ").replace(")", " ").split()))
    if not known and (version := re.search(rf"{_PLACE}?(?:\s[A-Z]{{2}})$", words)):  # "CC BY 4.0 IT" of an Italian
        end = start + version.start()
        known = licences.resolve(text[start:end])
    if not known and _CREATIVE_COMMONS.fullmatch(words):
        known = licences.meaning(words)
    yield from (NamedAt(iri, start, end) for iri in known)


def _is_licence(text: str, found: Found, sure: bool) -> bool:
    before, after = text[max(0, found.start - 1) : found.start], text[found.end : found.end + 1]
    if before in ("/", "@", "-", "_", "#") or after in ("/", "@", "-", "_"):
        return False
    if not sure:
        words = text[found.start : found.end]
        if not words[:1].isupper() and not any(c.isdigit() for c in words):
            return False
        near = text[max(0, found.start - 40) : found.start]
        return bool(_LICENCE_AFTER.match(text, found.end) or _LICENCE_BEFORE.search(near))
    return True


@cache
def _phrases() -> tuple[Phrases, list[bool]]:
    """The names and ids of licences, and whether each can mean nothing else."""
    texts: dict[str, bool] = {}
    for file, column in (("licence-names.csv", "name"), ("spdx-ids.csv", "id")):
        with (folder("ontology") / file).open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                name = row[column]
                if row.get("licence", "x") and len(name) > 2:
                    plain = re.fullmatch(r"[^\W\d]+", name) is not None or len(name) < 5
                    long = not plain and (" " in name or ("-" in name and any(c.isdigit() for c in name)))
                    texts.setdefault(name, long or _SHORT.fullmatch(name) is not None)
    texts.update((f"{name} license", True) for name in [*texts] if "licen" not in name.lower())
    return Phrases(texts), list(texts.values())
