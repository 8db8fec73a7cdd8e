"""Derived knowledge: each rule fills ``graph/derived/<rule>`` anew.

A rule is a CONSTRUCT in ``kg/queries/derive``, or a function over the texts of posts. Rules read what sources state,
never what rules derived, so their order does not matter.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pyoxigraph import NamedNode, Quad, QueryTriples, Store, Triple

from kg.dataset import changelog, derived_goals, derived_mentions
from kg.dataset.texts import QUERIES, Staged
from kg.dataset.writer import Writer, store_errors
from kg.errors import StoreError
from kg.fingerprint import code_digest
from kg.identifiers import Minter
from kg.linking.goals import Model, model
from kg.namespaces import DCTERMS, PROV, RDF, RDFS
from kg.quads import Statements
from kg.resources import PACKAGE, folder

RULES = PACKAGE / "queries" / "derive"
_TYPE = f"<{RDF.type}>"


@dataclass(frozen=True, slots=True)
class Rule:
    """What fills a derived graph, and what is told of it."""

    name: str
    summary: str
    description: str
    file: str
    quads: Callable[[str], Iterable[Quad | str]]
    """Graph to fill -> what is derived, as quads or as N-Quads."""
    reads: frozenset[str]
    """Properties and classes that it asks for: what has none of them changes nothing."""


def derive(writer: Writer, mint: Minter) -> None:
    """Apply the rules to the staged data, and replace the derived graphs. A graph whose rule is gone is removed.

    Where little has changed since the version before, only the rules are applied that ask for what has.

    Raises:
        InputError: the home has a model of goals that cannot be read.
        StoreError: a rule is no valid CONSTRUCT, or the writer failed.
    """
    own = writer.home.goal_terms
    goals = model(own if own.is_file() else None)
    wanted = {mint.graph(f"derived/{rule.name}"): rule for rule in rules(writer.store, mint, goals, writer.home.texts)}
    for graph in sorted(set(writer.derived) - set(wanted)):
        writer.remove_graph(graph)
        del writer.derived[graph]
    made_by = _fingerprint(mint, own)
    changed = _changed(writer) if writer.rules == made_by else None
    due = {
        graph: rule
        for graph, rule in wanted.items()
        if changed is None or graph not in writer.derived or changed & rule.reads
    }
    folder_ = writer.home.writer / "derived"
    with store_errors(folder_):
        shutil.rmtree(folder_, ignore_errors=True)
        folder_.mkdir()
        try:
            # All rules are asked before what any derived is stored: of a new home the union is what sources state.
            shards = {graph: _shard(folder_ / f"{rule.name}.nq", graph, rule) for graph, rule in due.items()}
            for graph, shard in shards.items():
                writer.replace_graph(graph, shard)
                writer.derived[graph] = writer.count(graph)
        finally:
            shutil.rmtree(folder_, ignore_errors=True)
    writer.rules = made_by


def _shard(path: Path, graph: str, rule: Rule) -> Path:
    """Write what a rule derives, and what is told of it, to a file."""
    with path.open("wb") as out:
        for line in sorted({str(quad) for quad in rule.quads(graph)}):
            out.write(f"{line} .\n".encode())
        for quad in _provenance(graph, rule):
            out.write(f"{quad} .\n".encode())
    return path


def _fingerprint(mint: Minter, goals: Path) -> str:
    """Return a hash of all that derived graphs depend on beside the graphs of the sources."""
    here = Path(__file__).parent
    files = [*RULES.glob("*.rq"), *QUERIES.glob("*.rq"), *here.glob("deriv*.py"), here / "texts.py"]
    files += [here / "withheld.py", *folder("ontology").glob("goal-terms.json"), goals]
    digest = hashlib.sha256(f"{mint.base} {code_digest()}".encode())
    for file in sorted(file for file in files if file.is_file()):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _changed(writer: Writer) -> set[str] | None:
    """Return the properties of the sources' statements that have changed, and the classes; None where nobody knows."""
    lines = changelog.read(writer.home.writer, sum(c.added + c.removed for c in writer.changes.values()))
    if lines is None or writer.parent is None:
        return None
    found = set()
    for line in lines:
        _, predicate, rest = line.split(" ", 2)
        if not _is_ours(rest.rsplit(" <", 1)[-1].partition(">")[0]):
            found.add(rest.partition(" ")[0][1:-1] if predicate == _TYPE else predicate[1:-1])
    return found


def rules(store: Store, mint: Minter, goals: Model, beside: Path) -> Iterator[Rule]:
    """Yield the rules over the graphs of the sources: those in query files, and those over the texts of posts.

    The default graph of the store is the union of all; ``beside`` has the texts that are kept beside it.
    """
    graphs = [graph.value for graph in store.named_graphs() if isinstance(graph, NamedNode)]
    for file in sorted(RULES.glob("*.rq")):
        yield _construct(file, store, union=not any(map(_is_ours, graphs)))
    texts = Staged(store, mint, beside)
    asked = frozenset(iri for file in QUERIES.glob("*.rq") for iri in _asked(file.read_text(encoding="utf-8")))
    for name, module, quads in (
        ("mentions", derived_mentions, partial(derived_mentions.derive, texts)),
        ("inferred-goals", derived_goals, partial(derived_goals.derive, texts, model=goals)),
    ):
        file_ = f"kg/dataset/{module.__name__.rpartition('.')[2]}.py"
        yield Rule(name, module.SUMMARY, module.DESCRIPTION, file_, quads, asked)


def _construct(file: Path, store: Store, *, union: bool) -> Rule:
    """Return the rule of a query file, which tells of itself in its ``#+`` lines."""
    text = file.read_text(encoding="utf-8").splitlines()
    lines = (line.removeprefix("#+").strip() for line in text if line.startswith("#+") and ":" in line)
    header = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}

    def quads(graph: str) -> Iterator[Quad]:
        node, found = NamedNode(graph), construct(store, file, union=union)
        return (Quad(triple.subject, triple.predicate, triple.object, node) for triple in found)

    summary, description = header.get("summary", file.stem), header.get("description", "")
    asked = frozenset(_asked("\n".join(text)))
    return Rule(file.stem, summary, description, f"kg/queries/derive/{file.name}", quads, asked)


def _asked(query: str) -> Iterator[str]:
    """Yield the IRIs that a query names: all it asks for, as no rule has a variable for a property."""
    prefixes = dict(re.findall(r"PREFIX\s+(\w*):\s*<([^>]*)>", query))
    yield from re.findall(r"<([^>\s]+)>", query)
    for prefix, local in re.findall(r"(\w*):([\w-]+)", query):
        if prefix in prefixes:
            yield prefixes[prefix] + local


def construct(store: Store, rule: Path, *, union: bool = False) -> list[Triple]:
    """Return what a rule concludes from the graphs of the sources.

    Args:
        store: holds them, and perhaps ours.
        rule: a file with a CONSTRUCT.
        union: whether the default graph is just their union. To merge them anew takes two to seven times as long.

    Raises:
        StoreError: the rule is no CONSTRUCT.
    """
    text = rule.read_text(encoding="utf-8")
    if union:
        answer = store.query(text)
    else:
        stated = [g for g in store.named_graphs() if isinstance(g, NamedNode) and not _is_ours(g.value)]
        answer = store.query(text, default_graph=[*stated], named_graphs=[*stated])
    if not isinstance(answer, QueryTriples):
        raise StoreError(f"{rule.name} is no CONSTRUCT")
    return list(answer)


def _is_ours(graph: str) -> bool:
    return "/graph/derived/" in graph or graph.endswith("/graph/description")


def _provenance(graph: str, rule: Rule) -> Statements:
    out = Statements(graph)
    out.link(graph, RDF.type, PROV.Entity)
    out.value(graph, RDFS.label, rule.summary)
    out.value(graph, DCTERMS.description, rule.description)
    out.value(graph, DCTERMS.provenance, rule.file)
    return out
