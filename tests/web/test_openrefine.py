"""OpenRefine itself reconciles a table with ``/reconcile`` and extends it by what the matches have."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.web.conftest import make_home
from tests.web.test_reconcile import BY, CREATIVE_COMMONS
from tests.web.test_serving import free_port, serving, tcp, until_ready

TABLE = "name,licence\nCreative Commons,Attribution 4.0 International\nNobody in particular,\n"
ROWS = json.dumps({"facets": [], "mode": "row-based"})
STARTING = 180


class OpenRefine:
    """The commands of its HTTP interface that its pages use."""

    def __init__(self, port: int) -> None:
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}/command/core/", timeout=60)
        self.project = ""

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def get(self, command: str) -> Any:
        """Ask for something."""
        return self._http.get(command, params={"project": self.project}).raise_for_status().json()

    def post(self, command: str, **fields: Any) -> Any:
        """Do something; fields that are no text are sent as JSON."""
        fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
        where = {"project": self.project, "csrf_token": self.get("get-csrf-token")["token"]}
        return self._http.post(command, params=where, data=fields).raise_for_status().json()

    def open(self, table: str) -> None:
        """Make a project of a CSV file."""
        made = self._http.post(
            "create-project-from-upload",
            params={"csrf_token": self.get("get-csrf-token")["token"]},
            files={"project-file": ("table.csv", table, "text/csv")},
            data={"project-name": "table", "format": "text/line-based/*sv"},
        )
        self.project = httpx.URL(made.headers["location"]).params["project"]

    def settle(self) -> None:
        """Wait for what it does in the background."""
        until = time.monotonic() + 60
        while self.get("get-processes")["processes"]:
            assert time.monotonic() < until
            time.sleep(0.2)

    def reconcile(self, service: str, manifest: dict[str, Any], column: str, type: dict[str, str]) -> None:
        """Reconcile a column."""
        config = {
            "mode": "standard-service", "service": service, "identifierSpace": manifest["identifierSpace"],
            "schemaSpace": manifest["schemaSpace"], "type": type, "autoMatch": True, "columnDetails": [], "limit": 0,
        }  # fmt: skip
        self.post("reconcile", columnName=column, config=config, engine=ROWS)
        self.settle()

    def cells(self) -> list[list[tuple[str | None, str | None]]]:
        """Return value and match of every cell."""
        found = self.post("get-rows", engine=ROWS)
        recons = found["pool"]["recons"]

        def match(cell: dict[str, Any]) -> str | None:
            matched = recons[str(cell["r"])].get("m") if "r" in cell else None
            return matched["id"] if matched else None

        return [[(c and c["v"], match(c) if c else None) for c in row["cells"]] for row in found["rows"]]


@pytest.fixture
def openrefine(tmp_path: Path) -> Iterator[OpenRefine]:
    if shutil.which("openrefine") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("openrefine is not installed")
        pytest.skip("openrefine is not installed")
    port = free_port()
    command = ["openrefine", "-i", "127.0.0.1", "-p", str(port), "-d", str(tmp_path / "openrefine"),
               "-x", "refine.headless=true"]  # fmt: skip
    with (
        (tmp_path / "openrefine.log").open("wb") as log,
        subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log, start_new_session=True) as process,
    ):
        try:
            with contextlib.closing(OpenRefine(port)) as refine:
                until = time.monotonic() + STARTING
                while time.monotonic() < until:
                    with contextlib.suppress(httpx.HTTPError):
                        refine.get("get-csrf-token")
                        break
                    time.sleep(0.5)
                yield refine
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # a shell script that has started Java


@pytest.mark.slow
def test_openrefine_matches_a_table_and_extends_it(tmp_path: Path, openrefine: OpenRefine) -> None:
    (tmp_path / "home").mkdir()
    port = free_port()
    with serving(make_home(tmp_path / "home"), "--port", str(port)):
        until_ready(lambda: tcp(port))
        service = f"http://127.0.0.1:{port}/reconcile"
        manifest = httpx.get(service).json()
        types = {type["name"]: type for type in manifest["defaultTypes"]}
        openrefine.open(TABLE)
        openrefine.reconcile(service, manifest, "name", types["organization"])
        openrefine.reconcile(service, manifest, "licence", types["licence"])
        assert [[match for _, match in row] for row in openrefine.cells()] == [[CREATIVE_COMMONS, BY], [None, None]]

        openrefine.post(
            "extend-data", baseColumnName="name", endpoint=service, identifierSpace=manifest["identifierSpace"],
            schemaSpace=manifest["schemaSpace"], columnInsertIndex="1", engine=ROWS,
            extension={"properties": [{"id": "schema:url", "name": "web page"}]},
        )  # fmt: skip
        openrefine.settle()
        assert openrefine.cells()[0][-1] == ("https://creativecommons.org/", None)
