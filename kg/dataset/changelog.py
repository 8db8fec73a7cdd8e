"""What the writer has added and removed since its version, statement by statement: ``writer/changes``.

A line is the quad, a space, and ``A`` (added) or ``D`` (removed). What is there is not added and what is not there is
not removed, so the two alternate for each quad, and what is left of it in the end is their sum, in whatever order.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Quad

ADDED, REMOVED = "A", "D"
"""As RDF Patch calls them: https://afs.github.io/rdf-delta/rdf-patch.html."""

FILE = "changes"


def note(writer: Path, sign: str, quads: Iterable[Quad]) -> None:
    """Append quads to the log in the writer's folder."""
    with (writer / FILE).open("a", encoding="utf-8", newline="") as log:
        log.writelines(f"{quad} {sign}\n" for quad in quads)


def forget(writer: Path) -> None:
    """Begin anew: what was noted is published."""
    (writer / FILE).unlink(missing_ok=True)


def read(writer: Path, expected: int, most: int = 20_000) -> list[str] | None:
    """Return the lines of the log; None where they are more than ``most``, or not as many as were counted.

    They are fewer where an older release has staged, or where the version is the first.
    """
    log = writer / FILE
    if expected > most or not (log.is_file() or expected == 0):
        return None
    lines = log.read_text(encoding="utf-8").split("\n")[:-1] if expected else []  # literals hold other line ends
    return lines if len(lines) == expected else None
