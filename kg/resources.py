"""Where the ontology, the shapes and the queries lie: in the checkout or in the wheel.

An editable install can leave stale packed copies behind, so the checkout is looked at first.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """Return the folder ``ontology`` or ``shapes``, wherever this installation keeps it."""
    checkout = PACKAGE.parent / name
    if (PACKAGE.parent / "pyproject.toml").is_file() and checkout.is_dir():
        return checkout
    return PACKAGE / "_packed" / name


def query(name: str) -> str:
    """Return the text of ``kg/queries/NAME.rq``."""
    return (PACKAGE / "queries" / f"{name}.rq").read_text(encoding="utf-8")
