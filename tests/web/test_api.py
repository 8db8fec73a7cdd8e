from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

from starlette.testclient import TestClient

from kg.web.api import _examples, grouped
from tests.faults.serving import serving
from tests.web.conftest import HTML, make_home


def test_every_operation_is_on_the_page(client: TestClient) -> None:
    page = client.get("/api", headers=HTML).text
    described = client.get("/openapi.json").json()
    names = {f"{method} {path}" for path, methods in described["paths"].items() for method in methods}
    for name in names:
        method, path = name.split(" ")
        assert f"{method.upper()}</span> <code>{path}</code>" in page
    assert set(_examples()) <= names, "an example is of no operation"


def test_ids_tell_the_operations_apart(client: TestClient) -> None:
    operations = [o for group in grouped(client.get("/openapi.json").json(), "").values() for o in group]
    assert len({operation.id for operation in operations}) == len(operations)


def test_examples_of_reading_work_as_they_stand(client: TestClient, tmp_path: Path) -> None:
    described = client.get("/openapi.json").json()
    with serving(make_home(tmp_path / "home"), tmp_path / "log") as server:
        for group in grouped(described, f"http://127.0.0.1:{server.port}").values():
            for operation in group:
                if operation.curl and not operation.needs_token and operation.method in ("GET", "POST"):
                    command = operation.curl.replace("curl ", "curl -s -o /dev/null -w %{http_code} ", 1)
                    status = subprocess.run(shlex.split(command), capture_output=True, text=True, check=True).stdout
                    # what an example names may not be in this small home, but the address is understood
                    assert status in ("200", "302", "303", "404"), f"{status}: {operation.curl}"
