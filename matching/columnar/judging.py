"""What Presidio's recognisers think of a candidate: each distinct one is asked about once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from presidio_analyzer import EntityRecognizer, PatternRecognizer

from vestige.matching.columnar.block import Block, Ints
from vestige.matching.columnar.spans import Spans, decoded

_REMEMBERED = 1 << 16


class Judge:
    """A recogniser's scores for the texts that its patterns matched, as its ``analyze`` would give them."""

    def __init__(self, recognizer: PatternRecognizer) -> None:
        self._recognizer = recognizer
        kind = type(recognizer)
        self._looks = kind.validate_result is not PatternRecognizer.validate_result
        self._looks |= kind.invalidate_result is not PatternRecognizer.invalidate_result
        self._known: dict[tuple[float, bytes], float] = {}

    def scores(self, block: Block, spans: Spans, weight: float) -> npt.NDArray[np.float64]:
        """A score for each span; ``weight``: the pattern's own."""
        if not self._looks or not len(spans):
            return np.full(len(spans), weight)
        distinct = _texts(block, spans).dictionary_encode()
        scores = self._judged(distinct.dictionary.to_pylist(), weight)
        return scores[np.asarray(distinct.indices, np.int64)]

    def _judged(self, texts: Sequence[bytes], weight: float) -> npt.NDArray[np.float64]:
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        for text in texts:
            if (weight, text) not in self._known:
                self._known[weight, text] = self._score(decoded(text), weight)
        return np.array([self._known[weight, text] for text in texts])

    def _score(self, text: str, weight: float) -> float:
        weight = weighed(self._recognizer.validate_result(text), weight)
        return EntityRecognizer.MIN_SCORE if self._recognizer.invalidate_result(text) else weight


def weighed(valid: bool | None, weight: float) -> float:
    """The score of what a recogniser holds valid or not; None: it cannot tell."""
    if valid is None:
        return weight
    return float(EntityRecognizer.MAX_SCORE if valid else EntityRecognizer.MIN_SCORE)


def _texts(block: Block, spans: Spans) -> pa.Array:
    """The bytes of each span."""
    lengths = spans.ends - spans.starts
    offsets = np.append(0, np.cumsum(lengths))
    shift = block.offsets[spans.rows] + spans.starts - offsets[:-1]
    places: Ints = np.arange(offsets[-1]) + np.repeat(shift, lengths)
    data = np.frombuffer(block.data, np.uint8)[places]
    return pa.Array.from_buffers(
        pa.large_binary(), len(spans), [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    )
