"""Which statements are about the same good, and what they say together.

Same good, surely: the same dpgid; the same id in the API; the same file in two folders of one state (``nominees/X``
and ``digitalpublicgoods/X``). Same good, if the two also share a website or a repository: the same name, blanks aside;
the same file name; one's name among the other's aliases; a longer name but for one letter. The same name is enough
with repositories of one account.
The same name without a website and a repository on one side counts if no other good has that name. The same name and
owner at another address is a good that moved, if no state has both. Two dpgids are two goods; an alias never joins two
records of one state.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations
from urllib.parse import urlsplit

from rapidfuzz.distance import DamerauLevenshtein

from kg.identifiers import short_hash, slug
from kg.records import DigitalPublicGood, SDGClaim

from ._registry_forms import Statement, unique

_SHARED_HOSTS = re.compile(
    r"(?:^|\.)(?:github\.com|gitlab\.com|bitbucket\.org|sourceforge\.net|huggingface\.co|sites\.google\.com|"
    r"docs\.google\.com|play\.google\.com|apps\.apple\.com|facebook\.com|twitter\.com|medium\.com|codeplex\.com|"
    r"launchpad\.net|npmjs\.com|pypi\.org|kaggle\.com|zenodo\.org|readthedocs\.org|archive\.org|wikipedia\.org)$"
)
"""Hosts on which a good's own address begins with the path."""
_PROJECT = re.compile(r"(?:github\.com|gitlab\.com|bitbucket\.org)/[^/]+/[^/]+$")
_LONG = 12
"""Letters from which on a name that differs by one is a spelling."""
_RANK = {"excluded": 0, "archived": 1, None: 2, "candidate": 3, "nominee": 4, "dpg": 5}


def merge(statements: Iterable[Statement]) -> list[DigitalPublicGood]:
    """Return one record for each good, ordered by key; every statement's origin is in exactly one."""
    ordered = sorted(statements, key=_age)
    groups = [[ordered[i] for i in group] for group in _groups(ordered)]
    keyed = zip(_keys(groups), groups, strict=True)
    return sorted((_merged(key, group) for key, group in keyed), key=lambda good: good.key)


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """Return what is the same for all spellings of a name: letters and digits, without case and accents.

    >>> name_key("Apache-Fineract®") == name_key("apache fineract")
    True
    """
    plain = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    return " ".join(re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c))))


@lru_cache(maxsize=4096)
def place(url: str) -> str:
    """Return what tells websites and repositories apart: the host, on shared hosts with owner and project.

    >>> place("http://www.example.org/en/"), place("https://github.com/Org/project.git")
    ('example.org', 'github.com/org/project')
    """
    parts = urlsplit(url.casefold())
    host = (parts.hostname or "").removeprefix("www.")
    if not _SHARED_HOSTS.search(host):
        return host
    path = [part.removesuffix(".git") for part in parts.path.split("/") if part]
    return "/".join([host, *path[: 3 if host.endswith("google.com") else 2]])


def _letters(name: str) -> str:
    """Return a name without its blanks: "Open Hospital" is "OpenHospital"."""
    return name_key(name).replace(" ", "")


def _age(statement: Statement) -> tuple[object, ...]:
    """Oldest first; of one day the statement with the higher status last, which is the one that counts."""
    origin = statement.good.origins[0]
    place_ = tuple(int(part) if part.isdigit() else -1 for part in origin.place.split("/"))
    return statement.is_api, statement.when, _RANK[statement.good.status], origin.payload, place_


class _Groups:
    """Sets of statements that are joined step by step, and never two dpgids in one."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.members = {i: [i] for i in range(len(statements))}
        self.group = list(range(len(statements)))
        self.statements = statements

    def join(self, one: int, other: int, *, carefully: bool = False) -> None:
        """Join the groups of two statements; ``carefully``: not if one state would then name the good in two ways."""
        a, b = sorted((self.group[one], self.group[other]))
        if a == b or len(self._dpgids(a) | self._dpgids(b)) > 1:
            return
        if carefully and any(
            len(names) > 1 for names in self._names_by_state(self.members[a] + self.members[b]).values()
        ):
            return
        for i in self.members[b]:
            self.group[i] = a
        self.members[a] += self.members.pop(b)

    def _dpgids(self, group: int) -> set[str]:
        return {dpgid for i in self.members[group] if (dpgid := self.statements[i].good.dpgid)}

    def _names_by_state(self, members: Iterable[int]) -> dict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for i in members:
            found[self.statements[i].state].add(name_key(self.statements[i].good.name.value))
        return found


def _groups(statements: Sequence[Statement]) -> list[list[int]]:
    """Return the indexes of the statements of each good, oldest first."""
    groups = _Groups(statements)
    same: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    also: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    files: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    spelt: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for i, statement in enumerate(statements):
        good = statement.good
        if good.dpgid:
            same["", good.dpgid].append(i)
        if statement.is_api:
            for identifier in good.registry_ids:
                same[" api", identifier].append(i)
        if statement.stem and not good.origins[0].place:
            same["  file", statement.state, statement.stem].append(i)
        accounts = [where.rpartition("/")[0] for where in _places(statement) if _PROJECT.match(where)]
        for account in unique(accounts):
            same["name", _letters(good.name.value), account].append(i)
        for where in _places(statement):
            same["name", _letters(good.name.value), where].append(i)
            spelt[where].setdefault(_letters(good.name.value), i)
            if statement.stem:
                files[statement.stem, where].append(i)
            for alias in good.aliases:
                also["name", _letters(alias), where].append(i)
    for key in sorted(same, key=lambda key: key[0] == "name"):
        for i in same[key][1:]:
            groups.join(same[key][0], i)
    for key, indexes in files.items():
        for i in indexes[1:]:
            groups.join(files[key][0], i, carefully=True)
    for key, indexes in also.items():
        for i in indexes:
            if key in same:
                groups.join(same[key][0], i, carefully=True)
    for names in spelt.values():
        for (name, i), (other, j) in combinations(names.items(), 2):
            if _is_misspelt(name, other):
                groups.join(i, j, carefully=True)
    _join_by_owner(statements, groups)
    _join_placeless(statements, groups)
    return sorted(sorted(members) for members in groups.members.values())


def _is_misspelt(name: str, other: str) -> bool:
    """Whether two names of one place are one but for a letter: "Pubic Library of Science"; "5Calls 2" is a version."""
    if min(len(name), len(other)) < _LONG or any(c.isdigit() for c in name + other):
        return False
    return DamerauLevenshtein.distance(name, other, score_cutoff=1) == 1


def _join_by_owner(statements: Sequence[Statement], groups: _Groups) -> None:
    """Join goods of one name and one owner that moved to another address: no state has both."""
    owned: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for i, statement in enumerate(statements):
        for owner in statement.good.owners:
            owned[name_key(statement.good.name.value), name_key(owner)].append(i)
    for indexes in owned.values():
        for i in indexes[1:]:
            states = [{statements[j].state for j in groups.members[groups.group[k]]} for k in (indexes[0], i)]
            if not states[0] & states[1]:
                groups.join(indexes[0], i)


def _join_placeless(statements: Sequence[Statement], groups: _Groups) -> None:
    """Join statements without any address to the only good of their name."""
    named: defaultdict[str, list[int]] = defaultdict(list)
    for i, statement in enumerate(statements):
        named[name_key(statement.good.name.value)].append(i)
    for indexes in named.values():
        placed = {groups.group[i] for i in indexes if _has_place(statements, groups, i)}
        if len(placed) <= 1:
            for i in indexes[1:]:
                groups.join(indexes[0], i)


def _has_place(statements: Sequence[Statement], groups: _Groups, index: int) -> bool:
    return any(_places(statements[i]) for i in groups.members[groups.group[index]])


def _places(statement: Statement) -> tuple[str, ...]:
    return unique(place(url) for url in (*statement.sites, *statement.good.repositories))


def _keys(groups: Sequence[Sequence[Statement]]) -> list[str]:
    """Return a key for each good: the dpgid, else the slug of its first name, which later statements do not change.

    Goods without a dpgid that have the same name are told apart by their website's host.
    """
    plain = [_dpgid(group) or slug(group[0].good.name.value) for group in groups]
    count = Counter(plain)
    keys = [
        key if key and (count[key] == 1 or _dpgid(group)) else f"{key or 'good'}--{_suffix(group)}"
        for key, group in zip(plain, groups, strict=True)
    ]
    met = Counter(keys)
    return [
        key if met[key] == 1 else f"{key}-{short_hash(str(group[0].good.origins[0]))}"
        for key, group in zip(keys, groups, strict=True)
    ]


def _dpgid(group: Iterable[Statement]) -> str | None:
    return next((s.good.dpgid for s in group if s.good.dpgid), None)


def _suffix(group: Sequence[Statement]) -> str:
    where = next((places[0] for statement in group if (places := _places(statement))), None)
    return slug(where) if where else short_hash(str(group[0].good.origins[0]))


def _merged(key: str, group: Sequence[Statement]) -> DigitalPublicGood:
    """Return one record: of each field the newest statement that says something; names, ids and dates are gathered."""
    oldest_first = [statement.good for statement in group]
    goods = oldest_first[::-1]
    newest = goods[0]
    name = newest.name.value
    others = unique([*(alias for good in goods for alias in good.aliases), *(good.name.value for good in goods)])
    shown: dict[str, str] = {}
    for other in others:
        shown.setdefault(name_key(other) or other, other)
    shown.pop(name_key(name) or name, None)
    listed = [other for other in shown.values() if "," in other]
    for other in listed:  # several names in one string, that another state has one by one
        if all(name_key(part) in shown for part in other.split(",")):
            del shown[name_key(other)]
    owners = _first(good.owners for good in goods)
    homepages = dict(pair for good in oldest_first for pair in good.owner_homepages)  # the newest wins
    return replace(
        newest,
        key=key,
        origins=tuple(origin for good in oldest_first for origin in good.origins),
        dpgid=_dpgid(group),
        registry_ids=unique(identifier for good in oldest_first for identifier in good.registry_ids),
        aliases=tuple(shown.values()),
        description=next((good.description for good in goods if good.description), None),
        types=_first(good.types for good in goods),
        website=next((good.website for good in goods if good.website), None),
        repositories=_first(good.repositories for good in goods),
        owners=owners,
        owner_homepages=tuple((name, homepages[name]) for name in owners if name in homepages),
        licences=_first(good.licences for good in goods),
        licence_urls=next((good.licence_urls for good in goods if good.licences), newest.licence_urls),
        sdgs=_claims(goods),
        developed_in=_first(good.developed_in for good in goods),
        deployed_in=_first(good.deployed_in for good in goods),
        categories=_first(good.categories for good in goods),
        status=next((good.status for good in goods if good.status), None),
        listed_on=tuple(sorted({day for good in goods for day in good.listed_on})),
        source_urls=unique(url for good in oldest_first for url in good.source_urls),
    )


def _first(values: Iterator[tuple[str, ...]]) -> tuple[str, ...]:
    return next((value for value in values if value), ())


def _claims(goods: Sequence[DigitalPublicGood]) -> tuple[SDGClaim, ...]:
    """Return the newest claims; one that states no words takes those of an older claim of the same goal."""
    newest: tuple[SDGClaim, ...] = next((good.sdgs for good in goods if good.sdgs), ())
    words: dict[str, str] = {}
    for good in goods:
        for claim in good.sdgs:
            if claim.evidence:
                words.setdefault(claim.code, claim.evidence)
    return tuple(claim if claim.evidence else replace(claim, evidence=words.get(claim.code)) for claim in newest)
