"""The texts of the staged posts, and the names of things that they may mention."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path

from pyoxigraph import QuerySolutions, Store

from kg.dataset.withheld import PROPERTIES, Texts
from kg.identifiers import Minter
from kg.linking import licence_families, organizations
from kg.linking.licence_mentions import licence_mentions
from kg.linking.named_things import Name, Names
from kg.namespaces import COMMONS, DCTERMS, SCHEMA
from kg.records import Span, TextProperty
from kg.resources import PACKAGE

logger = logging.getLogger(__name__)

QUERIES = PACKAGE / "queries" / "texts"
_TEXTS: dict[str, TextProperty] = {
    str(SCHEMA.headline): "headline",
    str(SCHEMA.articleBody): "articleBody",
    str(SCHEMA.description): "description",
}


@dataclass(frozen=True, slots=True)
class PostTexts:
    """What a post says, and what tells what it is about; in each property one text, the longest."""

    post: str
    texts: tuple[tuple[TextProperty, str], ...]
    """The title and the body, or the summary where there is no body."""
    links: tuple[str, ...]
    publishers: tuple[str, ...]
    addresses: tuple[str, ...]
    """Goals and targets that it addresses by what its source says."""


def posts(store: Store, texts: Texts) -> Iterator[PostTexts]:
    """Yield all posts, in the order of their IRIs; warn of texts that should be kept beside the store and are not."""
    missing = 0
    for post, group in groupby(rows(store, "posts"), key=lambda row: row[0]):
        values: dict[str, list[str]] = {}
        for _, name, value in group:
            if name not in PROPERTIES:
                values.setdefault(name, []).append(value)
            elif (text := texts.get(value)) is not None:
                values.setdefault(PROPERTIES[name], []).append(text)
            else:
                missing += 1
        longest = {name: max(sorted(values[iri]), key=len) for iri, name in _TEXTS.items() if iri in values}
        if "articleBody" in longest:
            longest.pop("description", None)
        yield PostTexts(
            post,
            tuple(longest.items()),
            tuple(values.get(str(DCTERMS.references), ())),
            tuple(values.get(str(SCHEMA.publisher), ())),
            tuple(values.get(str(COMMONS.addresses), ())),
        )
    if missing:
        logger.warning("%d texts are not in this home, and what they mention is not known: commons-kg sync --force",
                       missing)  # fmt: skip


class Staged:
    """The posts of the sources and the names in them, each worked out once for all rules that ask."""

    def __init__(self, store: Store, mint: Minter, texts: Path | None = None) -> None:
        """Look at a store, and at the file of the texts that are kept beside it."""
        self.mint = mint
        self._store, self._texts = store, texts

    @cached_property
    def posts(self) -> list[PostTexts]:
        """All posts, in the order of their IRIs."""
        with closing(Texts(self._texts)) as texts:
            return list(posts(self._store, texts))

    @cached_property
    def named(self) -> dict[str, list[tuple[str, Span]]]:
        """Post -> the things that it names, each with the place, in the order of the text."""
        sites: dict[str, list[str]] = defaultdict(list)
        for thing, address in rows(self._store, "sites"):
            sites[thing].append(address)
        names = Names(self._names(), sites, (value for post in self.posts for _, value in post.texts))
        licences = {iri: iri for (iri,) in rows(self._store, "licences")}
        licences |= {f"family:{family}": self.mint.licence_family(family) for family in licence_families.families()}
        return {post.post: list(_named(post, names, licences)) for post in self.posts}

    def _names(self) -> list[Name]:
        """Return the names of all things; of organizations that there are also those of the authority file."""
        found: dict[str, list[Name]] = defaultdict(list)
        goods = self.mint.good("")
        said_of = {thing for (thing,) in rows(self._store, "said-of")}
        for thing, name, trusted in rows(self._store, "names"):
            is_work = thing.startswith(goods)
            found[thing].append(Name(thing, name, 2 if trusted == "true" or thing in said_of else 1, is_work))
        for local, entry in organizations.authority().entries.items():
            if (thing := self.mint.organization(local)) in found:
                found[thing] += [Name(thing, name, 3) for name in entry.names]
        return [name for names in found.values() for name in names]


def _named(post: PostTexts, names: Names, licences: Mapping[str, str]) -> Iterator[tuple[str, Span]]:
    for name, text in post.texts:
        found, taken = licence_mentions(text)
        found = [replace(named, thing=licences[named.thing]) for named in found if named.thing in licences]
        found += names.find(text, links=post.links, about=post.publishers, taken=taken)
        for place in sorted(found, key=lambda place: (place.start, place.thing)):
            yield place.thing, Span(name, place.start, place.end, text[place.start : place.end])


def rows(store: Store, query: str) -> list[tuple[str, ...]]:
    """Return the rows of a query of ``kg/queries/texts`` as text, sorted, each once: the store takes longer for that.

    It asks the default graph, the union of all: to merge named graphs anew takes ten times as long, and of what these
    queries ask nothing is derived.
    """
    text = (QUERIES / f"{query}.rq").read_text(encoding="utf-8")
    solutions = store.query(text)
    assert isinstance(solutions, QuerySolutions)
    return sorted({tuple(str(getattr(term, "value", "")) for term in solution) for solution in solutions})
