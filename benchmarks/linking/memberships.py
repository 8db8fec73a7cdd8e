"""Memberships: who joined and left the alliance, and between which two states of its list?

Gold: ``membership-events.csv``, read off the 45 dated states by eye: in which state a name is there for the first time
or no more (``words``, as that state or the one before writes it), its date, and that of the state before; none for
those of the first list of its kind. (The board has one: the state before names the group that it followed.)
``tests/linking/test_gold.py`` looks the words up in the states.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode

from benchmarks.linking.score import SHARED, Case, Task, gold
from kg.identifiers import Minter
from kg.linking import Linker
from kg.loader import Payload, Source, get
from kg.mapping import Context, quads
from kg.namespaces import COMMONS, ORG
from kg.quads import parsed
from kg.records import Membership

STATES = SHARED / "dpga-members" / "memberlist-history.jsonl"
_MINT = Minter()


def events() -> Iterator[Case]:
    """Ask of each organization, in each role, for all its events with their dates."""
    right: dict[str, set[str]] = defaultdict(set)
    for row in gold("membership-events"):
        question = f"{row['organization']}, {row['role']}"
        right[question].add(_answer(row["event"], row["day"], row["state_before"]))
    given = _given()
    for question in sorted({*right, *given}):
        yield Case(question=question, right=frozenset(right[question]), given=frozenset(given.get(question, ())))


def _answer(event: str, day: str, before: str) -> str:
    return f"{event} {day}, {f'after {before}' if before else 'first list'}"


def _given() -> dict[str, set[str]]:
    """Return the events in the graph of the list."""
    options = {"organization": "Digital Public Goods Alliance"}
    payloads = [Payload(name=STATES.name, path=STATES)]
    source = Source(name="dpga-members", loader="memberships", payloads=payloads, url=None, options=options)
    context = Context(mint=_MINT, links=Linker(_MINT), graph=_MINT.graph("dpga-members"))
    found: dict[str, set[str]] = defaultdict(set)
    for record in get("memberships").read(source):
        if not isinstance(record, Membership):
            continue
        facts: dict[str, str] = {}
        for quad in parsed(quads(record, context)):
            if isinstance(quad.object, NamedNode | Literal):
                facts[quad.predicate.value] = quad.object.value
        question = f"{_MINT.local(facts[str(ORG.member)])}, {record.role or 'member'}"
        first, last = facts[str(COMMONS.firstSeen)], facts[str(COMMONS.lastSeen)]
        found[question].add(_answer("joins", first, facts.get(str(COMMONS.absentBefore), "")))
        if gone := facts.get(str(COMMONS.goneBy)):
            found[question].add(_answer("leaves", gone, last))
    return found


TASKS = (Task(name="membership-dates", title="Dates of the dated lists", aim="all right", run=events, split=False),)
