"""What a good states about licences and owners, as quads."""

from __future__ import annotations

from kg.identifiers import Minter
from kg.linking import Linker, mentions, register
from kg.linking.organizations import authority
from kg.mapping import Context, quads
from kg.namespaces import CC, COMMONS, RDF, SCHEMA, SPDX
from kg.quads import parsed
from kg.records import DigitalPublicGood, Origin, Text

MINT = Minter()
GRAPH = MINT.graph("test")
HERE = (Origin(payload="p"),)


def stated(good: DigitalPublicGood, linker: Linker | None = None) -> set[tuple[str, str, str]]:
    context = Context(mint=MINT, links=linker or Linker(MINT), graph=GRAPH)
    return {(q.subject.value, q.predicate.value, q.object.value) for q in parsed(quads(good, context))}  # type: ignore[union-attr]


def good(**fields: tuple[str, ...]) -> DigitalPublicGood:
    return DigitalPublicGood(origins=HERE, key="k", name=Text("Good"), **fields)  # type: ignore[arg-type]


def test_a_licence_without_a_version_is_a_family_that_tells_what_it_prohibits() -> None:
    triples = stated(good(licences=("CC BY-NC",)))
    family = MINT.licence_family("CC-BY-NC")
    assert tuple(map(str, (MINT.good("k"), SCHEMA.license, family))) in triples
    assert tuple(map(str, (family, RDF.type, COMMONS.LicenceFamily))) in triples
    assert tuple(map(str, (family, CC.prohibits, CC.CommercialUse))) in triples


def test_an_expression_keeps_its_operator_beside_the_plain_licences() -> None:
    triples = stated(good(licences=("MIT OR Apache-2.0",)))
    node = MINT.licence_expression("MIT OR Apache-2.0")
    mit, apache = "http://spdx.org/licenses/MIT", "http://spdx.org/licenses/Apache-2.0"
    assert {o for s, p, o in triples if p == str(SCHEMA.license)} == {mit, apache}
    assert tuple(map(str, (MINT.good("k"), COMMONS.licenceExpression, node))) in triples
    assert tuple(map(str, (node, RDF.type, SPDX.DisjunctiveLicenseSet))) in triples
    assert {o for s, p, o in triples if (s, p) == (node, str(SPDX.member))} == {mit, apache}


def test_a_list_of_licences_is_no_expression() -> None:
    assert not [t for t in stated(good(licences=("MIT, Apache-2.0",))) if t[1] == str(COMMONS.licenceExpression)]


def test_owners_in_one_string_are_several_where_each_is_known() -> None:
    noted = mentions.Mentions(MINT)
    made = good(owners=("UNICEF and Creative Commons", "Nobody and Others"))
    stated(made, noted)
    linker = Linker(MINT, register=register.build(noted.parties(), authority()))
    owners = {o for _, p, o in stated(made, linker) if p == str(COMMONS.owner)}
    assert owners == {MINT.organization(local) for local in ("unicef", "creative-commons", "nobody-and-others")}
