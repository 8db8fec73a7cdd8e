"""What is read off an update is compared with what the engine does, for some thousand updates made at random."""

from __future__ import annotations

import random
import re

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from kg.engine.errors import QueryRefusedError
from kg.engine.guard import Limits
from kg.engine.update_text import UnreadableError, read

PROLOGUE = "BASE <http://b/> PREFIX g: <http://g/> PREFIX : <http://x/> "
GRAPHS = ["<http://g/1>", "g:2", "<rel>", "g:3", "<http://g/4>"]
SUBJECTS = ["<http://a/1>", ":x", "?v"]
PREDICATES = [":p", "a", "<http://p#x>"]
OBJECTS = [
    "<http://a/1>", ":x", "_:b", '"str { GRAPH <g> } #"', '"""long \' } """', "?v", "1", "true", "'a'@en", "[ :p 1 ]",
    "( 1 2 )", "<<( :a :b :c )>>",
]  # fmt: skip
PATTERNS = ["", "?v ?p ?o", "GRAPH ?g { ?v ?p ?o }", "?v ?p ?o . GRAPH ?g { ?a ?b ?v } FILTER(?v != 1)"]


class Maker:
    """Makes updates, many of them not well-formed."""

    def __init__(self, seed: int) -> None:
        self._any = random.Random(seed)

    def request(self) -> str:
        return PROLOGUE + " ;\n".join(self._operation() for _ in range(self._any.randint(1, 2)))

    def _triples(self) -> str:
        found = [
            " ".join(self._any.choice(terms) for terms in (SUBJECTS, PREDICATES, OBJECTS))
            for _ in range(self._any.randint(0, 2))
        ]
        return " . ".join(found) + self._any.choice([" .", ""])

    def _quads(self) -> str:
        parts = []
        for _ in range(self._any.randint(0, 3)):
            graph = self._any.choice([*GRAPHS, "?g"])
            parts.append(self._any.choice([f"{self._triples()} .", f"GRAPH {graph} {{ {self._triples()} }}",
                                           "# } GRAPH <z>\n"]))  # fmt: skip
        return f"{{ {' '.join(parts)} }}"

    def _operation(self) -> str:
        choose = self._any.choice
        graph, other = (choose(["DEFAULT", f"GRAPH {choose(GRAPHS)}", choose(GRAPHS)]) for _ in range(2))
        using = choose(["", "USING <http://g/1>", "USING NAMED g:2 USING <http://g/4>"])
        template = choose(["DELETE {}", "INSERT {}", "DELETE {} INSERT {}"]).format(self._quads(), self._quads())
        return choose([
            f"INSERT DATA {self._quads()}", f"DELETE DATA {self._quads()}", f"DELETE WHERE {self._quads()}",
            *[f"{choose(['', f'WITH {choose(GRAPHS)}'])} {template} {using} WHERE {{ {choose(PATTERNS)} }}"] * 3,
            f"{choose(['CLEAR', 'DROP'])} SILENT {choose(['DEFAULT', 'ALL', 'NAMED', f'GRAPH {choose(GRAPHS)}'])}",
            f"CREATE SILENT GRAPH {choose(GRAPHS)}", f"{choose(['ADD', 'MOVE', 'COPY'])} SILENT {graph} TO {other}",
        ])  # fmt: skip


def filled() -> Store:
    store = Store()
    graphs: list[NamedNode | DefaultGraph] = [DefaultGraph(), *(NamedNode(f"http://g/{n}") for n in (1, 2, 4, 9))]
    store.extend(Quad(NamedNode(f"http://a/{n}"), NamedNode("http://p"), Literal(n), g) for n in (0, 1) for g in graphs)
    return store


def test_an_update_writes_no_graph_that_was_not_read_off_it() -> None:
    maker, looked_at = Maker(7), 0
    for _ in range(5000):
        text, store = maker.request(), filled()
        before, names = set(store), set(store.named_graphs())
        try:
            store.update(text)
        except (SyntaxError, RuntimeError, OSError):
            continue
        looked_at += 1
        writes = read(text, Limits())
        for quad in before ^ set(store):
            if isinstance(quad.graph_name, DefaultGraph):
                assert writes.default or writes.everything, text
            elif isinstance(quad.graph_name, NamedNode):
                assert writes.graphs is None or quad.graph_name.value in writes.graphs, text
        for name in names ^ set(store.named_graphs()):
            assert writes.graphs is None or (isinstance(name, NamedNode) and name.value in writes.graphs), text
    assert looked_at > 2000


@pytest.mark.parametrize(
    "text",
    ["DELETE WHERE { ?s ?p ?o }", "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "INSERT { ?s ?p 9 } WHERE { ?s ?p ?o }"],
)
def test_the_dataset_of_the_request_stands_in_the_text(text: str) -> None:
    written = read(text, Limits(), using=(("http://g/1",), ())).text
    assert re.search(r"USING <http://g/1>\s+WHERE", written)
    store = filled()
    store.remove_graph(NamedNode("http://g/1"))
    before = set(store)
    store.update(written)
    assert set(store) == before  # the pattern finds nothing there


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("LOAD <http://a/>", QueryRefusedError), ("INSERT { } WHERE { SERVICE <http://a/> { } }", QueryRefusedError),
        ("DELETE WHERE {" + "?s ?p ?o ." * 101 + "}", QueryRefusedError),
        ("INSERT DATA {" + "[" * 300 + "]" * 300 + "}", QueryRefusedError),
        ("SELECT * {}", UnreadableError), ("INSERT DATA {", UnreadableError), ("CLEAR", UnreadableError),
    ],
)  # fmt: skip
def test_what_is_not_taken(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(text, Limits())


def test_data_may_be_long() -> None:
    text = "INSERT DATA { GRAPH <http://g/> {" + "<http://s> <http://p> 1 . " * 20_000 + "} }"
    assert read(text, Limits()).graphs == {"http://g/"}
