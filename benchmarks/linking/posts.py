"""Posts: which memberships do they announce, and what do their members commit to?

Gold: ``announcements.csv`` has every post of the sources that says that an organization joins another, and posts that
only sound so; ``commitments.csv`` the announced activities. The posts are read from ``../shared/data``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from pyoxigraph import Literal, NamedNode, Quad

from benchmarks.linking.score import SHARED, Case, Task, gold
from kg.identifiers import Minter
from kg.linking import Linker
from kg.loader import Payload, Source, get
from kg.mapping import Context, quads
from kg.namespaces import COMMONS, ORG, PROV, RDFS
from kg.quads import parsed
from kg.records import Post

_SEED = "creative-commons-joins-the-dpga.txt"
_SEED_URL = "https://creativecommons.org/2024/03/04/cc-joins-dpga/"
_MINT = Minter()


@cache
def posts() -> tuple[Post, ...]:
    """Return the posts of the alliance's web site, the feeds of Creative Commons, and the seed."""
    sources = {
        "dpga-website": {}, "cc-feeds": {}, "seed": {"language": "en", "posts": {_SEED: {"url": _SEED_URL}}},
    }  # fmt: skip
    found: list[Post] = []
    for name, options in sources.items():
        files = sorted(p for p in (SHARED / name).rglob("*") if p.is_file() and p.name != "PROVENANCE.txt")
        payloads = [Payload(name=p.relative_to(SHARED / name).as_posix(), path=p) for p in files]
        url = "https://digitalpublicgoods.net/" if name == "dpga-website" else "https://creativecommons.org/"
        source = Source(name=name, loader="posts", payloads=payloads, url=url, options=options)
        found += [item for item in get("posts").read(source) if isinstance(item, Post)]
    return tuple(found)


@cache
def graph() -> dict[str, list[Quad]]:
    """Return the quads of each post by its address, those with the same address together."""
    context = Context(mint=_MINT, links=Linker(_MINT), graph=_MINT.graph("posts"))
    found: dict[str, list[Quad]] = defaultdict(list)
    for post in posts():
        found[post.url] += parsed(quads(post, context))
    return found


def announcements() -> Iterator[Case]:
    """Ask of each post of the gold set who joins what; and of every other post that announces anything."""
    right = _answers((row["post"], f"{row['member']} in {row['organization']}") for row in gold("announcements")
                     if row["member"])  # fmt: skip
    asked = dict.fromkeys(row["post"] for row in gold("announcements"))
    given = {url: frozenset(_announced(found)) for url, found in graph().items()}
    for url in [*asked, *(url for url, answers in sorted(given.items()) if answers and url not in asked)]:
        yield Case(question=url, right=right.get(url, frozenset()), given=given.get(url, frozenset()))


def commitments() -> Iterator[Case]:
    """Ask of each post of the gold set what is committed to, and of every other post that commits to anything."""
    right = _answers((row["post"], row["title"]) for row in gold("commitments") if row["title"])
    asked = dict.fromkeys(row["post"] for row in gold("commitments"))
    given = {url: frozenset(_committed(found)) for url, found in graph().items()}
    for url in [*asked, *(url for url, answers in sorted(given.items()) if answers and url not in asked)]:
        yield Case(question=url, right=right.get(url, frozenset()), given=given.get(url, frozenset()))


def _answers(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for question, answer in pairs:
        found[question].add(answer)
    return {question: frozenset(answers) for question, answers in found.items()}


def _announced(found: Iterable[Quad]) -> Iterator[str]:
    links: dict[str, dict[str, str]] = defaultdict(dict)
    for quad in found:
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode) and "/announcement/" in str(quad):
            links[quad.subject.value][quad.predicate.value] = _MINT.local(quad.object.value)
    for node in links.values():
        if str(ORG.member) in node:
            yield f"{node[str(ORG.member)]} in {node[str(ORG.organization)]}"


def _committed(found: Iterable[Quad]) -> Iterator[str]:
    quads_ = list(found)
    nodes = {q.subject for q in quads_ if q.predicate.value == str(COMMONS.committedBy)}
    derived = {q.subject for q in quads_ if q.predicate.value == str(PROV.wasDerivedFrom)} & nodes
    for quad in quads_:
        if quad.subject in derived and quad.predicate.value == str(RDFS.label) and isinstance(quad.object, Literal):
            yield quad.object.value


TASKS = (
    Task(
        name="announcements", title="Memberships that posts announce", aim="all right", run=announcements, split=False
    ),
    Task(name="commitments", title="Commitments in posts", aim="all right", run=commitments, split=False),
)
