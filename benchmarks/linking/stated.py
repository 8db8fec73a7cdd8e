"""Stated goals and targets: where does a text name which?

Gold: ``sdg-mentions.csv``, places in the answers "which goals, and why" of the registry of 2024-12-09 (text: the dpgid
and the number of the answer) and in the texts of ``sdg-labelled`` (text: the id); no code says that there is none.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from benchmarks.linking.score import SHARED, Case, Task, gold
from kg.linking.sdgs import mentions


def places() -> Iterator[Case]:
    """Look for mentions in each text of the gold set."""
    texts = {**_labelled(), **_registry()}
    right: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in gold("sdg-mentions"):
        answers = right[row["source"], row["text"]]
        if row["code"]:
            answers.add(f"{row['code']} at {row['start']}-{row['end']}")
    for (source, name), answers in right.items():
        found = mentions(texts[source, name], about_sdgs=source == "registry")
        given = frozenset(f"{mention.code} at {mention.start}-{mention.end}" for mention in found)
        yield Case(question=f"{source} {name}", right=frozenset(answers), given=given)


def _labelled() -> dict[tuple[str, str], str]:
    with (SHARED / "sdg-labelled" / "benchmark.csv").open(encoding="utf-8-sig", newline="") as stream:
        return {("sdg-labelled", row["id"]): row["text"] for row in csv.DictReader(stream)}


def _registry() -> dict[tuple[str, str], str]:
    document = json.loads((SHARED / "dpga-registry-api" / "dpgs-api-v2_2024-12-09.json").read_bytes())
    goods = document if isinstance(document, list) else next(v for v in document.values() if isinstance(v, list))
    return {
        ("registry", f"{good.get('dpgid') or good.get('name')}#{number}"): text
        for good in goods
        for number, text in enumerate(_answers(good))
    }


def _answers(value: Any, key: str = "") -> Iterator[str]:
    """Yield the texts whose key says ``relevance``, in the order of the file."""
    if isinstance(value, str) and "relevance" in key.lower():
        yield value
    for name, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _answers(part, str(name))


TASKS = (Task(name="sdg-mentions", title="Goals and targets named in texts", aim="P and R >= 0.99", run=places),)
