"""The headers of questions are read as ``kg/questions.py`` says, and every question is sound."""

from __future__ import annotations

import pytest
from pyoxigraph import Store

from kg.identifiers import DEFAULT_BASE
from kg.questions import FOLDER, Chart, Parameter, Question, parse, questions
from kg.web.asking import GROUPS, query_of, term_of

QUESTIONS = sorted(questions().values(), key=lambda q: q.name)
CHOICES = sorted(path.stem for path in (FOLDER / "choices").glob("*.rq"))


def test_a_header_is_read() -> None:
    question = parse(
        "x",
        """#+ summary: Who?
#+ description: As of
#+ tags: members, dates
#+ parameter: day | date | Day | 2024-06-01
#+ column: since | Member since
#+ chart: bar | member | goods

SELECT * { ?s ?p $day }
""",
    )
    assert question.parameters == (Parameter("day", "date", "Day", "2024-06-01"),)
    assert question.tags == ("members", "dates")
    assert question.heading("since") == "Member since"
    assert question.chart == Chart("bar", ("member", "goods"))
    assert question.text == "SELECT * { ?s ?p $day }\n"


@pytest.mark.parametrize(
    "header",
    [
        "#+ tags: x", "#+ summary: x\n#+ colour: x", "#+ summary: x\n#+ parameter: a | date | A",
        "#+ summary: x\n#+ parameter: a | thing | A | id/x", "#+ summary: x\n#+ parameter: a | colour | A | x",
        "#+ summary: x\n#+ parameter: unused | date | A | 2024-01-01", "#+ summary: x\n#+ chart: pie | a | b",
        "#+ summary: x\n#+ column: a",
    ],
)  # fmt: skip
def test_a_wrong_header_is_refused(header: str) -> None:
    with pytest.raises(ValueError, match="x: "):
        parse("x", f"{header}\nSELECT * {{ ?s ?p $a }}")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)
def test_every_question_is_sound(question: Question) -> None:
    assert question.summary.endswith("?")
    assert question.tags
    assert question.tags[0] in GROUPS
    assert all(p.choices in CHOICES for p in question.parameters if p.choices)
    found = Store().query(query_of(question, {}, DEFAULT_BASE), use_default_graph_as_union=True)
    names = {variable.value for variable in found.variables}  # type: ignore[union-attr]
    assert set(question.columns) <= names
    assert set(question.chart.variables if question.chart else ()) <= names


@pytest.mark.parametrize("name", CHOICES)
def test_every_query_of_choices_is_used_and_selects_things(name: str) -> None:
    assert any(p.choices == name for q in QUESTIONS for p in q.parameters)
    found = Store().query((FOLDER / "choices" / f"{name}.rq").read_text(encoding="utf-8"))
    assert [variable.value for variable in found.variables] == ["thing"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        ("thing", "id/good/GID1", f"<{DEFAULT_BASE}id/good/GID1>"),
        ("thing", "sdg:13", "<http://metadata.un.org/sdg/13>"),
        ("thing", "http://e/x", "<http://e/x>"),
        ("date", " 2024-06-01", '"2024-06-01"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("number", "-07", "-7"),
        ("text", 'a"} DROP ALL #\n\\', '"a\\"} DROP ALL #\\n\\\\"'),
    ],
)
def test_a_value_becomes_a_term(type_: str, value: str, expected: str) -> None:
    assert term_of(Parameter("p", type_, "P", ""), value, DEFAULT_BASE) == expected


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("thing", "http://e/ x"), ("thing", "id/x> ?y"), ("thing", ""), ("date", "2024"), ("date", "2024-13-01"),
        ("number", "1 2"), ("number", "1e9"), ("number", "٣"), ("text", ""), ("text", "x" * 501),
    ],
)  # fmt: skip
def test_what_is_not_of_the_type_is_refused(type_: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"\."):
        term_of(Parameter("p", type_, "P", ""), value, DEFAULT_BASE)
