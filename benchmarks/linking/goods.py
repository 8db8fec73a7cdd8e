"""Goals inferred from the descriptions of goods, beside the goals that their owners claim in the registry.

It decides that goods get no inferred goals (``notes.md``). The goods are those of a home that has synced
``tests/data/shared-sources.toml``, named by COMMONS_KG_HOME; "right" is what the owner claims, itself or by a target.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import QuerySolutions, Store

from benchmarks.linking.mentions import HOME
from benchmarks.linking.score import Case, Task
from kg.linking.goals import model

_QUERY = """
PREFIX commons: <https://w3id.org/commons-kg/ontology/>
PREFIX schema: <https://schema.org/>
SELECT DISTINCT ?good ?text ?concept WHERE {
  ?good a commons:DigitalPublicGood ; schema:description ?text ; commons:addresses ?concept }
"""


def cases() -> Iterator[Case]:
    """Infer goals from the longest description of each good."""
    claimed: dict[str, set[str]] = defaultdict(set)
    texts: dict[str, str] = {}
    rows = Store.read_only(str(Path(os.environ[HOME]) / "current" / "store")).query(_QUERY)
    assert isinstance(rows, QuerySolutions)
    for good, text, concept in rows:
        claimed[good.value].add(concept.value.rpartition("/")[2].partition(".")[0])
        texts[good.value] = max(texts.get(good.value, ""), text.value, key=lambda t: (len(t), t))
    shipped = model()
    for good, text in sorted(texts.items()):
        given = frozenset(inference.goal for inference in shipped.infer(text))
        yield Case(question=good.rpartition("/")[2], right=frozenset(claimed[good]), given=given)


_TASK = Task(
    name="inferred-goals-of-goods", title="Goals inferred from descriptions of goods", aim="none: what is claimed",
    run=cases, split=False, errors=False,
)  # fmt: skip
TASKS = (_TASK,) if HOME in os.environ else ()
