"""What ``deploy/`` names exists; the tools that know these files check them where they are installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kg.settings import ENVIRONMENT_PREFIX, SETTINGS

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


def test_the_health_check_says_whether_queries_are_answered() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    found = re.search(r'CMD \["python", "-c", "(.+)"\]', text)
    assert found is not None
    compile(found[1], "Dockerfile", "exec")
    assert "/readyz" in found[1]


def test_the_unit_starts_a_command_that_exists() -> None:
    from kg.cli import app

    text = (DEPLOY / "commons-kg.service").read_text()
    found = re.search(r"^ExecStart=\S+/commons-kg serve (.+)$", text, re.MULTILINE)
    assert found is not None
    source = (ROOT / "kg" / "cli.py").read_text()
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


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_takes_the_example(tmp_path: Path) -> None:
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"events {{}}\npid {tmp_path}/pid;\nhttp {{ include {DEPLOY / 'nginx.conf'}; }}\n")
    done = subprocess.run(["nginx", "-t", "-c", whole], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_the_nginx_example_streams_and_names_the_client() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    assert text.count("{") == text.count("}")
    for line in ("proxy_buffering off;", "proxy_set_header X-Forwarded-For $remote_addr;", "proxy_http_version 1.1;"):
        assert line in text
