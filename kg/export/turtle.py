"""Turtle and TriG from sorted statements in N-Triples form, a block for each subject.

Written here because pyoxigraph gives prefixes no fixed order and takes three times as long through Python's objects. A
literal of N-Triples is one of Turtle as it stands; an IRI becomes a prefixed name where what follows the last slash or
hash is letters, digits, ``_`` and ``-`` alone, which needs no escapes (https://www.w3.org/TR/turtle/#sec-escapes).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import IO

from kg.dataset.sorting import CACHED, pages
from kg.namespaces import RDF, XSD

PAGE = 20_000
"""Statements of one block; a subject with more is told in several."""
_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_SEPARATOR = len(" ;\n\t")
_INTEGER = re.compile(r'"[+-]?[0-9]+"')
_TYPE, _INT, _BOOL = f"<{RDF.type}>", f"^^<{XSD.integer}>", f"^^<{XSD.boolean}>"


def header(prefixes: Mapping[str, str]) -> bytes:
    """Return the prefix declarations, sorted, with a blank line below them."""
    return "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in sorted(prefixes.items())).encode() + b"\n"


class Blocks:
    """Writes the statements of a subject with some prefixes."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._spaces = {iri: prefix for prefix, iri in sorted(prefixes.items(), reverse=True)}
        self._iri = lru_cache(maxsize=65_536)(self._shortened)
        self._told = lru_cache(maxsize=32_768)(self._tell)

    def block(self, subject: str, statements: Iterable[str]) -> str:
        """Return what is said of a subject: sorted ``predicate object`` in N-Triples form."""
        told, last = self._told, ""
        parts = [self._iri(subject)]
        for statement in statements:
            predicate, first, more = told(statement) if len(statement) < CACHED else self._tell(statement)
            if predicate == last:
                parts.append(more)
            else:
                parts.append(first if last else f" {first[_SEPARATOR:]}")
                last = predicate
        parts.append(" .\n")
        return "".join(parts)

    def told(self, subject: str, statements: Sequence[str]) -> bytes:
        """Return the same as bytes, in several blocks where there are more statements than ``PAGE``."""
        if len(statements) <= PAGE:
            return self.block(subject, statements).encode()
        starts = range(0, len(statements), PAGE)
        return "".join(self.block(subject, statements[start : start + PAGE]) for start in starts).encode()

    def _tell(self, statement: str) -> tuple[str, str, str]:
        """Return a predicate, and what is written of a statement if it is the first or a further one with it."""
        predicate, _, value = statement.partition(" ")
        name = "a" if predicate == _TYPE else self._iri(predicate)
        told = self._literal(value) if value[0] == '"' else self._iri(value)
        return predicate, f" ;\n\t{name} {told}", f" , {told}"

    def _shortened(self, term: str) -> str:
        if term[0] != "<" or term[1] == "<":
            return term
        cut = max(term.rfind("/"), term.rfind("#")) + 1
        prefix = self._spaces.get(term[1:cut])
        return f"{prefix}:{term[cut:-1]}" if prefix is not None and _LOCAL.fullmatch(term, cut, len(term) - 1) else term

    def _literal(self, value: str) -> str:
        if value[-1] == '"':
            return value
        end = value.rindex('"') + 1
        suffix = value[end:]
        if suffix[0] == "@":
            return value
        quoted = value[:end]
        if (suffix == _INT and _INTEGER.fullmatch(quoted)) or (suffix == _BOOL and quoted in ('"true"', '"false"')):
            return quoted[1:-1]
        return f"{quoted}^^{self._iri(suffix[2:])}"


def write_turtle(lines: Iterable[bytes], output: IO[bytes], prefixes: Mapping[str, str]) -> int:
    """Write sorted N-Triples lines as Turtle, grouped by subject; return the number of triples."""
    output.write(header(prefixes))
    return write_body(lines, output, prefixes)


def write_body(lines: Iterable[bytes], output: IO[bytes], prefixes: Mapping[str, str]) -> int:
    """Write sorted N-Triples lines as Turtle without the prefix declarations; it may stand in TriG's braces too."""
    count, blocks = 0, Blocks(prefixes)
    for subject, statements in pages(lines, PAGE):
        count += len(statements)
        output.write(blocks.block(subject, statements).encode())
    return count
