"""Creative Commons licences and public-domain tools, by address and by name.

A tool is (category, unit, version, jurisdiction): ``licenses/by-nc-sa/2.0/uk``. ``ontology/cc-tools.csv`` lists all
that were ever published, so that neither an address nor a name of a tool that does not exist resolves to anything.
The canonical IRI is ``http://creativecommons.org/`` + these parts + a final slash (http, as in Creative Commons' RDF).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from typing import NamedTuple
from urllib.parse import unquote

from kg.linking import countries
from kg.resources import folder

BASE = "http://creativecommons.org/"


class Tool(NamedTuple):
    """One legal tool; ``jurisdiction`` is empty for unported, generic, international and universal ones."""

    category: str
    unit: str
    version: str
    jurisdiction: str

    @property
    def iri(self) -> str:
        """The canonical IRI."""
        return BASE + "/".join(part for part in self if part) + "/"

    @property
    def spdx_like(self) -> str:
        """The short name as SPDX writes it, whether or not SPDX lists it: ``CC-BY-NC-3.0-US``."""
        special = _SPECIAL_SHORT_NAMES.get((self.unit, self.version, self.jurisdiction))
        if special:
            return special
        unit = "by-nc-nd" if self.unit == "by-nd-nc" else self.unit
        return "-".join(p for p in ("CC", unit.upper(), self.version, self.jurisdiction.upper()) if p)


class Terms(NamedTuple):
    """What a tool permits, requires and prohibits: local names of ccREL."""

    permits: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    prohibits: tuple[str, ...] = ()


def terms(tool: Tool) -> Terms:
    """Return the terms that the address of a tool tells, as its RDF states them; none for other units.

    >>> terms(Tool("licenses", "by-nc-nd", "3.0", "")).prohibits
    ('CommercialUse',)
    """
    elements = set(tool.unit.split("-"))
    if not elements <= {"by", "nc", "nd", "sa", "zero"}:
        return Terms()
    return Terms(
        permits=("Reproduction", "Distribution", *(() if "nd" in elements else ("DerivativeWorks",))),
        requires=()
        if "zero" in elements
        else (
            "Notice",
            *(("Attribution",) if "by" in elements else ()),
            *(("ShareAlike",) if "sa" in elements else ()),
        ),
        prohibits=("CommercialUse",) if "nc" in elements else (),
    )


_SPECIAL_SHORT_NAMES = {
    ("zero", "1.0", ""): "CC0-1.0",
    ("mark", "1.0", ""): "CC-PDM-1.0",
    ("certification", "1.0", "us"): "CC-PDDC",
}

_ADDRESS = re.compile(
    r"""^(?:https?:)?(?://)?(?:www\.)?creativecommons\.org/+
        (?:licenses|licences|publicdomain)/+
        (?P<unit>[a-z+-]+)/+
        (?P<version>[0-9]{1,3}\.[0-9]{1,3})
        (?:/+(?P<rest>.*))?$""",
    re.VERBOSE,
)
_OLD_DEDICATION = re.compile(r"^(?:https?:)?(?://)?(?:www\.)?creativecommons\.org/+licen[sc]es/+publicdomain(?:/.*)?$")
_FAMILY_ADDRESS = re.compile(
    r"^(?:https?:)?(?://)?(?:www\.)?creativecommons\.org/+licen[sc]es/+(?P<unit>by(?:-[a-z]{2})*)/*(?:[?#].*)?$"
)
_DOCUMENT = re.compile(r"^(?:deed|legalcode|rdf|index|readme|assets|images|\W)")
_JURISDICTION = re.compile(r"^[a-z]{2}$|^igo$|^scotland$")


@cache
def tools() -> dict[str, Tool]:
    """Return every published tool by its canonical IRI, in the order of ``ontology/cc-tools.csv``."""
    found: dict[str, Tool] = {}
    with (folder("ontology") / "cc-tools.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for jurisdiction in row["jurisdictions"].split():
                tool = Tool(row["category"], row["unit"], row["version"], jurisdiction.strip("-"))
                found[tool.iri] = tool
    return found


@cache
def _by_elements() -> dict[tuple[frozenset[str], str, str], Tool]:
    """Index the tools by the set of their elements: the order changed (``by-nd-nc`` 1.0, ``by-nc-nd`` later)."""
    return {(frozenset(t.unit.split("-")), t.version, t.jurisdiction): t for t in tools().values()}


@cache
def by_spdx_like() -> dict[str, Tool]:
    """Index the tools by ``Tool.spdx_like`` in lower case."""
    return {tool.spdx_like.casefold(): tool for tool in tools().values()}


def find(elements: frozenset[str], version: str, jurisdiction: str = "") -> Tool | None:
    """Return the tool with these elements (``by``, ``nc``, ... or ``zero``), None where none was published."""
    return _by_elements().get((elements, version, jurisdiction))


def is_address(url: str) -> bool:
    """Whether a URL is below creativecommons.org."""
    return re.match(r"^(?:https?:)?(?://)?(?:www\.)?creativecommons\.org(?:[/:?#]|$)", url.strip(), re.I) is not None


def parse_address(url: str) -> Tool | None:
    """Return the tool that an address of Creative Commons names, published or not; None for any other address.

    Deeds, legal codes and RDF in any language, trailing garbage, upper case, percent-encoded plus signs and the old
    address of the public-domain dedication are all read.
    """
    text = unquote(re.split(r"[?#\s]", url.strip(), maxsplit=1)[0]).casefold().rstrip(".,;:!)]}>\"'")
    if _OLD_DEDICATION.match(text):
        return Tool("publicdomain", "certification", "1.0", "us")
    match = _ADDRESS.match(text)
    if match is None:
        return None
    unit, version = match["unit"], match["version"]
    segments = [part for part in (match["rest"] or "").split("/") if part]
    jurisdiction = ""
    if segments and not _DOCUMENT.match(segments[0]):
        if not _JURISDICTION.match(segments[0]):
            return None
        jurisdiction = segments[0]
    elements = unit.split("-")
    if len(elements) != len(set(elements)):  # there is no by-nc-by, nor will there be
        return None
    known = find(frozenset(elements), version, jurisdiction)
    if known is not None:
        return known
    return Tool(
        "publicdomain" if unit in ("zero", "mark", "certification") else "licenses", unit, version, jurisdiction
    )


_PHRASES = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\bcreative\s*commons\b", " cc "),
        (r"\bnon\s*commercial\b|\bnot\s+for\s+commercial\b", " nc "),
        (r"\bshare\s*alike\b", " sa "),
        (r"\bno\s*(?:derivative\s+works|derivatives|derivative|derivs|deriv)\b", " nd "),
        (r"\bsampling\s*(?:plus|\+)", " sampling+ "),
        (r"\bdeveloping\s+nations\b", " devnations "),
        (r"\bversion\b|\bver\b|\bv\.?\s*(?=\d)", " "),
        (r"\b(?:uk\s+)?england\s+(?:&\s+|and\s+)?wales\b", " uk "),
        (r"\buk\s+scotland\b", " scotland "),
        (r"\bintergovernmental\s+organi[sz]ations?\b", " igo "),
    )
]
_ELEMENTS = {"by", "nc", "nd", "sa", "sampling", "sampling+", "devnations"}
_IGNORED = {"license", "licence", "licenses", "licences", "public", "the", "deed", "international", "intl", "unported",
            "generic", "a", "and", "under"}  # fmt: skip
_TOKEN = re.compile(r"sampling\+|[^\W\d_]+|\d+(?:\.\d+)*|[+&]")
_ZERO = re.compile(
    r"""^(?:cc\s*zero|cc\s*0|zero)(?:\s+1(?:\.0)?)?(?:\s+universal)?(?:\s+public\s+domain(?:\s+dedication)?)?
        (?:\s+licen[sc]e)?(?:\s+1(?:\.0)?(?:\s+universal)?)?$""",
    re.VERBOSE,
)
_MARK = re.compile(r"^(?:cc\s+)?(?:pdm|public\s+domain\s+mark)(?:\s+1(?:\.0)?)?(?:\s+universal)?$")
_CERTIFICATION = re.compile(r"^(?:cc\s+pddc|(?:cc\s+)?certification\s+1\.0\s+us)$")


def _joined(token: str) -> list[str]:
    """Take apart ``ccby``, ``ccbyncsa``: elements written without anything between them."""
    if not re.fullmatch(r"cc(?:by|nc|nd|sa)*|by(?:nc|nd|sa)+", token):
        return [token]
    return re.findall(r"cc|by|nc|nd|sa", token)


def parse_name(name: str) -> Tool | None:
    """Return the tool that a name means (``CC BY-SA 3.0 NL``, ``Attribution 4.0 International``), else None.

    Every word must be understood, and the version must be said: only one version each of CC0 and of the
    public-domain mark was ever published, so these two may go without.
    """
    text, spoken = _phrased(name)
    if _ZERO.match(text) and text not in ("zero", "zero 1", "zero 1.0"):
        return Tool("publicdomain", "zero", "1.0", "")
    if _MARK.match(text):
        return Tool("publicdomain", "mark", "1.0", "")
    if _CERTIFICATION.match(text):
        return Tool("publicdomain", "certification", "1.0", "us")
    tokens, named = _tokens(text)
    versions = [i for i, token in enumerate(tokens) if token[0].isdigit()]
    if len(versions) != 1:
        return None
    before, version, place = tokens[: versions[0]], tokens[versions[0]], tokens[versions[0] + 1 :]
    twice = {element for element in before if before.count(element) > 1}
    if not _is_licence(before, named or spoken) or (twice and not (spoken and twice == {"by"})):
        return None  # there is no by-nc-by; "Attribution, CC BY" says one thing twice
    if "." not in version:
        # "CC BY 4" is 4.0; "CC BY 2" may be 2.0, 2.1 or 2.5.
        if version == "2":
            return None
        version += ".0"
    jurisdiction = _jurisdiction(" ".join(place))
    if jurisdiction is None:
        return None
    return find(frozenset(before), version, jurisdiction)


def parse_family(text: str) -> str | None:
    """Return the unit that a name or address without a version means: ``by-nc-sa``; None for all else.

    >>> parse_family("Creative Commons Attribution-ShareAlike"), parse_family("https://creativecommons.org/licenses/by")
    ('by-sa', 'by')
    """
    if match := _FAMILY_ADDRESS.match(text.strip().casefold()):
        tokens, named = match["unit"].split("-"), True
    else:
        phrased, spoken = _phrased(text)
        tokens, named = _tokens(phrased)
        named = named or spoken
    if not _is_licence(tokens, named) or "by" not in tokens or len(set(tokens)) < len(tokens):
        return None
    return next(
        (t.unit for t in tools().values() if t.version == "4.0" and set(t.unit.split("-")) == set(tokens)), None
    )


def _phrased(name: str) -> tuple[str, bool]:
    """Return a name in the words of the grammar, and whether it speaks of attribution in full."""
    text = unicodedata.normalize("NFKC", name).casefold()
    spoken = re.search(r"attribution|\bgeneric\b", text) is not None
    text = re.sub(r"[\u2010-\u2015\u2212_/,:;()\[\]\"'-]", " ", text)
    for pattern, replacement in _PHRASES:
        text = pattern.sub(replacement, text)
    text = re.sub(r"\s+", " ", text).strip().rstrip(".")
    return re.sub(r"\battribution\b", "by", text), spoken


def _tokens(text: str) -> tuple[list[str], bool]:
    """Return the words that matter, none where one is not understood, and whether the name begins with "CC"."""
    if _TOKEN.sub("", text).strip():
        return [], False
    tokens = [part for token in _TOKEN.findall(text) for part in _joined(token) if part not in _IGNORED]
    return [token for token in tokens if token not in ("cc", "&")], bool(tokens) and tokens[0] == "cc"


def _is_licence(tokens: list[str], named: bool) -> bool:
    elements = set(tokens)
    return bool(elements) and elements <= _ELEMENTS and (named or (tokens[0] == "by" and len(elements) > 1))


@cache
def _jurisdiction(words: str) -> str | None:
    if not words or _JURISDICTION.match(words):
        return words
    code = countries.resolve(words)
    if code is None:
        return None
    return "uk" if code == "GB" else code.casefold()
