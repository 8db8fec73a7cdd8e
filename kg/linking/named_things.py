"""Names of things found in texts: which words mean which thing, with evidence where the words alone do not tell.

Precision comes first. A name stands where its words stand with the capitals it has, at the boundaries of words; of
overlapping ones the longest counts. Only capitals inside a longer word may be lacking ("Github"), and that of a
government. What it needs beside that hangs on the name:

* *telling*: several words, a word with capitals or digits inside (``OpenCRVS``, ``DHIS2``), a plain word that is the
  name of a good or stands in the authority file (``Primero``), or an acronym of three letters or more that the
  authority file lists for one organization alone. It counts as it stands.
* *weak*: any other word or acronym, names that every country has one of ("Ministry of Health"), and what the texts at
  hand write in small letters now and then ("simple", "open data"). It counts where the same text also has a telling
  name of the thing, links to its site, or comes from it; an acronym also after the words it stands for: "Open
  Knowledge Foundation (OKF)".
* what may be in somebody's charge, "Director of Open Knowledge", is weak where other names begin with it.
* names of countries, and words of fewer than two letters, are no names here: "Norway" is not its government.

A name of several things means the one that the text gives other evidence for, else the one with the most trusted source
(``Name.rank``), else nothing. But a platform and its maker often have one full name, and then it means the platform:
where posts name the two that the authority file has so (MOSIP, Mojaloop), that is meant at 19 of 22 places.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.linking import countries
from kg.linking.phrases import Found, Phrases, folded, plain
from kg.linking.sites import site

_ORDINARY = 0.2
"""Share of the places of a name in which it stands in small letters, from which on it is an ordinary word."""
_SHORT = 4
"""Letters up to which a plain word is no telling name of a good: "Alex", "Hive"."""
_INTRODUCED = re.compile(r"[\s,]{0,2}[(\[][\"“]?(?P<short>[A-Za-z][A-Za-z0-9&.-]{1,10})[\"”]?[)\]]")
_URL = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|\b[\w-]+(?:\.[\w-]+)+/\S*")
_MARKS = re.compile("[™®©℠]")
_INNER = re.compile("[a-z][A-Z]")
_GOES_ON = re.compile(
    r"\s(?!(?:Licen[cs]es?|Blog|Board|Charter|Members?|Newsletter|Reports?|Secretariat|Staff|Website)\b)[A-Z]"
)
"""A name that goes on, and not with what an organization has."""
_POST = re.compile(r"\b(?:Director|Head|Manager|Lead|Officer|President|Chief)(?:\sof\s|,\s?)$")
_GENERIC = re.compile(
    r"(?:(?:the|federal|national|state|royal|public)\s)*(?:agency|bureau|cent(?:er|re)|college|council|department|"
    r"directorate|government|hospital|institute|library|ministry|museum|office|university)\b",
    re.IGNORECASE,
)
"""How a name begins that is one of several alike, each in its own country: "Ministry of Health"."""
_SMALL = frozenset({
    "a", "and", "at", "by", "de", "del", "des", "do", "du", "for", "in", "la", "le", "of", "on", "the", "to",
})  # fmt: skip
"""Sites on which many keep pages: only an address with a path tells whose it is."""


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a thing."""

    thing: str
    """IRI."""
    text: str
    rank: int = 1
    """How far its source is trusted: 3 the authority file, 2 a registry of what we are about, 1 any other list."""
    is_work: bool = False
    """Whether the thing is a work, such as a good, and no organization or person."""


@dataclass(frozen=True, slots=True)
class NamedAt:
    """``thing`` is named at ``text[start:end]``."""

    thing: str
    start: int
    end: int


class Names:
    """Finds the things of a list of names in texts.

    Args:
        names: all names of all things.
        sites: thing -> addresses of its web site and repositories.
        texts: the texts that tell which names are ordinary words; they may be those that names are then found in.
    """

    def __init__(self, names: Iterable[Name], sites: Mapping[str, Iterable[str]], texts: Iterable[str] = ()) -> None:
        listed: dict[str, dict[str, Name]] = defaultdict(dict)
        for name in sorted(names, key=lambda n: (-n.rank, n.thing, n.text)):
            if _is_name(_written(name.text), name.rank):
                listed[_written(name.text)].setdefault(name.thing, name)
        self._texts = list(listed)
        self._names = [list(things.values()) for things in listed.values()]
        self._phrases = Phrases(self._texts)
        self._namesakes = {
            (work.thing, other.thing)
            for text, same in zip(self._texts, self._names, strict=True)
            if not text.isupper()
            for work in same
            if work.is_work
            for other in same
        }
        """Works, and what has a name of theirs that is more than an acronym."""
        self._sites: dict[str, list[str]] = defaultdict(list)
        for thing, addresses in sites.items():
            for address in addresses:
                if site := _site(address):
                    self._sites[site].append(thing)
        ordered = sorted((folded(text), number) for number, text in enumerate(self._texts))
        self._begun = {n for (text, n), (longer, _) in pairwise(ordered) if longer.startswith(f"{text} ")}
        """Names that are the beginning of longer ones."""
        self._plain = {n for n, text in enumerate(self._texts) if text[1:].islower() and self._best(n) < 3}
        """Words with one capital: a surname or the name of a place, if another such word stands beside them."""
        self._weak = self._ordinary(texts)
        self._weak |= {number for number in range(len(self._texts)) if not self._is_telling(number)}

    def find(
        self, text: str, *, links: Iterable[str] = (), about: Iterable[str] = (), taken: Sequence[tuple[int, int]] = ()
    ) -> list[NamedAt]:
        """Return where things are named, from left to right, none overlapping another.

        Args:
            text: any text.
            links: the addresses it links to.
            about: things known to be in question, such as its publisher.
            taken: places that something else is known to stand in.
        """
        masked = _URL.sub(lambda match: " " * len(match[0]), text)
        places = [found for found in self._phrases.find(masked) if self._is_written_so(masked, found)]
        weak = {found for found in places if found.number in self._weak or self._is_charge(masked, found)}
        alone = (self._names[found.number] for found in places if found not in weak)
        telling = {names[0].thing for names in alone if len(names) == 1}
        known = telling | set(about) | {t for link in links for t in self._sites.get(_site(link) or "", ())}
        candidates: list[NamedAt] = []
        for found in places:
            thing = self._meant(found.number, known, found in weak)
            if thing is not None:
                candidates.append(NamedAt(thing, found.start, found.end))
        candidates = list(_longest(candidates, taken))
        return list(_longest([*candidates, *_introduced(masked, candidates)], taken))

    def _meant(self, number: int, known: set[str], weak: bool) -> str | None:
        """Return which thing a name means; None where it is weak without evidence, or means several."""
        names = self._names[number]
        evident = [name for name in names if name.thing in known] if weak or len(names) > 1 else names
        choice = evident or ([] if weak else names)
        if not choice:
            return None
        best = max(name.rank for name in choice)
        things = {name.thing for name in choice if name.rank == best}
        works = {name.thing for name in choice if any((name.thing, thing) in self._namesakes for thing in things)}
        things = works or things
        return things.pop() if len(things) == 1 else None

    def _best(self, number: int) -> int:
        return max(name.rank for name in self._names[number])

    def _is_telling(self, number: int) -> bool:
        text, names, rank = self._texts[number], self._names[number], self._best(number)
        words = text.split()
        if len(words) > 1:
            many = sum(1 for word in words if word.casefold() not in _SMALL) > 1
            return many and (rank > 1 or not _GENERIC.match(text))
        if len(text) < 3:
            return False
        if text.isupper() and text.isalpha():
            return rank == 3 and sum(name.rank == 3 for name in names) == 1
        if any(c.isupper() for c in text[1:]) or any(c.isdigit() for c in text) or re.search(r"\w[.@]\w", text):
            return True
        return text[0].isupper() and (rank == 3 or (rank == 2 and len(text) > _SHORT))

    def _ordinary(self, texts: Iterable[str]) -> set[int]:
        """Return the names that the texts write in small letters as often as not.

        "github" is none, however many write it so: what the authority file has with capitals inside is a name.
        """
        written: Counter[int] = Counter()
        small: Counter[int] = Counter()
        for text in texts:
            for found in self._phrases.find(text):
                written[found.number] += 1
                small[found.number] += text[found.start : found.end].islower()
        return {
            number
            for number, count in small.items()
            if count > _ORDINARY * written[number]
            and not self._texts[number].islower()
            and not (self._best(number) == 3 and _INNER.search(self._texts[number]))
        }

    def _is_charge(self, text: str, found: Found) -> bool:
        """Whether a name that others begin with may be what somebody is in charge of: "Director of Open Knowledge"."""
        is_begun = found.number in self._begun and " " in self._texts[found.number]
        return is_begun and _POST.search(text, max(0, found.start - 30), found.start) is not None

    def _is_written_so(self, text: str, found: Found) -> bool:
        """Whether the words have the capitals of the name, and are no part of an address, a handle or a longer word."""
        name, words = self._texts[found.number], plain(text[found.start : found.end])
        before, after = text[max(0, found.start - 1) : found.start], text[found.end : found.end + 2]
        if before in ("@", "#", "_", "\\") or after[:1] in ("@", "_", "\\") or re.match(r"\.\w|/[a-z]", after):
            return False
        if before == "/" and not text[max(0, found.start - 2) : found.start - 1].isupper():
            return False  # a path, but not "Africa CDC/DIAL"
        if before in ("-", ".") and text[max(0, found.start - 2) : found.start - 1].isalnum():
            return False
        if " " in name and _GOES_ON.match(text, found.end) and found.number in self._begun:
            return False  # "Open Knowledge" in "Open Knowledge Festival", as others go on with "Foundation"
        if " " not in name:
            same = words == name or (len(name) > 5 and words[:1].isupper() and _INNER.search(name) is not None)
            return same and not (found.number in self._plain and _is_part(text, found))
        if words == name:
            return True
        spelt = zip(folded_words(name), folded_words(words), strict=False)
        return all(
            a == b or b == "government" or (a[:1].isupper() <= b[:1].isupper() and not a[1:].isupper())
            for a, b in spelt
        )


def _is_part(text: str, found: Found) -> bool:
    """Whether a word with a capital stands right before or after the words, but not at the beginning of a sentence."""
    before = re.search(r"(?:^|[^\w])(\w+)\s$", text[max(0, found.start - 30) : found.start])
    after = re.match(r"\s(\w)", text[found.end : found.end + 2])
    is_name = before is not None and before[1][0].isupper() and before[1].casefold() not in _SMALL
    return is_name or (after is not None and after[1].isupper())


def _written(name: str) -> str:
    """Return a name as texts write it."""
    return " ".join(plain(_MARKS.sub(" ", name)).split())


def folded_words(text: str) -> list[str]:
    """Return the words of a text with their letter case."""
    return re.findall(r"\w+", text)


def _is_name(text: str, rank: int) -> bool:
    if sum(c.isalpha() for c in text) < 2 or len(text) > 120:
        return False
    code = len(text) < 4 and text.isupper()
    return (rank == 3 and code) or countries.resolve(text) is None  # CC is a code of the Cocos Islands


def _site(address: str) -> str | None:
    """Return what tells whose an address is, None for no address."""
    found = site(address)
    return found.domain if found else None


def _longest(places: Iterable[NamedAt], taken: Sequence[tuple[int, int]]) -> Iterator[NamedAt]:
    """Yield, from left to right, the places that overlap with no longer one and with nothing taken."""
    kept: list[NamedAt] = []
    for place in sorted(set(places), key=lambda p: (p.start - p.end, p.start, p.thing)):
        spans = [*((k.start, k.end) for k in kept), *taken]
        if all(place.end <= start or end <= place.start for start, end in spans):
            kept.append(place)
    yield from sorted(kept, key=lambda p: p.start)


def _introduced(text: str, places: Sequence[NamedAt]) -> Iterator[NamedAt]:
    """Yield the places of acronyms that the text introduces: in brackets after the name whose letters they are."""
    for place in places:
        match = _INTRODUCED.match(text, place.end)
        if match is None or not _abbreviates(match["short"], text[place.start : place.end]):
            continue
        for again in re.finditer(rf"(?<![\w@/#.-]){re.escape(match['short'])}(?!\w|[./@]\w)", text):
            yield NamedAt(place.thing, *again.span())


def _abbreviates(short: str, name: str) -> bool:
    """Whether an acronym of two capitals or more has letters of the name in their order, the first one first."""
    if sum(c.isupper() for c in short) < 2:
        return False
    letters = iter(folded(name))
    return short[0].casefold() == folded(name)[:1] and all(c in letters for c in short.casefold() if c.isalnum())
