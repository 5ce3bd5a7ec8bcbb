"""One of Presidio's pattern recognisers, prepared to read blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import regex
from presidio_analyzer import EntityRecognizer, PatternRecognizer
from presidio_analyzer.predefined_recognizers import IbanRecognizer

from vestige.matching.columnar import patterns
from vestige.matching.columnar.block import Block, Ints
from vestige.matching.columnar.judging import Judge
from vestige.matching.columnar.sieve import Window, windows
from vestige.matching.columnar.spans import (
    Found,
    Spans,
    analyzed,
    holding,
    joined,
    matched,
    searched,
    undominated,
)

Bools = npt.NDArray[np.bool_]
_READ_PATTERNS = (PatternRecognizer.analyze, IbanRecognizer.analyze)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """``own``: Presidio's. ``re2``: for values of ASCII; it matches the same, or more if not ``exact``."""

    weight: float
    own: regex.Pattern[str]
    re2: str | None
    exact: bool
    windows: tuple[Window, ...]


class Prepared:
    """A recogniser and the sieves of its patterns. ``reasons``: why it must read every value one by one."""

    def __init__(self, recognizer: PatternRecognizer) -> None:
        self.recognizer = recognizer
        self.reasons: set[str] = set()
        self._whole = type(recognizer).analyze is not PatternRecognizer.analyze
        self._patterns = [self._prepared(one.regex, one.score) for one in recognizer.patterns]
        self._judge = Judge(recognizer)
        if type(recognizer).analyze not in _READ_PATTERNS:
            self.reasons.add("it analyses texts in a way of its own")

    @property
    def windows(self) -> list[tuple[Window, ...]]:
        """For each pattern; no windows: it may match anywhere."""
        return [() if self.reasons else one.windows for one in self._patterns]

    def _prepared(self, pattern: str, weight: float) -> _Pattern:
        flags = self.recognizer.global_regex_flags
        own = regex.compile(pattern, flags=flags)
        try:
            reading = patterns.read(pattern, flags)
        except patterns.Unreadable as unread:
            self.reasons.add(str(unread))
            return _Pattern(weight, own, None, False, ())
        found = windows(reading.tree)
        if not found:
            self.reasons.add("a pattern of it has nothing that all its matches hold")
        return _Pattern(weight, own, _re2(reading.tree), reading.exact, found)

    def found(self, block: Block, passed: Sequence[Bools], ascii_: Bools, number: int) -> Found:
        """What ``analyze`` finds. ``passed``: for each pattern, the values that may hold a match of it."""
        if self._whole:
            rows = np.flatnonzero(np.any(passed, axis=0))
            return analyzed(block, rows, self.recognizer, number)
        parts = [
            part
            for pattern, rows in zip(self._patterns, passed, strict=True)
            for part in self._matches(block, pattern, rows, ascii_, number)
        ]
        return undominated(joined(parts), np.zeros(sum(map(len, parts)), np.int64))

    def _matches(
        self, block: Block, pattern: _Pattern, passed: Bools, ascii_: Bools, number: int
    ) -> Iterator[Found]:
        for spans in _spans(
            block, pattern, np.flatnonzero(passed & ascii_), np.flatnonzero(passed & ~ascii_)
        ):
            scores = self._judge.scores(block, spans, pattern.weight)
            found = Found(spans.rows, spans.starts, spans.ends, scores, np.full(len(spans), number))
            yield found.where(scores > EntityRecognizer.MIN_SCORE)


def _spans(block: Block, pattern: _Pattern, ascii_: Ints, others: Ints) -> Iterator[Spans]:
    """A pattern's matches in values of ASCII and in others."""
    if pattern.re2 and pattern.exact:
        yield matched(block, ascii_, pattern.re2)
    elif pattern.re2:
        yield searched(block, holding(block, ascii_, pattern.re2), pattern.own)
    else:
        yield searched(block, ascii_, pattern.own)
    yield searched(block, others, pattern.own)


def _re2(tree: patterns.Node) -> str | None:
    """RE2's pattern, if RE2 takes it."""
    pattern = patterns.re2(tree)
    try:
        pc.match_substring_regex(pa.array([b""], pa.large_binary()), pattern)
    except pa.ArrowInvalid:
        return None
    return pattern
