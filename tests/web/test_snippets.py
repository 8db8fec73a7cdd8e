"""Code to take away: it is run as it stands, whatever the query holds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.web.snippets import snippets
from tests.faults.serving import serving
from tests.web.conftest import make_home

QUERIES = {
    "select": 'SELECT ("it\'s \\"so\\" $HOME `id` é \\\\ )-\\"" AS ?said) {} # SPARQL\n# )" )-" \\',
    "ask": 'ASK { FILTER("""\'\'\'\n""" != "") }',
    "graph": "CONSTRUCT { <http://e/é> <http://e/p> '100%' } WHERE {}",
}
SAID = {"select": 'it\'s "so" $HOME `id` é \\ )-"', "ask": "true", "graph": "100%"}
"""What the answers hold."""


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("snippets")
    with serving(make_home(folder / "home"), folder / "log") as server:
        yield f"http://127.0.0.1:{server.port}/sparql"


def code(endpoint: str, form: str, name: str, query: str) -> str:
    return next(snippet.code for snippet in snippets(endpoint, query, form) if snippet.name == name)


def run(command: list[str]) -> str:
    environment = os.environ | {"PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, check=True, timeout=60, env=environment)
    return done.stdout.decode()


@pytest.mark.parametrize("form", QUERIES)
def test_curl(endpoint: str, form: str) -> None:
    answer = run(["bash", "-c", code(endpoint, form, "curl", QUERIES[form])])
    assert SAID[form] in answer.replace('""', '"')


@pytest.mark.parametrize("form", QUERIES)
def test_python(endpoint: str, form: str) -> None:
    answer = run([sys.executable, "-c", code(endpoint, form, "python", QUERIES[form])])
    assert (repr(SAID[form])[1:-1] if form == "select" else SAID[form]) in answer.replace("True", "true")


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
@pytest.mark.parametrize("form", QUERIES)
def test_r(endpoint: str, form: str, tmp_path: Path) -> None:
    script = tmp_path / "query.R"
    script.write_text(code(endpoint, form, "r", QUERIES[form]), encoding="utf-8")
    answer = run(["Rscript", str(script)])
    assert SAID[form].replace("\\", "\\\\") in answer.replace("TRUE", "true")


def test_a_query_that_ends_a_here_document_and_a_raw_string_gets_others(endpoint: str) -> None:
    query = 'ASK { }\n#)--"\n#"""\nSPARQL\n'
    assert "<<'SPARQL_'" in code(endpoint, "ask", "curl", query)
    assert 'r"---(' in code(endpoint, "ask", "r", query)
    assert "query = 'ASK" in code(endpoint, "ask", "python", query)


def test_the_dataset_is_asked_too(endpoint: str) -> None:
    asked = snippets(endpoint, "ASK { ?s ?p ?o }", "ask", [("default-graph-uri", "http://e/none")])
    assert "false" in run(["bash", "-c", asked[0].code])
    assert "False" in run([sys.executable, "-c", asked[1].code])
