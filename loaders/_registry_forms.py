"""One record of the registry of digital public goods, in any of its forms, read as a statement about a good.

The forms, by their content: API form v2 (``sdgs``, ``openlicenses``, ``clearOwnership``), the merged v1 form and the
git records of 2020-12 and later (``SDGs`` as ``{"SDGNumber": 3}``), those of 2020-06 (``[[3, "..."]]``) and of 2019
(``[3]``, licence as list or string), and screening data (no SDGs, but ``clearOwnership`` or ``ownership`` as object).
All of them name a good by ``name``; what a form lacks stays empty.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any, Literal

from kg.linking import countries
from kg.linking.sdgs import QUOTE_LIMIT, code_of, goal_of_label, mentions
from kg.loader import excerpt
from kg.records import DigitalPublicGood, Origin, SDGClaim, Text

from ._text import from_html, looks_like_markup, without_controls
from .addresses import web_address

Status = Literal["dpg", "nominee", "archived", "excluded", "candidate"]

MARKS = frozenset({
    "SDGs", "sdgs", "openlicenses", "clearOwnership", "ownership", "doNoHarm", "dpgid", "stage", "organizations",
    "sectors", "license_link", "license-link", "repositoryURL", "platformIndependence",
})  # fmt: skip
"""Keys of which every record of the registry has at least one, and a ``package.json`` none."""

_STAGES: dict[str, Status] = {
    "dpg": "dpg", "nominee": "nominee", "archive": "archived", "archived": "archived", "candidate": "candidate",
    "excluded": "excluded", "removed": "excluded",
}  # fmt: skip
_FOLDERS: dict[str, Status] = {
    "digitalpublicgoods": "dpg", "dpgs": "dpg", "nominees": "nominee", "candidates": "candidate", "archive": "archived",
}  # fmt: skip
_TYPES = {
    "software": "software", "open software": "software", "open source software": "software",
    "data": "data", "open data": "data", "open dataset": "data",
    "content": "content", "open content": "content", "open content collection": "content",
    "standard": "standard", "standards": "standard", "open standard": "standard", "open standards": "standard",
    "aimodel": "ai-model", "ai model": "ai-model", "open ai model": "ai-model", "ai system": "ai-model",
    "open ai system": "ai-model", "open ai systems": "ai-model", "open ai models": "ai-model",
}  # fmt: skip
_SENTENCE = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|hold|holds|own|owns|belongs|retains?|remains?|hosted|owned|maintained"
    r"|developed|governed|funded|licensed|created|who|which)\b"
)
_URL = re.compile(r"https?:/{1,2}[^\s<>\"“”|]+", re.IGNORECASE)
_HOST = re.compile(r"(?<![\w@./-])(?:[\w-]+\.)+[a-z]{2,}(?:[/?#][^\s,;<>\"]*)?(?![\w@])", re.IGNORECASE)
_DPGID = re.compile(r"GID[0-9]+")
_CC_TOOL = re.compile(r"creativecommons\.org/(?:licenses|publicdomain)/[a-z]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one record of the source says about a good."""

    good: DigitalPublicGood
    when: date
    """Date of the state it stands in; where that is unknown, the beginning of its form's time, only for the order."""
    is_api: bool
    """API form v2: it took the place of the git records, so what it says is newer than what any of those says."""
    state: str
    """The state of the registry: all records of one folder or one date."""
    stem: str | None
    """Name of the file, or the id of the v1 form, which is the same."""
    sites: tuple[str, ...]
    """Addresses of the website field."""


def statement(raw: Mapping[str, Any], origin: Origin, when: date | None, url: str | None) -> Statement | None:
    """Return what a record says; None where it does not name a good.

    ``when`` is the date of the state in which it stands, where that is known; ``url`` is the payload's public address.
    """
    name = one_line(raw.get("name"))
    if not name:
        return None
    is_api = isinstance(raw.get("sdgs"), Mapping) or "openlicenses" in raw or bool(raw.get("dpgid"))
    path = PurePosixPath(origin.payload)
    is_file = not origin.place
    status = _status(raw, path, is_file)
    identifier = one_line(raw.get("id"))
    websites = urls(raw.get("website"))
    licences, licence_urls = _licences(raw)
    types, categories = _types(raw)
    locations = raw.get("locations") if isinstance(raw.get("locations"), Mapping) else {}
    assert isinstance(locations, Mapping)
    good = DigitalPublicGood(
        origins=(origin,),
        key="",
        name=Text(name),
        dpgid=_dpgid(raw),
        registry_ids=(identifier,) if identifier else (),
        aliases=_aliases(raw, name),
        description=Text(paragraphs(raw["description"])) if paragraphs(raw.get("description")) else None,
        types=types,
        website=websites[0] if websites else None,
        repositories=_repositories(raw),
        owners=_owners(raw, name, is_api),
        owner_homepages=_homepages(raw),
        licences=licences,
        licence_urls=licence_urls,
        sdgs=_sdgs(raw),
        developed_in=_countries(locations.get("developmentCountries")),
        deployed_in=_countries(locations.get("deploymentCountries")),
        categories=categories,
        status=status,
        listed_on=(when,) if when and status in ("dpg", "nominee", "candidate") else (),
        source_urls=(url,) if url else (),
    )
    return Statement(
        good=good,
        when=when or _typical_date(raw, is_api),
        is_api=is_api,
        state=when.isoformat() if when else str(path.parent.parent if is_file else path.parent),
        stem=path.stem if is_file else (identifier if identifier and not identifier.isdigit() else None),
        sites=websites,
    )


# Text ------------------------------------------------------------------------------------------------------------


def texts(value: object) -> Iterator[str]:
    """Yield the strings of a field that is a string, a list, a list of lists; anything else is none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def paragraphs(value: object) -> str:
    """Return clean text with its lines: no markup, entities and line ends resolved, U+00B8 (a comma once) mended."""
    text = value if isinstance(value, str) else "\n".join(texts(value))
    if text.isascii() and text.isprintable() and "&" not in text and "<" not in text:  # as most are
        return " ".join(text.split())
    for _ in range(2):  # "&amp;#013;" was escaped twice
        text = html.unescape(text)
    if looks_like_markup(text):
        text = from_html(text).text
    text = without_controls(text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00b8", ","))
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def one_line(value: object) -> str:
    """Return clean text on one line; a number as its digits; an empty string for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return " ".join(paragraphs(value).split()) if isinstance(value, str) else ""


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Return the strings that say something, each once, in order."""
    return tuple(dict.fromkeys(value for value in values if value))


def urls(value: object) -> tuple[str, ...]:
    """Return the addresses in a field: one or several, with words between, without a scheme, or none at all.

    >>> urls("Backend: https://example.org/a,https://example.org/b and www.example.net")
    ('https://example.org/a', 'https://example.org/b', 'https://www.example.net')
    """
    found: list[str] = []
    for text in texts(value):
        plain = without_controls(html.unescape(text)).strip()
        if re.fullmatch(r"https?://\S+", plain) and len(re.findall(r"https?://", plain)) == 1:
            found.append(plain.rstrip(",;"))  # commas and brackets are part of it
            continue
        for match in _URL.finditer(plain):
            found.extend(_parted(match[0]))
        found.extend(match[0].rstrip(".") for match in _HOST.finditer(_URL.sub(" ", plain)))
    return unique(web_address(url) or "" for url in found)


def _parted(run: str) -> list[str]:
    parts = re.split(r"[,;]+(?=https?:|$)|(?<=.)(?=https?://)", run)
    return [re.sub(r"[.,;:)\]’']+$", "", part) if "(" not in part else part for part in parts if part]


# Fields ----------------------------------------------------------------------------------------------------------


def _dpgid(raw: Mapping[str, Any]) -> str | None:
    """Return the dpgid; anything else in its place ("N/A", "pending") identifies nothing, and would join goods."""
    stated = one_line(raw.get("dpgid")).upper()
    return stated if _DPGID.fullmatch(stated) else None


def _status(raw: Mapping[str, Any], path: PurePosixPath, is_file: bool) -> Status | None:
    """Return the status: archive and exclusion by the folder, else by the stage, else by the folder, else by the form.

    Screening data lies in the folder of goods, or in one that says nothing.
    """
    folder = path.parent.name.casefold()
    if folder.startswith("excluded"):
        return "excluded"
    if is_file and folder == "archive":
        return "archived"
    if stage := _STAGES.get(one_line(raw.get("stage")).casefold()):
        return stage
    if folder in _FOLDERS:
        return _FOLDERS[folder]
    sdgs = raw.get("SDGs")
    if isinstance(sdgs, list) and sdgs:
        return "candidate" if isinstance(sdgs[0], int) else "nominee"
    return None


def _typical_date(raw: Mapping[str, Any], is_api: bool) -> date:
    """Return when a form was in use, to put undated statements in order."""
    sdgs = raw.get("SDGs")
    first = sdgs[0] if isinstance(sdgs, list) and sdgs else None
    if is_api:
        return date(2024, 9, 1) if raw.get("dpgid") else date(2023, 4, 1)
    if isinstance(first, list):
        return date(2020, 6, 1)
    if isinstance(first, int | str):
        return date(2019, 10, 1) if isinstance(raw.get("license"), list) else date(2019, 3, 1)
    return date(2021, 7, 1) if "repositories" in raw else date(2020, 12, 1)


def _aliases(raw: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return other names; a string holds several with commas between, as the form's lists were cut at theirs."""
    stated = raw.get("aliases")
    parts = [part for text in texts(stated) for part in (text.split(",") if isinstance(stated, str) else [text])]
    found = unique(one_line(part).strip(" ,;") for part in [*parts, *texts(raw.get("initialism"))])
    return tuple(alias for alias in found if alias.casefold() != name.casefold())


def _repositories(raw: Mapping[str, Any]) -> tuple[str, ...]:
    stated = raw.get("repositories")
    listed = [item.get("url") if isinstance(item, Mapping) else item for item in _items(stated)]
    others = (raw.get(key) for key in ("repositoryURL", "repo_main", "repo_org", "repo_others"))
    return unique(url for value in [*listed, *others] for url in urls(value))


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _owners(raw: Mapping[str, Any], name: str, is_api: bool) -> tuple[str, ...]:
    """Return the owners' names: by clear ownership, else the organizations with the role of owner.

    In the API form ``organizations[0]`` repeats the good's own name and is no owner.
    """
    stated = [item.get("clearOwnershipName") for item in _items(raw.get("clearOwnership")) if isinstance(item, Mapping)]
    parts = [part for text in texts(stated) for part in text.split(";")]
    owners = unique(one_line(part) for part in parts if is_name(one_line(part)))
    if owners:
        return owners
    organizations = [item for item in _items(raw.get("organizations")) if isinstance(item, Mapping)]
    names = [one_line(item.get("name")) for item in organizations if one_line(item.get("org_type")) in ("owner", "")]
    return unique(n for n in names if is_name(n) and not (is_api and n.casefold() == name.casefold()))


def _homepages(raw: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the organizations with the role of owner that state an address."""
    organizations = [item for item in _items(raw.get("organizations")) if isinstance(item, Mapping)]
    owners = [item for item in organizations if one_line(item.get("org_type")) in ("owner", "")]
    stated = ((one_line(item.get("name")), web_address(one_line(item.get("website")))) for item in owners)
    return tuple((name, address) for name, address in stated if name and address)


def is_name(text: str) -> bool:
    """Whether text is a name: not a sentence about who owns what, nor an address.

    >>> is_name("HISP Centre, University of Oslo"), is_name("The project is hosted by its community")
    (True, False)
    """
    if not text or len(text) > 200 or re.search(r"https?://|\n", text):
        return False
    return not (len(text.split()) > 4 and _SENTENCE.search(text))


def _licences(raw: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (licences as stated, addresses given as evidence).

    A statement without a version beside a Creative Commons deed ("CC BY", ".../by/4.0/") is stated by the deed.
    """
    links = urls([raw.get("license_link"), raw.get("license-link")])
    stated: list[str] = []
    evidence: list[str] = []
    for item in _items(raw.get("openlicenses")):
        if isinstance(item, Mapping):
            stated.append(one_line(item.get("openLicense")))
            evidence += urls(item.get("openLicenseEvidenceURLs"))
        else:
            stated.append(one_line(item))
    for item in _items(raw.get("license")):
        name, shown = (item.get("spdx"), urls(item.get("licenseURL"))) if isinstance(item, Mapping) else (item, links)
        deed = next((url for url in shown if _CC_TOOL.search(url)), "")
        text = one_line(name)
        stated.append(deed if deed and not re.search(r"\d", text) else text)
        evidence += shown
    return unique(stated), unique([*evidence, *links])


def _types(raw: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (types in one vocabulary, categories); a type nobody knows is a category."""
    types: list[str] = []
    categories = [one_line(text) for text in texts(raw.get("sectors"))]
    for text in texts([raw.get("type"), raw.get("categories")]):
        stated = one_line(text)
        known = _TYPES.get(stated.casefold().replace("-", " ").replace("_", " "))
        (types if known else categories).append(known or stated)
    return unique(types), unique(categories)


def _countries(value: object) -> tuple[str, ...]:
    """Return country names; what was cut at the comma of a name ("Virgin Islands", " British") is put together."""
    names: list[str] = []
    for text in texts(value):
        joined = f"{names[-1]}, {text.strip()}" if names and text[:1].isspace() else ""
        if joined and countries.resolve(joined):
            names[-1] = joined
        else:
            names.append(one_line(text).strip(" ,;"))
    return unique(names)


def _sdgs(raw: Mapping[str, Any]) -> tuple[SDGClaim, ...]:
    """Return the goals that the labels name and the targets that the prose about them names, each with its words."""
    stated = raw.get("sdgs")
    relevance = paragraphs(stated.get("relevance")) if isinstance(stated, Mapping) else ""
    named = mentions(relevance, about_sdgs=True)
    quotes = {mention.code: mention.quote for mention in reversed(named)}
    goals: dict[str, str | None] = {}
    labels = stated.get("sdg") if isinstance(stated, Mapping) else stated
    for label in texts(labels):
        if goal := goal_of_label(label):
            goals.setdefault(goal, quotes.get(goal) or one_line(label))
    targets = {mention.code: mention.quote for mention in reversed(named) if mention.is_target}
    for item in _items(raw.get("SDGs")):
        goal, words = _numbered_goal(item)
        if goal:
            goals[goal] = goals.get(goal) or (excerpt(words, QUOTE_LIMIT) if words else None)
        for mention in mentions(words, about_sdgs=True):
            if mention.is_target:
                targets.setdefault(mention.code, mention.quote)
    found = {**goals, **targets}
    return tuple(SDGClaim(code=code, evidence=found[code]) for code in sorted(found, key=_order))


def _numbered_goal(item: object) -> tuple[str | None, str]:
    """Return (goal, words about it) of an element of ``SDGs``: ``3``, ``[3, "..."]``, ``{"SDGNumber": 3, ...}``."""
    if isinstance(item, Mapping):
        goal, _ = _numbered_goal(item.get("SDGNumber"))
        return goal, paragraphs(item.get("evidenceText"))
    if isinstance(item, list):
        found = (_numbered_goal(part)[0] for part in item)
        return next((goal for goal in found if goal), None), ""
    if isinstance(item, int) and not isinstance(item, bool):
        return (code_of(str(item)) if 0 < item < 18 else None), ""
    return (goal_of_label(item) if isinstance(item, str) else None), ""


def _order(code: str) -> tuple[int, bool, int, str]:
    goal, dot, minor = code.partition(".")
    return int(goal), bool(dot), int(minor) if minor.isdigit() else 99, minor
