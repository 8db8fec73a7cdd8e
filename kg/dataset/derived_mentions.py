"""Mentions in posts: organizations, goods, programmes, persons in public roles and licences.

Only here, after all sources are loaded, are all names known: a good that the registry adds is found in the posts that
were there before, and a name that another thing takes too loses its places.
"""

from __future__ import annotations

from kg.dataset.texts import Staged
from kg.mapping.common import families, licence_family, mentions
from kg.quads import Statements

SUMMARY = "What posts mention"
DESCRIPTION = (
    "Where the titles and texts of posts name organizations, goods, programmes, persons and licences of this dataset, "
    "and licences of Creative Commons without their version. "
    "A name that is also an ordinary word, or that several things have, counts only with further evidence in the post."
)


def derive(staged: Staged, graph: str) -> Statements:
    """Return the mentions in the posts."""
    out = Statements(graph)
    known = families(staged.mint)
    for post, places in staged.named.items():
        for thing, span in places:
            mentions(out, staged.mint, post, thing, [span])
            if thing in known:
                licence_family(out, thing, known[thing])
    return out
