"""Presidio's pattern recognisers over whole columns: blocks in, findings out, equal to Presidio's own.

A sieve tells which values may hold what; RE2 finds the spans in values of ASCII, Presidio's own engine in the
others and where RE2 lacks something; each distinct candidate is judged once, by Presidio's recogniser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from presidio_analyzer import PatternRecognizer

from vestige.matching.columnar.block import Block
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


class Engine:
    """Finds what these recognisers find in English text, with context words, at any score.

    ``fallbacks``: (recogniser, reason) for those that must read every value one by one. Picklable.
    """

    def __init__(self, recognizers: Sequence[PatternRecognizer]) -> None:
        self.recognizers = tuple(recognizers)
        self._prepared = [Prepared(recognizer) for recognizer in self.recognizers]
        self._sieve = Sieve([found for one in self._prepared for found in one.windows])
        self._context = Context(self.recognizers)
        self._names = pa.array([one.name for one in self.recognizers], pa.string())
        self._entities = pa.array([one.supported_entities[0] for one in self.recognizers]).dictionary_encode()

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
        found = self._context.enhanced(block, joined(list(self._found(block))))
        kinds = self._entities.indices.to_numpy()
        found = joined([undominated(found, kinds[found.recognizers])])
        return self._batch(found, pa.array(kinds[found.recognizers]))

    def _found(self, block: Block) -> Iterator[Found]:
        passed = iter(self._sieve.passed(block))
        ascii_ = _is_ascii(block)
        for number, one in enumerate(self._prepared):
            yield one.found(block, [next(passed) for _ in one.windows], ascii_, number)

    def _batch(self, found: Found, kinds: pa.Array) -> pa.RecordBatch:
        entities = pa.DictionaryArray.from_arrays(kinds, self._entities.dictionary)
        names = pa.DictionaryArray.from_arrays(pa.array(found.recognizers, pa.int32()), self._names)
        places = [pa.array(column) for column in (found.rows, found.starts, found.ends)]
        columns = [*places, entities, pa.array(found.scores), names]
        return pa.RecordBatch.from_arrays(columns, schema=FINDINGS)


def _is_ascii(block: Block) -> npt.NDArray[np.bool_]:
    ascii_ = np.ones(len(block), np.bool_)
    if not block.data.isascii():
        ascii_[block.indices(np.flatnonzero(np.frombuffer(block.data, np.uint8) >= 0x80))] = False
    return ascii_
