"""What a new member announces that it will do, found in the structure of the post: the items of an announced list.

A paragraph announces the list: it speaks of commitments, activities or a roadmap, or says "X will", and ends with a
colon. Its items are the lines of the paragraph after it, or the paragraphs after it as long as each has a title before
a colon; or, in the same sentence, what semicolons part. Nothing else in a post is taken for a commitment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ANNOUNCES = re.compile(
    r"\b(?:roadmap|commit(?:s|ting|ments?|ted)?|pledg(?:e|es|ed|ing)|activities|efforts such as|"
    r"contribut(?:e|es|ing|ions?)|compromis(?:os?|ete)|engagements?|compromissos?)\b|\bwill\s*:",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"^(?:[-–•*·]|\d{1,2}[.)])?\s*(?P<title>[^\W\d_][^:.\n]{6,148}?)(?P<mark>[:.])(?:\s+(?P<text>\S.*))?$", re.DOTALL
)
_INLINE = re.compile(r"[^.!?\n]*:\s(?P<items>[^.!?:\n]+(?:;[^.!?:\n]+)+)[.!?]")
_LONGEST_LIST = 12


def commitments(text: str) -> list[tuple[str, str | None]]:
    """Return the title and the text of each announced commitment, in the order of the post.

    >>> commitments("We commit to this:\\n\\nOpen data: We publish data.\\n\\nGood courses: We teach.\\n\\nBye.")
    [('Open data', 'We publish data.'), ('Good courses', 'We teach.')]
    >>> commitments("Its membership includes efforts such as: clinics for all; and a yearly summit. More soon.")
    [('clinics for all', None), ('a yearly summit', None)]
    """
    paragraphs = text.split("\n\n")
    for index, paragraph in enumerate(paragraphs):
        last = paragraph.rsplit("\n", 1)[-1]
        announced = last.endswith(":") and _ANNOUNCES.search(paragraph[-300:])
        if announced and (found := list(_items(paragraphs[index + 1 : index + 1 + _LONGEST_LIST]))):
            return found
        for inline in _INLINE.finditer(paragraph):
            if _ANNOUNCES.search(inline[0].partition(":")[0]):
                parts = (re.sub(r"^(?:and|y|et|e)\s+", "", part.strip()) for part in inline["items"].split(";"))
                return [(re.sub(r"^(?:the|an?)\s+(?=\w+ing\b)", "", part), None) for part in parts if part]
    return []


def _items(paragraphs: list[str]) -> Iterator[tuple[str, str | None]]:
    """Yield the items that stand at the beginning: lines of one paragraph, or paragraphs with a title and a colon."""
    if not paragraphs:
        return
    lines = paragraphs[0].split("\n")
    wanted = None if len(lines) > 1 else ":"
    for line in lines if len(lines) > 1 else paragraphs:
        item = _ITEM.match(line)
        if item is None or (wanted and item["mark"] != wanted):
            return
        yield item["title"].strip(), item["text"]
