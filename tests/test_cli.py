"""The command line as scripts use it: what goes to standard output, and the exit codes."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pyoxigraph import RdfFormat, Store

from kg.cli import main
from kg.settings import SETTINGS


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run commons-kg on a home of its own, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str | Path, stdin: str = "") -> Ended:
        monkeypatch.setattr(sys, "argv", ["commons-kg", "--home", "home", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        with pytest.raises(SystemExit) as ended:
            main()
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, out.decode(), err.decode())

    return command


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A sources file: two organizations and a row without a name."""
    (tmp_path / "o.csv").write_text("name,country\nCreative Commons,US\n,FR\nGitHub,US\n")
    path = tmp_path / "sources.toml"
    path.write_text('[[source]]\nname = "orgs"\nloader = "organizations"\npaths = ["o.csv"]\nlicence = "CC0-1.0"\n')
    return path


def rows(ended: Ended) -> list[dict[str, str]]:
    assert ended.code == 0, ended.err
    return list(csv.DictReader(io.StringIO(ended.out)))


def test_sync_tells_what_became_of_every_record(run: Run, sources: Path) -> None:
    ended = run("sync", sources, "--format", "json")
    assert ended.code == 0, ended.err
    (source,) = json.loads(ended.out)["sources"]
    assert (source["read"], source["loaded"], source["rejected"], source["quarantined"]) == (3, 2, 1, 0)


def test_progress_stays_off_a_pipe(run: Run, sources: Path) -> None:
    assert run("sync", sources).err == ""


def test_query_gives_csv_on_standard_output(run: Run, sources: Path) -> None:
    run("sync", sources)
    found = rows(
        run("query", "--format", "csv", "SELECT ?name { ?o a org:Organization ; rdfs:label ?name } ORDER BY ?name")
    )
    assert found == [{"name": "Creative Commons"}, {"name": "GitHub"}]


@pytest.mark.parametrize(
    ("format", "start"),
    [("json", '{"head"'), ("xml", "<?xml"), ("tsv", "?n\n"), ("csv", "n\r\n"), ("table", "┏")],
)
def test_query_formats(run: Run, sources: Path, format: str, start: str) -> None:
    run("sync", sources)
    assert run("query", "--format", format, "SELECT ?n { ?o a org:Organization ; rdfs:label ?n }").out.startswith(start)


def test_query_reads_from_standard_input_and_from_a_file(run: Run, sources: Path, tmp_path: Path) -> None:
    run("sync", sources)
    (tmp_path / "q.rq").write_text("ASK { ?o a org:Organization }")
    assert run("query", "-", stdin="ASK { ?o a org:Organization }").out == "true\n"
    assert run("query", "-f", "q.rq").out == "true\n"


def test_a_graph_is_written_as_turtle(run: Run, sources: Path) -> None:
    run("sync", sources)
    ended = run("query", "--format", "turtle", "CONSTRUCT WHERE { ?o a org:Organization }")
    store = Store()
    store.load(ended.out.encode(), RdfFormat.TURTLE)
    assert len(store) == 2


def test_an_ask_that_is_false_exits_with_1(run: Run, sources: Path) -> None:
    run("sync", sources)
    assert run("query", "ASK { ?o a schema:Person }").code == 1


def test_a_syntax_error_exits_with_3_and_tells_line_and_column(run: Run, sources: Path) -> None:
    run("sync", sources)
    ended = run("query", "SELECT ?x {\n ?x a }")
    assert ended.code == 3
    assert "query:2:" in ended.err


def test_no_query_makes_an_http_call(run: Run, sources: Path) -> None:
    run("sync", sources)
    ended = run("query", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    assert ended.code == 2
    assert "SERVICE is not followed" in ended.err


def test_a_query_searches_the_texts_of_the_version(run: Run, sources: Path) -> None:
    run("sync", sources)
    search = '{ SERVICE commons:search { ?o commons:matches "github" } ?o rdfs:label ?name }'
    assert rows(run("query", "--format", "csv", f"SELECT ?name {search}")) == [{"name": "GitHub"}]


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX commons: <http://127.0.0.1:9/> SELECT * { SERVICE commons:search { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { SERVICE ?where { ?s ?p ?o } }",
    ],
)
def test_no_other_endpoint_is_asked_whatever_it_is_called(run: Run, sources: Path, text: str) -> None:
    run("sync", sources)
    assert run("query", text).code == 2


def test_a_syntax_error_beside_a_search_has_its_place(run: Run, sources: Path) -> None:
    run("sync", sources)
    ended = run("query", 'SELECT ?o { SERVICE commons:search { ?o commons:matches "github" } ?o a }')
    assert ended.code == 3
    assert "query:1:" in ended.err


def test_a_query_file_that_cannot_be_read_exits_with_3(run: Run, sources: Path, tmp_path: Path) -> None:
    run("sync", sources)
    (tmp_path / "binary.rq").write_bytes(b"\xff\xfe\x00")
    assert run("query", "-f", "binary.rq").code == 3
    assert run("query", "-f", "nothing.rq").code == 3


def test_a_name_that_leads_out_of_the_home_is_refused(run: Run, sources: Path, tmp_path: Path) -> None:
    for name in ("../../evil", "a b", "description"):
        assert run("load", "organizations", "o.csv", "--name", name).code == 3
    assert not list(tmp_path.glob("*.jsonl"))


def test_options_of_a_loader_are_toml(run: Run, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("who\nMozilla\n")
    ended = run("load", "organizations", "odd.csv", "-o", 'columns={name = "who"}', "-o", "form=organizations")
    assert ended.code == 0, ended.err


def test_usage_errors_exit_with_2(run: Run, sources: Path) -> None:
    assert run("stats", "--format", "yaml").code == 2
    assert run("query", "ASK {}", "--format", "bogus").code == 2
    assert run("versions", "prune", "--keep", "-1").code == 2
    assert run("nonsense").code == 2
    assert run("load", "nonsense", "o.csv").code == 2
    assert run("query").code == 2
    ended = run("query", "ASK {}")
    assert ended.code == 2
    assert "load something first" in ended.err


def test_a_sources_file_with_a_fault_exits_with_3_at_its_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('[[source]]\nname = "a"\nloader = = "x"\n')
    ended = run("sync", "bad.toml")
    assert ended.code == 3
    assert "bad.toml:3:" in ended.err
    assert "^" in ended.err


def test_a_misspelt_key_gets_a_suggestion(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('[[source]]\nname = "a"\nloader = "posts"\npahts = ["x"]\n')
    ended = run("sync", "bad.toml")
    assert ended.code == 3
    assert "did you mean 'paths'?" in ended.err


def test_strict_exits_with_3_and_publishes_nothing(run: Run, sources: Path, tmp_path: Path) -> None:
    ended = run("sync", sources, "--strict")
    assert ended.code == 3
    assert "1 rejected and 0 quarantined of 3" in " ".join(ended.err.split())
    assert not (tmp_path / "home" / "current").exists()


def test_load_takes_standard_input(run: Run) -> None:
    ended = run("load", "organizations", "-", "--name", "typed", "--format", "json", stdin="name\nCreative Commons\n")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["sources"][0]["loaded"] == 1


def test_what_may_be_one_organization_is_listed_and_decided(run: Run, tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("name\nOrchards\nOrchards Foundation\n")
    assert run("load", "organizations", "o.csv", "--name", "o").code == 0
    (pair,) = json.loads(run("review", "--format", "json").out)
    assert (pair["organization"]["local"], pair["other"]["local"]) == ("orchards", "orchards-foundation")
    assert "short for" in run("review").out
    assert run("review", "orchards", "nobody", "--same").code == 2
    assert run("review", "orchards", "orchards-foundation", "--same", "--note", "one imprint").code == 0
    assert run("load", "organizations", "o.csv", "--name", "o").code == 0
    assert json.loads(run("review", "--format", "json").out) == []
    (pair,) = json.loads(run("review", "--joined", "--format", "json").out)
    assert pair["evidence"] == ["decided by a person +1.00"]


def test_a_pair_that_was_decided_to_be_two_is_no_doubt_any_more(run: Run, tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("name\nOrchards\nOrchards Foundation\n")
    assert run("load", "organizations", "o.csv", "--name", "o").code == 0
    assert run("review", "orchards", "orchards-foundation", "--different").code == 0
    assert run("load", "organizations", "o.csv", "--name", "o").code == 0
    assert json.loads(run("review", "--format", "json").out) == []
    assert "nothing new" in run("load", "organizations", "o.csv", "--name", "o").out


def test_staged_loads_are_published_later(run: Run, sources: Path) -> None:
    assert "not published yet" in run("sync", sources, "--stage").out
    assert run("query", "ASK {}").code == 2
    assert run("publish").code == 0
    assert run("query", "ASK { ?o a org:Organization }").code == 0
    assert run("publish").out == "nothing new to publish\n"


def test_a_removed_source_is_gone_from_the_next_version(run: Run, sources: Path, tmp_path: Path) -> None:
    run("sync", sources)
    run("load", "organizations", "-", "--name", "typed", stdin="name\nMozilla\n")
    assert run("remove", "orgs").code == 0
    found = rows(run("query", "--format", "csv", "SELECT ?n { ?o a org:Organization ; rdfs:label ?n }"))
    assert [row["n"] for row in found] == ["Mozilla"]
    assert run("remove", "orgs").code == 2


@pytest.mark.parametrize("format", ["turtle", "nquads", "trig", "jsonld"])
def test_an_export_loads_back(run: Run, sources: Path, tmp_path: Path, format: str) -> None:
    run("sync", sources)
    assert run("export", "--format", format, "-o", "whole").code == 0
    assert run("export", "--format", format, "-o", "whole.gz").code == 0
    assert gzip.decompress((tmp_path / "whole.gz").read_bytes()) == (tmp_path / "whole").read_bytes()
    formats = {
        "turtle": RdfFormat.TURTLE,
        "nquads": RdfFormat.N_QUADS,
        "trig": RdfFormat.TRIG,
        "jsonld": RdfFormat.JSON_LD,
    }
    store = Store()
    store.load((tmp_path / "whole").read_bytes(), formats[format])
    assert {q.object.value for q in store if not hasattr(q.object, "language")} >= {
        "http://www.w3.org/ns/org#Organization"
    }


def test_a_table_is_exported_as_csv(run: Run, sources: Path) -> None:
    run("sync", sources)
    assert [row["name"] for row in rows(run("export", "--format", "csv", "--table", "organizations"))] == [
        "Creative Commons",
        "GitHub",
    ]
    assert run("export", "--format", "csv").code == 2


def test_stats_say_what_each_source_holds(run: Run, sources: Path) -> None:
    run("sync", sources)
    data = json.loads(run("stats", "--format", "json").out)
    assert {"name", "read", "loaded", "rejected", "quarantined"} <= data["sources"][0].keys()
    assert data["statistics"]["classes"]["http://www.w3.org/ns/org#Organization"] == 2
    assert "orgs" in run("stats").out


def test_versions_are_listed_compared_and_rolled_back(run: Run, sources: Path, tmp_path: Path) -> None:
    run("sync", sources)
    (tmp_path / "o.csv").write_text("name\nGitHub\n")
    run("sync", sources)
    listed: list[dict[str, Any]] = json.loads(run("versions", "list", "--format", "json").out)
    assert [v["current"] for v in listed] == [False, True]
    (change,) = json.loads(run("versions", "diff", "--format", "json").out)
    assert change["removed"] > 0
    assert run("versions", "rollback").out.strip() == listed[0]["id"]
    assert len(rows(run("query", "--format", "csv", "SELECT ?o { ?o a org:Organization }"))) == 2
    assert run("versions", "prune", "--keep", "0").out.strip() == listed[1]["id"]


def test_validate_exits_with_1_and_writes_a_report(run: Run, tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix x: <http://x/> .\n"
        "x:S a sh:NodeShape ; sh:targetClass x:T ;\n"
        '  sh:property [ sh:path x:p ; sh:minCount 1 ; sh:message "p is missing" ] .\n'
    )
    (tmp_path / "bad.ttl").write_text("<http://x/a> a <http://x/T> .\n")
    (tmp_path / "good.nt").write_text('<http://x/a> <http://x/p> "1" .\n')
    ended = run("validate", "bad.ttl", "--shapes", "shapes.ttl", "--report", "report.ttl")
    assert ended.code == 1
    assert "p is missing" in ended.out
    assert "sh:conforms false" in (tmp_path / "report.ttl").read_text()
    assert run("validate", "good.nt", "bad.ttl", "--shapes", "shapes.ttl").code == 0
    assert run("validate", "-", "--shapes", "shapes.ttl", stdin="<http://x/a> a <http://x/T> .").code == 1
    assert (
        run("validate", "-", "--shapes", "shapes.ttl", stdin='{"@id": "http://x/a", "@type": "http://x/T"}').code == 1
    )
    (tmp_path / "broken.ttl").write_text("<http://x/a> a\n")
    ended = run("validate", "broken.ttl", "--shapes", "shapes.ttl")
    assert ended.code == 3
    assert "broken.ttl:" in ended.err


def test_config_says_where_each_value_came_from(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "commons-kg.toml").write_text("port = 9000\nworkers = 3\n")
    monkeypatch.setenv("COMMONS_KG_WORKERS", "4")
    values = json.loads(run("config", "--format", "json").out)
    assert values["home"] == {"value": "home", "origin": "flag"}
    assert values["workers"] == {"value": 4, "origin": "environment COMMONS_KG_WORKERS"}
    assert values["port"] == {"value": 9000, "origin": "file commons-kg.toml"}
    assert values["host"] == {"value": "127.0.0.1", "origin": "default"}
    assert set(values) == {setting.name for setting in SETTINGS}
    for value in ("many", "-1", "99999"):
        monkeypatch.setenv("COMMONS_KG_PORT", value)
        assert run("config").code == 2


def test_loaders_and_doctor_tell_a_newcomer_what_there_is(run: Run) -> None:
    listed = json.loads(run("loaders", "--format", "json").out)
    assert {"posts", "registry", "organizations", "memberships", "licences", "sdgs"} <= {x["name"] for x in listed}
    assert "forms:" in run("loaders", "posts").out
    ended = run("doctor")
    assert ended.code == 0
    assert "pyoxigraph" in ended.out


def test_help_shows_every_command(run: Run) -> None:
    text = run("--help").out
    for command in (
        "load",
        "sync",
        "validate",
        "publish",
        "query",
        "export",
        "stats",
        "versions",
        "serve",
        "loaders",
        "doctor",
    ):
        assert command in text
