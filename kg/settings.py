"""Every setting: its name, default, type and help, in one table; and where each value came from.

A value is taken from the flag, else the environment (``COMMONS_KG_`` + name), else the file (``commons-kg.toml`` in the
working folder, or ``--config``), else the default.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from kg.errors import UsageError
from kg.identifiers import DEFAULT_BASE

ENVIRONMENT_PREFIX = "COMMONS_KG_"
FILE = "commons-kg.toml"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; its type is the type of its default."""

    name: str
    default: str | int | float | bool
    help: str
    secret: bool = False
    """Its value is shown to nobody."""
    choices: tuple[str, ...] = ()
    """What it may be, where that is not any text."""
    least: float = 0
    """The least that a number may be."""
    most: float = float("inf")
    """The most that a number may be."""

    def check(self, value: Any) -> bool:
        """Whether a value of the right type is one that makes sense."""
        if self.choices:
            return value in self.choices
        return isinstance(value, str | bool) or self.least <= value <= self.most


SETTINGS: tuple[Setting, ...] = (
    Setting("home", "kg-home", "folder in which the dataset lives"),
    Setting("base", DEFAULT_BASE, "base IRI of the things minted here, with its final slash"),
    Setting("strict", False, "refuse a source that has rejects or quarantined records"),
    Setting("batch", 500, "records that are validated at once", least=1),
    Setting("ingest_engine", "local", "who maps and validates big sources", choices=("local", "dask")),
    Setting("ingest_processes", 0, "processes that map and validate a big source; 0: one for each core"),
    Setting("dask_scheduler", "", "address of a Dask scheduler (tcp://host:8786); empty: one is started here"),
    Setting("validation_engine", "auto", "SHACL engine", choices=("auto", "pyshacl", "shacl")),
    Setting("dumps", True, "write dumps when a version is published"),
    Setting("keep_versions", 10, "published versions to keep; older ones are pruned after a publish", least=1),
    Setting("timeout", 60.0, "seconds a fetch may take in all"),
    Setting("max_bytes", 200_000_000, "bytes a fetched payload may have, decoded"),
    Setting("retries", 3, "how often a failed fetch is tried again"),
    Setting("allow_private", False, "fetch from private and loopback addresses too"),
    Setting("engine", "", "address of a SPARQL 1.1 server that answers for the current version; empty: its own store"),
    Setting("host", "127.0.0.1", "address to serve on"),
    Setting("port", 8000, "port to serve on", most=65535),
    Setting("uds", "", "Unix socket to serve on, instead of host and port"),
    Setting("processes", 1, "server processes that share the port; each has query workers of its own", least=1),
    Setting("workers", 2, "queries that run at the same time, each in a process of its own", least=1),
    Setting("slow_workers", 4, "queries beyond those that may go on when they take long"),
    Setting("quick", 0.5, "seconds after which a query takes long: its process yields to others"),
    Setting(
        "deadline", 10.0, "seconds until an answer begins, and for each piece; for less: timeout= or Prefer: wait="
    ),
    Setting("stream", 300.0, "seconds after which an answer is broken off that has begun in time and is being read"),
    Setting("patience", 30.0, "seconds a client may take to read a piece of an answer"),
    Setting("queue", 64, "queries that may wait for a worker; one more is answered with 503"),
    Setting("worker_memory", 3 << 30, "bytes of address space of a worker, its stack of 512 MB among them; 0: any"),
    Setting("query_bytes", 512 << 10, "bytes a query may have"),
    Setting("result_bytes", 4 << 30, "bytes an answer may have before it is broken off; 0: any"),
    Setting("service_endpoints", "", "IRIs of the endpoints that SERVICE may ask, separated by commas"),
    Setting("service_timeout", 10.0, "seconds that asking another endpoint may take"),
    Setting("service_bytes", 10 << 20, "bytes that another endpoint may answer"),
    Setting("client_seconds", 30.0, "seconds of workers' time for each client within client_window; 0: any"),
    Setting("client_window", 60.0, "seconds in which client_seconds may be used; beyond that, 429"),
    Setting("trusted_proxies", "127.0.0.1, ::1", "addresses and networks whose X-Forwarded-For is believed"),
    Setting("cache_bytes", 64 << 20, "bytes of answers that each server process keeps; 0: none"),
    Setting("disallow", "/sparql /queries", "paths that robots.txt asks crawlers to leave alone; /: all"),
    Setting("access_log", True, "write a line of JSON for each request to stderr"),
    Setting("union_default_graph", True, "the default graph is the union of the named graphs; else an ordinary graph"),
    Setting("allow_update", False, "take updates (SPARQL Update, Graph Store Protocol) from those who have the token"),
    Setting("token", "", "what those who may update send as bearer token", secret=True),
    Setting("allow_load", False, "let updates fetch documents by LOAD, within update_deadline and update_bytes"),
    Setting("validate_updates", True, "refuse an update after which a thing it touches breaks a shape"),
    Setting("update_deadline", 30.0, "seconds an update may take to be evaluated"),
    Setting("update_bytes", 64_000_000, "bytes a document sent to the graph store may have; of an update an eighth"),
)
"""The table; ``commons-kg config`` prints it with the values in force."""

_BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Value:
    """A setting's value and where it came from: ``flag``, ``environment``, the file's path, or ``default``."""

    value: Any
    origin: str
    secret: bool = False

    @property
    def shown(self) -> Any:
        """The value, or stars in place of a secret."""
        return "***" if self.secret and self.value else self.value


class Settings:
    """The values in force; ``settings.port`` and so on, ``settings.values`` with their origins."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self.values = dict(values)

    def __getattr__(self, name: str) -> Any:
        """Return a value by its setting's name."""
        try:
            return self.values[name].value
        except KeyError:
            raise AttributeError(f"there is no setting {name!r}") from None


def load(
    flags: Mapping[str, Any] | None = None, *, environment: Mapping[str, str] | None = None, file: Path | None = None
) -> Settings:
    """Gather the settings; a flag of None was not given.

    Raises:
        UsageError: a value has the wrong type, a key does not exist, or the named file cannot be read.
    """
    environment = os.environ if environment is None else environment
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    path = file if file is not None else Path(FILE)
    from_file = _read_file(path, must_exist=file is not None)
    values: dict[str, Value] = {}
    for setting in SETTINGS:
        variable = ENVIRONMENT_PREFIX + setting.name.upper()
        if setting.name in given:
            values[setting.name] = Value(_convert(setting, given[setting.name], "flag"), "flag")
        elif variable in environment:
            values[setting.name] = Value(_convert(setting, environment[variable], variable), f"environment {variable}")
        elif setting.name in from_file:
            values[setting.name] = Value(_convert(setting, from_file[setting.name], str(path)), f"file {path}")
        else:
            values[setting.name] = Value(setting.default, "default")
        if setting.secret:
            values[setting.name] = replace(values[setting.name], secret=True)
    return Settings(values)


def _read_file(path: Path, *, must_exist: bool) -> dict[str, Any]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if must_exist:
            raise UsageError(f"settings file {path} does not exist") from None
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"settings file {path} cannot be read: {error}") from error
    for key in data:
        if key not in _BY_NAME:
            near = get_close_matches(key, _BY_NAME, 1)
            raise UsageError(
                f"{path}: there is no setting {key!r}",
                hint=f"did you mean {near[0]!r}?" if near else "see: commons-kg config",
            )
    return data


_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def _convert(setting: Setting, value: Any, origin: str) -> Any:
    wanted = type(setting.default)
    converted = None
    try:
        if isinstance(value, wanted) and not (wanted is int and isinstance(value, bool)):
            converted = value
        elif wanted is bool and isinstance(value, str):
            converted = _WORDS[value.strip().lower()]
        elif wanted in (int, float) and isinstance(value, int | float | str) and not isinstance(value, bool):
            converted = wanted(value)
    except (ValueError, KeyError):
        pass
    if converted is not None and setting.check(converted):
        return converted
    takes = " or ".join(setting.choices) or f"a {wanted.__name__}"
    if wanted in (int, float):
        takes += f" from {setting.least:g}" + (f" to {setting.most:g}" if setting.most < float("inf") else "")
    raise UsageError(f"{origin}: setting {setting.name!r} takes {takes}, not {value!r}", hint=setting.help)
