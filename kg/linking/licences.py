"""Licence strings and URLs to canonical licence IRIs.

The canonical IRI of a Creative Commons tool is Creative Commons' own (``http://creativecommons.org/licenses/by/4.0/``),
also where SPDX lists it; of every other licence and exception that SPDX lists it is SPDX's
(``http://spdx.org/licenses/MIT``); of the few that only the Open Definition or the OSI knows it is that list's.

Rules, in this order; each is exact, and the first that knows the text decides:

1. an address: of Creative Commons in any form, of spdx.org, gnu.org, apache.org, opensource.org, choosealicense.com,
   and the addresses in ``ontology/licence-urls.csv``;
2. an SPDX id in any case (``ontology/spdx-ids.csv``). An id is taken as written: the deprecated ``GPL-3.0`` has its
   own node, which says what replaces it, since it does not tell "only" from "or later";
3. a Creative Commons name whose every word is understood, with its version: "CC BY" is no licence yet;
4. a name in ``ontology/licence-names.csv``, after normalisation. "GPLv3" says neither "only" nor "or later", so it is
   the deprecated ``GPL-3.0`` too; "LGPL 2" may be 2.0 or 2.1 and is nothing, as is a name with an empty ``licence``;
5. an SPDX expression: AND and OR give all the licences, WITH the licence and the exception; ``Apache-2.0+`` gives
   Apache-2.0;
6. a list (commas, semicolons, slashes, "and", "or", lines), if every part of it is known; a name followed by an
   address, or by a short name in brackets, if both are the same licence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from urllib.parse import unquote

from kg.linking import creative_commons, licence_families, spdx
from kg.linking import licence_expressions as expressions

FAMILY = "family:"
"""What stands before the id of a family in what ``meaning`` returns."""
_LONGEST = 4_000
"""Longest text that is looked at; a good of the registry states 93 licences in 1,100 characters."""

_URL = re.compile(r"^(?:https?:)?//\S+$|^(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}/\S*$", re.IGNORECASE)
_SPDX_ADDRESS = re.compile(r"^spdx\.org/licenses/(?P<id>[a-z0-9.+-]+?)(?:\.(?:html|json|txt|rdf|ttl|jsonld))?$", re.I)
_GNU_ADDRESS = re.compile(
    r"^gnu\.org/(?:licenses|copyleft)/(?:old-licenses/)?(?P<family>gpl|lgpl|agpl|fdl)-(?P<version>\d\.\d)"
    r"(?:-standalone)?(?:\.[a-z]{2}(?:-[a-z]{2})?)?(?:\.(?:html|txt|md|rst|tex|dbk|texi|rtf|odt))?$"
)
_APACHE_ADDRESS = re.compile(r"^apache\.org/licenses/license-(?P<version>\d\.\d)(?:\.(?:txt|html))?$")
_ID_ADDRESS = re.compile(
    r"^(?:opensource\.org/licen[sc]es?/(?:alphabetical/)?|choosealicense\.com/licenses/|api\.github\.com/licenses/)"
    r"(?P<id>[a-z0-9.+_-]+?)(?:\.(?:php|html|txt|json))?$"
)
_OR_LATER = re.compile(
    r"\(?\b(?:or|and)[\s-]+(?:\(?at your option\)?[\s-]+)?(?:any[\s-]+)?(?:later|newer|greater|above)"
    r"(?:[\s-]+versions?)?\b\)?"
)
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DROPPED = {"the", "a", "license", "licence", "licenses", "licences", "version", "ver", "v"}
_LIST = re.compile(r"\s*(?:[,;\r\n|]+|\s/\s|\s(?:and/or|and|or|&)\s)\s*", re.IGNORECASE)
_WORKS = "(?:source )?code|software|contents?|data(?:base|set)?|text|docs|documentation|images?|media|models?|website"
_TIGHT_LIST = re.compile(r"\s*/\s*")


def resolve(text: str) -> tuple[str, ...]:
    """Return the canonical IRIs that a licence string or URL names (several for an expression), none where unknown.

    What names a family (``kg.linking.licence_families``) names no licence yet.

    >>> resolve("https://creativecommons.org/licenses/by/4.0/deed.fr")
    ('http://creativecommons.org/licenses/by/4.0/',)
    >>> resolve("mit OR apache-2.0")
    ('http://spdx.org/licenses/MIT', 'http://spdx.org/licenses/Apache-2.0')
    >>> resolve("CC BY")
    ()
    """
    found = meaning(text)
    return () if any(is_family(iri) for iri in found) else found


def is_family(found: str) -> bool:
    """Whether something that ``meaning`` returned is a family."""
    return found.startswith(FAMILY)


@lru_cache(maxsize=65_536)
def meaning(text: str) -> tuple[str, ...]:
    """Return what a licence string or URL names: canonical IRIs, and families as ``family:`` and their id.

    >>> meaning("CC BY, CC0"), meaning("GPL")
    (('family:CC-BY', 'http://creativecommons.org/publicdomain/zero/1.0/'), ('family:GPL',))
    """
    text = re.sub(r"[^\S\r\n]+", " ", unicodedata.normalize("NFKC", text)).strip().strip("<>\"'“”‘’`").strip()
    if not text or len(text) > _LONGEST:
        return ()
    if _URL.match(text):
        found = canonical_url(text)
        return (found,) if found else _family(text, _lower_address_key)
    known = _named(text)
    if known is not None:
        return (known,) if known else _family(text, _family_key)
    return (
        _family(text, _family_key)
        or _scancode(text)
        or expressions.licences(text)
        or _list(text)
        or _name_and_address(text)
        or _name_and_short_name(text)
    )


def _family(text: str, key: Callable[[str], str]) -> tuple[str, ...]:
    found = licence_families.find(text, key)
    return (FAMILY + found,) if found else ()


def _scancode(text: str) -> tuple[str, ...]:
    """Return the licence of a key of ScanCode's LicenseDB, as tools write it: ``gpl-2.0-plus``, ``LicenseRef-...``."""
    found = spdx.scancode_keys().get(text.casefold())
    return (spdx.to_iri(found),) if found else ()


def canonical_url(url: str) -> str | None:
    """Return the canonical IRI of the licence that an address is of, None for any other address.

    A canonical IRI gives itself. An address of a Creative Commons licence that was never published gives None.
    """
    if creative_commons.is_address(url):
        tool = creative_commons.parse_address(url)
        if tool is not None and tool.iri in creative_commons.tools():
            return tool.iri
    address = _address_key(url)
    if match := _SPDX_ADDRESS.match(address):
        # An id newer than our table is as good as its address says.
        return spdx.to_iri(match["id"])
    address = address.casefold()
    if found := _urls().get(address):
        return found
    if match := _GNU_ADDRESS.match(address):
        return spdx.ids().get(f"{'gfdl' if match['family'] == 'fdl' else match['family']}-{match['version']}")
    if match := _APACHE_ADDRESS.match(address):
        return spdx.ids().get(f"apache-{match['version']}")
    if match := _ID_ADDRESS.match(address):
        return spdx.ids().get(match["id"]) or _address_ids().get(match["id"])
    return None


@cache
def _address_ids() -> dict[str, str]:
    """Ids as slugs in addresses (``apache-2-0``); a slug that two ids share is left out."""
    found: dict[str, str] = {}
    for spdx_id, iri in spdx.ids().items():
        slug = spdx_id.replace(".", "-")
        found[slug] = iri if found.get(slug, iri) == iri else ""
    return {slug: iri for slug, iri in found.items() if iri}


def _iri(licence: str) -> str:
    """Return the IRI for a cell of a table: an id, or an IRI (or nothing) as it stands."""
    return licence if "/" in licence or not licence else spdx.ids()[licence.casefold()]


@cache
def _urls() -> dict[str, str]:
    return {row["url"].casefold(): _iri(row["licence"]) for row in spdx.table("licence-urls.csv")}


def _address_key(url: str) -> str:
    """Return host and path of an address: no scheme, ``www.``, query, fragment, final slash or stray punctuation."""
    text = re.sub(r"^(?:https?:)?//", "", url.strip(), flags=re.IGNORECASE)
    text = unquote(re.split(r"[?#\s]", text, maxsplit=1)[0]).rstrip(".,;:!)]}>\"'")
    text = re.sub(r"/+", "/", text).rstrip("/")
    host, slash, path = text.partition("/")
    host = host.casefold().removeprefix("www.")
    return f"{host}{slash}{re.sub(r'/index[.]html?$', '', path)}"


def _lower_address_key(url: str) -> str:
    return _address_key(url).casefold()


def _family_key(name: str) -> str:
    """Return a name as families are looked up: "Open Software License" is one, "Open Software" is none."""
    folded = unicodedata.normalize("NFKC", name).casefold().replace("licence", "license")
    return " ".join(word for word in re.findall(r"\w+", folded) if word != "the")


def _key(name: str) -> str:
    """Return a name as it is looked up: words and numbers, without the words that all licences have."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = re.sub(r"(?<=\d)\+", " or later ", text)
    text = re.sub(r"\(?\s*>=\s*(\d+(?:\.\d+)*)\s*\)?", r" \1 or later ", text)  # R's way
    text = re.sub(rf",?\s+(?:{_MONTHS})\s+(?:19|20)\d\d$", "", text)  # the day a text was made
    text = _OR_LATER.sub(" or later ", text)
    text = re.sub(r"(?<=[a-z])[- ]?v\.?(?=\d)", " ", text)
    text = re.sub(r"(?<=[a-z])(?=\d)", " ", text)
    words = re.findall(r"\d+(?:\.\d+)+[a-z]?|\w+|[+]", text.replace("&", " and "))
    return " ".join(word for word in words if word not in _DROPPED)


@cache
def _names() -> dict[str, str]:
    """Normalised name -> IRI: the table of names, and the ids without their hyphens.

    "Apache 2" stands for 2.0, unless the family has another version 2: "PHP 3" may be 3.0 or 3.01. Creative Commons
    has a grammar of its own.
    """
    stated: dict[str, set[str]] = {}
    for row in spdx.rows():
        # An id that ends in a plus sign is known as written only: as a name it means the "-or-later" id.
        if not row["id"].startswith("CC") and not row["id"].endswith("+"):
            stated.setdefault(_key(row["id"]), set()).add(_iri(row["id"]))
    for row in spdx.table("licence-names.csv"):
        stated.setdefault(_key(row["name"]), set()).add(_iri(row["licence"]))
    found = {name: iris.copy() for name, iris in stated.items()}
    families: dict[str, set[str]] = {}
    for name in stated:
        for number in re.finditer(r"\b(\d+)\.\d+\w*\b", name):
            families.setdefault(f"{name[: number.start()]}{number[1]}{name[number.end() :]}", set()).add(name)
    for short, members in families.items():
        if short not in stated and len(members) == 1:
            (member,) = members
            if re.search(r"\d\.0(?!\d)", member):
                found[short] = stated[member]
    return {name: next(iter(iris)) for name, iris in found.items() if len(iris) == 1 and name}


def _named(text: str) -> str | None:
    """Return the licence that one id or name means; an empty string for a name that is known to mean several."""
    if found := spdx.ids().get(text.casefold()):
        return found
    if tool := creative_commons.parse_name(text):
        return tool.iri
    return _names().get(_key(text))


def _name_and_address(text: str) -> tuple[str, ...]:
    """Return the licence of ``CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)``."""
    match = re.match(r"^(?P<name>[^:/]*[^:/\s(<\[])[\s:(<\[]+(?P<url>https?://[^\s)>\]]+)[)>\]]?\.?$", text)
    if match is None:
        return ()
    found, there = meaning(match["name"]), meaning(match["url"])
    return found if found == there else ()


def _name_and_short_name(text: str) -> tuple[str, ...]:
    """Return the licence of ``Attribution 4.0 International (CC BY 4.0)``; words may follow the bracket."""
    match = re.match(r"^([^()\[\]]*[^()\[\]\s])\s*[(\[]([^()\[\]]+)[)\]]([^()\[\]]*)$", text)
    if match is None:
        return ()
    found = meaning(f"{match[1]}{match[3]}")
    return found if found == meaning(match[2]) else ()


def _unlabelled(part: str) -> str:
    """Take off what says what a licence of a list is for: ``Code: MIT``, ``CC BY 4.0 (content)``."""
    part = re.sub(rf"^(?:{_WORKS}):\s*", "", part, flags=re.IGNORECASE)
    return re.sub(rf"\s*\((?:for\s+)?(?:the\s+)?(?:{_WORKS})\)$", "", part, flags=re.IGNORECASE)


def _list(text: str) -> tuple[str, ...]:
    """Return the licences of a list every part of which is known."""
    for separator in (_LIST, _TIGHT_LIST):
        parts = [part for part in separator.split(_OR_LATER.sub("or-later", text)) if part]
        if len(parts) > 1:
            found = [meaning(_unlabelled(part)) for part in parts]
            if all(found):
                return tuple(dict.fromkeys(iri for part in found for iri in part))
    return ()
