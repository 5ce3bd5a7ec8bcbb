"""Sketches and profiles: exact where small, close where large, and the same in whatever parts they come."""

from __future__ import annotations

import time
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scanners.profiles import profiles
from vestige.scanners import lexicon
from vestige.scanners.features import features
from vestige.scanners.profile import FieldProfile
from vestige.scanners.sketch import Sketch, sketch_of
from vestige.scanners.verdicts import merged

HASHES = st.lists(st.integers(0, 2**64 - 1), max_size=200)


@given(HASHES, st.integers(2, 20))
def test_a_sketch_of_parts_is_the_sketch_of_all(hashes: list[int], size: int) -> None:
    whole = sketch_of(hashes, size)
    parts = sketch_of(hashes[::2], size)
    parts.merge(sketch_of(hashes[1::2], size))
    assert (parts.distinct, parts.exact) == (whole.distinct, whole.exact)
    assert parts.to_json() == whole.to_json()
    assert Sketch.from_json(whole.to_json()).to_json() == whole.to_json()


@given(HASHES)
def test_a_small_sketch_is_exact(hashes: list[int]) -> None:
    made = sketch_of(hashes)
    assert made.distinct == len(set(hashes))
    assert sum(made.counts.values()) == len(hashes)
    assert made.contained_in(made) == ((1.0 if hashes else 0.0), len(set(hashes)))


def test_a_large_sketch_is_close() -> None:
    random = Random(1)
    hashes = [random.getrandbits(64) for _ in range(50_000)]
    whole, half = sketch_of(hashes), sketch_of(hashes[:25_000])
    assert whole.distinct == pytest.approx(50_000, rel=0.1)
    assert len(whole.counts) <= 1024
    assert half.contained_in(whole)[0] == 1.0
    assert whole.contained_in(half)[0] == pytest.approx(0.5, abs=0.06)


def test_repeats_are_seen() -> None:
    assert sketch_of([1, 2, 3, 3]).repeated == pytest.approx(1 / 3)
    assert sketch_of([1, 2, 3]).repeated == 0


def _profile(values: Sequence[str | None]) -> FieldProfile:
    """Of the field itself; text may hold markers, which are fields of their own."""
    (found,) = [one for one in profiles("c", {"f": values}) if one.place.field == "f"]
    return found


VALUES = st.lists(st.one_of(st.none(), st.text(max_size=30), st.emails()), max_size=30)


@settings(deadline=None, max_examples=50)
@given(VALUES, VALUES)
def test_profiles_of_parts_merge_to_that_of_all(first: list[str | None], second: list[str | None]) -> None:
    whole = _profile([*first, *second, "x", "y"])
    (parts,) = merged([_profile([*first, "x"]), _profile([*second, "y"])])
    for name in (
        "cells",
        "filled",
        "characters",
        "words",
        "longest",
        "distinct",
        "unique",
        "classes",
        "kinds",
    ):
        assert getattr(parts, name) == getattr(whole, name), name
    assert {e: (n.rows, n.whole) for e, n in parts.entities.items()} == {
        e: (n.rows, n.whole) for e, n in whole.entities.items()
    }


@settings(deadline=None, max_examples=50)
@given(VALUES)
def test_a_profile_survives_its_json_and_tells_no_value(values: list[str | None]) -> None:
    made = _profile([*values, "planted@example.com"])
    text = made.to_json()
    assert FieldProfile.from_json(text).to_json() == text
    assert "planted" not in text


@settings(deadline=None)
@given(st.text(max_size=600))
def test_any_text_has_features(text: str) -> None:
    look = features(text)
    assert look.words == len(text.split())
    assert len(look.mask) <= 24


@pytest.mark.parametrize("part", ["a", "9", "A", " ", "-", "a.", "9 ", "A-", "aA ", "hi ", "'", "1a "])
def test_no_pattern_backtracks(part: str) -> None:
    started = time.process_time()
    for end in ("!", "\x00", "@", "Z"):
        features(part * (400 // len(part)) + end)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("kdNr", "person id"),
        ("Kundennummer", "person id"),
        ("date_naiss", "birth"),
        ("E-Mail-Adresse", "email"),
        ("imię", "given"),
        ("by", "city"),
        ("klienta", "person"),
        ("gebu_datum", "birth time"),
        ("zzzqq", ""),
    ],
)
def test_names_mean_something(name: str, expected: str) -> None:
    assert [set(part) & set(expected.split()) != set() for part in lexicon.meanings(name)] == [True] * len(
        expected.split()
    )


def test_some_words_are_whole_names_or_nothing() -> None:
    assert "city" not in lexicon.concepts("sent_by")
    assert "person" not in lexicon.concepts("ausleihe")


@given(st.text(max_size=40))
def test_any_name_can_be_looked_up(name: str) -> None:
    assert lexicon.concepts(name) == frozenset().union(*lexicon.meanings(name))
