"""Dumps: lossless in every format, the same bytes for the same data, whole and per graph."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store

from kg.dataset import sorting
from kg.dataset.canonical import is_canonical
from kg.errors import InputError, UsageError
from kg.export import FORMATS, TABLES, Table, export, export_table, file_name, jsonld, write_dumps
from kg.export.files import read_index

BASE = "https://w3id.org/commons-kg/"
READ_AS = {
    "turtle": RdfFormat.TURTLE, "nquads": RdfFormat.N_QUADS, "trig": RdfFormat.TRIG, "jsonld": RdfFormat.JSON_LD,
    "ntriples": RdfFormat.N_TRIPLES,
}  # fmt: skip
CONTEXT: dict[str, Any] = {
    "@version": 1.1,
    "id": "@id",
    "type": "@type",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "urn": "https://example.org/prefix/",
    "name": {"@id": "schema:name", "@container": "@language"},
    "title": {"@id": "schema:name"},
    "names": {"@id": "schema:alternateName", "@container": ["@language", "@set"]},
    "url": {"@id": "schema:url", "@type": "@id"},
    "about": {"@id": "schema:about", "@type": "@vocab", "@container": "@set"},
    "date": {"@id": "schema:startDate", "@type": "xsd:date"},
    "current": {"@id": "schema:current", "@type": "xsd:boolean"},
    "german": {"@id": "schema:text", "@language": "de"},
    "list": {"@id": "schema:list", "@container": "@list"},
    "schema:odd": {"@id": "schema:odd", "@type": "@id"},
    "Person": "schema:Person",
}
TRICKY = (
    "", " ", "a\nb", "\r\n", "tab\t", '"quoted" \'it\'', "back\\slash\\n",
    "\u0000\u0001\u001f\u007f", "\u0085\u2028\u2029\ufeff",
    "é😀", "e\u0301", '"@en', '"^^<http://x/y>', " <http://x/y> .", " .", '"""', "@prefix a: <b> .",
    "_:b", "x" * 100_000,
)  # fmt: skip
RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
RDFS_LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
XSD = "http://www.w3.org/2001/XMLSchema#"

graphs = st.sampled_from([NamedNode(BASE + "graph/" + name) for name in ("a", "b", "derived/c", "späte")])
iris = st.sampled_from(
    [
        *(f"https://schema.org/{n}" for n in ("name", "alternateName", "url", "about", "startDate", "text")),
        "https://schema.org/list", "https://schema.org/odd",
        "https://schema.org/", "https://schema.org//x", "https://schema.org/current", "https://schema.org/Person",
        "https://example.org/prefix/a", "urn:isbn:1", "mailto:a@example.org", "https://example.org/ä?q=1&r=%20#f",
        BASE + "id/good/x", BASE + "graph/a", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "schema:x", "name:x",
    ]
).map(NamedNode)  # fmt: skip
texts = st.one_of(st.sampled_from(TRICKY[:-1]), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
literals = st.one_of(
    texts.map(Literal),
    st.builds(lambda t, tag: Literal(t, language=tag), texts, st.sampled_from(["en", "de", "zh-hant-tw", "x-y"])),
    st.builds(
        lambda t, name: Literal(t, datatype=NamedNode(name)),
        st.one_of(
            texts, st.sampled_from(["true", "false", "1", "0", "-5", "007", "1.50", "1e400", "2024-02-29", "NaN"])
        ),
        st.sampled_from([XSD + n for n in ("boolean", "integer", "decimal", "double", "date", "anyURI")] + ["urn:dt"]),
    ),
)
quads = st.builds(Quad, iris, iris, st.one_of(iris, literals), graphs)


def written(store: Store, format: str, **options: Any) -> bytes:
    output = io.BytesIO()
    export(store, output, format, **options)
    return output.getvalue()


def lines(store: Store, *, union: bool = False, graph: str | None = None) -> list[str]:
    """What a store holds, canonically: without blank nodes, the sorted lines are."""
    chosen = store.quads_for_pattern(None, None, None, NamedNode(graph) if graph else None)
    return sorted({str(quad.triple) if union else str(quad) for quad in chosen})


def loaded(data: bytes, format: str) -> Store:
    store = Store()
    store.load(data, READ_AS[format])
    return store


@pytest.fixture
def store() -> Store:
    """Two graphs with all that is awkward."""
    found = Store()
    name, thing = NamedNode("https://schema.org/name"), NamedNode(BASE + "id/good/x")
    for text in TRICKY:
        for graph in (NamedNode(BASE + "graph/a"), NamedNode(BASE + "graph/derived/c")):
            found.add(Quad(thing, name, Literal(text), graph))
            found.add(Quad(thing, name, Literal(text, language="zh-hant-tw"), graph))
            found.add(Quad(thing, name, Literal(text, datatype=NamedNode("http://example.org/dt")), graph))
    found.add(Quad(NamedNode("urn:x"), name, NamedNode("urn:y"), NamedNode(BASE + "graph/a")))
    found.add(Quad(thing, name, NamedNode(BASE + "graph/a"), NamedNode(BASE + "graph/derived/c")))
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(quads, max_size=25), st.sampled_from([CONTEXT, {}, {"schema": "https://schema.org/"}]), st.randoms())
def test_every_format_gives_back_what_went_in(given_quads: list[Quad], context: Any, order: random.Random) -> None:
    first, second = Store(), Store()
    first.extend(given_quads)
    order.shuffle(given_quads)
    second.extend(given_quads)
    for format in READ_AS:
        data = written(first, format, context=context)
        assert data == written(second, format, context=context)
        union = format in ("turtle", "ntriples")
        assert lines(loaded(data, format), union=union) == lines(first, union=union), (format, data)


@pytest.mark.parametrize("format", READ_AS)
@pytest.mark.parametrize("graph", [None, BASE + "graph/a", BASE + "graph/derived/c"])
def test_tricky_terms_survive(store: Store, format: str, graph: str | None) -> None:
    data = written(store, format, graph=graph, context=CONTEXT)
    union = format in ("turtle", "ntriples") or (format == "jsonld" and graph is not None)
    assert lines(loaded(data, format), union=union) == lines(store, union=union, graph=graph)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")
@pytest.mark.parametrize("format", ["turtle", "nquads", "trig", "jsonld"])
def test_another_parser_reads_the_same(format: str) -> None:
    """rdflib; on terms that it does not change itself."""
    store = Store()
    values: tuple[Literal | NamedNode, ...] = (
        Literal('a\n"b"'), Literal("é", language="fr"), NamedNode("urn:x"),
        Literal("true", datatype=NamedNode(XSD + "boolean")),
    )  # fmt: skip
    for index, value in enumerate(values):
        for prop in ("name", "alternateName", "url", "about", "current", "text"):
            store.add(
                Quad(NamedNode(f"urn:{index}"), NamedNode(f"https://schema.org/{prop}"), value, NamedNode("urn:g"))
            )
    context = {key: value for key, value in CONTEXT.items() if key != "urn"}
    dataset = rdflib.Dataset()
    name = {"jsonld": "json-ld"}.get(format, format)
    dataset.parse(data=written(store, format, context=context), format=name)
    found = {(str(s), str(p), o.n3()) for s, p, o, _ in dataset.quads()}
    expected = {(q.subject.value, q.predicate.value, rdflib.util.from_n3(str(q.object)).n3()) for q in store}  # type: ignore[union-attr]
    assert found == expected


def test_nquads_are_sorted_and_turtle_grouped(store: Store) -> None:
    nquads = written(store, "nquads").splitlines(keepends=True)
    assert nquads == sorted(nquads, key=lambda line: (line[line.rindex(b" <") :], line)), "graph by graph"
    assert len(nquads) == len(store)
    turtle = written(store, "turtle").decode()
    head, _, body = turtle.partition("\n\n")
    assert head.splitlines() == sorted(head.splitlines())
    assert body.count("<https://w3id.org/commons-kg/id/good/x> ") == 1
    assert "schema:name " in body


def test_jsonld_is_compacted() -> None:
    thing, graph = NamedNode("urn:isbn:1"), NamedNode("urn:g")
    store = Store()
    values: dict[str, Literal | NamedNode] = {
        "name": Literal("Hallo", language="de"), "url": NamedNode("https://schema.org/x"),
        "about": NamedNode("https://schema.org/Person"),
        "startDate": Literal("2024-03-04", datatype=NamedNode(XSD + "date")),
        "current": Literal("true", datatype=NamedNode(XSD + "boolean")),
        "text": Literal("Text", language="de"), "list": Literal("5", datatype=NamedNode(XSD + "integer")),
    }  # fmt: skip
    for prop, value in values.items():
        store.add(Quad(thing, NamedNode(f"https://schema.org/{prop}"), value, graph))
    store.add(
        Quad(
            thing,
            NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
            NamedNode("https://schema.org/Person"),
            graph,
        )
    )
    context = {key: value for key, value in CONTEXT.items() if key != "urn"}
    document = json.loads(written(store, "jsonld", graph="urn:g", context=context))
    assert document == {
        "@context": context,
        "@graph": [
            {
                "id": "urn:isbn:1", "type": "Person", "name": {"de": "Hallo"}, "url": "schema:x", "about": ["Person"],
                "date": "2024-03-04", "current": True, "german": "Text", "schema:list": {"@value": 5},
            }
        ],
    }  # fmt: skip


@pytest.mark.parametrize("keyword", ["@language", "@base", "@import", "@protected"])
def test_a_context_that_changes_the_data_is_refused(keyword: str) -> None:
    with pytest.raises(InputError, match=keyword):
        jsonld.Compactor({keyword: "de"})


def test_sorting_spills_and_merges(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = sorted(written(store, "nquads").splitlines(keepends=True))
    monkeypatch.setattr(sorting, "FAN_IN", 3)
    monkeypatch.setattr(sorting, "MERGED", 40)
    sorter = sorting.LineSorter(tmp_path, lines=2)
    for graph in store.named_graphs():
        if not isinstance(graph, BlankNode):
            sorter.add(store, graph)
    assert len(list(tmp_path.iterdir())) > 3
    assert list(map(sorting.nquad, sorter)) == expected
    sorter.close()
    assert not list(tmp_path.iterdir())


def test_a_big_subject_is_told_in_several_nodes(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    monkeypatch.setattr(jsonld, "NODE_LIMIT", 7)
    assert lines(loaded(written(store, "jsonld", context=CONTEXT), "jsonld")) == lines(store)


def test_unknown_format_graph_and_table_name_what_there_is(store: Store) -> None:
    with pytest.raises(UsageError) as caught:
        written(store, "rdfxml")
    assert "turtle" in str(caught.value.hint)
    with pytest.raises(UsageError, match="no graph"):
        written(store, "turtle", graph="urn:none")
    with pytest.raises(UsageError, match="no graph"):
        written(store, "turtle", graph="not an IRI")
    with pytest.raises(UsageError, match="table"):
        written(store, "csv")
    with pytest.raises(UsageError, match="no table"):
        export_table(store, io.BytesIO(), "nothing")
    assert set(FORMATS) == {*READ_AS, "csv"}


def test_file_names_are_safe() -> None:
    assert file_name(BASE + "graph/derived/goal-coverage") == "derived--goal-coverage"
    assert file_name("urn:x").startswith("graph-")
    assert file_name(BASE + "graph/..").startswith("graph-")


def test_dumps_of_a_version(store: Store, tmp_path: Path) -> None:
    files = write_dumps(store, tmp_path / "one", context=CONTEXT)
    names = {file.name for file in files}
    assert {"commons-kg.ttl.gz", "commons-kg.nq.gz", "commons-kg.trig.gz", "commons-kg.jsonld.gz"} <= names
    assert {"graphs/derived--c.ttl.gz", "graphs/a.nq.gz", "graphs/a.jsonld.gz", "tables/goods.csv.gz"} <= names
    for file in files:
        data = (tmp_path / "one" / file.name).read_bytes()
        assert (file.bytes, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        if file.format == "csv":
            continue
        found = loaded(gzip.decompress(data), file.format)
        union = file.format == "turtle" or (file.format == "jsonld" and file.graph is not None)
        expected = lines(store, union=union, graph=file.graph)
        assert lines(found, union=union) == expected, file.name
        assert file.statements == len(expected), file.name
    whole = {"ttl": "turtle", "nq": "nquads", "trig": "trig", "jsonld": "jsonld"}
    for extension, format in whole.items():
        packed = (tmp_path / "one" / f"commons-kg.{extension}.gz").read_bytes()
        assert gzip.decompress(packed) == written(store, format, context=CONTEXT), "export writes the same"
    sums = (tmp_path / "one" / "SHA256SUMS").read_text().splitlines()
    assert sums == [f"{file.sha256}  {file.name}" for file in files]
    assert not list((tmp_path / "one").glob(".sort*"))
    again = write_dumps(store, tmp_path / "two", context=CONTEXT)
    assert again == files


def test_unchanged_graphs_are_linked_from_the_version_before(store: Store, tmp_path: Path) -> None:
    unchanged = [BASE + "graph/a"]
    files = write_dumps(store, tmp_path / "one", context=CONTEXT)
    store.add(Quad(NamedNode("urn:n"), NamedNode("urn:p"), Literal("new"), NamedNode(BASE + "graph/derived/c")))
    linked = write_dumps(
        store, tmp_path / "two", context=CONTEXT, previous=tmp_path / "one", unchanged_graphs=unchanged
    )
    afresh = write_dumps(store, tmp_path / "three", context=CONTEXT)
    assert linked == afresh
    assert linked != files
    for name, same in (("graphs/a.nq.gz", True), ("graphs/derived--c.nq.gz", False)):
        assert (tmp_path / "one" / name).samefile(tmp_path / "two" / name) is same


@pytest.mark.parametrize("damage", ["bytes", "missing", "context", "index"])
def test_damaged_or_other_dumps_are_not_taken_over(store: Store, tmp_path: Path, damage: str) -> None:
    files = write_dumps(store, tmp_path / "one", context=CONTEXT if damage != "context" else {})
    piece = tmp_path / "one" / "graphs/a.ttl.gz"
    if damage == "bytes":
        piece.write_bytes(b"broken")
    elif damage == "missing":
        piece.unlink()
    elif damage == "index":
        (tmp_path / "one" / "index.json").write_text("[]")
        assert read_index(tmp_path / "one") == ("", {})
    found = write_dumps(
        store, tmp_path / "two", context=CONTEXT, previous=tmp_path / "one", unchanged_graphs=[BASE + "graph/a"]
    )
    assert not (tmp_path / "two" / "graphs/a.nq.gz").samefile(tmp_path / "one" / "graphs/a.nq.gz")
    assert {file.name for file in found} == {file.name for file in files}


def test_dumps_of_a_shard_are_those_of_the_store(store: Store, tmp_path: Path) -> None:
    graph = NamedNode(BASE + "graph/a")
    for text, kind in (("05", "int"), ("1.50", "decimal"), ("2024-03-04T00:00:00+00:00", "dateTime"), ("x", "int")):
        value = Literal(text, datatype=NamedNode(XSD + kind))
        store.add(Quad(NamedNode("urn:typed"), NamedNode("urn:p"), value, graph))
    shard = tmp_path / "a.nq"
    said = [f"{quad} .\n" for quad in store.quads_for_pattern(None, None, None, graph)]
    typed = f'<urn:typed> <urn:p> "05"^^<{XSD}int> {graph} .\n'
    shard.write_text("".join([*said, typed, typed]), encoding="utf-8", newline="")
    of_store = write_dumps(store, tmp_path / "one", context=CONTEXT)
    assert write_dumps(Store(), tmp_path / "none", context=CONTEXT) != of_store
    assert write_dumps(store, tmp_path / "two", context=CONTEXT, shards={graph.value: shard}) == of_store


def test_a_shard_in_other_words_is_left_aside(store: Store, tmp_path: Path) -> None:
    graph = NamedNode(BASE + "graph/a")
    shard = tmp_path / "a.nq"
    shard.write_text(f'<urn:x>  <urn:p> "x" {graph} .\n', encoding="utf-8")
    assert not is_canonical(shard, graph)
    shard.write_text(f'<urn:x> <urn:p> "x" {graph} .\n', encoding="utf-8")
    assert is_canonical(shard, graph)
    assert not is_canonical(shard, NamedNode("urn:other"))


def test_empty_store(tmp_path: Path) -> None:
    store = Store()
    for format in READ_AS:
        assert not lines(loaded(written(store, format), format))
    assert all(file.statements == 0 for file in write_dumps(store, tmp_path))


def table_rows(store: Store, table: str) -> list[dict[str, str]]:
    output = io.BytesIO()
    count = export_table(store, output, table)
    rows = list(csv.DictReader(io.StringIO(output.getvalue().decode(), newline="")))
    assert len(rows) == count
    return rows


def asked(store: Store, table: Table) -> dict[str, dict[str, str]]:
    """Return what a table should hold, cell by cell, by asking the query engine."""
    chosen = f"?thing a ?class . VALUES ?class {{ {' '.join(table.classes)} }}"
    rows: dict[str, dict[str, set[str]]] = {
        row["thing"].value: {column.name: set() for column in table.columns}
        for row in store.query(f"SELECT ?thing {{ {chosen} }}")  # type: ignore[union-attr]
    }
    for column in table.columns:
        condition = "true"
        if column.languages is not None:
            condition = f"LANG(?value) IN ({', '.join(map(json.dumps, sorted(column.languages)))})"
        elif column.datatype is not None:
            condition = f"DATATYPE(?value) = {column.datatype}"
        elif column.among is not None:
            condition = f"?value IN ({', '.join(sorted(column.among))})"
        path = "/".join(column.path)
        found = store.query(f"SELECT ?thing ?value {{ {chosen} ?thing {path} ?value FILTER({condition}) }}")
        for row in found:  # type: ignore[union-attr]
            rows[row["thing"].value][column.name].add(row["value"].value)
    return {
        thing: {table.key: thing, **{name: " | ".join(sorted(cell)) for name, cell in cells.items()}}
        for thing, cells in rows.items()
    }


@pytest.mark.parametrize("table", TABLES)
def test_table_holds_what_the_query_engine_finds(table: str) -> None:
    chosen, said = random.Random(table), TABLES[table]
    things = [NamedNode(f"urn:thing:{index}") for index in range(30)]
    values: list[Literal | NamedNode] = [
        *things,
        *(Literal(text) for text in TRICKY[:-1]),
        *(Literal("titre", language=tag) for tag in ("en", "fr", "en-gb")),
        *(NamedNode(iri[1:-1]) for column in said.columns for iri in column.among or ()),
        *(Literal("1.1", datatype=NamedNode(column.datatype[1:-1])) for column in said.columns if column.datatype),
    ]
    properties = sorted({NamedNode(iri[1:-1]) for column in said.columns for iri in column.path}, key=str)
    kinds = [NamedNode(iri[1:-1]) for iri in said.classes] + [NamedNode("urn:other")]
    store = Store()
    for thing in things:
        store.add(Quad(thing, RDF_TYPE, chosen.choice(kinds), DefaultGraph()))
        for _ in range(60):
            store.add(Quad(thing, chosen.choice(properties), chosen.choice(values), DefaultGraph()))
    rows = table_rows(store, table)
    assert {row[said.key]: row for row in rows} == asked(store, said)
    assert [row[said.key] for row in rows] == sorted({row[said.key] for row in rows}, key=lambda iri: f"<{iri}>")


def test_tables_of_the_dumps_are_the_exported_ones(store: Store, tmp_path: Path) -> None:
    for index in range(5):
        good, graph = NamedNode(f"urn:good:{index}"), NamedNode(BASE + "graph/a")
        store.add(Quad(good, RDF_TYPE, NamedNode(BASE + "ontology/DigitalPublicGood"), graph))
        store.add(Quad(good, RDFS_LABEL, Literal(f"a good, {index}"), graph))
    store.extend([Quad(*quad.triple) for quad in store])
    write_dumps(store, tmp_path)
    for table in TABLES:
        output = io.BytesIO()
        export_table(store, output, table)
        assert gzip.decompress((tmp_path / f"tables/{table}.csv.gz").read_bytes()) == output.getvalue()
    assert len(table_rows(store, "goods")) == 5


def test_table_folds_values() -> None:
    commons = "https://w3id.org/commons-kg/ontology/"
    store = Store()
    for index in range(5):
        good, owner = NamedNode(f"urn:good:{index}"), NamedNode(f"urn:owner:{index % 2}")
        for s, p, o in (
            (good, RDF_TYPE, NamedNode(commons + "DigitalPublicGood")),
            (good, RDFS_LABEL, Literal(f'a "good", {index}\n')),
            (good, NamedNode(commons + "owner"), owner), (owner, RDFS_LABEL, Literal(f"owner {index % 2}")),
            (good, NamedNode(commons + "addresses"), NamedNode("urn:sdg:2")),
            (good, NamedNode(commons + "addresses"), NamedNode("urn:sdg:1")),
        ):  # fmt: skip
            store.add(Quad(s, p, o, DefaultGraph()))
    rows = table_rows(store, "goods")
    assert [row["good"] for row in rows] == [f"urn:good:{index}" for index in range(5)]
    assert rows[1]["name"] == 'a "good", 1\n'
    assert rows[1]["owner"] == "owner 1"
    assert rows[1]["sdgs"] == "urn:sdg:1 | urn:sdg:2"


def test_a_thing_that_says_nothing_has_a_row_and_what_has_no_iri_has_none() -> None:
    store = Store()
    for thing in (NamedNode("urn:x"), BlankNode("x")):
        store.add(Quad(thing, RDF_TYPE, NamedNode("https://schema.org/Country"), DefaultGraph()))
    assert table_rows(store, "countries") == [{"country": "urn:x", "code": "", "name": ""}]
