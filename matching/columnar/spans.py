"""Where patterns match in the values of a block, and which of what was found Presidio keeps."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import regex
from presidio_analyzer import PatternRecognizer
from presidio_analyzer.pattern_recognizer import REGEX_TIMEOUT_SECONDS

from vestige.matching.columnar.block import Block, Ints

logger = logging.getLogger(__name__)

# RE2 puts a byte that no text has on both sides of each match: so whole arrays are searched without a call to
# Python for each match.
_MARK = b"\xff"


@dataclass(frozen=True, slots=True)
class Spans:
    """Matches: in value ``rows[i]`` its bytes from ``starts[i]`` to ``ends[i]``."""

    rows: Ints
    starts: Ints
    ends: Ints

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Found(Spans):
    """Spans with what a recogniser, known by its number, thinks of them."""

    scores: npt.NDArray[np.float64]
    recognizers: Ints

    def where(self, chosen: npt.NDArray[Any]) -> Found:
        """Those that a mask or an order of indices chooses."""
        return Found(*(getattr(self, field.name)[chosen] for field in fields(Found)))


def joined(parts: list[Found]) -> Found:
    """All of them, by value and place; equal places stay in the order given."""
    if not parts:
        none = np.zeros(0, np.int64)
        return Found(none, none, none, np.zeros(0), none)
    all_ = Found(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Found)))
    return all_.where(np.lexsort((all_.starts, all_.rows)))


def matched(block: Block, rows: Ints, pattern: str) -> Spans:
    """The matches of an RE2 pattern in these values, which must be ASCII."""
    values = _values(block, rows)
    bounds = np.frombuffer(values.buffers()[1], np.int64)[: len(values) + 1]
    marked = pc.replace_substring_regex(values, pattern, _MARK + rb"\0" + _MARK)
    marks = np.flatnonzero(np.frombuffer(marked.buffers()[2] or b"", np.uint8) == _MARK[0])
    places = marks - np.arange(len(marks)) + bounds[0]
    index = np.searchsorted(bounds, places[::2], side="right") - 1
    return Spans(rows[index], places[::2] - bounds[index], places[1::2] - bounds[index])


def holding(block: Block, rows: Ints, pattern: str) -> Ints:
    """Those of these values in which an RE2 pattern matches, read as bytes."""
    holds = pc.match_substring_regex(_values(block, rows), pattern).to_numpy(zero_copy_only=False)
    return rows[np.flatnonzero(holds)]


def _values(block: Block, rows: Ints) -> Any:
    return block.array() if len(rows) == len(block) else block.array().take(pa.array(rows))


def searched(block: Block, rows: Ints, pattern: regex.Pattern[str]) -> Spans:
    """The matches that Presidio's own engine finds in these values, one after another."""
    found = [(row, *span) for row in rows.tolist() for span in _in_value(block.value(row), pattern)]
    return Spans(*np.array(found, np.int64).reshape(-1, 3).T)


def _in_value(value: bytes, pattern: regex.Pattern[str]) -> Iterator[tuple[int, int]]:
    text = decoded(value)
    for match in matches(text, pattern):
        if match.end() > match.start():
            yield in_bytes(text, match.start()), in_bytes(text, match.end())


def matches(text: str, pattern: regex.Pattern[str]) -> Iterator[regex.Match[str]]:
    """The matches of Presidio's own engine, as long as Presidio would wait for them."""
    try:
        yield from pattern.finditer(text, timeout=REGEX_TIMEOUT_SECONDS)
    except TimeoutError:
        logger.warning("a pattern took more than %s s in one value", REGEX_TIMEOUT_SECONDS)


def analyzed(block: Block, rows: Ints, recognizer: PatternRecognizer, number: int) -> Found:
    """What a recogniser that searches in a way of its own finds in these values, one after another."""

    def analyze(text: str) -> Iterator[tuple[int, int, float]]:
        for one in recognizer.analyze(text, recognizer.supported_entities, None):
            yield one.start, one.end, one.score

    return each(block, rows, analyze, number)


def each(
    block: Block, rows: Ints, analyze: Callable[[str], Iterable[tuple[int, int, float]]], number: int
) -> Found:
    """What is found (start, end, score) in the text of each of these values."""
    found = []
    for row in rows.tolist():
        text = decoded(block.value(row))
        for start, end, score in analyze(text):
            found.append((row, in_bytes(text, start), in_bytes(text, end), score))
    rows, starts, ends = np.array([one[:3] for one in found], np.int64).reshape(-1, 3).T
    scores = np.array([one[3] for one in found], np.float64)
    return Found(rows, starts, ends, scores, np.full(len(found), number))


def decoded(value: bytes) -> str:
    """A value's text; bytes that are no UTF-8 become characters that no pattern means."""
    return value.decode("utf-8", "surrogateescape")


def in_bytes(text: str, place: int) -> int:
    """Where a place between characters is in the bytes of a decoded value."""
    return place if text.isascii() else len(text[:place].encode("utf-8", "surrogateescape"))


def undominated(found: Found, kinds: npt.NDArray[Any]) -> Found:
    """What Presidio's ``remove_duplicates`` keeps of results that are alike in value and kind.

    One goes if another of its kind covers it with no lower score; of equals the first stays. ``found``: by
    value and place, as it is given back.
    """
    near = (np.diff(found.rows) == 0) & (found.starts[1:] < found.ends[:-1])
    if not near.any():
        return found
    busy = np.isin(found.rows, found.rows[1:][near])
    return joined([found.where(~busy), _uncovered(found.where(busy), kinds[busy])])


def _uncovered(found: Found, kinds: npt.NDArray[Any]) -> Found:
    found_order = np.lexsort((-found.scores, -found.ends, found.starts, kinds, found.rows))
    found, kinds = found.where(found_order), kinds[found_order]
    keep = np.ones(len(found), np.bool_)
    group = np.cumsum(np.append(True, (np.diff(found.rows) != 0) | (np.diff(kinds) != 0)))[: len(found)]
    # The furthest end so far, group by group: who starts behind it is covered by none before.
    reach = np.maximum.accumulate(found.ends + group * (int(found.ends.max(initial=0)) + 1))
    reach -= group * (int(found.ends.max(initial=0)) + 1)
    pending = np.arange(1, len(found))
    for back in range(1, len(found)):
        pending = pending[pending >= back]
        other = pending - back
        near = (group[other] == group[pending]) & (reach[other] >= found.ends[pending])
        pending, other = pending[near], other[near]
        if not len(pending):
            break
        covered = (found.ends[other] >= found.ends[pending]) & (found.scores[other] >= found.scores[pending])
        keep[pending[covered]] = False
        pending = pending[~covered]
    return found.where(keep)
