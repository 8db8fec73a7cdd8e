"""The project's own queries, asked of two engines."""

from __future__ import annotations

import asyncio
import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.endpoint.virtuoso import Virtuoso
from kg.engine import errors
from kg.engine.pool import Pool, PoolOptions, Query
from kg.identifiers import DEFAULT_BASE
from kg.questions import FOLDER, questions
from kg.resources import PACKAGE
from kg.web.asking import query_of
from kg.web.queries import filled
from tests.remote.serving import held, located

HERE = Path(__file__).parent
PAGES = PACKAGE / "queries" / "pages"
EXCEPTIONS = tomllib.loads((HERE / "exceptions.toml").read_text())

Rows = Counter[tuple[tuple[str, str], ...]]


def own_queries(data: str) -> dict[str, str]:
    """Return the queries of questions, of their choices and of pages, by name, with their parameters filled in."""
    tables = tomllib.loads((HERE / "parameters.toml").read_text())
    parameters = tables["real"] | tables[data]
    found = {f"questions.{name}": query_of(question, {}, DEFAULT_BASE) for name, question in questions().items()}
    for path in sorted((FOLDER / "choices").glob("*.rq")):
        found[f"choices.{path.stem}"] = path.read_text()
    for path in sorted(PAGES.rglob("*.rq")):
        name = ".".join(path.relative_to(PAGES).with_suffix("").parts)
        found[f"pages.{name}"] = filled(path.read_text(), parameters)
    return found


def compared(server: Virtuoso, home: Path, data: str) -> dict[str, str]:
    async def main() -> dict[str, str]:
        options = held(server, home)
        own, other = Pool(located(home), PoolOptions(deadline=30)), Pool(located(home), options)
        async with own, other:
            return await different(own, other, own_queries(data))

    return asyncio.run(main())


async def different(own: Pool, other: Pool, queries: dict[str, str]) -> dict[str, str]:
    """Return the queries whose answers differ, each with how."""
    found = {}
    for name, text in queries.items():
        first, second = await answer(own, text), await answer(other, text)
        exception = exception_of(name)
        if exception.get("count"):
            first, second = (a if isinstance(a, str) else str(sum(a.values())) for a in (first, second))
        left_out = exception.get("columns", [])
        first, second = (a if isinstance(a, str) else comparable(a, text, left_out) for a in (first, second))
        if first != second:
            found[name] = f"{_told(first, second)}, by the other engine {_told(second, first)}"
    return found


def exception_of(name: str) -> dict[str, Any]:
    """Return what is known to differ of a query."""
    kind, _, rest = name.partition(".")
    found: dict[str, Any] = EXCEPTIONS.get(kind, {})
    for part in rest.split("."):
        found = found.get(part, {})
    return found


async def answer(pool: Pool, text: str) -> Rows | str:
    """Return the solutions, statements or truth value; of a query that fails, its error."""
    try:
        async with pool.query(Query(text=text, graph="nt")) as found:
            body = await found.read()
    except (errors.EngineError, errors.QuerySyntaxError) as error:
        return f"error: {error}"
    if found.form == "graph":
        return Counter({(("statement", line),): 1 for line in body.decode().splitlines()})
    table = json.loads(body)
    if found.form == "ask":
        return str(table["boolean"])
    return Counter(
        tuple((n, json.dumps(t, sort_keys=True)) for n, t in sorted(row.items()))
        for row in table["results"]["bindings"]
    )


def comparable(rows: Rows, text: str, left_out: list[str]) -> Rows:
    """Return rows without the columns that are left out, and what GROUP_CONCAT joins in one order: SPARQL names none.

    Of nothing it is an empty text by one engine, and an error, so no value, by the other.
    """
    lists = dict.fromkeys(re.findall(r"GROUP_CONCAT\(.*?\)\s+AS\s+\?(\w+)\)", text))
    found: Rows = Counter()
    for row, count in rows.items():
        kept = tuple(
            (n, _sorted(t) if n in lists else t) for n, t in row if n not in left_out and (n not in lists or _sorted(t))
        )
        found[kept] += count
    return found


def _sorted(term: str) -> str:
    return " ".join(sorted(re.split("; | ", json.loads(term)["value"])))


def _told(rows: Rows | str, others: Rows | str) -> str:
    if isinstance(rows, str) or isinstance(others, str):
        return str(rows)[:300] if isinstance(rows, str) else f"{sum(rows.values())} rows"
    return f"{sum(rows.values())} rows, {list(rows - others)[:2]}"
