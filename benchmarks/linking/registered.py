"""Organizations: do ROR's own names for one record become one, and those of related records stay two?

The records of ``../shared/data/ror`` tell without anybody's reading: two names of one record (a translation, an alias)
are the same organization, names of a parent and its part, of predecessor and successor, or of related records are not.
Only the names are linked, all together, without ids and homepages, as if sources that know nothing of ROR named them;
a name that two records bear, or that is one word, is left out. Whatever else becomes one across records is wrong too.
In a graph that has ROR loaded all these names are known: what counts here is that none is joined wrongly.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from typing import Any

from benchmarks.linking.score import SHARED, Case, Task
from kg.identifiers import Minter
from kg.linking import Linker, register
from kg.linking.mentions import Mentions


@cache
def records() -> dict[str, dict[str, Any]]:
    """Return the records of both schemas by id."""
    files = sorted((SHARED / "ror").glob("*.json"))
    return {record["id"]: record for file in files for record in json.loads(file.read_bytes())}


def names(record: dict[str, Any]) -> list[str]:
    """Return the names of a record that are no acronyms, the one that is shown first."""
    if "names" in record:
        shown = sorted(record["names"], key=lambda name: "ror_display" not in name["types"])
        found = [name["value"] for name in shown if "acronym" not in name["types"]]
    else:
        found = [record["name"], *record["aliases"], *(label["label"] for label in record["labels"])]
    return [name for name in dict.fromkeys(found) if " " in name]


def questions() -> Iterator[tuple[str, str, bool]]:
    """Yield two names, and whether they are of one record."""
    bearers = Counter(name.casefold() for record in records().values() for name in names(record))
    own = {
        ror: [name for name in names(record) if bearers[name.casefold()] == 1] for ror, record in records().items()
    }  # fmt: skip
    for ror, record in records().items():
        for name in own[ror][1:]:
            yield own[ror][0], name, True
        for relation in record.get("relationships") or ():
            other = own.get(relation["id"])
            if own[ror] and other and ror < relation["id"]:
                yield own[ror][0], other[0], False


def cases() -> Iterator[Case]:
    """Ask the linker for both names of each pair."""
    asked = sorted(set(questions()))
    mentions = Mentions(Minter())
    for a, b, _ in asked:
        mentions.organization(a)
        mentions.organization(b)
    linker = Linker(Minter(), register=register.build(mentions.parties(), mentions.authority))

    def who(name: str) -> str:
        return linker.register.resolve(mentions.local(name))

    for a, b, same in asked:
        given = frozenset({"same"} if who(a) == who(b) else ())
        yield Case(question=f"{a} = {b}", right=frozenset({"same"} if same else ()), given=given)
    shown: dict[str, set[str]] = defaultdict(set)
    for a, _, same in asked:
        if same:
            shown[who(a)].add(a)
    for joined in shown.values():
        for a, b in combinations(sorted(joined), 2):
            yield Case(question=f"{a} = {b}", right=frozenset(), given=frozenset({"same"}))


TASKS = (Task(name="organization-names", title="Organizations: ROR's names", aim="P >= 0.99", run=cases, errors=False),)
