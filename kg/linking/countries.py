"""Country names to ISO 3166-1 alpha-2 codes.

Exact after normalisation: the names and codes of ISO 3166-1 (pycountry), in English and some other languages, and the
other names in ``ontology/country-names.csv`` (``name,alpha2,note``; an empty ``alpha2`` says that the name is no
country). Nothing is guessed from a part of a name: "Virgin Islands" is no country, "Virgin Islands, British" is one.
"""

from __future__ import annotations

import csv
import gettext
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

import pycountry

from kg.resources import folder

_BRACKETS = re.compile(r"^(?P<name>[^()]+)\((?P<inside>[^()]+)\)\s*$")
_FORMER = re.compile(r"^\W*(?:formerly|former|fmr|ex|previously|also|aka|or)\b", re.IGNORECASE)
_LANGUAGES = (
    "de",
    "es",
    "fr",
    "it",
    "nb",
    "nl",
    "pl",
    "pt",
    "pt_BR",
    "sv",
    "da",
    "fi",
    "tr",
    "ru",
    "ar",
    "zh_CN",
    "ja",
)
_CODE = re.compile(r"[A-Z]{2,3}")


@lru_cache(maxsize=4096)
def resolve(name: str) -> str | None:
    """Return the alpha-2 code of a country name or code, None where it is unknown or no country.

    A code counts only in capitals, so that "No" and "in" are no countries. Parts of a state that have no code of
    their own give the state (Scotland: GB).

    >>> resolve("Czechia (Czech Republic)"), resolve("Myanmar (formerly Burma)"), resolve("USA"), resolve("Worldwide")
    ('CZ', 'MM', 'US', None)
    """
    text = unicodedata.normalize("NFKC", name).strip().strip("\"'“”").strip()
    text = re.sub(r"^and\s+(?=[A-Z])", "", text)  # the last of a list
    if _CODE.fullmatch(text) and (code := _codes().get(text)):
        return code
    known = names()
    for candidate in _candidates(text):
        if candidate in known:
            return known[candidate]
    return _own_names().get(_normalised(text))


@lru_cache(maxsize=4096)
def label(alpha2: str) -> str:
    """Return the English everyday name of a country code, the code itself where nobody names it."""
    known = pycountry.countries.get(alpha_2=alpha2)
    if known is not None:
        return str(getattr(known, "common_name", known.name))
    return next((row["name"] for row in _rows() if row["alpha2"] == alpha2), alpha2)


@lru_cache(maxsize=4096)
def alpha3(alpha2: str) -> str | None:
    """Return the alpha-3 code of a country, None where it has none."""
    known = pycountry.countries.get(alpha_2=alpha2)
    return known.alpha_3 if known else None


def _candidates(text: str) -> Iterator[str]:
    """Yield the normalised forms under which a name may be known, the most literal first.

    A name in front of a bracket stands alone only if the bracket holds a former name or another name of the same
    country: "Congo (Kinshasa)" must not become "Congo".
    """
    yield _normalised(text)
    if match := _BRACKETS.match(text):
        before, inside = match["name"], match["inside"]
        yield _normalised(f"{inside} {before}")
        if _FORMER.match(inside) or (_known(before) and _known(before) == _known(inside)):
            yield _normalised(before)
    elif text.count(",") == 1:
        before, _, after = text.partition(",")
        yield _normalised(f"{after} {before}")


def _known(text: str) -> str | None:
    return _codes().get(text.strip()) or names().get(_normalised(text))


def _normalised(text: str) -> str:
    """Return letters and digits only: case, accents, punctuation, ``&`` and the article do not count."""
    plain = text.lower()
    if not plain.isascii():  # else it is normal already, which most names are
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
        plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("ı", "i")
    words = re.findall(r"\w+", plain.replace("&", " and "))
    if len(words) > 1 and words[0] == "st":
        words[0] = "saint"
    return " ".join(word for word in words if word != "the")


@cache
def _codes() -> dict[str, str]:
    return {c: country.alpha_2 for country in pycountry.countries for c in (country.alpha_2, country.alpha_3)}


@cache
def names() -> dict[str, str | None]:
    """Return all known names, normalised, with their codes: None for what the table says is no country."""
    found: dict[str, str | None] = {}
    for country in pycountry.countries:
        for attribute in ("name", "official_name", "common_name"):
            if name := getattr(country, attribute, None):
                found[_normalised(name)] = country.alpha_2
                before, comma, after = name.partition(",")
                if comma:
                    found[_normalised(f"{after} {before}")] = country.alpha_2
    found.update((_normalised(row["name"]), row["alpha2"] or None) for row in _rows())
    return found


@cache
def _own_names() -> dict[str, str]:
    """Return names in the languages of ``_LANGUAGES`` (pycountry translates) that mean one country only."""
    found: dict[str, set[str]] = {}
    for language in _LANGUAGES:
        translated = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
        for country in pycountry.countries:
            for attribute in ("name", "official_name", "common_name"):
                if name := getattr(country, attribute, None):
                    found.setdefault(_normalised(translated.gettext(name)), set()).add(country.alpha_2)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with (folder("ontology") / "country-names.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))
