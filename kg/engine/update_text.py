"""What a SPARQL update would write, read off its tokens: which graphs, and whether the default graph.

The engine says neither what an update changed nor what it is going to. Knowing the graphs, the change is found by
comparing them alone, and the default graph, where it is the union of the others, can be kept from being written.

https://www.w3.org/TR/sparql11-query/#sparqlGrammar, from ``Update`` on. The engine parses the text again, so what is
well-formed is decided there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.engine.errors import QueryRefusedError
from kg.engine.federation import iri
from kg.engine.guard import TOKEN, Limits, scan

MOST_GRAPHS = 1000
"""Graphs that are told apart; a text that names more of them is taken to write any."""


class UnreadableError(Exception):
    """The text is not of the form of an update."""


@dataclass(frozen=True, slots=True)
class Load:
    """A LOAD operation."""

    url: str
    graph: str | None
    """Where to; None is the default graph."""
    silent: bool


@dataclass
class Writes:
    """What an update may change."""

    default: bool = False
    """The default graph."""
    everything: bool = False
    """All graphs, the default graph among them (CLEAR ALL and DROP ALL)."""
    graphs: set[str] | None = field(default_factory=set)
    """Named graphs; None: it may be any."""
    steps: list[str | Load] = field(default_factory=list)
    """The update, with the dataset of the request written into it: texts, and what is to be loaded between them."""

    @property
    def text(self) -> str:
        """The update, where it loads nothing."""
        return "".join(step for step in self.steps if isinstance(step, str))

    def add(self, graph: str | None) -> None:
        """Note a graph that may be written; None: any."""
        if graph is None or self.graphs is None or len(self.graphs) >= MOST_GRAPHS:
            self.graphs = None
        else:
            self.graphs.add(graph)


def read(
    text: str, limits: Limits, *, using: tuple[tuple[str, ...], tuple[str, ...]] = ((), ()), base: str | None = None
) -> Writes:
    """Return what an update may change; ``using``: default and named graphs of the request; ``base``: for its IRIs.

    Raises:
        QueryRefusedError: it calls other servers, or is beyond a limit; rule ``dataset``: it names a dataset itself
            though the request does (https://www.w3.org/TR/sparql11-protocol/#update-dataset).
        UnreadableError: it is no update.
    """
    return _Reader(text, limits, using, base).request()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


class _Reader:
    """Goes through the tokens once."""

    def __init__(
        self, text: str, limits: Limits, using: tuple[tuple[str, ...], tuple[str, ...]], base: str | None
    ) -> None:
        self._text, self._limits, self._using = text, limits, using
        self._prologue = f"BASE <{base}>\n" if base else ""
        self._tokens = self._all()
        self._next = next(self._tokens, None)
        self._at = self._ended = 0
        self._known: dict[str, str] = {}
        self._edits: list[tuple[int, int, str]] = []
        self._loads: list[tuple[int, int, str, Load]] = []
        self._out = Writes()

    def _all(self) -> Iterator[_Token]:
        for match in TOKEN.finditer(self._text):
            kind, token = match.lastgroup or "", match.group()
            if kind != "space":
                yield _Token(kind, token.upper() if kind == "word" else token, match.start(), match.end())

    def _take(self, *wanted: str) -> _Token:
        token = self._next
        if token is None or (wanted and token.text not in wanted):
            raise UnreadableError(f"expected {' or '.join(wanted) or 'more'}")
        self._next = next(self._tokens, None)
        self._at, self._ended = token.start, token.end
        return token

    def _maybe(self, *words: str) -> str | None:
        return self._take().text if self._next is not None and self._next.text in words else None

    def request(self) -> Writes:
        with_graph: str | None = None
        while self._next is not None:
            match self._take().text:
                case ";":
                    pass
                case "PREFIX":
                    self._prologue += f"PREFIX {self._take().text} {self._take().text}\n"
                    self._known.clear()
                case "BASE":
                    self._prologue += f"BASE {self._take().text}\n"
                    self._known.clear()
                case "VERSION":
                    self._take()
                case "WITH":
                    self._own_dataset()
                    with_graph = self._graph()
                case ("INSERT" | "DELETE") as word:
                    self._change(word, with_graph)
                    with_graph = None
                case "CLEAR" | "DROP":
                    self._maybe("SILENT")
                    self._target(self._take().text)
                case "CREATE":
                    self._maybe("SILENT")
                    self._target(self._take("GRAPH").text)
                case ("ADD" | "COPY" | "MOVE") as word:
                    self._maybe("SILENT")
                    self._place(written=word == "MOVE")
                    self._take("TO")
                    self._place(written=True)
                case "LOAD":
                    self._load()
                case _:
                    raise UnreadableError("expected an operation")
        at, prologue = 0, ""
        for start, end, prologue_then, load in self._loads:
            self._out.steps += [prologue + self._edited(at, start), load]
            at, prologue = end, prologue_then
        self._out.steps.append(prologue + self._edited(at, len(self._text)))
        return self._out

    def _edited(self, at: int, until: int) -> str:
        """Return a part of the text with what is written into it; a semicolon after a LOAD has no operation before."""
        pieces = []
        for start, end, inserted in sorted(edit for edit in self._edits if at <= edit[0] <= until):
            pieces += [self._text[at:start], inserted]
            at = end
        return "".join([*pieces, self._text[at:until]])

    def _load(self) -> None:
        """Note a LOAD. Where it is not allowed, a silent one may fail, and so does nothing.

        https://www.w3.org/TR/sparql11-update/#load
        """
        start, silent = self._at, self._maybe("SILENT") is not None
        if not (silent or self._limits.load):
            raise QueryRefusedError(
                "LOAD is not allowed: this server fetches nothing for an update",
                rule="service", hint="Fetch it yourself, and PUT it to /store?graph=...",
            )  # fmt: skip
        token = self._take()
        url, end, graph = iri(token.text, self._prologue), token.end, None
        if url is None:
            raise UnreadableError("expected the address of a document")
        if self._maybe("INTO"):
            self._take("GRAPH")
            graph = self._graph()
            end = self._ended
        if not self._limits.load:
            self._edits.append((start, end, "INSERT DATA {}"))
            return
        if graph is None:
            self._out.default = True
        else:
            self._out.add(graph)
        if self._maybe(";"):
            end = self._ended
        self._loads.append((start, end, self._prologue, Load(url, graph, silent)))

    def _change(self, word: str, with_graph: str | None) -> None:
        """Read what follows INSERT or DELETE up to the end of the operation."""
        if self._maybe("DATA"):
            self._template(None)
            return
        if word == "DELETE" and self._next is not None and self._next.text == "WHERE":
            where = self._take()
            start, end = self._template(with_graph, pattern=True)
            if any(self._using):  # the short form has no place for a dataset
                self._edits.append((where.start, where.end, ""))
                self._edits.append((end, end, f" {self._dataset()} WHERE {self._text[start:end]}"))
            return
        self._template(with_graph)
        if word == "DELETE" and self._maybe("INSERT"):
            self._template(with_graph)
        while self._maybe("USING"):
            self._own_dataset()
            self._maybe("NAMED")
            self._take()
        start = self._next.start if self._next is not None else len(self._text)
        if any(self._using):
            self._edits.append((start, start, f"{self._dataset()} "))
        self._maybe("WHERE")
        self._pattern()

    def _own_dataset(self) -> None:
        if any(self._using):
            raise QueryRefusedError(
                "the update names a dataset by WITH or USING, and the request by using-graph-uri: only one can hold",
                rule="dataset", hint="See https://www.w3.org/TR/sparql11-protocol/#update-dataset",
            )  # fmt: skip

    def _dataset(self) -> str:
        default, named = self._using
        return " ".join([*(f"USING <{g}>" for g in default), *(f"USING NAMED <{g}>" for g in named)])

    def _target(self, word: str) -> None:
        if word == "GRAPH":
            self._out.add(self._graph())
        elif word in ("DEFAULT", "ALL", "NAMED"):
            self._out.default |= word == "DEFAULT"
            self._out.everything |= word == "ALL"  # empties the union with what it is the union of
            if word != "DEFAULT":
                self._out.add(None)
        else:
            raise UnreadableError("expected a graph")

    def _place(self, *, written: bool) -> None:
        if self._maybe("DEFAULT"):
            self._out.default |= written
            return
        self._maybe("GRAPH")
        graph = self._graph()
        if written:
            self._out.add(graph)

    def _graph(self) -> str | None:
        """Return the IRI that the next token stands for, as the engine reads it; None for a variable."""
        token = self._take()
        if token.kind == "variable":
            return None
        if token.kind not in ("iri", "name"):
            raise UnreadableError("expected a graph")
        if token.text not in self._known:
            found = iri(token.text, self._prologue)
            if found is None:
                raise UnreadableError("expected a graph")
            self._known[token.text] = found
        return self._known[token.text]

    def _template(self, with_graph: str | None, *, pattern: bool = False) -> tuple[int, int]:
        """Read a block of quads, and note the graphs they are in; return where it stands."""
        start = self._take("{").start
        depth, end = 1, start
        most = 1
        in_default = False
        while depth:
            if depth == 1 and self._maybe("GRAPH"):
                self._out.add(self._graph())
                self._take("{")
                depth += 1
                continue
            token = self._take()
            end = token.end
            if token.kind == "sign" and token.text in "{[(":
                in_default |= depth == 1
                depth += 1
                most = max(most, depth)
                if most > self._limits.depth:
                    raise _deep(most, self._limits)
            elif token.kind == "sign" and token.text in "}])":
                depth -= 1
            elif depth == 1 and token.text != ".":
                in_default = True
        if in_default:
            if with_graph is None:
                self._out.default = True
            else:
                self._out.add(with_graph)
        if pattern:
            self._check(start, end)
        return start, end

    def _pattern(self) -> None:
        start, depth = self._take("{").start, 1
        end = start
        while depth:
            token = self._take()
            end = token.end
            if token.kind == "sign" and token.text in "{[(":
                depth += 1
                if depth > self._limits.depth:
                    raise _deep(depth, self._limits)
            elif token.kind == "sign" and token.text in "}])":
                depth -= 1
        self._check(start, end)

    def _check(self, start: int, end: int) -> None:
        found = scan(self._text[start:end])
        if found.service and not self._limits.service:
            raise QueryRefusedError(
                "SERVICE is not allowed: this server fetches nothing for an update", rule="service",
                hint="Ask the other endpoint yourself, and insert what it answers.",
            )  # fmt: skip
        if found.patterns > self._limits.patterns:
            raise QueryRefusedError(
                f"one group has about {found.patterns} triple patterns, and at most {self._limits.patterns} are "
                "planned", rule="patterns", hint="Write in several operations, or by INSERT DATA.",
            )  # fmt: skip


def _deep(depth: int, limits: Limits) -> QueryRefusedError:
    return QueryRefusedError(
        f"brackets stand {depth} deep, and at most {limits.depth} are taken", rule="depth",
        hint="Groups within groups can often be written side by side.",
    )  # fmt: skip
