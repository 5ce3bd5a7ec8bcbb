"""Presidio's pattern recognisers over whole columns: blocks in, findings out, equal to Presidio's own.

A sieve tells which values may hold what; RE2 finds the spans in values of ASCII, Presidio's own engine in the
others and where RE2 lacks something; each distinct candidate is judged once, by Presidio's recogniser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from presidio_analyzer import PatternRecognizer

from vestige.matching.columnar.alphabets import alphabets
from vestige.matching.columnar.block import Block, Ints
from vestige.matching.columnar.context import Context
from vestige.matching.columnar.recognizing import Prepared
from vestige.matching.columnar.registry import pattern_recognizers
from vestige.matching.columnar.sieve import Sieve
from vestige.matching.columnar.spans import Found, joined, undominated

FINDINGS = pa.schema(
    [
        ("row", pa.int64()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("entity", pa.dictionary(pa.int32(), pa.string())),
        ("score", pa.float64()),
        ("recognizer", pa.dictionary(pa.int32(), pa.string())),
    ]
)
"""``row``: the value's index in its block; ``start``, ``end``: bytes of the value."""

_SAMPLE = 1000


class Engine:
    """Finds what these recognisers find in English text, with context words, at any score.

    ``fallbacks``: (recogniser, reason) for those that read each value by itself, or are not followed in all.
    Picklable.
    """

    def __init__(self, recognizers: Sequence[PatternRecognizer]) -> None:
        self.recognizers = tuple(recognizers)
        self._prepared = [Prepared(recognizer) for recognizer in self.recognizers]
        self._sieve = Sieve([found for one in self._prepared for found in one.windows])
        self._context = Context(self.recognizers)
        self._names = pa.array([one.name for one in self.recognizers], pa.string())
        entities = pa.array([one.supported_entities[0] for one in self.recognizers]).dictionary_encode()
        self._entities, self._kinds = entities.dictionary, entities.indices.to_numpy()

    @classmethod
    def from_registry(cls, registry: Path | None = None) -> Engine:
        """With the recognisers of a Presidio registry file, or with those that Presidio has on by default."""
        return cls(pattern_recognizers(registry))

    def __reduce__(self) -> tuple[Callable[..., Engine], tuple[tuple[PatternRecognizer, ...]]]:
        return Engine, (self.recognizers,)

    @property
    def fallbacks(self) -> list[tuple[str, str]]:
        return [(one.recognizer.name, reason) for one in self._prepared for reason in sorted(one.reasons)]

    def findings(self, block: Block) -> pa.RecordBatch:
        """What is found, as a batch of :data:`FINDINGS`, by value and place."""
        distinct = block.distinct() if _repeats(block) else None
        if distinct is None:
            return self._batch(self._kept(block))
        values, rows = distinct
        return self._batch(_repeated(self._kept(values), rows))

    def _kept(self, block: Block) -> Found:
        """What Presidio's analyser keeps, with context words, of what the recognisers find."""
        found = self._context.enhanced(block, joined(list(self._found(block))))
        return undominated(found, self._kinds[found.recognizers])

    def _found(self, block: Block) -> Iterator[Found]:
        passed = iter(self._sieve.passed(block))
        kinds = alphabets(block)
        for number, one in enumerate(self._prepared):
            yield one.found(block, [next(passed) for _ in one.windows], kinds, number)

    def _batch(self, found: Found) -> pa.RecordBatch:
        kinds = pa.array(self._kinds[found.recognizers])
        entities = pa.DictionaryArray.from_arrays(kinds, self._entities)
        names = pa.DictionaryArray.from_arrays(pa.array(found.recognizers, pa.int32()), self._names)
        places = [pa.array(column) for column in (found.rows, found.starts, found.ends)]
        columns = [*places, entities, pa.array(found.scores), names]
        return pa.RecordBatch.from_arrays(columns, schema=FINDINGS)


def _repeats(block: Block) -> bool:
    """Whether values seem to recur so often that it pays to look for the distinct ones."""
    sample = block.array().slice(0, _SAMPLE)
    return len(block) > 1 and 2 * pc.count_distinct(sample).as_py() <= len(sample)


def _repeated(found: Found, rows: Ints) -> Found:
    """What was found in distinct values, for each value: ``rows`` has the number of its distinct one."""
    order = np.argsort(rows, kind="stable")
    firsts = np.searchsorted(rows[order], found.rows)
    counts = np.searchsorted(rows[order], found.rows, side="right") - firsts
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    again = found.where(np.repeat(np.arange(len(found)), counts))
    return joined([replace(again, rows=order[np.repeat(firsts, counts) + within])])
