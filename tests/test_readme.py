"""The README is true: its commands exist, all commands and routes are in it, its code runs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import typer

from kg.cli import app
from kg.loader import Loader, Payload, Source
from kg.records import Organization, Reject
from kg.web.app import ROUTERS

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_every_command_is_in_the_table() -> None:
    group = typer.main.get_command(app)
    for command in getattr(group, "commands"):  # noqa: B009 (typer does not say that it is a group)
        assert f"`commons-kg {command}" in README, f"add {command!r} to the table of commands in README.md"


def test_every_route_is_in_the_table() -> None:
    told = set(re.findall(r"/[a-z]+", README))
    for module in ROUTERS:
        for route in module.router(None).routes:
            first = re.match(r"/[a-z-]*", route.path)
            assert first is not None
            assert first[0] in told or first[0] == "/", f"add {route.path} to the table of routes"


def test_the_loader_of_the_readme_works(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(from collections.abc.*?)```", README, re.DOTALL)
    namespace: dict[str, object] = {}
    exec(code, namespace)
    loader = namespace["loader"]
    assert isinstance(loader, Loader)
    (tmp_path / "names.txt").write_text("Creative Commons\n\n")
    payload = Payload(name="names.txt", path=tmp_path / "names.txt")
    record, reject = loader.read(Source(name="lines", loader="lines", payloads=[payload]))
    assert isinstance(record, Organization)
    assert isinstance(reject, Reject)


def test_the_files_it_links_to_exist() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (Path(__file__).parent.parent / target).exists(), target


def test_constraints_pin_every_dependency() -> None:
    root = Path(__file__).parent.parent
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *project["optional-dependencies"]["fast"],
        *project["optional-dependencies"]["test"],
    ]
    pinned = {
        line.partition("==")[0].lower().replace("_", "-") for line in (root / "constraints.txt").read_text().split()
    }
    assert {re.split(r"[><=;\[ ]", name)[0].lower().replace("_", "-") for name in wanted} <= pinned
