"""Where pySHACL 0.40 departs from the SHACL specification in ways that commons data meets, corrected.

pySHACL finds the class of a constraint in a table by its parameter; ``install`` puts ours there in place of its own:

* the order of values is SPARQL's ``<``: values that cannot be compared (a date against a dateTime, a string against
  an IRI, anything ill-typed) break sh:lessThan, sh:minInclusive and their like, and never raise;
* sh:datatype looks at the lexical space of the datatypes whose Python type is more lenient than XSD;
* in sh:pattern ``$`` is the end of the string, not a place before a final line feed;
* sh:uniqueLang is set by ``true``, not by ``1``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from pyshacl import constraints as table
from pyshacl.constraints.core import property_pair_constraints as pairs
from pyshacl.constraints.core import string_based_constraints as strings
from pyshacl.constraints.core import value_constraints as values
from pyshacl.constraints.core import value_range_constraints as ranges
from rdflib import Literal
from rdflib.term import Node

from kg.namespaces import SH, XSD

_TIMEZONE = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?"
_LEXICAL: Mapping[str, re.Pattern[str]] = {
    str(name): re.compile(pattern) for name, pattern in {
        XSD.boolean: r"true|false|0|1",
        XSD.decimal: r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
        XSD.integer: r"[+-]?\d+",
        XSD.double: r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
        XSD.float: r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
        XSD.date: rf"-?(?:[1-9]\d{{3,}}|0\d{{3}})-\d\d-\d\d{_TIMEZONE}",
        XSD.dateTime: rf"-?(?:[1-9]\d{{3,}}|0\d{{3}})-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?{_TIMEZONE}",
    }.items()
}  # fmt: skip
_MIDNIGHT = re.compile(r"^[1-9]\d{3}-.*T24:00:00(?:\.0+)?(?:$|[Z+-])")
_BOUNDS: Mapping[str, tuple[float, float]] = {
    str(XSD[name]): bounds for name, bounds in {
        "nonNegativeInteger": (0, float("inf")), "positiveInteger": (1, float("inf")),
        "nonPositiveInteger": (float("-inf"), 0), "negativeInteger": (float("-inf"), -1),
        "long": (-(2**63), 2**63 - 1), "int": (-(2**31), 2**31 - 1), "short": (-(2**15), 2**15 - 1),
        "byte": (-128, 127), "unsignedLong": (0, 2**64 - 1), "unsignedInt": (0, 2**32 - 1),
        "unsignedShort": (0, 2**16 - 1), "unsignedByte": (0, 255),
    }.items()
}  # fmt: skip


def well_typed(value: Literal) -> bool:
    """Whether the lexical form belongs to the datatype; an unknown datatype admits everything."""
    datatype, text = str(value.datatype or XSD.string), str(value)
    if datatype in _BOUNDS:
        low, high = _BOUNDS[datatype]
        return re.fullmatch(r"[+-]?\d+", text) is not None and low <= int(text) <= high
    if datatype in _LEXICAL:
        if not _LEXICAL[datatype].fullmatch(text):
            return False
        if datatype == str(XSD.dateTime) and "T24:00:00" in text:
            return _MIDNIGHT.search(text) is not None
        if datatype in (str(XSD.date), str(XSD.dateTime)):
            return value.ill_typed is not True
        return True
    return value.ill_typed is not True


def _comparable(value: Node) -> tuple[str, Any] | None:
    """Return (family, Python value) of what SPARQL's operators order, None for all else."""
    if not isinstance(value, Literal) or value.language or not well_typed(value):
        return None
    found = value.value
    if found is None and value.datatype == XSD.dateTime:  # 24:00:00, which Python does not read
        found = datetime.fromisoformat(re.sub("T24:00:00", "T00:00:00", str(value))) + timedelta(days=1)
    if isinstance(found, bool):
        return "boolean", found
    if isinstance(found, int | float | Decimal):
        return "number", found
    if isinstance(found, datetime):
        return "dateTime", found
    if isinstance(found, date):  # its time zone, which Python's date has not, as a dateTime
        zone = str(value)[10:].replace("Z", "+00:00") if str(value)[:1].isdigit() else ""
        return "date", datetime.fromisoformat(f"{found.isoformat()}T00:00:00{zone}")
    if isinstance(found, time):
        return "time", found
    if value.datatype is None or value.datatype == XSD.string:
        return "string", str(value)
    return None


def compare(left: Node, right: Node) -> int | None:
    """Return -1, 0 or 1 by SPARQL's order, None where it has none.

    The rule: https://www.w3.org/TR/sparql11-query/#OperatorMapping, with xsd:date and xsd:time ordered as XPath does.
    """
    a, b = _comparable(left), _comparable(right)
    if a is None or b is None or a[0] != b[0]:
        return None
    x, y = a[1], b[1]
    try:
        if isinstance(x, Decimal) and isinstance(y, float):
            x = float(x)
        elif isinstance(y, Decimal) and isinstance(x, float):
            y = float(y)
        return -1 if x < y else 1 if x > y else 0 if x == y else None
    except TypeError:  # one dateTime has a time zone, the other has not
        return None


def _pairs(
    constraint: Any, graph: Any, focus: Node, left: Iterable[Node], right: Iterable[Node], good: tuple[int, ...]
) -> tuple[bool, list[Any]]:
    others = list(right)
    reports = [
        constraint.make_v_result(graph, focus, value_node=value)
        for value in left
        for other in others
        if compare(value, other) not in good
    ]
    return bool(reports), reports


def _range(
    constraint: Any, bound: Node, graph: Any, focus_values: Mapping[Node, Iterable[Node]], good: tuple[int, ...]
) -> tuple[bool, list[Any]]:
    reports = [
        constraint.make_v_result(graph, focus, value_node=value)
        for focus, nodes in focus_values.items()
        for value in nodes
        if compare(value, bound) not in good
    ]
    return bool(reports), reports


class LessThan(pairs.LessThanConstraintComponent):
    """https://www.w3.org/TR/shacl/#LessThanConstraintComponent."""

    def _compare_lt(self, left: Any, right: Any, graph: Any, focus: Any) -> tuple[bool, list[Any]]:
        return _pairs(self, graph, focus, left, right, (-1,))


class LessThanOrEquals(pairs.LessThanOrEqualsConstraintComponent):
    """https://www.w3.org/TR/shacl/#LessThanOrEqualsConstraintComponent."""

    def _compare_ltoe(self, left: Any, right: Any, graph: Any, focus: Any) -> tuple[bool, list[Any]]:
        return _pairs(self, graph, focus, left, right, (-1, 0))


class MinExclusive(ranges.MinExclusiveConstraintComponent):
    """https://www.w3.org/TR/shacl/#MinExclusiveConstraintComponent."""

    def _evaluate_min_rule(self, bound: Any, graph: Any, focus_values: Any) -> tuple[bool, list[Any]]:
        return _range(self, bound, graph, focus_values, (1,))


class MinInclusive(ranges.MinInclusiveConstraintComponent):
    """https://www.w3.org/TR/shacl/#MinInclusiveConstraintComponent."""

    def _evaluate_min_rule(self, bound: Any, graph: Any, focus_values: Any) -> tuple[bool, list[Any]]:
        return _range(self, bound, graph, focus_values, (0, 1))


class MaxExclusive(ranges.MaxExclusiveConstraintComponent):
    """https://www.w3.org/TR/shacl/#MaxExclusiveConstraintComponent."""

    def _evaluate_max_rule(self, bound: Any, graph: Any, focus_values: Any) -> tuple[bool, list[Any]]:
        return _range(self, bound, graph, focus_values, (-1,))


class MaxInclusive(ranges.MaxInclusiveConstraintComponent):
    """https://www.w3.org/TR/shacl/#MaxInclusiveConstraintComponent."""

    def _evaluate_max_rule(self, bound: Any, graph: Any, focus_values: Any) -> tuple[bool, list[Any]]:
        return _range(self, bound, graph, focus_values, (-1, 0))


class Datatype(values.DatatypeConstraintComponent):
    """https://www.w3.org/TR/shacl/#DatatypeConstraintComponent."""

    def evaluate(self, executor: Any, graph: Any, focus_values: Any, path: Any) -> tuple[bool, list[Any]]:
        """Compare the datatype as written, and the lexical form with it."""
        rule = self.datatype_rule
        if str(rule) not in _LEXICAL and str(rule) not in _BOUNDS:
            return super().evaluate(executor, graph, focus_values, path)  # type: ignore[no-any-return]
        reports = [
            self.make_v_result(graph, focus, value_node=value)
            for focus, nodes in focus_values.items()
            for value in nodes
            if not (isinstance(value, Literal) and value.datatype == rule and well_typed(value))
        ]
        return not reports, reports


_DOLLAR = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\$", re.DOTALL)


class Pattern(strings.PatternConstraintComponent):
    """https://www.w3.org/TR/shacl/#PatternConstraintComponent."""

    def __init__(self, shape: Any) -> None:
        super().__init__(shape)
        for rule, compiled in self.compiled_cache.items():
            if not compiled.flags & re.MULTILINE:
                strict = _DOLLAR.sub(lambda match: r"\Z" if match[0] == "$" else match[0], compiled.pattern)
                self.compiled_cache[rule] = re.compile(strict, compiled.flags)


class UniqueLang(strings.UniqueLangConstraintComponent):
    """https://www.w3.org/TR/shacl/#UniqueLangConstraintComponent."""

    def __init__(self, shape: Any) -> None:
        super().__init__(shape)
        rules: Any = {str(value) == "true" for value in shape.objects(SH.uniqueLang)}
        self.string_rules = rules


def install() -> None:
    """Put the corrected constraints into pySHACL's table, for this process."""
    corrected: Mapping[Any, Callable[..., Any]] = {
        SH.lessThan: LessThan, SH.lessThanOrEquals: LessThanOrEquals,
        SH.minExclusive: MinExclusive, SH.minInclusive: MinInclusive,
        SH.maxExclusive: MaxExclusive, SH.maxInclusive: MaxInclusive,
        SH.datatype: Datatype, SH.pattern: Pattern, SH.uniqueLang: UniqueLang,
    }  # fmt: skip
    table.CONSTRAINT_PARAMETERS_MAP.update(corrected)
