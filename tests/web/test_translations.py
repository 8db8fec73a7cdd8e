"""The catalogues keep up with the code: nothing untranslated, nothing of a string's form lost, no plural left out."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from kg.web.i18n import LANGUAGES, LOCALE

ROOT = Path(__file__).parents[2]

TRANSLATED = [code for code in LANGUAGES if code != "en"]

FIXED = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}|<code>[^<]*</code>|<[^>]+>")
"""What a translation takes over as it is: placeholders, tags, code."""

MEND = "run `python dev.py translations` and translate in kg/web/locale/{}/LC_MESSAGES/messages.po"

Forms = tuple[str, ...]


def forms(text: object) -> Forms:
    return tuple(map(str, text)) if isinstance(text, (tuple, list)) else (str(text or ""),)


@cache
def in_the_code() -> frozenset[Forms]:
    """Return each string of the code, with its plural, as `dev.py translations` collects them."""
    with (LOCALE / "babel.cfg").open() as stream:
        methods, options = parse_mapping_cfg(stream)  # type: ignore[no-untyped-call]
    found = extract_from_dir(
        ROOT,
        methods,
        options,
        directory_filter=lambda folder: Path(folder).relative_to(ROOT).parts[0] in ("kg", "loaders", "shapes"),
    )
    return frozenset(forms(message) for _, _, message, _, _ in found)


@cache
def catalogue(code: str) -> Catalog:
    with (LOCALE / code / "LC_MESSAGES" / "messages.po").open("rb") as stream:
        return read_po(stream, locale=code)


def translated(code: str) -> dict[Forms, Forms]:
    return {forms(message.id): forms(message.string) for message in catalogue(code) if message.id}


def test_strings_of_templates_tables_and_queries_are_found() -> None:
    assert {("Browse",), ("digital public good",), ("Who says so",), ("Under this licence",)} <= in_the_code()


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_string_is_translated(code: str) -> None:
    done = {singular: all(texts) for (singular, *_), texts in translated(code).items()}
    missing = sorted(singular for singular, *_ in in_the_code() if not done.get(singular))
    assert not missing, MEND.format(code)


@pytest.mark.parametrize("code", TRANSLATED)
def test_plurals_have_all_their_forms(code: str) -> None:
    plurals = [message for message in in_the_code() if len(message) == 2]
    assert plurals
    done = translated(code)
    assert [p for p in plurals if len(done.get(p, ())) != catalogue(code).num_plurals] == [], MEND.format(code)


@pytest.mark.parametrize("code", TRANSLATED)
def test_placeholders_and_tags_are_kept(code: str) -> None:
    changed = [
        (texts, translation)
        for texts, translations in translated(code).items()
        for translation in translations
        if translation and Counter(FIXED.findall(translation)) not in [Counter(FIXED.findall(text)) for text in texts]
    ]
    assert changed == []
