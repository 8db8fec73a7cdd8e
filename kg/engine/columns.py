"""``SELECT *`` with its columns in the order in which the query names the variables; the engine sorts them by name.

https://www.w3.org/TR/sparql11-query/#selectproj leaves the order open, people do not. The star is replaced by the
variables that it stands for. Which these are, the engine says when the query is asked of no data, which costs next to
nothing.
"""

from __future__ import annotations

from typing import Any

from pyoxigraph import QuerySolutions, Store

from kg.engine.guard import TOKEN


def written_out(text: str, **options: Any) -> str:
    """Return the query with the variables in place of its star, and any other query as it is.

    ``options`` are those of ``Store.query``.

    >>> written_out("SELECT * { ?thing a ?class FILTER(?x) }")
    'SELECT ?thing ?class { ?thing a ?class FILTER(?x) }'
    """
    star = _star(text) if "*" in text else None
    if star is None:
        return text
    solutions = Store().query(text, **options)
    if not isinstance(solutions, QuerySolutions):
        return text
    names = {variable.value for variable in solutions.variables}
    ordered = dict.fromkeys(
        match.group()[1:]
        for match in TOKEN.finditer(text, star + 1)
        if match.lastgroup == "variable" and match.group()[1:] in names
    )
    if not ordered or set(ordered) != names or list(ordered) == sorted(names):
        return text
    return f"{text[:star]}{' '.join(f'?{name}' for name in ordered)}{text[star + 1 :]}"


def _star(text: str) -> int | None:
    """Return where the star of the outermost SELECT is."""
    selected = False
    for match in TOKEN.finditer(text):
        kind, token = match.lastgroup, match.group()
        if kind == "space":
            continue
        if kind == "sign" and token == "*" and selected:
            return match.start()
        if kind == "sign" and token == "{":
            return None
        if selected and not (kind == "word" and token.upper() in ("DISTINCT", "REDUCED")):
            return None
        selected = selected or (kind == "word" and token.upper() == "SELECT")
    return None
