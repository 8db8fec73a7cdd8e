"""Made-up names and words, another for each number."""

_SYLLABLES = """
ba be bo da de di do fa ga go ka ke ki ko la le li lo ma me mi mo na ne no pa po ra re ri ro sa se so ta
""".split()  # noqa: SIM905


def place(n: int) -> str:
    """Return the name of a made-up place.

    >>> place(0), place(4000)
    ('Bebaba', 'Babatage')
    """
    letters = ""
    n += len(_SYLLABLES) ** 2
    while n:
        n, digit = divmod(n, len(_SYLLABLES))
        letters += _SYLLABLES[digit]
    return letters.capitalize()
