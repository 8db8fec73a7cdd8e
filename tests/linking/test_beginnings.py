from __future__ import annotations

import doctest

import pytest

from kg.linking import beginnings


@pytest.mark.parametrize(
    ("words", "since"),
    [
        ("X joined Y as a member in June 2022.", "2022-06"),
        ("X became a member of Y on 4 April 2022.", "2022-04"),
        ("X joined Y on March 4th, 2024", "2024-03"),
        ("In summer 2023, X joined Y", "2023"),
        ("X se unió a Y como miembro en mayo de 2021.", "2021-05"),
        ("X se suma a Y en enero del 2023", "2023-01"),
        ("X est devenu membre de l’Y le 1er août 2022", "2022-08"),
        ("Le 4 mars 2024, X rejoint l’Y", "2024-03"),
        ("X tornou-se membro da Y em fevereiro de 2022", "2022-02"),
        ("No dia 4 de março de 2024, X juntou-se à Y", "2024-03"),
        ("X, founded in March 1999, joins Y", None),
        ("X joins Y, which has published 2024 datasets", None),
    ],
)
def test_the_month_or_year_that_words_name_in_four_languages(words: str, since: str | None) -> None:
    assert beginnings.stated_beginning(words) == since


def test_its_examples_run() -> None:
    assert doctest.testmod(beginnings).failed == 0
