"""How to cite a version: as text, BibTeX and CSL-JSON, all with its permanent IRI."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kg.dataset.description import CONTRIBUTORS, DESCRIPTION, TITLE
from kg.dataset.manifest import Manifest
from kg.identifiers import Minter


@dataclass(frozen=True, slots=True)
class Citation:
    """A version as one cites it."""

    text: str
    """In the manner of APA 7, 10.9: author (year), title (version), kind, address."""
    bibtex: str
    csl: str
    """CSL-JSON, for Zotero and its like: https://docs.citationstyles.org/en/stable/specification.html."""
    iri: str


def cite(manifest: Manifest, mint: Minter) -> Citation:
    """Return how to cite a version."""
    made = datetime.fromisoformat(manifest.created)
    iri = mint.version(manifest.id)
    text = f"{CONTRIBUTORS}. ({made.year}). {TITLE} (Version {manifest.id}) [Data set]. {iri}"
    bibtex = "\n".join(
        (
            f"@misc{{commons-kg-{manifest.id.lower()},",
            f"  author       = {{{{{CONTRIBUTORS}}}}},",
            f"  title        = {{{{{TITLE}}}}},",
            f"  version      = {{{manifest.id}}},",
            f"  year         = {{{made.year}}},",
            f"  month        = {_MONTHS[made.month - 1]},",
            "  note         = {Data set},",
            f"  url          = {{{iri}}}",
            "}",
        )
    )
    item: dict[str, Any] = {
        "id": iri, "type": "dataset", "title": TITLE, "version": manifest.id, "abstract": DESCRIPTION,
        "author": [{"literal": CONTRIBUTORS}], "publisher": TITLE, "URL": iri,
        "issued": {"date-parts": [[made.year, made.month, made.day]]},
    }  # fmt: skip
    return Citation(text, bibtex, json.dumps([item], indent=1, ensure_ascii=False), iri)


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""As BibTeX's styles know them."""
