"""Known people in blocks: both ways find what a plain search finds, and never a part of something longer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vestige.matching.columnar.block import Block
from vestige.matching.columnar.known import FORMS, Known, written

ANN, JO = "ann@example.com", "jo.o'hara+x@mail.example.org"
ID, PHONE = "6f9619ff-8b86-4011-b42d-00cf4fc964ff", "+12025550142"
PEOPLE = [
    (7, ANN),
    (8, JO),
    (9, ID),
    (7, PHONE),
    (10, "_odd!one@example.net"),
    (11, "an@example.com"),
    (12, ANN),
    (13, "bj\u00f6rn@example.com"),
]
BOTH = [Known(PEOPLE, joined=joined) for joined in (False, True)]
WORD = "0123456789abcdefghijklmnopqrstuvwxyz"
ENDINGS = (".json", ".csv", ".csv.gz", ".log")


def block(texts: Sequence[str]) -> Block:
    raw = [text.encode() for text in texts]
    return Block(b"".join(raw), np.cumsum([0, *map(len, raw)], dtype=np.int64))


def found(known: Known, texts: Sequence[str]) -> list[tuple[int, int, int, int, str]]:
    hits = zip(*(column.tolist() for column in known.find(block(texts))), strict=True)
    return sorted((*where, FORMS[form]) for *where, form in hits)


def is_alone(text: str, start: int, end: int, form: str, normal: str) -> bool:
    """The rule again, character by character."""
    is_address = "@" in normal and form in ("clear", "percent", "percent twice", "json", "html")
    marks = "._+'-" if is_address else ""
    left = start
    while left > 0 and text[left - 1] in marks:
        left -= 1
    begins = left == 0 or text[left - 1] not in WORD
    for size, opening in ((3, "%"), (6, "\\u")):
        escape = text[left - size : left] if left >= size else ""
        begins |= escape.startswith(opening) and all(c in "0123456789abcdef" for c in escape[len(opening) :])
    begins |= left > 1 and text[left - 2] == "\\" and text[left - 1] in "nrtbf"
    if form == "clear" and normal.startswith("+"):
        begins &= not (start > 1 and text[start - 1] == "." and text[start - 2].isdigit())
        begins &= not (text[end : end + 1] == "." and text[end + 1 : end + 2] in tuple("0123456789"))
    right = end
    if is_address:
        for _ in range(2):
            ending = next((e for e in _endings(text[right:])), "")
            if ending and text[right + len(ending) : right + len(ending) + 1] not in tuple(WORD):
                right += len(ending)
        while text[right : right + 1] in tuple(".-"):
            right += 1
    return begins and text[right : right + 1] not in tuple(WORD)


def _endings(text: str) -> list[str]:
    return [e for e in (".json", ".csv", ".gz", ".log") if text.startswith(e)]


def naive(texts: Sequence[str]) -> list[tuple[int, int, int, int, str]]:
    hits = set()
    for row, text in enumerate(texts):
        raw = text.encode().lower().decode("latin-1")
        for subject, normal in PEOPLE:
            for needle, form in written(normal).items():
                plain = needle.decode("latin-1")
                at = raw.find(plain)
                while at >= 0:
                    if is_alone(raw, at, at + len(plain), form, normal):
                        hits.add((row, at, at + len(plain), subject, form))
                    at = raw.find(plain, at + 1)
    return sorted(hits)


def spelled(normal: str) -> st.SearchStrategy[str]:
    return st.sampled_from([needle.decode() for needle in written(normal)])


NEAR = [ANN.upper(), JO.title(), "joann@example.com", "ann@example.com.au", "\u00c4nn@example.com", *ENDINGS]
BESIDE = ["%3d", "%20", "\\n", "\\u003c", "\\b", "0", "a", "\n", "\u00e9", "...", *"<>=/.-'_+%\\ @"]
pieces = st.one_of(
    st.sampled_from([normal for _, normal in PEOPLE]).flatmap(spelled),
    st.sampled_from(NEAR),
    st.sampled_from(BESIDE),
    st.text(max_size=4),
    st.text("0123456789abcdef-", max_size=40),
)
values = st.lists(pieces, max_size=8).map("".join)


@given(st.lists(values, min_size=1, max_size=6))
@example([f"{ANN}", f"x{ANN}", f"{ANN}.au", f"{ANN}.csv.gz", f"{ANN}.csv-old", f"%3D{ANN}", f"\\u003c{ANN}"])
@example([ID, ID.replace("-", ""), f"%3d{hashlib.md5(ANN.encode(), usedforsecurity=False).hexdigest()}"])
@example([PHONE, "3.12025550142", "12025550142.5", "0012025550142", "%2B12025550142", "112025550142"])
@example(["ann@exam", "ple.com", ID[:18], ID[18:], "1202555", "0142", "", ""])
def test_both_ways_find_what_a_plain_search_finds(texts: list[str]) -> None:
    expected = naive(texts)
    for known in BOTH:
        assert found(known, texts) == expected


@pytest.mark.parametrize("known", BOTH)
def test_a_part_of_something_longer_is_no_hit(known: Known) -> None:
    assert not found(
        known, ["joann@example.com", "ann@example.com.au", "xan@example.com", f"{ID}0", "9" + PHONE[1:]]
    )


def test_nobody_known_is_nobody_found() -> None:
    for joined in (False, True):
        assert found(Known([], joined=joined), ["ann@example.com", ""]) == []
