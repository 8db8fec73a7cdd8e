"""Who is who over all sources: parties that exact rules tell apart, matched by scores, gathered into organizations.

``build`` is a function of the set of parties, whatever their order: it finds candidates by what their names and sites
share (blocks), compares them (``kg.linking.matching``), applies what people decided, and joins pairs from the surest
on. Two rows of the authority file, or two ROR ids, are never joined. What scores between the thresholds is a *doubt*:
kept for a person, and not joined.

People decide in files with the columns ``organization,other,same,note``: two local names, ``yes`` or ``no``.
``ontology/organization-decisions.csv`` holds the project's, ``HOME/decisions.csv`` the operator's.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

from kg.errors import InputError
from kg.linking import matching
from kg.linking.matching import Evidence, Party, Score, compare
from kg.linking.names import Name, parse
from kg.linking.organizations import Authority, Entry, local_name
from kg.linking.sites import site

_BLOCK = 60
"""A block with more parties than this says nothing."""
_RARE = 20
"""A word of at most this many parties may bring two together alone."""
_SEPARATORS = tuple(re.compile(text) for text in (r";", r"/", r"\|", r",?\s+(?:and|&)\s+", r",\s+(?:and\s+|&\s+)?"))
COLUMNS = ("organization", "other", "same", "note")


@dataclass(frozen=True, slots=True)
class Match:
    """Two parties and how surely they are one."""

    a: Party
    b: Party
    score: Score
    verdict: str
    """``joined``, ``doubt``, ``conflict``: sure enough, but what is joined to them is known to be two."""


@dataclass(frozen=True, slots=True)
class Register:
    """Local names that exact rules give -> the local name of the organization; empty: exact rules alone."""

    aliases: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    """Preferred names of organizations that have several spellings and that the authority file does not know."""
    matches: tuple[Match, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Local name of a string that names several organizations ("A and B") -> their names."""

    def resolve(self, local: str) -> str:
        """Return the local name of the organization that goes by this one."""
        return self.aliases.get(local, local)

    @property
    def doubts(self) -> list[Match]:
        """What a person should decide, the surest first."""
        return [match for match in self.matches if match.verdict != "joined"]

    def digest(self, locals_: Iterable[str]) -> str:
        """Return a hash of what the register says about these local names, an empty string where it says nothing."""
        told = [
            (local, self.resolve(local), self.labels.get(self.resolve(local)), self.parts.get(local))
            for local in sorted(set(locals_))
            if local in self.aliases or local in self.parts or local in self.labels
        ]
        return hashlib.sha256(repr(told).encode("utf-8", "backslashreplace")).hexdigest() if told else ""


def build(
    parties: Iterable[Party], authority: Authority, decisions: Mapping[frozenset[str], bool] | None = None
) -> Register:
    """Gather parties into organizations."""
    decided = decisions or {}
    known = {party.local: party for party in parties}
    for entry in authority.entries.values():
        known[entry.slug] = _with(entry, known.get(entry.slug))
    parts = _parts(known.values(), authority)
    everybody = [known[local] for local in sorted(known) if local not in parts]
    scored: list[tuple[Party, Party, Score]] = []
    for a, b in _candidates(everybody):
        pinned = (a.local in authority.entries and b.local in authority.entries) or (a.ror and b.ror and a.ror != b.ror)
        if pinned or frozenset({a.local, b.local}) in decided:
            continue
        score = compare(a, b)
        if score.value >= matching.REVIEW:
            scored.append((a, b, score))
    for pair, same in decided.items():
        both = [known[local] for local in sorted(pair) if local in known]
        if same and len(both) == 2:
            scored.append((both[0], both[1], Score(1.0, (Evidence(1.0, "decided by a person"),))))
    scored.sort(key=lambda found: (-found[2].value, found[0].local, found[1].local))
    joined = _joined(scored, authority, {pair for pair, same in decided.items() if not same})
    return replace(joined, labels={**_spelt(everybody, authority), **joined.labels}, parts=parts)


def _spelt(parties: Iterable[Party], authority: Authority) -> dict[str, str]:
    """Return one name for each local name that sources spell in several ways: ``OpenFarm`` and ``Openfarm``."""
    several = (p for p in parties if len(p.names) > 1 and p.local not in authority.entries and not p.ror)
    return {party.local: _best(party) for party in several}


def _best(party: Party) -> str:
    """Return the shortest name, one with capitals and small letters if there is one."""
    return min(party.names, key=lambda name: (name.islower() or name.isupper(), len(name), name))


def _parts(parties: Collection[Party], authority: Authority) -> dict[str, tuple[str, ...]]:
    """Find the strings that name several organizations, each of which is named alone somewhere."""
    alone = {party.local for party in parties}
    found: dict[str, tuple[str, ...]] = {}
    for party in parties:
        if party.local in authority.entries or party.ror:
            continue
        for name in party.names:
            for separator in _SEPARATORS:
                names = tuple(part.strip() for part in separator.split(name) if part.strip())
                if len(names) > 1 and all(authority.find(part) or local_name(part) in alone for part in names):
                    found[party.local] = names
    return found


def _with(entry: Entry, party: Party | None) -> Party:
    """Add what the authority file says to what sources say."""
    names, homepages = (party.names, party.homepages) if party else ((), ())
    return Party(
        local=entry.slug,
        names=tuple(dict.fromkeys((*entry.names, *names))),
        homepages=tuple(dict.fromkeys((*((entry.homepage,) if entry.homepage else ()), *homepages))),
        ror=entry.ror or (party.ror if party else None),
        wikidata=entry.wikidata or (party.wikidata if party else None),
        countries=party.countries if party else frozenset(),
    )


def _candidates(parties: list[Party]) -> Iterator[tuple[Party, Party]]:
    """Yield the pairs that share a block, each once."""
    words = Counter(word for party in parties for word in {w for name in party.names for w in parse(name).core})
    blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, party in enumerate(parties):
        keys = {key for name in party.names for key in _keys(parse(name), words)}
        keys |= {("site", s.domain) for s in map(site, party.homepages) if s}
        for key in keys:
            blocks[key].append(number)
    seen: set[tuple[int, int]] = set()
    for key, members in blocks.items():
        if len(members) > 1 and (len(members) <= _BLOCK or key[0] == "name"):
            seen.update(combinations(members, 2))
    for i, j in sorted(seen):
        yield parties[i], parties[j]


def _keys(name: Name, words: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    core = name.core
    if not core:
        return
    yield ("name", "".join(core))
    yield ("name", "".join(name.words))
    yield ("order", *sorted(core))
    for other in (*name.others, *name.inner):
        yield ("name", "".join(parse(other).core))
    if name.acronym:
        yield ("acronym", name.acronym)
    if len(name.words) == 1:
        yield ("acronym", core[0])
    elif len(name.initials) >= 3:
        yield ("acronym", name.initials)
    rarest = sorted(set(core), key=lambda word: (words[word], word))[:3]
    yield from (("word", word) for word in rarest if words[word] <= _RARE)
    for pair in combinations(sorted(rarest), 2):
        yield ("words", *pair)


def _joined(scored: Iterable[tuple[Party, Party, Score]], authority: Authority, apart: set[frozenset[str]]) -> Register:
    members: dict[str, list[Party]] = {}
    matches: list[Match] = []
    for a, b, score in scored:
        if score.value < matching.ACCEPT:
            matches.append(Match(a, b, score, "doubt"))
            continue
        ours, theirs = members.get(a.local) or [a], members.get(b.local) or [b]
        if ours is theirs:
            continue
        both = [*ours, *theirs]
        pinned = {p.local for p in both if p.local in authority.entries}
        rors, items = {p.ror for p in both if p.ror}, {p.wikidata for p in both if p.wikidata}
        parted = any(frozenset({x.local, y.local}) in apart for x in ours for y in theirs)
        if max(len(pinned), len(rors), len(items)) > 1 or parted:
            matches.append(Match(a, b, score, "conflict"))
            continue
        matches.append(Match(a, b, score, "joined"))
        for party in both:
            members[party.local] = both
    aliases: dict[str, str] = {}
    labels: dict[str, str] = {}
    for group in {id(group): group for group in members.values()}.values():
        chosen = min(group, key=lambda p: _rank(p, authority))
        for party in group:
            aliases[party.local] = chosen.local
        if chosen.local not in authority.entries:
            labels[chosen.local] = _best(chosen)
    together = {frozenset({m.a.local, m.b.local}) for m in matches if m.verdict == "joined"}
    kept = [
        m for m in matches
        if m.verdict == "joined" or (frozenset({m.a.local, m.b.local}) not in together
                                     and aliases.get(m.a.local, m.a.local) != aliases.get(m.b.local, m.b.local))
    ]  # fmt: skip
    return Register(aliases, labels, tuple(kept))


def _rank(party: Party, authority: Authority) -> tuple[bool, bool, bool, int, str]:
    """Say whose local name an organization bears: the authority file's, ROR's, else the shortest that is spelt out."""
    acronym = all(" " not in name and name.isupper() for name in party.names)
    return party.local not in authority.entries, party.ror is None, acronym, len(party.local), party.local


def decide(path: Path, organization: str, other: str, same: bool, note: str) -> None:
    """Append what a person decided to a file of decisions."""
    new = not path.is_file()
    with path.open("a", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        if new:
            rows.writerow(COLUMNS)
        rows.writerow((organization, other, "yes" if same else "no", note))


def read_decisions(*paths: Path) -> dict[frozenset[str], bool]:
    """Read what people decided; a later file overrides an earlier one, a missing one decides nothing.

    Raises:
        InputError: a column is missing, or ``same`` is neither ``yes`` nor ``no``.
    """
    found: dict[frozenset[str], bool] = {}
    for path in paths:
        if not path.is_file():
            continue
        with path.open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream)
            if missing := [column for column in COLUMNS if column not in (rows.fieldnames or ())]:
                raise InputError(f"the decisions lack the columns {', '.join(missing)}", path=str(path), line=1)
            for row in rows:
                if row["same"] not in ("yes", "no"):
                    raise InputError(f"same is yes or no, not {row['same']!r}", path=str(path), line=rows.line_num)
                found[frozenset({row["organization"], row["other"]})] = row["same"] == "yes"
    return found
