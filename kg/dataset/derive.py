"""Derived knowledge: each rule in ``kg/queries/derive`` is a CONSTRUCT that fills ``graph/derived/<rule>`` anew."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import NamedNode, Quad, QueryTriples, Store, Triple

from kg.dataset.writer import Writer, store_errors
from kg.errors import StoreError
from kg.identifiers import Minter
from kg.namespaces import DCTERMS, PROV, RDF, RDFS
from kg.quads import Statements
from kg.resources import PACKAGE

RULES = PACKAGE / "queries" / "derive"


def derive(writer: Writer, mint: Minter) -> None:
    """Apply every rule to the staged data, in the order of their names, and replace the derived graphs.

    A graph whose rule is gone is removed.

    Raises:
        StoreError: a rule is no valid CONSTRUCT, or the writer failed.
    """
    rules = sorted(RULES.glob("*.rq"))
    wanted = {mint.graph(f"derived/{rule.stem}"): rule for rule in rules}
    for graph in sorted(set(writer.derived) - set(wanted)):
        writer.remove_graph(graph)
        del writer.derived[graph]
    for graph, rule in wanted.items():
        shard = writer.home.writer / "derived.nq"
        with store_errors(shard):
            try:
                with shard.open("wb") as out:
                    node = NamedNode(graph)
                    for triple in sorted(map(str, construct(writer.store, rule))):
                        out.write(f"{triple} {node} .\n".encode())
                    for quad in _provenance(graph, rule):
                        out.write(f"{quad} .\n".encode())
                writer.replace_graph(graph, shard)
            finally:
                shard.unlink(missing_ok=True)
        writer.derived[graph] = writer.count(graph)


def construct(store: Store, rule: Path) -> list[Triple]:
    """Return what a rule concludes from the graphs of the sources.

    Raises:
        StoreError: the rule is no CONSTRUCT.
    """
    # Rules read what sources state, never what rules derived, so their order does not matter.
    stated = [g for g in store.named_graphs() if isinstance(g, NamedNode) and not _is_ours(g.value)]
    answer = store.query(rule.read_text(encoding="utf-8"), default_graph=[*stated], named_graphs=[*stated])
    if not isinstance(answer, QueryTriples):
        raise StoreError(f"{rule.name} is no CONSTRUCT")
    return list(answer)


def _is_ours(graph: str) -> bool:
    return "/graph/derived/" in graph or graph.endswith("/graph/description")


def _provenance(graph: str, rule: Path) -> list[Quad]:
    header = dict(
        line.removeprefix("#+").strip().split(":", 1)
        for line in rule.read_text(encoding="utf-8").splitlines()
        if line.startswith("#+") and ":" in line
    )
    out = Statements(graph)
    out.link(graph, RDF.type, PROV.Entity)
    out.value(graph, RDFS.label, header.get("summary", rule.stem).strip())
    out.value(graph, DCTERMS.description, header.get("description", "").strip())
    out.value(graph, DCTERMS.provenance, f"kg/queries/derive/{rule.name}")
    return list(out)
