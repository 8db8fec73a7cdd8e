"""Organization names to local names: the authority file, and the name an unknown organization gets.

The authority file ``ontology/organizations.csv`` (UTF-8, comma separated) has the columns::

    slug         local name of the organization's IRI; never changes once published
    name         preferred name; unambiguous within the file
    other_names  other names, renames, acronyms, spellings that the rules below do not cover, separated by `` | ``
    ror          https://ror.org/... or empty
    wikidata     Q... or empty
    homepage     absolute URL or empty
    type         government, intergovernmental, nonprofit, company, programme, university, community
    note         what a maintainer has to know (sources of a rename, why two rows are not one)

``parents`` (names of the organizations that it belongs to or is hosted by) and ``checked`` (how its identifiers were
verified) are read by the loader ``organizations`` and by people.

Rules, all exact, in this order:

1. ``ror``: the row that states this ROR id. A row that states *another* one is never found.
2. name: the row whose slug or one of whose names has the same *key*. A key that several rows share finds nothing.
3. name and homepage: the row that states this very homepage (scheme, ``www.`` and final slash aside), if the name is
   one of its ambiguous names, or is one of its names once legal forms (``Inc``, ``Ltd``, ``Foundation`` ...) at the
   end are left off on both sides. A homepage alone finds nothing: products and offices share their owner's.

An organization with a ROR id that the file does not know is found by rule 2 only if it has the row's homepage too:
registries hold thousands of short names, and "Care" or "ITS" may be somebody else's.

The key of a name: compatibility forms, accents, letter case, quotation marks, hyphens, commas, trade marks and spaces
folded away; a leading "the" dropped; "&" read as "and", "+" as "plus", "#" after a letter as "sharp"; dots of
abbreviations closed up ("U.S." = "US"); a bracketed acronym at the end dropped, but not a bracketed country, place or
code of a country ("Ministry of Health (UK)"). No letter is dropped: "WHO 中国" is not "WHO".
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import pycountry

from kg.errors import InputError
from kg.identifiers import short_hash, slug
from kg.resources import folder

SEPARATOR = " | "
COLUMNS = ("slug", "name", "other_names", "ror", "wikidata", "homepage", "type", "note")

_MARKS = re.compile("[™®©℠]")
_ABBREVIATION = re.compile(r"\b(?:\w\.){2,}(?:\w\b)?")
_BRACKET = re.compile(r"^(?P<name>.*\S)\s*[(\[](?P<inside>[^()\[\]\s]{2,12})[)\]]$")
_LEGAL_FORMS = frozenset({
    "inc", "incorporated", "ltd", "limited", "llc", "llp", "plc", "corp", "corporation", "company", "co", "gmbh", "ev",
    "ag", "sa", "sas", "sarl", "bv", "nv", "as", "asa", "oy", "ab", "npc", "npo", "ngo", "pvt", "private", "pty",
    "foundation",
})  # fmt: skip
_NO_ACRONYMS = frozenset({"uk", "eu", "uae", "usa", "us", "drc", "prc"})
"""Short names of countries and unions that no ISO table spells this way."""
_SMALL_WORDS = frozenset({"of", "for", "and", "the", "in", "on", "de", "la", "du", "des", "der", "für", "und", "y"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the authority file."""

    slug: str
    name: str
    other_names: tuple[str, ...] = ()
    ror: str | None = None
    wikidata: str | None = None
    homepage: str | None = None
    type: str | None = None
    note: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the preferred one first."""
        return (self.name, *self.other_names)


class Authority:
    """The authority file, indexed by key, ROR id and homepage."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = {entry.slug: entry for entry in entries}
        self._by_key: dict[str, set[str]] = defaultdict(set)
        self._by_ror: dict[str, str] = {}
        self._by_homepage: dict[str, set[str]] = defaultdict(set)
        self._remembered = lru_cache(maxsize=4096)(self._find)  # a mapping asks twice of each organization
        for entry in self.entries.values():
            for name in (*entry.names, entry.slug):
                self._by_key[key(name)].add(entry.slug)
            if entry.ror:
                self._by_ror[ror_id(entry.ror)] = entry.slug
            if entry.homepage:
                self._by_homepage[_page(entry.homepage)].add(entry.slug)

    def find(self, name: str, *, homepage: str | None = None, ror: str | None = None) -> str | None:
        """Return the local name (slug) of a known organization, None where no exact rule finds one."""
        return self._remembered(name, homepage, ror)

    def _find(self, name: str, homepage: str | None, ror: str | None) -> str | None:
        if ror is not None and (found := self._by_ror.get(ror_id(ror))):
            return found
        wanted = key(name)
        named = {s for s in self._by_key.get(wanted, ()) if ror is None or not self.entries[s].ror}
        there = self._by_homepage.get(_page(homepage), set()) if homepage else set()
        if len(named) == 1 and len(self._by_key[wanted]) == 1 and (ror is None or named <= there):
            return next(iter(named))
        if len(both := named & there) == 1:
            return next(iter(both))
        bare = _without_legal_form(wanted)
        fitting = {
            s
            for s in there
            if (ror is None or not self.entries[s].ror)
            and any(_without_legal_form(key(known)) == bare for known in self.entries[s].names)
        }
        return next(iter(fitting)) if len(fitting) == 1 else None

    def ambiguous(self) -> dict[str, set[str]]:
        """Return the keys that several rows share, with the slugs of those rows."""
        return {k: slugs for k, slugs in self._by_key.items() if len(slugs) > 1}


@cache
def authority() -> Authority:
    """Return the authority file ``ontology/organizations.csv``, read once."""
    return Authority(read(folder("ontology") / "organizations.csv"))


def read(path: Path) -> list[Entry]:
    """Read a file in the form of the authority file.

    Raises:
        InputError: it is missing, a column is missing, a slug is missing or stands twice.
    """
    entries: dict[str, Entry] = {}
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream, strict=True)
            if missing := [column for column in COLUMNS if column not in (rows.fieldnames or ())]:
                raise InputError(f"the authority file lacks the columns {', '.join(missing)}", path=str(path), line=1)
            for row in rows:
                local, name = row["slug"], row["name"]
                if not local or not name or local in entries:
                    message = f"slug {local!r} stands twice" if local in entries else "slug and name must not be empty"
                    raise InputError(message, path=str(path), line=rows.line_num)
                others = tuple(part.strip() for part in row["other_names"].split(SEPARATOR.strip()) if part.strip())
                rest = {column: row[column] or None for column in COLUMNS[3:]}
                entries[local] = Entry(slug=local, name=name, other_names=others, **rest)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"the authority file cannot be read: {error}", path=str(path)) from error
    return list(entries.values())


def local_name(name: str, *, ror: str | None = None) -> str:
    """Return the local name that an organization gets which no authority file knows: from its ROR id, else its name.

    >>> local_name("The Estonian Ministry of Foreign Affairs")
    'estonian-ministry-of-foreign-affairs'
    >>> local_name("Creative Commons", ror="https://ror.org/012345678")
    'ror-012345678'
    """
    return f"ror-{ror_id(ror)}" if ror else key(name)


@lru_cache(maxsize=65_536)
def key(name: str) -> str:
    """Return what all spellings of a name have in common; never empty.

    >>> key("The Norwegian\u00a0Agency for Development Cooperation (Norad)")
    'norwegian-agency-for-development-cooperation'
    >>> key("Bill &amp; Melinda Gates Foundation") == key("Bill and Melinda Gates Foundation")
    False
    """
    text = " ".join(unicodedata.normalize("NFKC", _MARKS.sub(" ", name)).split())
    text = without_acronym(text)
    text = re.sub(r"^the\s+(?=\S)", "", text, flags=re.IGNORECASE)
    text = _ABBREVIATION.sub(lambda m: m[0].replace(".", ""), text)
    return slug(text) or f"unnamed-{short_hash(name)}"


def without_acronym(name: str) -> str:
    """Return a name without the acronym in brackets at its end.

    An acronym is one word: the initials of the name, or capitals that are no country code, or letters that the name
    has in this order, the first one first: ``(CC)``, ``(BMZ)``, ``(Norad)``; but ``(UK)`` and ``(Kenya)`` stay.
    """
    match = _BRACKET.match(name)
    if match is None:
        return name
    inside, before = match["inside"], re.sub(r"^the\s+", "", match["name"], flags=re.IGNORECASE)
    short = inside.casefold()
    initials = "".join(word[0] for word in re.findall(r"\w+", before.casefold()) if word not in _SMALL_WORDS)
    if short == initials:
        return match["name"]
    if _is_country(inside):
        return name
    letters = iter(before.casefold())
    spelt_out = inside[:1].isupper() and before[:1].casefold() == short[:1] and all(c in letters for c in short)
    return match["name"] if spelt_out or (inside.isupper() and inside.isalnum()) else name


def ror_id(ror: str) -> str:
    """Return the id in a ROR IRI.

    >>> ror_id("https://ror.org/00PE0TF51/")
    '00pe0tf51'
    """
    return ror.strip().rstrip("/").rsplit("/", 1)[-1].casefold()


@lru_cache(maxsize=1024)
def _is_country(text: str) -> bool:
    if text.casefold() in _NO_ACRONYMS:
        return True
    try:
        pycountry.countries.lookup(text)
    except LookupError:
        return False
    return True


def _without_legal_form(of: str) -> str:
    words = of.split("-")
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    return "-".join(words)


def _page(url: str) -> str:
    return re.sub(r"^(?:[a-z]+://)?(?:www\.)?", "", url.strip().casefold()).rstrip("/")
