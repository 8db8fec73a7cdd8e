from __future__ import annotations

import pytest

from kg.engine.unknown_terms import UnknownTerm, unknown_terms
from kg.questions import questions

COMMONS = "https://w3id.org/commons-kg/ontology/"
PREFIX = f"PREFIX commons: <{COMMONS}> "


@pytest.mark.parametrize(
    ("text", "name", "near"),
    [
        (PREFIX + "SELECT * { ?s commons:adresses ?o }", "commons:adresses", "commons:addresses"),
        (f"SELECT * {{ ?s <{COMMONS}licenceTxt> ?o }}", "commons:licenceTxt", "commons:licenceText"),
        (f"PREFIX c: <{COMMONS}> ASK {{ ?s a c:digitalPublicGood. }}", "commons:digitalPublicGood",
         "commons:DigitalPublicGood"),
        (f"PREFIX : <{COMMONS}> ASK {{ ?s :xyzzy ?o }}", "commons:xyzzy", None),
        ("PREFIX o: <http://www.w3.org/ns/org#> ASK { ?s o:membr ?o }", "org:membr", "org:member"),
    ],
)  # fmt: skip
def test_a_term_that_does_not_exist_is_named_with_the_one_like_it(text: str, name: str, near: str | None) -> None:
    assert unknown_terms(text) == (UnknownTerm(name, near),)


@pytest.mark.parametrize(
    "text",
    [
        PREFIX + "SELECT * { ?s commons:addresses ?o . ?o a commons:SDGLink. }",
        PREFIX + "SELECT * { ?s ?p 'commons:adresses' } # commons:adresses",
        "PREFIX commons: <http://e/> ASK { ?s commons:adresses ?o }",
        "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> ASK { ?s rdf:_1 ?o ; rdf:reifies ?r ; rdf:type ?t }",
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> ASK { ?s skos:member ?o ; skos:ofTomorrow ?x }",
        "PREFIX schema: <https://schema.org/> ASK { ?s schema:nam ?o }",  # of which only the terms in use are known
    ],
)
def test_a_term_that_exists_or_may_exist_is_not_doubted(text: str) -> None:
    assert unknown_terms(text) == ()


def test_few_of_many_are_told_and_very_long_queries_are_left_alone() -> None:
    many = PREFIX + "ASK { " + " ".join(f"?s commons:unknown{n} ?o ." for n in range(40)) + " }"
    assert len(unknown_terms(many)) == 5
    assert unknown_terms(many + "#" + "x" * 20_000) == ()


def test_no_question_of_ours_uses_a_term_that_does_not_exist() -> None:
    assert not [(name, found) for name, q in questions().items() if (found := unknown_terms(q.text))]
