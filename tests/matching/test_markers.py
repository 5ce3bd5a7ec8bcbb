"""Markers: the id beside its name, in every way that programs write it."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestige.matching.markers import markers

WORDS = st.from_regex(r"[a-z]{2,8}(_[a-z]{2,6})?", fullmatch=True)
VALUES = st.from_regex(r"[A-Z]{0,2}[0-9]{1,9}", fullmatch=True)


def read(text: str) -> list[tuple[str, str]]:
    found = list(markers(text))
    assert all(text[start:end] == value for _, value, start, end in found)
    assert found == sorted(found, key=lambda one: one[2:]) == list(markers(text))
    return [(marker, value) for marker, value, _, _ in found]


@pytest.mark.parametrize(
    ("text", "marker", "value"),
    [
        ("user_id=17", "user_id", "17"),
        ("uid: 17", "uid", "17"),
        ("userId=17,", "user_id", "17"),
        ("User-ID: 17", "user_id", "17"),
        ("user id: 17", "user_id", "17"),
        ("user.id=17", "user.id", "17"),
        ('"user_id": 17', "user_id", "17"),
        ("'user_id': '17'", "user_id", "17"),
        ('user_id="17"', "user_id", "17"),
        ('x {"user": {"id": 17}} y', "user.id", "17"),
        ('{"user": {"id": "17"}, "a": [1]}', "user.id", "17"),
        ("GET /users/17/orders HTTP/1.1", "users", "17"),
        ("GET /api/v2/users/17?x=1", "users", "17"),
        ("/users/17", "users", "17"),
        ("user 17 logged in", "user", "17"),
        ("user #17", "user", "17"),
        ("user id 17", "user", "17"),
        ("user no. 17.", "user", "17"),
        ("Kunde 17", "kunde", "17"),
        ("Клиент №17", "клиент", "17"),
        ("Kunde Nr. 17,", "kunde", "17"),
        ("customer=C-10017", "customer", "C-10017"),
        ("customer C-10017", "customer", "C-10017"),
        ("user=anna", "user", "anna"),
        ("user=anna.k-x_1;", "user", "anna.k-x_1"),
        ("uid=550e8400-e29b-41d4-a716-446655440000", "uid", "550e8400-e29b-41d4-a716-446655440000"),
        ("[user:17]", "user", "17"),
        ("?user_id=17&x=2", "user_id", "17"),
        ("kunde=Müller", "kunde", "Müller"),
    ],
)
def test_a_marked_value(text: str, marker: str, value: str) -> None:
    assert (marker, value) in read(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("user=anna@example.com", "anna"),
        ("user=anna%40example.com", "anna"),
        ("user=anna-k@example.com", "anna"),
        ("at 10:22:33", "22"),
        ("https://example.com/17", "17"),
        ("took 17.5 s", "17"),
    ],
)
def test_part_of_something_else_is_no_value(text: str, value: str) -> None:
    assert value not in [found for _, found in read(text)]


def test_ids_of_a_line_keep_their_own_markers() -> None:
    line = '2026-01-15 staff=17 {"user": {"id": 170}, "order_id": 1700} /users/17000'
    assert {("staff", "17"), ("user.id", "170"), ("order_id", "1700"), ("users", "17000")} <= set(read(line))
    assert ("user.id", "17") not in read(line)


def test_a_message_inside_json_has_markers_of_its_own() -> None:
    line = '{"level": "info", "msg": "user 17 paid order_id=1700"}'
    assert read(line) == [("level", "info"), ("user", "17"), ("order_id", "1700")]


@given(WORDS, VALUES, st.sampled_from(["{}={}", "x {}={}, y", "({}: {})", "/{}/{}/", "{} #{}", '"{}":"{}"']))
def test_any_marker_and_value(word: str, value: str, shape: str) -> None:
    text = shape.format(word, value)
    if "#" not in shape or "_" not in word:
        assert (word, value) in read(text)


@given(st.dictionaries(WORDS, st.dictionaries(WORDS, VALUES, max_size=3), min_size=1, max_size=3))
def test_nested_json_anywhere_in_a_line(value: dict[str, dict[str, str]]) -> None:
    expected = [(f"{outer}.{inner}", text) for outer, row in value.items() for inner, text in row.items()]
    assert read(f"INFO {json.dumps(value)}") == expected


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    read(text)


FORWARDS = re.compile(
    r"(?P<key>[^\W\d_](?<![\w.\-/=@].)[^\W\d_]+)"
    r"(?:[ \-]?(?:[Ii][Dd]|[Nn][OoRr]\.?|[Nn][Uu][Mm](?:(?:[Bb]|[Mm])[Ee][Rr])?|№|[Nn]°))?[ ]"
    r"[#№]?(?P<value>(?:[A-Za-z]{1,4}-?)?\d[\w\-]*)(?![\w@＠]|%[0-9a-fA-F]{2})(?![.,:]\d)",
    re.DOTALL,
)
PIECES = [
    "user",
    "id",
    "Id",
    "No",
    "nr.",
    "Number",
    "#",
    "№",
    "N°",
    "17",
    "AB-12",
    "x",
    "é",
    ".",
    ",",
    "-",
    "@",
]


@given(st.lists(st.sampled_from([*PIECES, " ", " ", " "]), max_size=12).map("".join))
def test_a_number_behind_a_word_is_found_as_one_reads(text: str) -> None:
    found = [(marker.replace("_", ""), value) for marker, value in read(text)]
    assert found == [(match["key"].lower(), match["value"]) for match in FORWARDS.finditer(text)]
