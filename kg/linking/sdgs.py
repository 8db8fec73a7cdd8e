"""SDG goals and targets named in labels and in prose.

Exact rules only: a code counts if it is one of the 17 goals and 169 targets of ``ontology/sdg-codes.csv`` and the words
around it say that it is one. What a text is about without naming it is for a classifier, not for this module.
"""

from __future__ import annotations

import csv
import html
import re
import unicodedata
from bisect import bisect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from kg.resources import folder

QUOTE_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Mention:
    """A goal or target named in a text: ``text[start:end]`` names it, ``quote`` is the sentence around.

    The words that introduce the first number of a list are its part (``SDG 4``), a further number stands alone.
    """

    code: str
    """``13``, ``13.3``, ``9.c``."""
    start: int
    end: int
    quote: str
    """At most 300 characters, white space folded."""

    @property
    def is_target(self) -> bool:
        """Whether a target is named, not only a goal."""
        return "." in self.code


@cache
def codes() -> frozenset[str]:
    """Return the codes of the 17 goals and 169 targets: ``13``, ``13.3``, ``9.c``."""
    found = set()
    for row in _rows():
        found.add(row["goal"])
        found.update(f"{row['goal']}.{target}" for target in row["targets"].split())
    return frozenset(found)


def code_of(text: str) -> str | None:
    """Return the code of a goal or target in its one spelling, None if there is no such code.

    >>> code_of("9.C"), code_of("04.03"), code_of("4.3.1"), code_of("5a"), code_of("4.8")
    ('9.c', '4.3', '4.3', '5.a', None)
    """
    match = re.fullmatch(r"0?(\d{1,2})(?:\s?\.\s?0?(\d{1,2})(?:\.\d{1,2})?|\s?\.?\s?([A-Da-d])(?:\.\d{1,2})?)?", text)
    if match is None:
        return None
    minor = match[2] or (match[3] or "").lower()
    code = f"{int(match[1])}.{minor}" if minor else str(int(match[1]))
    return code if code in codes() else None


# Labels ----------------------------------------------------------------------------------------------------------

_LABEL = re.compile(
    r"^\W*(?:(?:UN\s*)?(?:SDGs?|ODS|ODD)|(?:sustainable\s+development\s+|global\s+)?goals?)?[\s#:._–-]*(?:no\.?\s*)?"
    r"0?(?P<number>\d{1,2})(?![\w.]*\d)(?P<title>.*)$",
    re.IGNORECASE | re.DOTALL,
)


def goal_of_label(text: str) -> str | None:
    """Return the code of the goal that a structured label names, by its number or by its title.

    All spellings met in registries: ``SDG4: Quality Education``, ``4``, ``Goal 4``, old titles, a comma written as
    U+00B8 or ``&#184;``. A label whose number and title belong to two goals names none.

    >>> goal_of_label("SDG9: Industry&#184; Innovation and Infrastructure"), goal_of_label("Zero hunger")
    ('9', '2')
    """
    plain = html.unescape(text).replace("\u00b8", ",").strip()
    match = _LABEL.match(plain)
    if match is None:
        return _titles().get(_title_key(plain))
    code = str(int(match["number"]))
    titled = _titles().get(_title_key(match["title"]))
    return code if code in codes() and titled in (None, code) else None


def _title_key(title: str) -> str:
    plain = unicodedata.normalize("NFKC", title).casefold().replace("&", " ")
    words = re.findall(r"[^\W_]+", plain.replace("well-being", "wellbeing").replace("well being", "wellbeing"))
    return " ".join(word for word in words if word not in ("and", "the"))


@cache
def _titles() -> dict[str, str]:
    return {_title_key(title): row["goal"] for row in _rows() for title in row["titles"].split("|")}


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with (folder("ontology") / "sdg-codes.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


# Prose -----------------------------------------------------------------------------------------------------------

_URL = re.compile(r"(?:https?://|www\.)\S+")
_CONTEXT = re.compile(
    r"\bSDGs?\b|\bSDG(?=\d)|\b(?-i:ODS|ODD)\b|sustainable development|\b2030 agenda|agenda 2030|\bglobal goals\b|"
    r"desarrollo sostenible|desenvolvimento sustent|développement durable|nachhaltige entwicklung",
    re.IGNORECASE,
)
"""Words that show that the text speaks of the UN's goals."""
_NEAR = 400
"""How far, in characters, such words may stand from "Goal 4" for it to be one of the UN's."""

_WORD = r"(?:targets?|indicators?|goals?|metas?|cibles?|objetivos?|objectifs?|indicadores?)"
_INTRODUCTION = re.compile(
    rf"""(?<![^\W_])(?=[a-z])
    (?P<sdg>SDGs?|(?-i:ODS|ODD|SD(?=\d))
        |(?:sustainable\s+development|global)\s+(?:goals?|targets?)
        |objetivos?\s+de\s+desarrollo\s+sostenible|objectifs?\s+de\s+développement\s+durable
    )?
    (?:\s{{0,2}}[(\[]\s?(?-i:SDGs?|ODS|ODD)\s?[)\]])?
    (?P<words>(?:[\s/]{{0,3}}(?:(?-i:SDGs?)\s{{0,2}})?{_WORD}(?:['’]s)?){{0,3}})
    (?:\s?\(s\))?
    (?P<gap>[\s#:_(\[–—-]{{0,4}}(?:(?:no|nr|number|n[º°])[.\s]{{1,2}})?)
    (?=\d)""",
    re.IGNORECASE | re.VERBOSE,
)
_CODE = re.compile(
    r"(?P<code>\d{1,2}(?:\.\d{1,2}){0,2}|\d{1,2}\.?[A-Da-d](?:\.\d{1,2})?|\d{1,2}\.\ [B-D])"
    r"(?![^\W_]|\.\d|,\d{3}\b|\.[A-Da-d]\b)"
)
_SEPARATOR = re.compile(
    r"(?P<range>\s?[–—-]\s?|\s+(?:to|through|bis)\s+)"
    rf"|\s*(?P<list>[,;/&+]|(?:[,;]\s*)?\b(?:and|or|y|e|et|und|as\ well\ as)\b)\s*"
    rf"(?:(?:the\s+)?(?:(?-i:SDGs?|ODS|ODD)[\s-]*)?(?:{_WORD}\s+)?)(?=\d)",
    re.IGNORECASE,
)
_TITLE_IN_BRACKETS = re.compile(r"\s?\([^()\d\n]{3,90}\)")
"""Between the items of "goals 3 (Good Health) and 4 (Quality Education)"."""
_BLANK = re.compile(r"\s(?=\d{1,2}\.(?:\d|[a-d]\b))", re.IGNORECASE)
"""Between the items of "targets 4.3 4.7 9.c"."""
_MEASURE = re.compile(
    r"\s?(?:[%‰°€$£×]|\+?\s?[–-]?\s?(?:percent|per\s+cent|percentage|million|billion|trillion|thousand|hundred"
    r"|m\b|bn|mn|degrees?|celsius|times|km|kg|[kmg]w|[kgmt]b|usd|eur|out\s+of)\b)",
    re.IGNORECASE,
)
"""What after a number makes it a measure."""
_COUNTED = re.compile(
    r"\s?[–-]?\s?(?:years?|months?|weeks?|days?|hours?|minutes?|people|persons?|countries|nations|organi[sz]ations?"
    r"|members?|partners?|projects?|(?:goals|targets|indicators|sdgs|objetivos|metas)(?!\s*\d)|others?|more|new"
    r"|january|february|march|april|may|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
"""What after a whole number makes it a quantity or a date."""
_ORDINAL = re.compile(
    r"\b(?P<code>\d{1,2})(?:st|nd|rd|th)\s+(?:SDG|(?:UN\s+)?sustainable\s+development\s+goal)\b", re.IGNORECASE
)
_SPANISH = re.compile(r"desarrollo|desenvolvimento|\bmetas?\b|\bobjetivos?\b|agenda 2030", re.IGNORECASE)
_BARE = re.compile(
    r"(?<![\w.,$€£/#])(?P<code>\d{1,2}\.(?:\d{1,2}(?:\.\d{1,2})?|[A-Da-d](?:\.\d{1,2})?|\ [B-D]))"
    r"(?![^\W_]|\.\d|,\d{3}\b|\.[A-Da-d]\b)"
)
_VERSION = re.compile(
    r"(?:\b(?:v|ver|version|release|python|java|php|android|licen[cs]es?|section|figure|fig|table|chapter|appendix|annex"
    r"|article|rating|score|average|about|around|over|under|than|at|by|from|to|of|only|while|until|since)"
    r"|\b(?:cc|by|sa|nc|nd|odbl|[al]?gpl|mpl|apache|openapi|fhir|html|wcag|http|tls|oauth|ipc|ds))[\s.-]*$",
    re.IGNORECASE,
)
"""Words before a bare number that make it a version, a licence or a measure."""


_TARGETS = re.compile(
    r"\b[Tt]argets?\s(\d{1,2}\.(?:\d{1,2}|[a-d]))(?:\s?(?:,|and|&)\s?(\d{1,2}\.(?:\d{1,2}|[a-d])))?(?![\w.]*\d)"
)


def mentions(text: str, *, about_sdgs: bool = False) -> list[Mention]:
    """Return the goals and targets that a text names by number, in the order of naming.

    A number counts after words that introduce it (``SDG``, ``ODS``, ``Target``, ``Goal`` ...), and so do those listed
    with it ("targets 9.1, 9.a and 9.b", "SDG 1-5"). "Goal 4" and "target 4.3" need words about the UN's goals nearby,
    as other plans have goals too; an indicator (4.3.1) names its target. Numbers in URLs, quantities, versions and
    codes that do not exist are no mentions.

    ``about_sdgs`` says that the text is an answer to "which goals and targets, and why" (a registry's ``relevance``):
    then "Goal 4" needs no further words, and a bare "4.3" counts where a list of targets would have it: in brackets,
    at the beginning of a line or clause, or as a letter code.
    """
    if not re.search(r"\d", text):
        return []
    masked = _URL.sub(lambda match: " " * len(match[0]), text)
    found: dict[int, tuple[int, str]] = {}
    introduced: dict[int, int] = {}
    told = _names_targets(masked)
    for match in _INTRODUCTION.finditer(masked):
        if match.end() in found or not (match["sdg"] or match["words"]):
            continue  # read already, in the list that an earlier introduction opened
        if _is_introduction(match, masked, about_sdgs or told):
            found.update((start, (end, code)) for code, start, end in _listed(match, masked))
            introduced[match.end()] = match.start()
    for match in _ORDINAL.finditer(masked):
        if code := code_of(match["code"]):
            found.setdefault(match.start(), (match.end(), code))
    found.update((start, (end, code)) for code, start, end in _bare(masked, found, about_sdgs))
    return [
        Mention(code, introduced.get(start, start), end, quotation(text, start, end))
        for start, (end, codes_) in sorted(found.items())
        for code in codes_.split()
    ]


def _names_targets(text: str) -> bool:
    """Whether a text names two targets of one goal, "targets 6.1 and 6.2": other plans number theirs otherwise."""
    named = {code for found in _TARGETS.finditer(text) for raw in found.groups() if raw and (code := code_of(raw))}
    goals = [_goal(code) for code in named]
    return len(goals) > len(set(goals))


def _is_introduction(match: re.Match[str], text: str, about_sdgs: bool) -> bool:
    """Whether the words before a number really introduce a goal or target."""
    if (match["sdg"] or "").startswith("OD"):
        dotted = re.match(r"\d{1,2}\.\d", text[match.end() :])
        near = text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
        return not dotted or bool(_SPANISH.search(near))  # ODS 1.2 is OpenDocument
    if match["sdg"] or about_sdgs:
        return True
    if not match["words"].strip():
        return False
    if re.search(r"\bSDG", match["words"], re.IGNORECASE):
        return True
    start = match.start()
    return bool(_CONTEXT.search(text[max(0, start - _NEAR) : start + _NEAR]))


def _listed(match: re.Match[str], text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (codes, start, end) of the number after an introduction and of those listed with it.

    A range stands as one place with all its codes, parted by blanks.
    """
    only_dotted = not match["sdg"] and bool(re.search(r"target|indicator|meta|cible|indicador", match["words"], re.I))
    many = bool(re.search(r"s\b", f"{match['sdg'] or ''} {match['words']}", re.IGNORECASE))
    position, first = match.end(), True
    previous: str | None = None
    while number := _CODE.match(text, position):
        raw = number["code"]
        if _is_quantity(text, number):
            return
        dotted = not raw.isdigit()
        code = code_of(raw)
        if code is None or (only_dotted and not dotted):
            if first:
                return
        elif not first and not dotted and not many and not _ends_item(text, number):
            return
        else:
            yield code, number.start(), number.end()
        bracket = _TITLE_IN_BRACKETS.match(text, number.end()) if many else None
        separator = _SEPARATOR.match(text, bracket.end() if bracket else number.end())
        if separator is None and dotted:
            separator = _BLANK.match(text, number.end())
        if separator is None:
            return
        if separator.groupdict().get("range"):
            last = _CODE.match(text, separator.end())
            if last is None or _is_quantity(text, last):
                return
            if between := _between(code, code_of(last["code"])):
                yield " ".join(between), number.start(), last.end()
                separator = _SEPARATOR.match(text, last.end())
                if separator is None or separator["range"]:
                    return
            else:  # "SDG4-4.4.1" names both
                previous = code
                if previous is None or not last["code"].startswith(f"{previous}."):
                    return
        position, first = separator.end(), False


def _is_quantity(text: str, number: re.Match[str]) -> bool:
    counted = number["code"].isdigit() and _COUNTED.match(text, number.end())
    return bool(counted or _MEASURE.match(text, number.end()))


def _ends_item(text: str, number: re.Match[str]) -> bool:
    """Whether a bare number in a list after "SDG 4" is an item: what follows is no noun that it would count."""
    return not re.match(r"\s+(?!and\b|or\b|y\b|e\b|et\b|und\b|are\b|is\b|by\b|in\b|through\b|as\b|with\b|to\b)[a-z]",
                        text[number.end() :])  # fmt: skip


def _between(first: str | None, last: str | None) -> list[str]:
    """Return the codes from first to last, both goals or both numbered targets of one goal; else an empty list."""
    if first is None or last is None:
        return []
    goal, _, low = first.partition(".")
    other, _, high = last.partition(".")
    if not low and not high:
        return [str(n) for n in range(int(goal), int(other) + 1)] if int(goal) < int(other) else []
    if goal != other or not (low.isdigit() and high.isdigit()) or int(low) >= int(high):
        return []
    return [f"{goal}.{n}" for n in range(int(low), int(high) + 1) if f"{goal}.{n}" in codes()]


def _bare(text: str, named: Mapping[int, tuple[int, str]], about_sdgs: bool) -> Iterator[tuple[str, int, int]]:
    """Yield (code, start, end) of numbers without an introduction that stand where a list of targets has them.

    ``named`` are the places found so far: start -> (end, codes).
    """
    places = sorted((start, end, names) for start, (end, names) in named.items())
    for match in _BARE.finditer(text):
        start, end = match.span()
        code = code_of(match["code"])
        index = bisect(places, (start, len(text) + 1, ""))
        earlier = places[index - 1] if index else None
        if code is None or (earlier and start < earlier[1]) or (index < len(places) and places[index][0] < end):
            continue
        if _MEASURE.match(text, end) or _VERSION.search(text[max(0, start - 30) : start]):
            continue
        before, after = text[max(0, start - 70) : start].rstrip(" \t\u00a0"), text[end : end + 40]
        opens = not before or before[-1] in '\n\r•*·-–—:;.|,>(["“'
        closes = bool(re.match(r"\s*(?:[)\]:,;|–—-]|$|[\"“(]|and\b|&)|\s+[A-Z]|\.\s", after))
        beside = _same_sentence(text, earlier, start)
        under_goal = beside and earlier is not None and _goal(earlier[2].split()[-1]) == _goal(code)
        wanted = under_goal and ((opens and closes) or bool(re.search(r"(?:\band|&)$", before)))
        if about_sdgs:
            joined = beside and bool(re.search(r"(?:\band|&|,)$", before))
            told = bool(re.search(r"\btargets?\b[^.!?\n]{0,60}$", before, re.IGNORECASE))
            letter = not code.rpartition(".")[2].isdigit()
            wanted = letter or (closes and (opens or joined or told or under_goal))
        if wanted:
            yield code, start, end
            places.insert(index, (start, end, code))


def _goal(code: str) -> str:
    return code.partition(".")[0]


def _same_sentence(text: str, earlier: tuple[int, int, str] | None, start: int) -> bool:
    """Whether a goal or target was named shortly before in the same sentence."""
    if earlier is None or start - earlier[1] > 200:
        return False
    return not re.search(r"[.!?]\s+[A-Z]", text[earlier[1] : start])


_BOUNDARY = re.compile(r"[.!?;](?=[\s\"”’)])|[\r\n]+")


def quotation(text: str, start: int, end: int, limit: int = QUOTE_LIMIT) -> str:
    """Return the sentence around ``text[start:end]``, white space folded, cut to ``limit`` characters around it."""
    left = max((m.end() for m in _BOUNDARY.finditer(text, max(0, start - 2 * limit), start)), default=None)
    if left is None:
        left = max(0, start - 2 * limit)
    right_match = _BOUNDARY.search(text, end, end + 2 * limit)
    right = right_match.end() if right_match else end + 2 * limit
    before = " ".join(text[left:start].split())
    after = " ".join(text[end:right].split())
    name = " ".join(text[start:end].split())
    before += " " if before and text[start - 1 : start].isspace() else ""
    after = (" " if after and text[end : end + 1].isspace() else "") + after
    if len(before) + len(name) + len(after) <= limit:
        return before + name + after
    room = limit - len(name) - 2
    head = min(len(before), max(room // 2, room - len(after)))
    tail = min(len(after), room - head)
    shown_before = before if head == len(before) else "…" + before[len(before) - head :].partition(" ")[2]
    shown_after = after if tail == len(after) else after[:tail].rpartition(" ")[0] + "…"
    return shown_before + name + shown_after
