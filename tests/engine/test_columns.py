from __future__ import annotations

import pytest

from kg.engine.columns import written_out


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("SELECT * { ?z ?y ?x }", "?z ?y ?x"),
        ("PREFIX : <urn:*> SELECT DISTINCT * WHERE { $b :p ?a } ORDER BY ?a", "?b ?a"),
        ("SELECT * { ?z ?y ?x FILTER(?b) MINUS { ?c ?c ?z } }", "?z ?y ?x"),
        ("SELECT * { { SELECT (?m AS ?z) ?a { ?m ?n ?a } } ?z ?y ?c }", "?z ?a ?y ?c"),
        ("#SELECT ?b\nSELECT*{ ?b ?a '?0' }", "?b ?a"),
    ],
)
def test_columns_stand_in_the_order_of_the_query(text: str, selected: str) -> None:
    before, star, after = text.rpartition("*")
    assert star
    assert written_out(text) == f"{before}{selected}{after}"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?a ?b ?c }", "SELECT * {}", "SELECT ?b ?a { ?b ?a ?c }", "ASK { ?z ?y ?x }",
        "SELECT (2 * ?b AS ?a) { ?z ?y ?b }", "SELECT ?x { { SELECT * { ?z ?y ?x } } }",
        "CONSTRUCT { ?z <urn:y> ?x } { ?z <urn:y>* ?x }",
    ],
)  # fmt: skip
def test_other_queries_stay_as_they_are(text: str) -> None:
    assert written_out(text) == text
