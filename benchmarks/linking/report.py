"""The table and the list of errors, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.linking.score import Case, Score, Task, score

HEADER = """# How right the links are

`python -m benchmarks.linking --write docs/benchmarks/linking.md` asks `kg.linking` what gold sets made by hand
(`tests/linking/gold`) know the answer to. Precision is the share of the given answers that are right, recall the share
of the right ones that were given; *exact* are the cases in which both are the same. Some sets are split by a hash of
the question into a development half and a held-out half. How each set was made, and what was tuned on it, stands below
the table. The task `mentions` needs a home with the real sources (`COMMONS_KG_HOME`), the TF-IDF baseline the
extra `commons-kg[benchmarks]`. How fast it is: `python -m benchmarks.linking.speed`.
"""
NOTES = Path(__file__).with_name("notes.md")


def markdown(results: Sequence[tuple[Task, Sequence[Case]]]) -> str:
    """Return the report."""
    lines = [
        HEADER,
        "| task | aim | part | cases | exact | right answers | given | precision | recall | F1 |",
        "|---|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for task, cases in results:
        parts = [("all", list(cases))]
        if task.split:
            parts += [
                ("development", [c for c in cases if not c.held_out]),
                ("held out", [c for c in cases if c.held_out]),
            ]
        lines += [_row(task, name, score(part)) for name, part in parts]
    lines += ["", NOTES.read_text(encoding="utf-8").rstrip()]
    for task, cases in results:
        if not task.errors:
            continue
        wrong = [case for case in cases if not case.exact]
        lines += ["", f"## {task.title}", ""]
        if not wrong:
            lines.append("No error.")
            continue
        lines += ["| question | right | given | part | why |", "|---|---|---|---|---|"]
        for case in wrong:
            part = "held out" if case.held_out and task.split else "development" if task.split else ""
            cells = (case.question, _listed(case.right), _listed(case.given), part, case.why)
            lines.append("| " + " | ".join(map(_cell, cells)) + " |")
    return "\n".join(lines) + "\n"


def _row(task: Task, part: str, counted: Score) -> str:
    numbers = (counted.precision, counted.recall, counted.f1)
    cells = [task.name if part == "all" else "", task.aim if part == "all" else "", part]
    cells += [str(n) for n in (counted.cases, counted.exact, counted.right, counted.given)]
    return "| " + " | ".join([*cells, *(f"{number:.3f}" for number in numbers)]) + " |"


def _listed(answers: frozenset[str]) -> str:
    return ", ".join(sorted(answers)) or "nothing"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
