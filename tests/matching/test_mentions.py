"""Names in running text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestige.matching.called import Names
from vestige.matching.mentions import Mentions
from vestige.planning.model import Identifier

ANNA = Mentions(["Anna", "Schmidt", "Anna Schmidt"])


def taken(mentions: Mentions, text: str) -> list[str]:
    return [text[start:end] for start, end in mentions.all(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("For Anna Schmidt, with love", ["Anna Schmidt"]),
        ("SCHMIDT, ANNA", ["SCHMIDT, ANNA"]),
        ("Schmidt Anna", ["Schmidt Anna"]),
        ("Anna M. Schmidt called", ["Anna M. Schmidt"]),
        ("A. Schmidt signed", ["A. Schmidt"]),
        ("Anna S. signed", ["Anna S."]),
        ("Anna said so, and Schmidts dog", ["Anna", "Schmidts"]),
        ("anna is not a name here", []),
        ("Annabelle and Schmidtke", []),
        ("hannah Annas-like", ["Annas"]),
    ],
)
def test_spellings(text: str, expected: list[str]) -> None:
    assert taken(ANNA, text) == expected


def test_accents_and_other_scripts() -> None:
    assert taken(Mentions(["José Muñoz"]), "saw JOSE MUNOZ twice") == ["JOSE MUNOZ"]
    assert taken(Mentions(["Łukasz Ørsted"]), "od Lukasz Orsted") == ["Lukasz Orsted"]
    assert taken(Mentions(["Анна Иванова"]), "Пишет Анна Иванова.") == ["Анна Иванова"]
    assert taken(Mentions(["王小明"]), "昨天王小明来了") == ["王小明"]
    assert taken(Mentions(["Sean O'Brien"]), "by Sean O’Brien, again") == ["Sean O’Brien"]


@pytest.mark.parametrize(
    ("text", "expected", "called"),
    [
        ("please ask 陈伟 now", ["陈伟"], ["full name"]),
        ("尊敬的陈伟你好", ["陈伟"], ["full name"]),
        ("伟 陈", ["伟 陈"], ["full name"]),
        ("Dear 伟, see you", ["伟"], ["given name"]),
        ("伟大的, 王伟, 陈醋", [], []),
    ],
)
def test_names_from_two_columns_in_a_script_without_spaces(
    text: str, expected: list[str], called: list[str]
) -> None:
    """The purge takes out what the sweep looks for, each by its own road."""
    values = ["伟", "陈", "伟 陈"]
    assert taken(Mentions(values), text) == expected
    names = Names([Identifier("PERSON", value, value, strong=False) for value in values])
    assert [one.form for one in names.search(text)] == called


def test_a_single_name_inside_anothers_name_stays() -> None:
    assert ANNA.all("Anna Keller wrote", other=lambda name: name == "anna keller") == []
    assert taken(ANNA, "Anna Keller wrote") == ["Anna"]


def test_only_full_names_are_found_without_a_link() -> None:
    assert ANNA.full("Anna wrote, Schmidt answered") == []


@given(st.text(), st.text())
def test_a_planted_name_is_found_where_it_stands(before: str, after: str) -> None:
    text = f"{before} Anna Schmidt {after}"
    assert any(s <= len(before) + 1 and e >= len(before) + 13 for s, e in ANNA.full(text))


def test_the_repr_shows_no_name() -> None:
    assert "anna" not in repr(ANNA).lower()
