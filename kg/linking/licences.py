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

import csv
import re
import unicodedata
from functools import cache, lru_cache
from urllib.parse import unquote

from license_expression import ExpressionError, ExpressionParseError, LicenseSymbol, Licensing

from kg.linking import creative_commons
from kg.resources import folder

SPDX_BASE = "http://spdx.org/licenses/"
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
_DROPPED = {"the", "a", "license", "licence", "licenses", "licences", "version", "ver", "v"}
_LIST = re.compile(r"\s*(?:[,;\r\n|]+|\s/\s|\s(?:and|or|&)\s)\s*", re.IGNORECASE)
_TIGHT_LIST = re.compile(r"\s*/\s*")
_OPERATOR = re.compile(r"\s(?:and|or|with)\s", re.IGNORECASE)


@lru_cache(maxsize=65_536)
def resolve(text: str) -> tuple[str, ...]:
    """Return the canonical IRIs that a licence string or URL names (several for an expression), none where unknown.

    >>> resolve("https://creativecommons.org/licenses/by/4.0/deed.fr")
    ('http://creativecommons.org/licenses/by/4.0/',)
    >>> resolve("mit OR apache-2.0")
    ('http://spdx.org/licenses/MIT', 'http://spdx.org/licenses/Apache-2.0')
    >>> resolve("CC BY")
    ()
    """
    text = re.sub(r"[^\S\r\n]+", " ", unicodedata.normalize("NFKC", text)).strip().strip("<>\"'“”‘’`").strip()
    if not text or len(text) > _LONGEST:
        return ()
    if _URL.match(text):
        found = canonical_url(text)
        return (found,) if found else ()
    known = _named(text)
    if known is not None:
        return (known,) if known else ()
    return _expression(text) or _list(text) or _name_and_address(text) or _name_and_short_name(text)


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
        return spdx_to_iri(match["id"])
    address = address.casefold()
    if found := _urls().get(address):
        return found
    if match := _GNU_ADDRESS.match(address):
        return _ids().get(f"{'gfdl' if match['family'] == 'fdl' else match['family']}-{match['version']}")
    if match := _APACHE_ADDRESS.match(address):
        return _ids().get(f"apache-{match['version']}")
    if match := _ID_ADDRESS.match(address):
        return _ids().get(match["id"]) or _address_ids().get(match["id"])
    return None


def spdx_to_iri(spdx_id: str) -> str:
    """Return the canonical IRI of an SPDX id: Creative Commons' own where SPDX lists one of its tools.

    An id that ``ontology/spdx-ids.csv`` lacks is taken as written.

    >>> spdx_to_iri("CC-BY-3.0-NL"), spdx_to_iri("mit")
    ('http://creativecommons.org/licenses/by/3.0/nl/', 'http://spdx.org/licenses/MIT')
    """
    return _ids().get(spdx_id.casefold()) or SPDX_BASE + spdx_id


def iri_to_spdx(iri: str) -> str | None:
    """Return the SPDX id of a canonical IRI, None for a licence that SPDX does not list.

    >>> iri_to_spdx("http://creativecommons.org/publicdomain/zero/1.0/")
    'CC0-1.0'
    """
    return _spdx_by_iri().get(iri) or (iri.removeprefix(SPDX_BASE) if iri.startswith(SPDX_BASE) else None)


@cache
def replacements() -> dict[str, tuple[str, ...]]:
    """Return what replaces a deprecated SPDX id: ids as in ``ontology/licence-replacements.csv``.

    SPDX's list has no field for this; the table states what its notes on deprecated ids say.
    """
    return {row["deprecated"]: tuple(row["replacements"].split()) for row in _rows("licence-replacements.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    with (folder("ontology") / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def _spdx_rows() -> tuple[dict[str, str], ...]:
    return tuple(_rows("spdx-ids.csv"))


@cache
def _ids() -> dict[str, str]:
    """Lower-case id -> canonical IRI: SPDX's, and the same form for Creative Commons tools that SPDX lacks."""
    found = {short: tool.iri for short, tool in creative_commons.by_spdx_like().items()}
    for row in _spdx_rows():
        found.setdefault(row["id"].casefold(), SPDX_BASE + row["id"])
    return found


@cache
def _spdx_by_iri() -> dict[str, str]:
    return {_ids()[row["id"].casefold()]: row["id"] for row in _spdx_rows()}


@cache
def _address_ids() -> dict[str, str]:
    """Ids as slugs in addresses (``apache-2-0``); a slug that two ids share is left out."""
    found: dict[str, str] = {}
    for spdx_id, iri in _ids().items():
        slug = spdx_id.replace(".", "-")
        found[slug] = iri if found.get(slug, iri) == iri else ""
    return {slug: iri for slug, iri in found.items() if iri}


def _iri(licence: str) -> str:
    """Return the IRI for a cell of a table: an id, or an IRI (or nothing) as it stands."""
    return licence if "/" in licence or not licence else _ids()[licence.casefold()]


@cache
def _urls() -> dict[str, str]:
    return {row["url"].casefold(): _iri(row["licence"]) for row in _rows("licence-urls.csv")}


def _address_key(url: str) -> str:
    """Return host and path of an address: no scheme, ``www.``, query, fragment, final slash or stray punctuation."""
    text = re.sub(r"^(?:https?:)?//", "", url.strip(), flags=re.IGNORECASE)
    text = unquote(re.split(r"[?#\s]", text, maxsplit=1)[0]).rstrip(".,;:!)]}>\"'")
    text = re.sub(r"/+", "/", text).rstrip("/")
    host, slash, path = text.partition("/")
    host = host.casefold().removeprefix("www.")
    return f"{host}{slash}{re.sub(r'/index[.]html?$', '', path)}"


def _key(name: str) -> str:
    """Return a name as it is looked up: words and numbers, without the words that all licences have."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = re.sub(r"(?<=\d)\+", " or later ", text)
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
    for row in _spdx_rows():
        # An id that ends in a plus sign is known as written only: as a name it means the "-or-later" id.
        if not row["id"].startswith("CC") and not row["id"].endswith("+"):
            stated.setdefault(_key(row["id"]), set()).add(_iri(row["id"]))
    for row in _rows("licence-names.csv"):
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
    if found := _ids().get(text.casefold()):
        return found
    if tool := creative_commons.parse_name(text):
        return tool.iri
    return _names().get(_key(text))


@cache
def _licensing() -> Licensing:
    rows = [(row["id"], row["kind"] == "exception") for row in _spdx_rows()]
    known = {spdx_id.casefold() for spdx_id, _ in rows}
    rows += [(t.spdx_like, False) for short, t in creative_commons.by_spdx_like().items() if short not in known]
    return Licensing([LicenseSymbol(key=spdx_id, is_exception=exception) for spdx_id, exception in rows])


def _expression(text: str) -> tuple[str, ...]:
    """Return the licences of an SPDX expression all of whose ids are known."""
    if not _OPERATOR.search(text):
        return _plus(text)
    text = re.sub(r"(?<=[\w.])\+(?=[\s)]|$)", lambda m: "+" if _ends_in_known_plus(text[: m.end()]) else "", text)
    try:
        parsed = _licensing().parse(text, strict=True)
    except (ExpressionError, ExpressionParseError, RecursionError):
        return ()
    if parsed is None or _licensing().unknown_license_keys(parsed):
        return ()
    keys = _licensing().license_keys(parsed, unique=True)
    return tuple(dict.fromkeys(spdx_to_iri(key) for key in keys))


def _ends_in_known_plus(text: str) -> bool:
    return re.split(r"[\s(]", text)[-1].casefold() in _ids()


def _plus(text: str) -> tuple[str, ...]:
    """Return the licence of ``Apache-2.0+``: this version or, if it ever comes, a later one."""
    found = _ids().get(text.casefold().removesuffix("+")) if text.endswith("+") else None
    return (found,) if found else ()


def _name_and_address(text: str) -> tuple[str, ...]:
    """Return the licence of ``CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)``."""
    match = re.match(r"^(?P<name>[^:/]*[^:/\s(<\[])[\s:(<\[]+(?P<url>https?://[^\s)>\]]+)[)>\]]?\.?$", text)
    if match is None:
        return ()
    found = resolve(match["name"])
    return found if found == resolve(match["url"]) else ()


def _name_and_short_name(text: str) -> tuple[str, ...]:
    """Return the licence of ``Attribution 4.0 International (CC BY 4.0)``; words may follow the bracket."""
    match = re.match(r"^([^()\[\]]*[^()\[\]\s])\s*[(\[]([^()\[\]]+)[)\]]([^()\[\]]*)$", text)
    if match is None:
        return ()
    found = resolve(f"{match[1]}{match[3]}")
    return found if found == resolve(match[2]) else ()


def _list(text: str) -> tuple[str, ...]:
    """Return the licences of a list every part of which is known."""
    for separator in (_LIST, _TIGHT_LIST):
        parts = [part for part in separator.split(_OR_LATER.sub("or-later", text)) if part]
        if len(parts) > 1:
            found = [resolve(part) for part in parts]
            if all(found):
                return tuple(dict.fromkeys(iri for part in found for iri in part))
    return ()
