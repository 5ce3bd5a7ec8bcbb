"""Patterns as trees: what RE2 matches is what Presidio's engine matches, and sieves let every match pass."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vestige.matching.columnar import patterns, re2
from vestige.matching.columnar.alphabets import ASCII, BYTES, TEXT, alphabets
from vestige.matching.columnar.block import Block, of_column
from vestige.matching.columnar.sieve import Sieve, windows
from vestige.matching.columnar.spans import Found, Spans, holding, joined, matched, searched, undominated
from vestige.matching.columnar.standing import StandIns

FLAGS = regex.DOTALL | regex.MULTILINE | regex.IGNORECASE

ATOMS = st.sampled_from(
    [
        "a",
        "b",
        "k",
        "s",
        "1",
        "-",
        r"\.",
        ".",
        r"\d",
        r"\w",
        r"\s",
        r"\W",
        r"\D",
        "[ab]",
        "[^a1]",
        "[a-z0-9.-]",
        "é",
    ]
)
PLACES = st.sampled_from([r"\b", r"\B", "^", "$", "(?<![a1])", "(?![b-])", "(?!ab|1)", "(?=a)", r"(?<=\d)"])
TIMES = st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,3}", "??", "*?", "+?", "{2,}", "{0,2}?"])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = st.builds("(?:{}|{}){}".format, inner, inner, TIMES)
    return st.builds("{}{}".format, inner, inner) | group | st.builds("({}){}".format, inner, TIMES)


PATTERNS = st.recursive(st.builds("{}{}".format, ATOMS, TIMES) | PLACES, _grown, max_leaves=6)
TEXTS = st.text("aAbBkKsS1_-. \n\t\x0b\x1cſKéĞ١’€", max_size=12) | st.text(max_size=6)


def block(values: list[str] | list[bytes]) -> Block:
    made = of_column(pa.array([v.encode() if isinstance(v, str) else v for v in values], pa.binary()))
    assert made is not None
    return made


def spans(found: Spans) -> list[tuple[int, ...]]:
    return sorted(zip(found.rows.tolist(), found.starts.tolist(), found.ends.tolist(), strict=True))


@settings(deadline=None, max_examples=300)
@given(PATTERNS, st.lists(TEXTS, min_size=1, max_size=6), st.sampled_from([FLAGS, regex.M | regex.S, 0]))
@example(r"\s", ["\x0b\x1c"], FLAGS)
@example("k", ["K"], FLAGS)
@example(r"a$", ["a\n", "a\nb"], FLAGS)
@example(r"(?:|a)+", ["aa"], FLAGS)
@example(r"(?<![a1])b", ["ab b", "b"], FLAGS)
def test_re2_and_sieve_agree_with_presidios_engine(pattern: str, values: list[str], flags: int) -> None:
    reading = patterns.read(pattern, flags)
    cells = block(values)
    kinds, rows = alphabets(cells), np.arange(len(values))
    truth = spans(searched(cells, rows, regex.compile(pattern, flags)))
    hits = {row for row, _, _ in truth}

    (passed,) = Sieve([windows(reading.tree)]).passed(cells)
    assert hits <= set(np.flatnonzero(passed).tolist())
    if not patterns.can_be_empty(reading.tree):
        assert hits <= set(holding(cells, rows, re2.for_any(reading.tree)).tolist())
        plain = rows[kinds == ASCII]
        assert hits & set(plain.tolist()) <= set(holding(cells, plain, re2.for_ascii(reading.tree)).tolist())
    if reading.exact:
        plain, others = rows[kinds == ASCII], rows[kinds == TEXT]
        written = re2.for_ascii(reading.tree)
        assert spans(matched(cells, plain, written)) == [one for one in truth if one[0] in plain]
        found, unread = StandIns(reading.tree).spans(cells, others, written)
        assert spans(found) == [one for one in truth if one[0] in others[~unread]]


def test_a_letter_stands_for_a_letter_of_another_alphabet() -> None:
    cells = block(["Ивана: иван@пример.рф, née 1é", "x’s"])
    tree = patterns.read(r"\b\w+@\w+\.\w+\b|\b1\b|\bs", FLAGS).tree
    found, unread = StandIns(tree).spans(cells, np.arange(2), re2.for_ascii(tree))
    assert not unread.any()
    assert [cells.value(row)[start:end].decode() for row, start, end in spans(found)] == [
        "иван@пример.рф",
        "s",
    ]


@pytest.mark.parametrize("pattern", [r"\p{L}", "[[:alpha:]]", "(?:ab){e<=1}", "(?P<a>a)(?(a)b|c)", "(?|a|b)"])
def test_what_only_presidios_engine_reads_is_refused(pattern: str) -> None:
    with pytest.raises(patterns.Unreadable):
        patterns.read(pattern, FLAGS)


@pytest.mark.parametrize("pattern", ["(?<!a)b", r"([:-])a\1", "a++", "(?>a|b)", "a*", "(?:a?)+b", "a(?=b)"])
def test_what_re2_lacks_or_does_otherwise_is_not_exact(pattern: str) -> None:
    assert not patterns.read(pattern, FLAGS).exact


def test_a_window_does_not_reach_into_the_next_value() -> None:
    sieve = Sieve([windows(patterns.read(r"\d{6}", FLAGS).tree)])
    assert sieve.passed(block(["123", "456", "1234567", ""]))[0].tolist() == [False, False, True, False]


def test_more_windows_than_bits_are_sought_in_groups() -> None:
    words = [f"{a}{b}=" for a in "abcdefghju" for b in "lmnopqrtvw"]
    sieve = Sieve([windows(patterns.read(word, FLAGS).tree) for word in words])
    passed = sieve.passed(block([*words, "zz="]))
    assert [np.flatnonzero(one).tolist() for one in passed] == [[i] for i in range(len(words))]


def test_values_are_told_apart_by_their_alphabets() -> None:
    values = [b"plain", "it’s – €".encode(), "née".encode(), b"\xff\xfe", b"", "١".encode()]
    assert alphabets(block(values)).tolist() == [ASCII, TEXT, TEXT, BYTES, ASCII, TEXT]


RESULTS = st.tuples(st.integers(0, 1), st.integers(0, 5), st.integers(1, 4), st.sampled_from([0.1, 0.5, 1.0]))


@given(st.lists(RESULTS, max_size=12))
def test_duplicates_go_as_presidio_removes_them(results: list[tuple[int, int, int, float]]) -> None:
    from presidio_analyzer import EntityRecognizer, RecognizerResult

    theirs = EntityRecognizer.remove_duplicates(
        [RecognizerResult(str(kind), start, start + size, score) for kind, start, size, score in results]
    )
    kinds, starts, sizes = (np.array([one[i] for one in results], np.int64) for i in range(3))
    scores = np.array([one[3] for one in results], np.float64)
    found = joined([Found(np.zeros(len(results), np.int64), starts, starts + sizes, scores, kinds)])
    ours = undominated(found, found.recognizers)
    assert sorted(zip(ours.recognizers, ours.starts, ours.ends, ours.scores, strict=True)) == sorted(
        (int(one.entity_type), one.start, one.end, one.score) for one in theirs
    )
