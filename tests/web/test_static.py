from __future__ import annotations

import shutil
import subprocess

import pytest
from starlette.testclient import TestClient

from kg.web.site import fingerprint
from tests.conftest import CHECKOUT


def test_files_are_kept_for_good_by_the_address_that_names_the_release(client: TestClient) -> None:
    kept = client.get(f"/static/style.css?{fingerprint()}")
    assert "immutable" in kept.headers["cache-control"]
    for address in ("/static/style.css", "/static/sparql/format.js?other"):
        answer = client.get(address)
        assert answer.headers["cache-control"] == "no-cache"
        again = client.get(address, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")


def test_modules() -> None:
    """The modules' own tests, by Node's test runner."""
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    files = sorted((CHECKOUT / "frontend" / "test").glob("*.test.js"))
    done = subprocess.run(["node", "--test", *files], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
