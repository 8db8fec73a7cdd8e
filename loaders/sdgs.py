"""SDGs: the UN's scheme of goals, targets and indicators in Turtle, and label translations in YAML.

What counts as a record: in Turtle one concept that is typed ``sdgo:Goal``, ``sdgo:Target`` or ``sdgo:Indicator`` in one
payload; in YAML the keys of one code in one file (``13-short`` and ``13-title`` are one record, a key that names no
code is one too). A payload without any (the ontology, the series, subject mappings and VoID files that the UN
publishes beside the scheme; a README) holds no record. A concept met in several payloads or languages is one record
with all its origins.

Repaired, because the UN's file has it: of rival titles in one language the longest is taken (the others are fragments,
or the title of another concept: target 12.3); a match to SDGIO that stands at target 16.1 although it is that of
16.10 goes there (three times the final zero was lost); agencies that share one string are parted.

Rules: http://metadata.un.org/sdg (the scheme), https://open-sdg.org/sdg-translations (the YAML).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any, Literal
from urllib.parse import urlsplit

import langcodes
import yaml
from rdflib import RDF, SKOS, Graph, URIRef
from rdflib import Literal as RDFLiteral
from rdflib.plugins.parsers.notation3 import BadSyntax

from kg.linking.sdg_codes import compact, goals, indicator_iri, notations, sort_key
from kg.loader import Loader, Payload, Source, excerpt, unreadable
from kg.namespaces import SDG, SDGO
from kg.records import Origin, Record, Reject, SDGConcept, Text

from .addresses import web_address

Level = Literal["goal", "target", "indicator"]

LEVELS: dict[URIRef, Level] = {SDGO.Goal: "goal", SDGO.Target: "target", SDGO.Indicator: "indicator"}
PARTS: dict[Level, int] = {"goal": 1, "target": 2, "indicator": 3}
OFFICIAL = frozenset({"en", "es", "fr"})
"""Languages in which the UN's scheme has the preferred labels, and a concept has one per language at the most."""

_PARSER_FAULTS = (
    BadSyntax, ValueError, AssertionError, AttributeError, IndexError, KeyError, TypeError, RecursionError,
)  # fmt: skip
"""What rdflib's Turtle parser raises on ill-formed input: its own error is not the only one."""

_KEY = re.compile(r"(\d{1,2}(?:-(?:\d{1,2}|[a-z])(?:-\d{1,2})?)?)-(short|title)")
_DOCUMENTS = re.compile(r"(readme|licen[cs]e|copying|notice|provenance|changelog)([.-].*)?", re.IGNORECASE)
_UN_IRI = re.compile(re.escape(SDG) + r"[0-9A-Za-z.]+")
_PERMANENT = re.compile(r"C\d{2}[0-9a-z]{2}\d{2}")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


@dataclass
class _Concept:
    """What has been read of one concept so far."""

    level: Level
    code: str
    iri: str | None
    origins: list[Origin] = field(default_factory=list)
    notations: set[tuple[str, str]] = field(default_factory=set)
    titles: set[Text] = field(default_factory=set)
    alternative: set[Text] = field(default_factory=set)
    short: set[Text] = field(default_factory=set)
    notes: set[Text] = field(default_factory=set)
    broader: set[str] = field(default_factory=set)
    matches: set[str] = field(default_factory=set)
    tiers: set[str] = field(default_factory=set)
    custodians: set[str] = field(default_factory=set)

    def record(self) -> SDGConcept:
        """Return the finished record."""
        colour = matches = None
        if self.level == "goal":
            colour, matches = goals()[self.code].colour, goals()[self.code].wikidata
        return SDGConcept(
            origins=tuple(self.origins),
            iri=self.iri,
            level=self.level,
            code=self.code,
            notations=tuple(sorted(self.notations, key=lambda n: (n[1], sort_key(n[0]), n[0]))),
            labels=_longest(self.titles),
            alternative_titles=_longest(self.alternative - self.titles),
            short_labels=_longest(self.short),
            notes=tuple(sorted(self.notes, key=_order)),
            broader=tuple(sorted(self.broader)),
            colour=colour,
            exact_matches=tuple(sorted(self.matches | ({matches} if matches else set()))),
            tiers=tuple(sorted(self.tiers)),
            custodians=tuple(sorted(self.custodians)),
        )


def _order(text: Text) -> tuple[str, str]:
    return (text.language or "", text.value)


def _longest(texts: Iterable[Text]) -> tuple[Text, ...]:
    """Return one text per language: the longest."""
    best: dict[str | None, Text] = {}
    for text in sorted(texts, key=lambda t: (-len(t.value), t.value)):
        best.setdefault(text.language, text)
    return tuple(sorted(best.values(), key=_order))


def _shown(value: object) -> str:
    """Return a text for a reject; a list or table is not written out, since aliases make a small one endless."""
    return value if isinstance(value, str) else f"({type(value).__name__})"


def _clean(value: str) -> str:
    return " ".join(_TAG.sub(" ", value).split())


def language_tag(tag: str) -> str | None:
    """Return the tag in its BCP 47 spelling (``zh_hans`` -> ``zh-Hans``), None where it is no valid one."""
    try:
        return langcodes.standardize_tag(tag) if langcodes.tag_is_valid(tag) else None
    except (ValueError, LookupError):
        return None


def read(source: Source) -> Iterator[Record | Reject]:
    """Yield every concept of the source once, goals before targets before indicators, then what is none."""
    concepts: dict[str, _Concept] = {}
    rejects: list[Reject] = []
    for payload in source.payloads:
        form = _form(payload)
        if fault := unreadable(payload):
            rejects.append(fault)
        elif form == "turtle":
            rejects += _read_turtle(payload, concepts)
        elif form == "yaml":
            rejects += _read_yaml(payload, concepts, source)
        elif form is None:
            rejects.append(
                Reject(
                    origin=Origin(payload.name),
                    reason="the payload is neither Turtle nor YAML",
                    hint="name it .ttl or .yml, or take it out of the source's paths",
                )
            )
    for concept in sorted(concepts.values(), key=lambda c: (PARTS[c.level], sort_key(c.code))):
        yield concept.record()
    yield from rejects


def _form(payload: Payload) -> Literal["turtle", "yaml", "document"] | None:
    """Tell the form from the name, else from the media type."""
    name = PurePosixPath(urlsplit(payload.name).path).name
    if payload.suffix in {".ttl", ".turtle", ".n3", ".nt"}:
        return "turtle"
    if payload.suffix in {".yml", ".yaml"}:
        return "yaml"
    if _DOCUMENTS.fullmatch(name):
        return "document"
    media_type = (payload.media_type or "").partition(";")[0].strip().lower()
    if media_type in {"text/turtle", "application/n-triples", "text/n3"}:
        return "turtle"
    if media_type in {"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"}:
        return "yaml"
    return None


# --- Turtle


def _read_turtle(payload: Payload, concepts: dict[str, _Concept]) -> list[Reject]:
    """Add the concepts of a Turtle payload; return what could not be read of it."""
    graph = Graph(bind_namespaces="none")
    try:
        graph.parse(data=payload.read(), format="turtle")
    except _PARSER_FAULTS as error:
        return [_unreadable(payload, "the payload is not valid Turtle", error)]
    rejects: list[Reject] = []
    found: dict[str, _Concept] = {}
    for kind, level in LEVELS.items():
        for subject in sorted(set(graph.subjects(RDF.type, kind)), key=str):
            result = _concept(graph, subject, level, payload)
            if isinstance(result, Reject):
                rejects.append(result)
            elif result.iri is not None:
                found[result.iri] = result
    _restore_final_zeros(found)
    for concept in found.values():
        _merge(concepts, concept)
    return rejects


def _concept(graph: Graph, subject: Any, level: Level, payload: Payload) -> _Concept | Reject:
    """Read one typed subject."""
    origin = Origin(payload.name, str(subject).rsplit("/", 1)[-1] if isinstance(subject, URIRef) else "blank node")
    iri = re.sub("^https:", "http:", str(subject)) if isinstance(subject, URIRef) else ""
    local = iri.removeprefix(SDG)
    stated = {(str(n), str(n.datatype).removeprefix(SDGO._NS)) for n in _literals(graph, subject, SKOS.notation)}
    stated = {(value, kind) for value, kind in stated if kind in {"SDGCode", "SDGCodeCompact", "SDGCodePerm"}}
    codes = {compact(value) for value, kind in stated if kind != "SDGCodePerm"} | {compact(local)}
    known = sorted((c for c in codes if c and c.count(".") + 1 == PARTS[level]), key=sort_key)
    if not _UN_IRI.fullmatch(iri):
        return Reject(
            origin=origin,
            reason="the concept's IRI is not one of the UN's scheme",
            excerpt=excerpt(str(subject)),
            hint=f"goals, targets and indicators are named below {SDG}",
        )
    if not known or (level != "indicator" and compact(local) != known[0]):
        return Reject(
            origin=origin,
            reason="the concept has no code that fits its kind",
            excerpt=excerpt([level, local, *sorted(value for value, _ in stated)]),
            hint="state a skos:notation such as 13 for a goal, 13.3 for a target, 13.3.1 for an indicator",
        )
    if level == "indicator" and _PERMANENT.fullmatch(local):
        stated.add((local, "SDGCodePerm"))
    result = _Concept(level, known[0], iri, origins=[origin], notations=stated)
    for code in known:
        result.notations |= notations(code)
    result.titles = _texts(graph, subject, SKOS.prefLabel)
    result.short = _texts(graph, subject, SKOS.altLabel)
    result.notes = _texts(graph, subject, SKOS.note)
    for predicate in (SKOS.broader, SDGO.isTargetOf, SDGO.isIndicatorOf):
        parents = (re.sub("^https:", "http:", str(o)) for o in graph.objects(subject, predicate))
        result.broader |= {p for p in parents if _UN_IRI.fullmatch(p) and level != "goal"}
    matches = (web_address(o) for o in graph.objects(subject, SKOS.exactMatch) if isinstance(o, URIRef))
    result.matches = {address for address in matches if address}
    result.tiers = {str(o).removeprefix(SDGO._NS) for o in graph.objects(subject, SDGO.tier)} & {
        "tier_I", "tier_II", "tier_III"
    }  # fmt: skip
    for agencies in _literals(graph, subject, SDGO.custodianAgency):
        parted = [str(agencies)] if "(" in agencies else str(agencies).split(",")
        result.custodians |= {a.strip() for a in parted if a.strip()}
    return result


def _literals(graph: Graph, subject: Any, predicate: URIRef) -> list[RDFLiteral]:
    return [o for o in graph.objects(subject, predicate) if isinstance(o, RDFLiteral)]


def _texts(graph: Graph, subject: Any, predicate: URIRef) -> set[Text]:
    """Return the literals with cleaned text and valid languages; a tag that is none is left off."""
    texts = {
        Text(_clean(o), language_tag(o.language) if o.language else None) for o in _literals(graph, subject, predicate)
    }
    return {text for text in texts if text.value}


def _restore_final_zeros(found: dict[str, _Concept]) -> None:
    """Give target N.10 its SDGIO match where the source has it at N.1 because the final zero was lost.

    Done only where N.1 has two matches and N.10 none; SDGIO counts up in the order of the codes, so the higher of the
    two is N.10's.
    """
    for iri, tenth in found.items():
        first = found.get(iri.removesuffix("0"))
        if tenth.level != "target" or not tenth.code.endswith(".10") or tenth.matches or first is None:
            continue
        numbered = sorted(m for m in first.matches if re.search(r"SDGIO_\d{8}$", m))
        if len(numbered) == 2:
            first.matches.remove(numbered[1])
            tenth.matches.add(numbered[1])


# --- YAML


def _read_yaml(payload: Payload, concepts: dict[str, _Concept], source: Source) -> list[Reject]:
    """Add the labels of one language file; return what could not be read of it."""
    parts = PurePosixPath(urlsplit(payload.url or payload.name).path).parent.parts or ("",)
    folder = str(source.options.get("language") or PurePosixPath(payload.name).parent.name or parts[-1])
    language = language_tag(folder) if folder else None
    if language is None:
        return [
            Reject(
                origin=Origin(payload.name),
                reason="the folder is not named for a language",
                excerpt=excerpt(folder),
                hint="put the file into a folder named by a BCP 47 tag (fr, zh-Hans), or set the option language",
            )
        ]
    try:
        # The base loader leaves every scalar a string: with YAML's types ``no`` is false and ``1-1`` may be a date.
        content = yaml.load(payload.read(), Loader=yaml.BaseLoader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        return [_unreadable(payload, "the payload is not valid YAML", error)]
    if not isinstance(content, dict):
        return [
            Reject(
                origin=Origin(payload.name),
                reason="the YAML is not a table of keys and labels",
                excerpt=excerpt(_shown(content)),
                hint="each line is a key such as 13-title or 13-3-title, a colon and the label",
            )
        ]
    everywhere = source.options.get("preferred") == "all"
    groups: dict[str, dict[str, Any]] = defaultdict(dict)
    rejects: list[Reject] = []
    for key, value in content.items():
        match = _KEY.fullmatch(key)
        code = compact(match[1].replace("-", ".")) if match else None
        if match is None or code is None:
            rejects.append(
                Reject(
                    origin=Origin(payload.name, excerpt(key, 80)),
                    reason="the key names no goal, target or indicator",
                    excerpt=excerpt(f"{key}: {_shown(value)}"),
                    hint="keys are 13-short, 13-title, 13-3-title, 13-a-title or 13-3-1-title; there are 17 goals",
                )
            )
        else:
            groups[code][match[2]] = value
    for code, labels in groups.items():
        origin = Origin(payload.name, code)
        wrong = [v for v in labels.values() if not isinstance(v, str) or not _clean(v)]
        if wrong:
            rejects.append(
                Reject(
                    origin=origin,
                    reason="the label is empty or not a text",
                    excerpt=excerpt(_shown(wrong[0])),
                    hint="write the label as one text after the key",
                )
            )
            continue
        _merge(concepts, _translated(code, labels, language, origin, preferred=everywhere or language not in OFFICIAL))
    return rejects


def _translated(code: str, labels: dict[str, str], language: str, origin: Origin, *, preferred: bool) -> _Concept:
    """Return the concept of a code with its labels in one language."""
    level: Level = ("goal", "target", "indicator")[code.count(".")]
    iri = indicator_iri(code) if level == "indicator" else str(SDG[code])
    concept = _Concept(level, code, iri, origins=[origin], notations=set(notations(code)))
    if level != "goal":
        concept.broader = {str(SDG[code.rpartition(".")[0]])}
    if iri is not None and level == "indicator":
        concept.notations.add((iri.removeprefix(SDG), "SDGCodePerm"))
    if "title" in labels:
        (concept.titles if preferred or iri is None else concept.alternative).add(
            Text(_clean(labels["title"]), language)
        )
    if "short" in labels:
        concept.short.add(Text(_clean(labels["short"]), language))
    return concept


def _merge(concepts: dict[str, _Concept], new: _Concept) -> None:
    """Add what is new to what is known of the same concept."""
    key = new.iri or new.code
    known = concepts.get(key)
    if known is None:
        concepts[key] = replace(new)
        return
    known.code = min(known.code, new.code, key=sort_key)
    known.origins += new.origins
    for name in ("notations", "titles", "alternative", "short", "notes", "broader", "matches", "tiers", "custodians"):
        getattr(known, name).update(getattr(new, name))


def _unreadable(payload: Payload, reason: str, error: Exception) -> Reject:
    """Return the reject for a payload that does not parse, with its line where the parser tells it."""
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else None
    if isinstance(error, BadSyntax):
        line = error.lines + 1
    message = "too deeply nested" if isinstance(error, RecursionError) else str(error)
    return Reject(
        origin=Origin(payload.name, line=line),
        reason=reason,
        excerpt=excerpt(message),
        hint="mend the file at this place, or fetch it again",
    )


loader = Loader(
    name="sdgs",
    version="1",
    summary="Sustainable Development Goals: goals, targets and indicators with labels, codes, colours and matches",
    forms=(
        "the UN's SDG scheme in Turtle (http://metadata.un.org/sdg)",
        "label translations in YAML, one folder per language (LANG/global_{goals,targets,indicators}.yml)",
    ),
    read=read,
    options={
        "language": "BCP 47 tag of YAML files that lie in no folder named for their language",
        "preferred": "'all' makes YAML titles preferred labels in English, French and Spanish too, where otherwise the "
        "UN's scheme has them; for graphs without the UN's scheme",
    },
)
