"""SPDX expressions: ``MIT OR Apache-2.0``, ``GPL-2.0-only WITH Classpath-exception-2.0``, in any case, nested."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from license_expression import (
    ExpressionError,
    ExpressionParseError,
    LicenseSymbol,
    LicenseWithExceptionSymbol,
    Licensing,
)

from kg.linking import creative_commons, spdx

_OPERATOR = re.compile(r"\s(?:and|or|with)\s", re.IGNORECASE)
_LONGEST = 4_000


@cache
def _licensing() -> Licensing:
    rows = [(row["id"], row["kind"] == "exception") for row in spdx.rows()]
    known = {spdx_id.casefold() for spdx_id, _ in rows}
    rows += [(t.spdx_like, False) for short, t in creative_commons.by_spdx_like().items() if short not in known]
    return Licensing([LicenseSymbol(key=spdx_id, is_exception=exception) for spdx_id, exception in rows])


def licences(text: str) -> tuple[str, ...]:
    """Return the licences of an SPDX expression all of whose ids are known."""
    if not _OPERATOR.search(text):
        return _plus(text)
    parsed = _parsed(text)
    if parsed is None:
        return ()
    return tuple(dict.fromkeys(spdx.to_iri(key) for key in _licensing().license_keys(parsed, unique=True)))


def _parsed(text: str) -> Any:
    """Parse an SPDX expression; None where it is none, or one of its ids is unknown."""
    text = re.sub(r"(?<=[\w.])\+(?=[\s)]|$)", lambda m: "+" if _ends_in_known_plus(text[: m.end()]) else "", text)
    try:
        parsed = _licensing().parse(text, strict=True)
    except (ExpressionError, ExpressionParseError, RecursionError):
        return None
    return None if parsed is None or _licensing().unknown_license_keys(parsed) else parsed


@dataclass(frozen=True, slots=True)
class Expression:
    """An SPDX expression: a licence, or several joined by an operator."""

    text: str
    """In its normal form: ``MIT OR Apache-2.0``."""
    operator: str = ""
    """``AND``, ``OR``, ``WITH`` (a licence and an exception); empty for one licence."""
    members: tuple[Expression, ...] = ()
    licence: str | None = None
    """Canonical IRI, of one licence or exception."""


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression | None:
    """Return an SPDX expression of several licences, None for any other text.

    >>> found = parse("mit or (gpl-2.0-only with classpath-exception-2.0)")
    >>> found.text, found.operator, [member.operator for member in found.members]
    ('MIT OR GPL-2.0-only WITH Classpath-exception-2.0', 'OR', ['', 'WITH'])
    """
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    if len(text) > _LONGEST or not _OPERATOR.search(text):
        return None
    parsed = _parsed(text)
    return _told(parsed) if parsed is not None and not isinstance(parsed, LicenseSymbol) else None


def _told(parsed: Any) -> Expression:
    text = parsed.render("{symbol.key}")
    if isinstance(parsed, LicenseWithExceptionSymbol):
        return Expression(text, "WITH", (_told(parsed.license_symbol), _told(parsed.exception_symbol)))
    if isinstance(parsed, LicenseSymbol):
        return Expression(text, licence=spdx.to_iri(parsed.key))
    return Expression(text, parsed.operator.strip(), tuple(map(_told, parsed.args)))


def _ends_in_known_plus(text: str) -> bool:
    return re.split(r"[\s(]", text)[-1].casefold() in spdx.ids()


def _plus(text: str) -> tuple[str, ...]:
    """Return the licence of ``Apache-2.0+``: this version or, if it ever comes, a later one."""
    found = spdx.ids().get(text.casefold().removesuffix("+")) if text.endswith("+") else None
    return (found,) if found else ()
