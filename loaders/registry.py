"""The registry of digital public goods: the API (forms v2 and v1) and the git records of 2019 to 2024.

A source may hold any mixture of payloads; the form is told by the content. What counts as a record: each element of a
JSON array (also of an array below a key, ``{"dpgs": [...]}``), and each other JSON file. Each is in the origins of one
good or is a reject; JSON Schemas, package files, symbolic links and empty files that lie among the records are rejects
too, so that nothing is dropped silently: leave them out of the source's paths.

The date of a state is read from the payload's name, ``dpgs-api-v2_2024-12-09.json`` or ``2020-12_nominees/...`` (the
first of the month then); the option ``dates`` says it for others, and overrides. A good was listed in the states in
which it stood as good, nominee or candidate; archived and excluded ones were not. Git records of one state lie in
sibling folders: ``nominees/X.json`` and ``digitalpublicgoods/X.json`` are one good.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

from kg.errors import UsageError
from kg.loader import Loader, Payload, Source, excerpt, unreadable
from kg.records import Origin, Record, Reject

from ._registry_forms import MARKS, Statement, statement
from ._registry_merging import merge

_DATE = re.compile(r"(?<!\d)(20\d\d)-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?(?!\d)")


def read(source: Source) -> Iterator[Record | Reject]:
    """Yield one record per good, all statements about it merged, after the rejects.

    Raises:
        UsageError: the option ``dates`` is no table of patterns and dates.
    """
    dates = _dates(source.options.get("dates", {}))
    statements: list[Statement] = []
    for payload in source.payloads:
        when = _date_of(payload, dates)
        for origin, raw in _records(payload):
            if isinstance(raw, Reject):
                yield raw
                continue
            fault = _fault(raw, origin)
            found = None if fault else statement(raw, origin, when, payload.url or source.url)
            if found is None:
                yield fault or _reject(origin, "the record does not name the good", raw, "give it a name")
            else:
                statements.append(found)
    yield from merge(statements)


def _records(payload: Payload) -> Iterator[tuple[Origin, Any]]:
    """Yield (where, the parsed record or a reject) for every record of a payload."""
    whole = Origin(payload=payload.name)
    if payload.path.is_symlink():
        yield whole, Reject(
            origin=whole, reason="a symbolic link to another record", excerpt=str(payload.path.readlink()),
            hint="leave symbolic links out of the source's paths",
        )  # fmt: skip
        return
    if fault := unreadable(payload):
        yield whole, fault
        return
    document = _parsed(payload, whole)
    if isinstance(document, list):
        arrays = [("", document)]
    elif isinstance(document, dict) and not ({"name", "$schema"} | MARKS) & document.keys():
        arrays = [(f"/{key}", value) for key, value in document.items() if _holds_objects(value)]
    else:
        arrays = []
    if not arrays:
        yield whole, document
    for pointer, array in arrays:
        for index, element in enumerate(array):
            yield Origin(payload=payload.name, place=f"{pointer}/{index}"), element


def _holds_objects(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _parsed(payload: Payload, origin: Origin) -> Any:
    """Return the JSON document, or a reject where it is none."""
    data = payload.read()
    if not data.strip():
        return Reject(origin=origin, reason="an empty file", hint="delete the file or fill it with the record")
    try:
        text = data.decode("utf-8-sig")
        return json.loads(text)
    except UnicodeDecodeError as error:
        return Reject(origin=origin, reason="not UTF-8", excerpt=str(error), hint="save the file as UTF-8")
    except RecursionError:
        return Reject(origin=origin, reason="JSON nested too deeply", hint="no form of the registry needs such depth")
    except ValueError as error:
        if re.fullmatch(r"\s*[\w./-]+\.json\s*", text):
            return Reject(
                origin=origin, reason="a symbolic link stored as text", excerpt=excerpt(text),
                hint="leave symbolic links out of the source's paths",
            )  # fmt: skip
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        place = Origin(payload=origin.payload, line=line)
        return Reject(
            origin=place, reason="not JSON", excerpt=excerpt(f"{error}: {text[:200]}"), hint="mend the syntax"
        )


def _fault(raw: object, origin: Origin) -> Reject | None:
    """Return why something parsed is no record of the registry, None where it may be one."""
    if not isinstance(raw, Mapping):
        return _reject(origin, "the record is no JSON object", raw, "each record is an object with a name")
    if "$schema" in raw and ("properties" in raw or "$id" in raw):
        return _reject(origin, "a JSON Schema, not a record", raw, "leave schemas out of the source's paths")
    if not MARKS & raw.keys():
        hint = "leave other JSON files out of the source's paths"
        return _reject(origin, "none of the forms of the registry", raw, hint)
    return None


def _reject(origin: Origin, reason: str, raw: object, hint: str) -> Reject:
    try:
        text = json.dumps(raw, ensure_ascii=True)
    except (RecursionError, ValueError):
        text = type(raw).__name__
    return Reject(origin=origin, reason=reason, excerpt=excerpt(text[:1_000], 200), hint=hint)


def _dates(option: object) -> dict[str, date]:
    """Return the option ``dates`` checked: pattern of payload names -> date of the state."""
    if not isinstance(option, Mapping):
        raise UsageError(
            "option dates of the registry loader is no table", hint='dates = { "nominees/*" = 2024-08-19 }'
        )
    found: dict[str, date] = {}
    for pattern, value in option.items():
        try:
            day = date.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            day = None
        if isinstance(day, datetime):
            day = day.date()
        if not isinstance(day, date):
            raise UsageError(
                f"option dates of the registry loader: {value!r} is no date", hint="write it as 2024-08-19"
            )
        found[str(pattern)] = day
    return found


def _date_of(payload: Payload, dates: Mapping[str, date]) -> date | None:
    """Return the date of the state a payload belongs to: by option, by its file name, by the innermost folder."""
    for pattern, day in dates.items():
        if payload.matches(pattern):
            return day
    path = PurePosixPath(payload.name)
    for part in (path.stem, *reversed(path.parts[:-1])):
        if match := _DATE.search(part):
            try:
                return date(int(match[1]), int(match[2]), int(match[3] or 1))
            except ValueError:
                continue
    return None


loader = Loader(
    name="registry",
    version="1",
    summary="Digital public goods from the registry's API and its git records",
    forms=(
        "API form v2: a JSON array of goods with sdgs, openlicenses, clearOwnership (dpgid since 2024-09)",
        "v1 form: a JSON array of goods and nominees with SDGs, license, organizations, stage",
        "git records: one JSON file per good in nominees/, digitalpublicgoods/, archive/, excluded*/, candidates/",
    ),
    read=read,
    options={"dates": "table: pattern of payload names -> date of that state of the registry (overrides the names)"},
)
