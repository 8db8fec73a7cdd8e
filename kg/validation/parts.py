"""Data of any size, taken apart by subject into parts that are validated one after the other.

A first pass deals the statements out to parts and remembers what shapes look at beyond the subject itself: classes of
values, and whatever paths lead on to. The second takes one part after the other, finds its focus nodes, adds what is
looked at from them, and validates. So memory holds one part, and of the rest only what shapes look at beyond a subject:
often the classes alone.

Everything here is N-Triples as pyoxigraph writes it, in bytes: terms are told apart by how they are written.
"""

from __future__ import annotations

import contextlib
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from kg.validation.plan import ROOT, Plan, mark
from kg.validation.reach import SUBCLASS, TYPE, Step, Steps, beyond, cut, told

AT_MOST = 256
"""Parts, each of which is an open file."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is validated together."""

    text: bytes
    """N-Triples: the statements of some subjects, and what is looked at from them."""
    asked: bytes
    """The statements that queries look at."""
    focus: dict[int, set[bytes]]
    """Target declaration -> its focus nodes here."""

    @property
    def marks(self) -> bytes:
        """The statements that mark the focus nodes."""
        lines: list[bytes] = []
        for number, nodes in self.focus.items():
            before = f"<focus:> <{mark(number)}> ".encode()
            lines += [before + node + b" .\n" for node in nodes]
        return b"".join(lines)


def term(iri: str) -> bytes:
    """Return an IRI in N-Triples syntax."""
    return f"<{iri}>".encode()


class Parts:
    """The statements of a dataset, dealt out. A context: they lie in temporary files where there are several parts."""

    def __init__(self, plan: Plan, count: int) -> None:
        self._plan, self._count = plan, min(max(count, 1), AT_MOST) if plan.local else 1
        self._open = contextlib.ExitStack()
        self._files: list[IO[bytes]] = []
        self._buffers: list[list[bytes]] = [[] for _ in range(self._count)]
        targets = plan.targets
        self._classes = {kind.encode(): number for kind, number in targets.classes.items()}
        self._subjects_of = {p.encode(): number for p, number in targets.subjects_of.items()}
        self._objects_of = {p.encode(): number for p, number in targets.objects_of.items()}
        self._named: dict[int, set[bytes]] = {number: set() for number in targets.objects_of.values()}
        for node, number in targets.nodes.items():
            self._named[number] = {node.encode()}
        self._super: dict[bytes, set[bytes]] = {}
        self._marks: dict[bytes, tuple[int, ...]] = {}
        self._steps, self._asked = told(plan.steps, term), told(plan.query_steps, term)
        self._index_of()
        self._interned: dict[bytes, bytes] = {}
        self._watch()

    def _index_of(self) -> None:
        """Prepare the indexes that lead on from a node that is no focus node, and those that lead back to subjects."""
        anchored = {state for _, state in self._plan.anchors}
        looked = [step for steps in (self._steps, self._asked) for step in steps[ROOT] if step.inverse]
        looked += [step for state in beyond(self._steps, [ROOT]) for step in self._steps[state]]
        looked += [step for s in beyond(self._asked, [ROOT, *anchored]) | anchored for step in self._asked[s]]
        self._everything = any(step.predicate is None for step in looked)
        forward = {step.predicate for step in looked if not step.inverse} - {None}
        self._out: dict[bytes, dict[bytes, bytes]] = {p: {} for p in forward if p}
        self._into: dict[bytes, dict[bytes, bytes]] = {s.predicate: {} for s in looked if s.inverse and s.predicate}
        if self._count == 1:
            self._out, self._into, self._everything = {}, {}, False

    def _watch(self) -> None:
        """Note for each predicate of a focus node the states that it leads on to, for shapes and for queries."""
        self._onward: dict[bytes | None, list[int]] = {}
        self._asked_onward: dict[bytes | None, list[int]] = {}
        self._back: list[Step[bytes]] = [step for step in self._steps[ROOT] if step.inverse]
        self._asked_back: list[Step[bytes]] = [step for step in self._asked[ROOT] if step.inverse]
        for steps, onward in ((self._steps, self._onward), (self._asked, self._asked_onward)):
            for predicate, inverse, after in steps[ROOT]:
                if not inverse and (steps[after] or steps is self._asked):
                    onward.setdefault(predicate, []).append(after)
            for predicate in onward.keys() - {None}:
                onward[predicate] += onward.get(None, ())
        self._all_asked = None in self._asked_onward
        if self._count == 1:  # one part has everything, wherever paths lead
            self._onward, asked = {}, [step.predicate for steps in self._asked for step in steps]
            self._asked_onward = {p: [] for p in asked if p}
            self._all_asked = None in asked or not all(query.local for query in self._plan.queries)

    def __enter__(self) -> Parts:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def indexed(self) -> set[bytes]:
        """The predicates whose statements are kept in memory."""
        return {*self._out, *self._into}

    # ---- first pass

    def add(self, chunks: Iterable[bytes]) -> None:
        """Deal out statements."""
        if self._count > 1 and not self._files:
            self._files = [
                self._open.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
                for _ in range(self._count)
            ]
        last, count, crc = b"", self._count, zlib.crc32
        put = self._buffers[0].append
        noted = {*self.indexed, *self._objects_of, _SUBCLASS}
        for chunk in chunks:
            for line in chunk.splitlines(keepends=True):
                subject, predicate, rest = line.split(b" ", 2)
                if subject != last:
                    last = subject
                    put = self._buffers[crc(subject) % count].append
                put(line)
                if predicate in noted or self._everything:
                    self._note(subject, predicate, rest[:-3])
            for buffer, file in zip(self._buffers, self._files, strict=False):
                file.write(b"".join(buffer))
                buffer.clear()

    def _note(self, subject: bytes, predicate: bytes, value: bytes) -> None:
        if self._everything:
            self._out.setdefault(predicate, {})
        for index, key, other in ((self._out, subject, value), (self._into, value, subject)):
            if (found := index.get(predicate)) is not None:
                other = self._interned.setdefault(other, other) if index is self._out else other
                before = found.get(key)
                found[key] = other if before is None else before + b"\n" + other
        if (number := self._objects_of.get(predicate)) is not None:
            self._named[number].add(value)
        if predicate == _SUBCLASS:
            self._super.setdefault(subject, set()).add(value)

    # ---- second pass

    def __iter__(self) -> Iterator[Part]:
        """Give one part after the other, and at last the focus nodes that are no subjects."""
        for number in range(self._count):
            if self._files:
                self._files[number].seek(0)
                text = self._files[number].read()
                self._files[number].close()
            else:
                text = b"".join(self._buffers[number])
            yield self._part(text)
        focus = {number: nodes for number, nodes in self._named.items() if nodes}
        if focus and self._count > 1:
            yield self._finished(b"", [], focus, set(), set(), {node for nodes in focus.values() for node in nodes})

    def _part(self, text: bytes) -> Part:
        focus: dict[int, set[bytes]] = {}
        subjects: set[bytes] = set()
        asked: list[bytes] = []
        starts: set[tuple[bytes, int]] = set()
        asked_starts: set[tuple[bytes, int]] = set()
        onward, asked_onward, subjects_of = self._onward, self._asked_onward, self._subjects_of
        anyway, asked_anyway = onward.get(None, ()), asked_onward.get(None, ())
        watched = {*onward, *asked_onward, *subjects_of, _TYPE}
        every = bool(anyway or asked_anyway)
        last = b""
        for line in text.splitlines(keepends=True):
            subject, predicate, rest = line.split(b" ", 2)
            if subject != last:
                last = subject
                subjects.add(subject)
            if predicate not in watched and not every:
                continue
            value = rest[:-3]
            if predicate == _TYPE:
                for number in self._marks_of(value):
                    focus.setdefault(number, set()).add(subject)
            if (number_of := subjects_of.get(predicate)) is not None:
                focus.setdefault(number_of, set()).add(subject)
            for state in onward.get(predicate, anyway):
                starts.add((value, state))
            if predicate in asked_onward or asked_anyway:
                asked.append(line)
                for state in asked_onward.get(predicate, asked_anyway):
                    asked_starts.add((value, state))
        for number, nodes in self._named.items():
            if self._count == 1:
                focus.setdefault(number, set()).update(nodes)
            elif here := nodes & subjects:
                focus.setdefault(number, set()).update(here)
                nodes -= here
        return self._finished(text, asked, focus, starts, asked_starts, subjects)

    def _marks_of(self, kind: bytes) -> tuple[int, ...]:
        """Return the target declarations of a class and of its superclasses."""
        found = self._marks.get(kind)
        if found is None:
            seen, todo = {kind}, [kind]
            while todo:
                new = self._super.get(todo.pop(), set()) - seen
                seen |= new
                todo += new
            found = self._marks[kind] = tuple(sorted(self._classes[c] for c in seen if c in self._classes))
        return found

    def _finished(
        self, text: bytes, asked: list[bytes], focus: dict[int, set[bytes]], starts: set[tuple[bytes, int]],
        asked_starts: set[tuple[bytes, int]], nodes: set[bytes],
    ) -> Part:  # fmt: skip
        """Add what is looked at beyond the part."""
        around: set[bytes] = set()
        asked_around: set[bytes] = set()
        if self._count > 1:
            around = self._looked_at(self._steps, starts, self._back, nodes)
            if self._plan.queries:
                asked_starts |= {(node.encode(), state) for node, state in self._plan.anchors}
                asked_around = self._looked_at(self._asked, asked_starts, self._asked_back, nodes)
        looked_at = text if self._all_asked else b"".join(asked)
        asked_text = b"".join((looked_at, *asked_around)) if self._plan.queries else b""
        return Part(b"".join((text, *around)), asked_text, focus)

    def _looked_at(
        self, steps: Steps[bytes], starts: set[tuple[bytes, int]], back: list[Step[bytes]], nodes: set[bytes]
    ) -> set[bytes]:
        found: set[bytes] = set()
        for predicate, inverse, after in back:
            for node in nodes:
                for line, other in self._along(node, predicate, inverse):
                    found.add(line)
                    starts.add((other, after))
        return found | cut(steps, self._along, starts)

    def _along(self, node: bytes, predicate: bytes | None, inverse: bool) -> Iterator[tuple[bytes, bytes]]:
        if inverse:
            assert predicate is not None, "shapes that look back along any predicate are not local"
            found = self._into[predicate].get(node)
            for other in found.split(b"\n") if found is not None else ():
                yield b"%b %b %b .\n" % (other, predicate, node), other
            return
        for key in (predicate,) if predicate is not None else self._out:
            found = self._out[key].get(node)
            for other in found.split(b"\n") if found is not None else ():
                yield b"%b %b %b .\n" % (node, key, other), other


_TYPE, _SUBCLASS = term(TYPE), term(SUBCLASS)
