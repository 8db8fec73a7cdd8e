"""Each rule in kg/queries/derive concludes what it should from small data, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, Store, Triple
from rdflib import Variable
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.algebra import traverse
from rdflib.plugins.sparql.parserutils import CompValue

from kg.dataset.derive import RULES, construct, derive
from kg.dataset.home import Home
from kg.dataset.manifest import Change
from kg.dataset.writer import Writer, opened
from kg.identifiers import Minter
from kg.namespaces import COMMONS, ORG, PROV, RDF, RDFS, SCHEMA, SKOS
from kg.publish import publish
from kg.quads import iri, literal
from kg.resources import folder
from kg.validation import Shapes, validate

DATA = Path(__file__).with_name("commons-derived.trig")
ID = "https://w3id.org/commons-kg/id/"


@pytest.fixture(scope="module")
def store() -> Store:
    made = Store()
    made.load(path=DATA, format=RdfFormat.TRIG)
    return made


def concluded(store: Store, rule: str, predicate: str) -> set[tuple[str, str]]:
    """Return (subject, object) of what a rule concludes with a predicate, without the common start of our IRIs."""
    triples = construct(store, RULES / f"{rule}.rq")
    return {(value(t.subject), value(t.object)) for t in triples if t.predicate.value == str(predicate)}


def value(term: object) -> str:
    text = str(getattr(term, "value", term))
    for start in (ID, str(COMMONS._NS), "http://spdx.org/licenses/", "http://creativecommons.org/"):
        text = text.removeprefix(start)
    return text


def test_rules_are_applied_again_that_ask_for_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mint, graph = Minter(), iri("https://example.org/g")
    good = iri(mint.good("x"))
    shard = tmp_path / "shard.nq"
    shard.write_text(f"{Quad(good, iri(str(RDF.type)), iri(str(COMMONS.DigitalPublicGood)), graph)} .\n")
    applied: list[str] = []
    replace_graph = Writer.replace_graph

    def noted(self: Writer, graph: str, shard: Path) -> Change:
        applied.append(graph.removeprefix(mint.graph("derived/")))
        return replace_graph(self, graph, shard)

    with opened(Home(tmp_path / "home")) as writer:
        writer.replace_graph(graph.value, shard)
        writer.unpublished = True
        publish(writer, mint, dumps=False)
        monkeypatch.setattr(Writer, "replace_graph", noted)
        writer.change([Quad(good, iri(str(SKOS.note)), literal("a note"), graph)], [], [], [])
        derive(writer, mint)
        assert not applied
        writer.change([Quad(good, iri(str(SCHEMA.license)), iri("http://spdx.org/licenses/MIT"), graph)], [], [], [])
        publish(writer, mint, dumps=False)
    assert {"licence-openness", "licence-conflict"} <= set(applied)
    assert "member-since" not in applied
    with opened(Home(tmp_path / "home")) as writer:
        writer.rules = "of another release"
        writer.unpublished = True
        publish(writer, mint, dumps=False)
    assert "member-since" in applied


@pytest.mark.parametrize("rule", sorted(RULES.glob("*.rq")), ids=lambda rule: rule.stem)
def test_no_rule_has_a_variable_for_a_property(rule: Path) -> None:
    """So what a rule asks for can be told from its text."""
    found: list[object] = []

    def visit(part: object) -> None:
        if isinstance(part, CompValue):
            triples = part.get("triples") or []
            lists = triples if triples and isinstance(triples[0], list | tuple) else [triples]
            found.extend(p for terms in lists for p in terms[1::3] if isinstance(p, Variable))

    traverse(prepareQuery(rule.read_text(encoding="utf-8")).algebra.p, visitPre=visit)
    assert not found


def test_members_own_their_goods_also_those_who_left(store: Store) -> None:
    assert concluded(store, "member-owns-good", SCHEMA.owns) == {
        ("organization/member", "good/a"), ("organization/member", "good/b"), ("organization/left", "good/c"),
    }  # fmt: skip


def test_a_goal_is_covered_in_the_years_of_listing_and_membership(store: Store) -> None:
    assert concluded(store, "goal-coverage", COMMONS.goodCount) == {
        ("goal-coverage/alliance/2024/13", "2"), ("goal-coverage/alliance/2024/4", "1"),
    }  # fmt: skip
    assert concluded(store, "goal-coverage", COMMONS.memberCount) == {
        ("goal-coverage/alliance/2024/13", "1"), ("goal-coverage/alliance/2024/4", "1"),
    }  # fmt: skip


def test_what_an_organization_became_is_one_change_told_by_both_sides(store: Store) -> None:
    change = "organization-change/merged/member"
    assert concluded(store, "organization-change", ORG.changedBy) == {
        ("organization/merged", change), ("organization/gone", "organization-change/gone/merged"),
    }  # fmt: skip
    assert (change, "organization/member") in concluded(store, "organization-change", ORG.resultingOrganization)
    assert (change, "Merged → Member") in concluded(store, "organization-change", RDFS.label)
    graphs = {graph for told, graph in concluded(store, "organization-change", PROV.wasDerivedFrom) if told == change}
    assert {graph.rpartition("/")[2] for graph in graphs} == {"register", "other-register"}


def test_openness_follows_from_all_licences(store: Store) -> None:
    assert concluded(store, "licence-openness", COMMONS.openness) == {
        ("good/a", "open"), ("good/b", "open"), ("good/c", "partlyOpen"), ("good/d", "notOpen"),
        ("good/e", "undetermined"), ("good/f", "open"), ("good/g", "notOpen"), ("good/h", "open"),
    }  # fmt: skip


def test_a_deprecated_id_has_its_replacement(store: Store) -> None:
    assert concluded(store, "deprecated-licence", COMMONS.usesDeprecatedId) == {("good/b", "GPL-3.0")}
    assert concluded(store, "deprecated-licence", COMMONS.replacementLicence) == {("good/b", "GPL-3.0-only")}


def test_two_licences_conflict_for_a_post_and_between_sources_for_a_good(store: Store) -> None:
    conflicts = concluded(store, "licence-conflict", COMMONS.conflictingLicence)
    assert conflicts == {
        ("licence-conflict/post/one", "licenses/by/4.0/"), ("licence-conflict/post/one", "publicdomain/zero/1.0/"),
        ("licence-conflict/post/three", "licenses/by/4.0/"), ("licence-conflict/post/three", "licenses/by/3.0/"),
        ("licence-conflict/good/b", "GPL-3.0"), ("licence-conflict/good/b", "licenses/by/4.0/"),
    }  # fmt: skip
    sources = concluded(store, "licence-conflict", PROV.wasDerivedFrom)
    assert {there.rpartition("/")[2] for where, there in sources if where.endswith("three")} == {"posts", "more-posts"}


@pytest.mark.parametrize("rule", sorted(RULES.glob("*.rq")), ids=lambda path: path.stem)
def test_what_a_rule_concludes_keeps_the_shapes(store: Store, rule: Path) -> None:
    made: list[Triple] = construct(store, rule)
    ours = {t.subject for t in made if t.predicate.value == str(RDF.type)}
    told = "".join(f"{t} .\n" for t in made if t.subject in ours).encode()
    results = validate(told, Shapes.load(folder("shapes"))).results
    assert not [result for result in results if result.severity == "Violation"]


@pytest.mark.parametrize("rule", sorted(RULES.glob("*.rq")), ids=lambda path: path.stem)
def test_a_rule_concludes_the_same_of_the_union_that_the_store_keeps(store: Store, rule: Path) -> None:
    kept = Store()
    kept.extend(store)
    kept.extend([Quad(*quad.triple) for quad in store])
    found = construct(kept, rule, union=True)
    assert {str(triple) for triple in found} == {str(triple) for triple in construct(store, rule)}
