"""Tables of text: CSV files read row by row, whatever program wrote them.

UTF-8 (with or without a byte order mark) or UTF-16 with one; comma, semicolon or tab, whichever the header has most.
A row is a source record. One that is not readable becomes a reject and the rest of the file is still read, from the
line after the row's first: an unclosed quotation mark costs its own row and no other.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import TextIOWrapper

from kg.loader import Payload, excerpt
from kg.records import Origin, Reject, SDGClaim

SEPARATOR = "|"
"""Between several values in one cell."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_SDG = re.compile(r"(?:[1-9]|1[0-7])(?:\.(?:\d{1,2}|[a-z]))?")


class CellError(ValueError):
    """A cell does not hold what its column is for; ``args`` are the reason, the offending text and the hint."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row by our column names, without white space around them; an empty cell is None."""

    origin: Origin
    cells: Mapping[str, str | None]

    def get(self, column: str) -> str | None:
        """Return a cell, None where it is empty or the file has no such column."""
        return self.cells.get(column)

    def required(self, column: str) -> str:
        """Return a cell that must not be empty.

        Raises:
            CellError: it is empty.
        """
        value = self.get(column)
        if value is None:
            raise CellError(f"the column {column} is empty", ", ".join(v for v in self.cells.values() if v),
                            f"fill in {column}, or leave the row out")  # fmt: skip
        return value

    def several(self, column: str) -> tuple[str, ...]:
        """Return the values of a cell that may hold several, separated by ``|``."""
        return tuple(part.strip() for part in (self.get(column) or "").split(SEPARATOR) if part.strip())

    def day(self, column: str) -> date | None:
        """Return the date in a cell.

        Raises:
            CellError: it is not written YYYY-MM-DD, or there is no such day.
        """
        value = self.get(column)
        if value is None:
            return None
        try:
            return date.fromisoformat(value if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else "")
        except ValueError:
            raise CellError(f"the column {column} is no date", value, "write YYYY-MM-DD") from None

    def year(self, column: str) -> int | None:
        """Return the year in a cell.

        Raises:
            CellError: it is not written with four digits.
        """
        value = self.get(column)
        if value is None:
            return None
        if not re.fullmatch(r"[0-9]{4}", value):
            raise CellError(f"the column {column} is no year", value, "write four digits")
        return int(value)

    def sdgs(self, column: str) -> tuple[SDGClaim, ...]:
        """Return the SDG goals and targets in a cell, separated by blanks, commas or semicolons: ``13 13.3 9.c``.

        Raises:
            CellError: one is no code of a goal or target.
        """
        codes = re.split(r"[\s,;|]+", (self.get(column) or "").casefold().strip(" ,;|"))
        for code in filter(None, codes):
            if not _SDG.fullmatch(code):
                raise CellError(f"the column {column} holds no SDG code", code, "write codes like 13, 13.3 or 9.c")
        return tuple(SDGClaim(code=code) for code in dict.fromkeys(filter(None, codes)))


@dataclass(slots=True)
class _Lines:
    """The lines of a text, of which those that an unreadable row took in are given again."""

    text: Iterator[str]
    number: int = 0
    row: list[str] = field(default_factory=list)
    """Lines of the row that is being read."""
    again: deque[str] = field(default_factory=deque)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.again.popleft() if self.again else next(self.text)
        self.row.append(line)
        self.number += 1
        return line

    def begin(self) -> int:
        """Begin a row; return the number of its first line."""
        self.row.clear()
        return self.number + 1

    def give_back(self) -> int:
        """Give the lines of the row again, but for its first; return how many they are."""
        swallowed = self.row[1:]
        self.again.extendleft(reversed(swallowed))
        self.number -= len(swallowed)
        return len(swallowed)


@dataclass(slots=True)
class Table:
    """The rows of one CSV payload; iterate once."""

    payload: Payload
    columns: Mapping[str, str]
    """Our column name -> the file's header, where they differ."""
    header: tuple[str, ...] = field(init=False, default=())
    """Our names of the columns that the file has."""

    def __iter__(self) -> Iterator[Row | Reject]:
        """Yield each row, or a reject in its place."""
        with self.payload.open() as stream:
            start = stream.read(4)
            stream.seek(0)
            utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
            text = TextIOWrapper(
                stream, encoding="utf-16" if utf16 else "utf-8-sig", newline="",
                errors="replace" if utf16 else "surrogateescape",
            )  # fmt: skip
            first = text.readline()
            text.seek(0)
            delimiter = max(",;\t", key=first.count)
            lines = _Lines(text)
            rows = csv.reader(lines, delimiter=delimiter, strict=True)
            try:
                names = [name.strip() for name in next(rows, [])]
            except csv.Error as error:
                yield self._unreadable("the header is not readable as CSV", 1, error)
                return
            ours = {theirs: mine for mine, theirs in self.columns.items()}
            keys = [ours.get(name, name if name not in self.columns else "") for name in names]
            self.header = tuple(keys)
            yield from self._rows(rows, lines, keys)

    def _rows(self, rows: Iterator[list[str]], lines: _Lines, keys: Sequence[str]) -> Iterator[Row | Reject]:
        number = 0
        while True:
            line = lines.begin()
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                number += 1
                yield self._unreadable("the row is not readable as CSV", line, error, lines.give_back())
                continue
            if not cells:
                continue
            number += 1
            origin = Origin(payload=self.payload.name, place=f"row {number}", line=line)
            joined = ", ".join(cells)
            if len(cells) > len(keys) and any(cell.strip() for cell in cells[len(keys) :]):
                yield Reject(origin=origin, reason="the row has more cells than the header", excerpt=excerpt(joined),
                             hint="put quotation marks around cells that hold the separator")  # fmt: skip
            elif not joined.isascii() and re.search("[\ud800-\udfff]", joined):
                yield Reject(origin=origin, reason="the row is not UTF-8 text",
                             excerpt=excerpt(re.sub("[\ud800-\udfff]", "\ufffd", joined)),
                             hint="save the file as UTF-8")  # fmt: skip
            else:
                yield Row(origin, {key: _clean(cell) or None for key, cell in zip(keys, cells, strict=False) if key})

    def _unreadable(self, reason: str, line: int, error: csv.Error, swallowed: int = 0) -> Reject:
        after = f"; it swallowed the {swallowed} lines after it, which are read anew" if swallowed else ""
        return Reject(
            origin=Origin(payload=self.payload.name, line=line), reason=reason, excerpt=excerpt(f"{error}{after}"),
            hint="mend the quotation marks in this line, or in the one before",
        )  # fmt: skip


def _clean(cell: str) -> str:
    return " ".join(_CONTROL.sub(" ", cell).split())
