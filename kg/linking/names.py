"""What a name of an organization consists of, for telling whether two names are one.

A name is taken apart into words in one spelling (letter case, accents, ``&``, ``organisation``/``organization``,
``UN``/``United Nations``), legal forms at its end (``Inc``, ``GmbH``), countries (``Norwegian``, ``of Norway``,
``Norway's``), and an acronym or a second name in brackets. See ``Name``.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from kg.identifiers import slug
from kg.linking import countries
from kg.resources import folder

_PHRASES = (
    (re.compile(r"\bunited nations\b"), "un"),
    (re.compile(r"\bunited states(?: of america)?\b|\bu s\b|\busa\b"), "us"),
    (re.compile(r"\bopen street map\b"), "openstreetmap"),
    (re.compile(r"\buniversita degli studi\b"), "universita"),
)
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_POSSESSIVE = re.compile(r"[’'`´]s\b", re.IGNORECASE)
_GOVERNMENT = re.compile(
    r"^(?:the\s)?government\sof\s(?P<of>[^,]+?)(?=[’'`´]s\s\S)|(?<=\w)(?<!^the),?\s(?:of\s)?"
    r"(?:the\s)?government\sof\s(?P<by>[^,]+)$",
    re.IGNORECASE,
)
"""Whose a ministry is, said at length: "Government of India's Ministry of X", "Ministry of X, Government of India"."""
_DOTTED = re.compile(r"\b(?:\w\.\s?){2,}(?=\W|$)")
_REPUBLICS = re.compile(
    r"^(?:(?:the|federal|democratic|socialist|islamic|people s|peoples|plurinational|bolivarian|united|kingdom|republic"
    r"|state|commonwealth|of)\s+)*"
)


@cache
def words_that_are(kind: str) -> frozenset[str]:
    """Return the words of a kind in ``ontology/name-words.csv``.

    ``legal form``: at the end of a name, how it is registered and not who it is (``foundation`` is none: it tells
    bodies apart); ``small``: carries no meaning; ``generic``: many names have it, so that one made of such words alone
    is not distinctive; ``tail``: what a short form leaves off; ``spelling``, ``translation``: that of the English word
    ``same_as``, or what it is in another language.
    """
    return frozenset(row["word"] for row in _word_rows() if row["kind"] == kind)


@cache
def _spellings() -> dict[str, str]:
    return {row["word"]: row["same_as"] for row in _word_rows() if row["kind"] == "spelling"} | _translations()


@cache
def _translations() -> dict[str, str]:
    return {row["word"]: row["same_as"] for row in _word_rows() if row["kind"] == "translation"}


@cache
def _usual() -> frozenset[str]:
    """Return the words that names in any language often have."""
    return words_that_are("generic").union(_translations().values())


@cache
def _word_rows() -> tuple[dict[str, str], ...]:
    with (folder("ontology") / "name-words.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart."""

    text: str
    words: tuple[str, ...]
    """Words in one spelling, without brackets, legal forms, countries and a leading article."""
    core: tuple[str, ...]
    """Those of them that carry meaning."""
    forms: frozenset[str]
    """Legal forms at the end."""
    places: frozenset[str]
    """Countries named: alpha-2 codes."""
    acronym: str
    """The acronym in brackets, or the name itself where it is one; else empty."""
    others: tuple[str, ...]
    """What else is a name of the whole: what an acronym in front stands for, what is quoted, or stands before a bar."""
    inner: tuple[str, ...] = ()
    """What else stands in brackets: a remark, or a second name."""
    seat: frozenset[str] = frozenset()
    """Countries named in brackets alone, as registers do to say where a company is."""
    translated: frozenset[str] = frozenset()
    """Words that were translated into English."""

    @property
    def compact(self) -> str:
        """The words without spaces, and the countries: ``openmrs``, ``ministryhealth@IL``."""
        return "".join(self.core) + "".join(f"@{place}" for place in sorted(self.places))

    @property
    def initials(self) -> str:
        """First letters of the words that carry meaning."""
        return "".join(word[0] for word in self.core) if len(self.core) > 1 else ""

    @property
    def is_distinctive(self) -> bool:
        """Whether two organizations are unlikely to bear this name by chance."""
        return self.own_letters >= 7 or (self.own_letters >= 6 and len(self.core) > 1) or len(self.core) >= 4

    @property
    def is_unique(self) -> bool:
        """Whether no other of very many organizations is likely to bear this name."""
        return self.own_letters >= 12 or (self.own_letters >= 7 and len(self.core) > 1)

    @property
    def is_own(self) -> bool:
        """Whether it has a word, such as a place, that is no usual word of names in any language."""
        return sum(len(word) for word in self.core if word not in _usual()) >= 5

    @property
    def own_letters(self) -> int:
        """How many letters are in words that not many names have."""
        return sum(len(word) for word in self.core if word not in words_that_are("generic"))


@lru_cache(maxsize=262_144)
def parse(text: str) -> Name:
    """Take a name apart.

    >>> parse("Estonia’s Ministry of Foreign Affairs").compact, parse("Ministry of Foreign Affairs of Estonia").compact
    ('ministryforeignaffairs@EE', 'ministryforeignaffairs@EE')
    >>> parse("United Nations Industrial Development Organization (UNIDO)").acronym
    'unido'
    """
    clean = " ".join(unicodedata.normalize("NFKC", re.sub("[™®©℠]", " ", text)).split())
    inside = [part.strip() for part in _BRACKETS.findall(clean)]
    outside = " ".join(_BRACKETS.sub(" ", clean).split())
    acronym, others, inner = "", list[str](), list[str]()
    places: set[str] = set()
    for part in inside:
        if _folded(part).replace(" ", "") == _initials(outside):
            acronym = _folded(part).replace(" ", "")
        elif code := countries.resolve(part):
            places.add(code)
        elif re.fullmatch(r"[^\W_]{2,12}|[A-Z][A-Za-z&-]{1,11}", part) and _is_acronym(part, outside):
            acronym = _folded(part).replace(" ", "")
        elif len(part.split()) > 1 and _initials(part) == _folded(outside).replace(" ", ""):
            others.append(part)
            acronym = _folded(outside).replace(" ", "")
        else:
            inner.append(part)
    if quoted := re.findall(r"[\"“«]([^\"“”«»]+)[\"”»]", clean):
        others += quoted
    if " | " in outside:
        others.append(outside.partition(" | ")[0])
    before, dash, after = re.sub(r"\s[–—-]\s", " – ", outside).partition(" – ")
    if dash and _initials(after) in (_folded(before), f"t{_folded(before)}"):
        acronym, outside = _folded(before), after
    words, forms = _words(_GOVERNMENT.sub(_country_alone, outside))
    words, named = _without_places(words)
    words, more = _words(" ".join(words))
    forms += more
    if not acronym and len(words) == 1 and outside.isupper() and 2 <= len(outside) <= 12:
        acronym = words[0]
    core = tuple(word for word in words if word not in words_that_are("small"))
    found = frozenset(places | named)
    foreign = frozenset(word for word in _folded(outside).split() if word in _translations())
    seat = frozenset(places - named)
    return Name(clean, tuple(words), core, frozenset(forms), found, acronym, tuple(others), tuple(inner), seat, foreign)


def _country_alone(government: re.Match[str]) -> str:
    """Return the country of "Government of India", what stands there where it is of no country."""
    if (country := government["of"]) is not None:
        return country if countries.resolve(country) else government[0]
    return f" of {government['by']}" if countries.resolve(government["by"]) else government[0]


@lru_cache(maxsize=1024)
def _folded(text: str) -> str:
    text = _DOTTED.sub(lambda m: m[0].replace(".", "").replace(" ", "") + " ", text)
    folded = slug(_POSSESSIVE.sub(" 's ", text).replace("'s", " ")).replace("-", " ")
    for pattern, replacement in _PHRASES:
        folded = pattern.sub(replacement, folded)
    return folded


def _words(text: str) -> tuple[list[str], list[str]]:
    words = [_spellings().get(word, word) for word in _folded(text).split()]
    while len(words) > 1 and words[0] == "the":
        words.pop(0)
    forms: list[str] = []
    while len(words) > 1 and words[-1] in words_that_are("legal form"):
        forms.append(words.pop())
    while len(words) > 1 and words[-1] in words_that_are("small"):
        words.pop()
    return words, forms


def _without_places(words: list[str]) -> tuple[list[str], set[str]]:
    """Take the country off a name: an adjective or name in front, or a name at the end."""
    found: set[str] = set()
    known = _places()
    for length in (3, 2, 1):
        if len(words) > length and (code := known.get(" ".join(words[:length]))):
            found.add(code)
            words = words[length:]
            break
    for start in range(1, len(words)):
        rest = _REPUBLICS.sub("", " ".join(words[start:]))
        if rest and (code := known.get(rest)) and not _is_adjective(rest):
            kept = words[:start]
            while kept and (kept[-1] in words_that_are("small") or kept[-1] in ("republic", "kingdom")):
                kept.pop()
            if kept:
                found.add(code)
                words = kept
            break
    while len(words) > 1 and words[0] in ("republic", "of", "the"):
        words = words[1:]
    return words, found


def _is_adjective(text: str) -> bool:
    return text in _adjectives()


@cache
def _adjectives() -> dict[str, str]:
    with (folder("ontology") / "country-adjectives.csv").open(encoding="utf-8", newline="") as stream:
        return {_folded(row["adjective"]): row["alpha2"] for row in csv.DictReader(stream) if row["alpha2"]}


@cache
def _places() -> dict[str, str]:
    names = {_folded(name): code for name, code in countries.names().items() if code and len(name) > 2}
    return names | {"us": "US", "uk": "GB"} | _adjectives()


def _is_acronym(short: str, name: str) -> bool:
    folded, initials = _folded(short).replace(" ", ""), _initials(name)
    if folded == initials or (short.isupper() and len(short) > 1):
        return True
    letters = iter(_folded(name).replace(" ", ""))
    spelt = name[:1].casefold() == short[:1].casefold() and all(c in letters for c in folded if not c.isdigit())
    return spelt and (short[:1].isupper() or any(c.isdigit() for c in short))


def _initials(text: str) -> str:
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())
    return slug("".join(word[0] for word in words if word not in words_that_are("small")))
