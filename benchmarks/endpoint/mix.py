"""The mix: every ``queries/*.rq`` with its weight, and requests made of them."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from benchmarks.endpoint.data import BASE, COUNTRIES, GOALS, LICENCES, PREFIXES, WORDS, sizes

_PREFIXES = PREFIXES | {kind: f"{BASE}id/{kind}/" for kind in ("good", "organization", "post", "person", "country")}


@dataclass(frozen=True, slots=True)
class Entry:
    """A query of the mix."""

    name: str
    weight: int
    kind: str
    """``cheap``, ``medium`` or ``heavy``."""
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its parameters filled in."""

    name: str
    kind: str
    text: str


def read(path: Path) -> tuple[dict[str, str], str]:
    """Return the header and the text of a query."""
    source = path.read_text(encoding="utf-8")
    header = dict(re.findall(r"^#\+ (\w+): (.*)$", source, re.MULTILINE))
    return header, re.sub(r"^#\+.*\n", "", source, flags=re.MULTILINE).lstrip()


def with_prefixes(query: str, prefixes: Mapping[str, str]) -> str:
    """Return a query with those prefixes declared that it uses."""
    used = [f"PREFIX {p}: <{namespace}>" for p, namespace in prefixes.items() if re.search(rf"\b{p}:", query)]
    return "\n".join([*used, query])


def templates() -> list[Entry]:
    """Return the queries of the mix."""
    found = []
    for path in sorted((Path(__file__).parent / "queries").glob("*.rq")):
        header, text = read(path)
        found.append(Entry(path.stem, int(header["weight"]), header["kind"], text))
    return found


def asked(template: Entry, chosen: random.Random, scale: float) -> Asked:
    """Return the query with parameters by chance; prefixes that it uses are declared."""
    count = sizes(scale)
    values = {
        **{kind: chosen.randrange(count[kind]) for kind in ("good", "organization", "post")},
        "dpgid": f"{chosen.randrange(count['good']):07d}", "goal": chosen.randint(1, GOALS),
        "licence": chosen.randrange(LICENCES), "country": chosen.randrange(COUNTRIES),
        "word": chosen.randrange(WORDS), "word2": chosen.randrange(WORDS), "word3": chosen.randrange(WORDS),
        "author": chosen.randrange(500), "alliance": chosen.randrange(7), "yy": chosen.randint(16, 24),
        "digit": chosen.randint(0, 9),
    }  # fmt: skip
    body = Template(template.text).substitute(values)
    return Asked(template.name, template.kind, with_prefixes(body, _PREFIXES))


def requests(seed: int, number: int, scale: float, *, kind: str | None = None, distinct: bool = True) -> list[Asked]:
    """Return queries in the proportions of the weights, the same for the same seed.

    With ``distinct``, each differs from the others in its text (at least in a comment, once parameters run out).
    """
    chosen = random.Random(seed)
    found = [t for t in templates() if kind is None or t.kind == kind]
    drawn = chosen.choices(found, [t.weight for t in found], k=number)
    made = [asked(template, chosen, scale) for template in drawn]
    if not distinct:
        return made
    return [Asked(q.name, q.kind, f"{q.text}# {seed}.{n}\n") for n, q in enumerate(made)]
