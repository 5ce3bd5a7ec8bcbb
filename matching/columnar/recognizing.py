"""One of Presidio's pattern recognisers, prepared to read blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import regex
from presidio_analyzer import EntityRecognizer, PatternRecognizer
from presidio_analyzer.predefined_recognizers import IbanRecognizer

from vestige.matching.columnar import patterns, re2
from vestige.matching.columnar.alphabets import ASCII, TEXT, Alphabets
from vestige.matching.columnar.block import Block, Ints
from vestige.matching.columnar.judging import Judge, weighed
from vestige.matching.columnar.sieve import Windows, windows
from vestige.matching.columnar.spans import (
    Found,
    Spans,
    analyzed,
    each,
    holding,
    joined,
    matched,
    matches,
    searched,
    undominated,
)
from vestige.matching.columnar.standing import StandIns

Bools = npt.NDArray[np.bool_]
_READ_PATTERNS = (PatternRecognizer.analyze, IbanRecognizer.analyze)


class _Pattern:
    """One pattern, in Presidio's engine and in RE2. ``windows``: its sieve's."""

    def __init__(self, written: str, flags: int, weight: float) -> None:
        self.weight = weight
        self.unread = ""
        self.own = regex.compile(written, flags=flags)
        self._reading = patterns.Reading(patterns.EMPTY, False)
        try:
            self._reading = patterns.read(written, flags)
        except patterns.Unreadable as reason:
            self.unread = str(reason)
        self.windows = windows(self._reading.tree)
        if not self.windows.any and not self.unread:
            self.unread = "there is nothing that all matches of a pattern hold"

    def spans(self, block: Block, rows: Ints, alphabets: Alphabets) -> Iterator[Spans]:
        """Its matches in these values."""
        if self._reading.exact and self._ascii:
            yield matched(block, rows[alphabets[rows] == ASCII], self._ascii)
            rows = rows[alphabets[rows] != ASCII]
            texts = rows[alphabets[rows] == TEXT]
            if len(texts):
                found, unread = self._stand_ins.spans(block, texts, self._ascii)
                yield found
                rows = np.concatenate([rows[alphabets[rows] != TEXT], texts[unread]])
        yield searched(block, self.narrowed(block, rows, alphabets), self.own)

    def narrowed(self, block: Block, rows: Ints, alphabets: Alphabets) -> Ints:
        """Those of these values that still may hold a match, by RE2, if it takes the pattern."""
        is_ascii = alphabets[rows] == ASCII
        parts = [
            holding(block, part, pattern) if pattern and len(part) else part
            for part, pattern in ((rows[is_ascii], self._ascii), (rows[~is_ascii], self._any))
        ]
        return np.sort(np.concatenate(parts))

    @cached_property
    def _ascii(self) -> str | None:
        return None if self.unread else _taken(re2.for_ascii(self._reading.tree))

    @cached_property
    def _any(self) -> str | None:
        return None if self.unread else _taken(re2.for_any(self._reading.tree))

    @cached_property
    def _stand_ins(self) -> StandIns:
        return StandIns(self._reading.tree)


class Prepared:
    """A recogniser and its patterns. ``reasons``: why it reads each value by itself, or lacks something."""

    def __init__(self, recognizer: PatternRecognizer) -> None:
        self.recognizer = recognizer
        flags = recognizer.global_regex_flags
        self._patterns = [_Pattern(one.regex, flags, one.score) for one in recognizer.patterns]
        self._judge = Judge(recognizer)
        self._whole = type(recognizer).analyze is not PatternRecognizer.analyze
        self._grouped = type(recognizer).analyze is IbanRecognizer.analyze
        self.reasons = {one.unread for one in self._patterns if one.unread}
        if type(recognizer).analyze not in _READ_PATTERNS:
            self.reasons.add("it analyses texts in a way of its own")
        if type(recognizer).enhance_using_context is not EntityRecognizer.enhance_using_context:
            self.reasons.add("its own way to use context is left out")

    @property
    def windows(self) -> list[Windows]:
        """For each pattern, those of its sieve."""
        return [Windows() if self._whole and self.reasons else one.windows for one in self._patterns]

    def found(self, block: Block, passed: Sequence[Bools], alphabets: Alphabets, number: int) -> Found:
        """What ``analyze`` finds. ``passed``: for each pattern, the values that may hold a match of it."""
        sieved = [
            (pattern, np.flatnonzero(mask)) for pattern, mask in zip(self._patterns, passed, strict=True)
        ]
        if self._whole:
            may = [rows if self.reasons else one.narrowed(block, rows, alphabets) for one, rows in sieved]
            rows = np.unique(np.concatenate(may))
            if self._grouped:
                return each(block, rows, self._by_groups(), number)
            return analyzed(block, rows, self.recognizer, number)
        parts = [
            self._judged(block, spans, pattern.weight, number)
            for pattern, rows in sieved
            for spans in pattern.spans(block, rows, alphabets)
        ]
        found = joined(parts)
        return undominated(found, found.recognizers)

    def _by_groups(self) -> Callable[[str], Iterator[tuple[int, int, float]]]:
        """``IbanRecognizer.analyze``: of each match as many groups as are valid, each text judged once."""
        valid = lru_cache(maxsize=None)(self.recognizer.validate_result)

        def analyze(text: str) -> Iterator[tuple[int, int, float]]:
            for pattern in self._patterns:
                for match in matches(text, pattern.own):
                    start, last = match.span()
                    ends = (match.end(group) for group in range(match.re.groups, 0, -1))
                    for end in filter(start.__lt__, (end if end > 0 else last for end in ends)):
                        score = weighed(valid(text[start:end]), pattern.weight)
                        if score > EntityRecognizer.MIN_SCORE:
                            yield start, end, score
                            break

        return analyze

    def _judged(self, block: Block, spans: Spans, weight: float, number: int) -> Found:
        scores = self._judge.scores(block, spans, weight)
        found = Found(spans.rows, spans.starts, spans.ends, scores, np.full(len(spans), number))
        return found.where(scores > EntityRecognizer.MIN_SCORE)


def _taken(pattern: str) -> str | None:
    return pattern if re2.is_taken(pattern) else None
