"""Whom the sources name, gathered before any of them is loaded, so that one organization gets one IRI in all.

Each source is mapped once with a linker that only notes whom it is asked for (``kg.linking.mentions``); what it noted
is kept in ``HOME/mentions/<source>.json`` and serves until the source changes. The register is made of all sources of
the home, those of this load and those loaded before: the same sources give the same register, in whatever order.
"""

from __future__ import annotations

import contextlib
import json
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from kg.batches import Batches, items
from kg.dataset.home import Home, write_atomically
from kg.dataset.writer import store_errors
from kg.fingerprint import fingerprint_of
from kg.identifiers import Minter
from kg.ingest import Options
from kg.linking import mentions, register
from kg.linking.matching import Party
from kg.linking.organizations import authority
from kg.loader import Loader, Source
from kg.mapping import Context, quads
from kg.quads import Unwritten
from kg.records import Reject
from kg.resources import folder
from kg.workers import Crew


def gather(source: Source, loader: Loader, home: Home, options: Options, keep: Path | None = None) -> Batches | None:
    """Note whom a source names, unless that was done since it changed; the crew does it for a big source.

    Return the records that were read, kept in the file ``keep``; None where that was not needed.

    Raises:
        InputError: a payload cannot be read.
    """
    if is_known(source, loader, home, options):
        return None
    batches = Batches(source, loader, options.batch, keep, options.crew)
    keep_seen(
        (options.crew if batches.big else Crew()).each(note, batches, options.mint), source, loader, home, options
    )
    return batches


def is_known(source: Source, loader: Loader, home: Home, options: Options) -> bool:
    """Whether it was noted whom the source names since it changed."""
    fingerprint = fingerprint_of(source, loader, options.mint.base)
    return mentions.read(home.mentions / f"{source.name}.json", fingerprint) is not None


def keep_seen(seen: Iterable[mentions.Seen], source: Source, loader: Loader, home: Home, options: Options) -> None:
    """Keep what was noted of the parts of a source."""
    noted, path = mentions.Mentions(options.mint), home.mentions / f"{source.name}.json"
    for one in seen:
        noted.add(one)
    with store_errors(path):
        path.parent.mkdir(exist_ok=True)
        write_atomically(path, noted.json(fingerprint_of(source, loader, options.mint.base)))


def note(batch: bytes, mint: Minter) -> mentions.Seen:
    """Return whom the records of a batch name."""
    noted = mentions.Mentions(mint)
    context = Context(mint=mint, links=noted, graph=mint.graph(""), kept=Unwritten)
    for item in items(batch):
        if not isinstance(item, Reject):
            with contextlib.suppress(ValueError):  # it becomes a reject when it is loaded
                deque(quads(item, context), 0)  # a mapping may be a generator
    return noted.seen


def register_of(home: Home, names: Iterable[str], options: Options) -> Options:
    """Return the options with the register of these sources, and write what is doubtful to ``HOME/review.jsonl``.

    Raises:
        InputError: the file of decisions is wrong.
    """
    noted = {name: mentions.read(home.mentions / f"{name}.json") or [] for name in sorted(set(names))}
    decisions = register.read_decisions(folder("ontology") / "organization-decisions.csv", home.decisions)
    made = register.build(mentions.together(noted.values()), authority(), decisions)
    lines = [json.dumps(told(match), ensure_ascii=False) for match in made.matches]
    with store_errors(home.review):
        write_atomically(home.review, "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))
    return replace(options, register=made, named={name: [p.local for p in parties] for name, parties in noted.items()})


def told(match: register.Match) -> dict[str, object]:
    """Return a match as a line of the review file."""

    def side(party: Party) -> dict[str, object]:
        stated = {"local": party.local, "names": party.names, "homepages": party.homepages, "ror": party.ror}
        return {field: value for field, value in stated.items() if value}

    return {
        "verdict": match.verdict,
        "score": round(match.score.value, 2),
        "evidence": [f"{e.what} {e.weight:+.2f}" for e in match.score.evidence],
        "organization": side(match.a),
        "other": side(match.b),
    }
