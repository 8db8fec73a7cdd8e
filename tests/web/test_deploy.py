"""What ``deploy/`` names exists; the tools that know these files check them where they are installed."""

from __future__ import annotations

import contextlib
import getpass
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from kg.settings import ENVIRONMENT_PREFIX, SETTINGS
from tests.web.conftest import make_home
from tests.web.test_serving import Unix, ask, free_port, serving, tcp, until_ready
from tests.web.test_sparql import STREAM

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
FILES = sorted(DEPLOY.iterdir())


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_only_settings_that_exist_are_named(path: Path) -> None:
    known = {ENVIRONMENT_PREFIX + setting.name.upper() for setting in SETTINGS}
    assert set(re.findall(rf"{ENVIRONMENT_PREFIX}\w+", path.read_text())) <= known


def test_the_image_copies_what_there_is_and_does_not_run_as_root() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    for sources in re.findall(r"^COPY (?!--)(.+) \S+$", text, re.MULTILINE):
        for source in sources.split():
            assert (ROOT / source).exists(), source
    assert int(re.findall(r"^USER (\d+)$", text, re.MULTILINE)[-1]) > 0
    assert "HEALTHCHECK" in text
    packed = re.findall(r'^"(\w+)" = "kg/_packed', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert {"kg", "loaders", *packed} <= set(re.findall(r"^COPY (\w+) \w+$", text, re.MULTILINE))


def test_the_health_check_says_whether_queries_are_answered(tmp_path: Path) -> None:
    found = re.search(r'CMD \["python", "-c", "(.+)"\]', (DEPLOY / "Dockerfile").read_text())
    assert found is not None
    port = free_port()

    def check() -> int:
        command, environment = [sys.executable, "-c", found[1]], os.environ | {"COMMONS_KG_PORT": str(port)}
        return subprocess.run(command, env=environment, stderr=subprocess.DEVNULL, timeout=60, check=False).returncode

    assert check() != 0
    with serving(make_home(tmp_path), "--port", str(port)):
        until_ready(lambda: tcp(port))
        assert check() == 0
        (tmp_path / "current").unlink()  # alive, and not able to answer anything
        assert check() != 0


def test_the_unit_starts_a_command_that_exists() -> None:
    from kg.cli import app

    text = (DEPLOY / "commons-kg.service").read_text()
    found = re.search(r"^ExecStart=\S+/commons-kg serve (.+)$", text, re.MULTILINE)
    assert found is not None
    source = (ROOT / "kg" / "cli" / "serving.py").read_text()
    for flag in re.findall(r"--([\w-]+)", found[1]):
        assert re.search(rf"^    {flag.replace('-', '_')}: ", source, re.MULTILINE), flag
    assert any(
        command.callback is not None and command.callback.__name__ == "serve" for command in app.registered_commands
    )


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "commons-kg.service").read_text()
    unit = tmp_path / "commons-kg.service"
    unit.write_text(text.replace("/opt/commons-kg/bin/commons-kg", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, timeout=60, check=False)
    assert not [line for line in done.stderr.splitlines() if "commons-kg.service" in line], done.stderr


@pytest.fixture
def nginx() -> str:
    """The command; without it, skipped here and a failure where everything has to be seen."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("nginx is not installed")
    return found


def example(folder: Path, port: int, socket: Path) -> Path:
    """Write a whole configuration around the example, which listens on a port of ours and asks a socket of ours."""
    text = (DEPLOY / "nginx.conf").read_text()
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("/run/commons-kg/http.sock", str(socket))
    (folder / "example.conf").write_text(text)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    own = f"daemon off;\nuser {getpass.getuser()};\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
    whole.write_text(f"{own}http {{ access_log off;\n{temporary}include {folder}/example.conf; }}\n")
    return whole


def test_nginx_takes_the_example(tmp_path: Path, nginx: str) -> None:
    whole = example(tmp_path, 80, tmp_path / "http.sock")
    done = subprocess.run([nginx, "-t", "-c", whole], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_a_request_goes_through_nginx_with_its_client_and_its_cut(tmp_path: Path, nginx: str) -> None:
    socket, port = tmp_path / "http.sock", free_port()
    home = make_home(tmp_path / "home")
    with serving(home, "--uds", str(socket), "--deadline", "5", COMMONS_KG_STREAM="2", COMMONS_KG_TOKEN="s3cret"):
        until_ready(lambda: Unix(socket))
        with subprocess.Popen([nginx, "-c", example(tmp_path, port, socket)]) as process:
            try:
                until_ready(lambda: tcp(port))
                status, body = ask(tcp(port), "/sparql.json?query=" + quote("ASK { ?s ?p ?o }"))
                assert (status, json.loads(body)["boolean"]) == (200, True)
                long = "/sparql.csv?query=" + quote("SELECT (1 AS ?one) {} #" + "x" * 20_000)
                assert ask(tcp(port), long)[1].split() == [b"one", b"1"]
                with contextlib.closing(tcp(port)) as connection:  # an answer that breaks off is not made whole
                    connection.request("GET", "/sparql.csv?query=" + quote(STREAM))
                    with pytest.raises(http.client.IncompleteRead):
                        connection.getresponse().read()
                # what is for the operator is open to this machine
                queries = json.loads(ask(tcp(port), "/queries", Authorization="Bearer s3cret")[1])
                assert queries["queries"] == []
            finally:
                process.terminate()
                process.wait(20)


def test_the_nginx_example_streams_and_names_the_client() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    assert text.count("{") == text.count("}")
    for line in ("proxy_buffering off;", "proxy_set_header X-Forwarded-For $remote_addr;", "proxy_http_version 1.1;"):
        assert line in text
