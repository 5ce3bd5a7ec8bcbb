"""Context words: the scores that Presidio's enhancer gives; its model is asked only where it matters."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from presidio_analyzer import AnalysisExplanation, EntityRecognizer, PatternRecognizer, RecognizerResult
from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer

from vestige.matching.columnar.block import Block, Ints
from vestige.matching.columnar.lemmas import Lemmas
from vestige.matching.columnar.spans import Found, decoded, holding
from vestige.matching.presidio import MODEL

Bools = npt.NDArray[np.bool_]


class Context:
    """Raises scores as Presidio's ``LemmaContextAwareEnhancer`` does, with a small English model."""

    def __init__(self, recognizers: Sequence[PatternRecognizer]) -> None:
        self._recognizers = recognizers
        self._enhancer = LemmaContextAwareEnhancer()

    def enhanced(self, block: Block, found: Found) -> Found:
        """What was found, in the same order, with the scores after enhancement."""
        scores = found.scores.copy()
        for number, recognizer in enumerate(self._recognizers):
            mine = np.flatnonzero((found.recognizers == number) & (scores < EntityRecognizer.MAX_SCORE))
            if recognizer.context and len(mine):
                mine = mine[self._may_speak(block, found.rows[mine], number)]
                scores[mine] = [self._score(block, found, i) for i in mine.tolist()]
        return replace(found, scores=scores)

    def _may_speak(self, block: Block, rows: Ints, number: int) -> Bools:
        """In which values a word of the text could have a lemma that holds a context word."""
        distinct, inverse = np.unique(rows, return_inverse=True)
        spoken = np.isin(distinct, holding(block, distinct, self._words[number]))
        return spoken[inverse]

    @cached_property
    def _words(self) -> list[str]:
        """For each recogniser, RE2's pattern for values in which its context may be."""
        return [self._lemmas.pattern(recognizer.context or ()) for recognizer in self._recognizers]

    def _score(self, block: Block, found: Found, i: int) -> float:
        value = block.value(int(found.rows[i]))
        text = decoded(value).encode("utf-8", "replace").decode()
        start, end = (len(decoded(value[: place[i]])) for place in (found.starts, found.ends))
        recognizer = self._recognizers[found.recognizers[i]]
        score = float(found.scores[i])
        result = RecognizerResult(
            recognizer.supported_entities[0], start, end, score,
            AnalysisExplanation(recognizer.name, score),
            {RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: recognizer.id},
        )  # fmt: skip
        with self._memory():
            artifacts = self._nlp.process_text(text, "en")
            (enhanced,) = self._enhancer.enhance_using_context(text, [result], artifacts, [recognizer])
        return float(enhanced.score)

    @cached_property
    def _nlp(self) -> Any:
        from presidio_analyzer.nlp_engine import SpacyNlpEngine

        logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
        engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": MODEL}])
        engine.load()
        # Names have no part in lemmas; the parser has: rules for parts of speech ask it.
        engine.get_nlp("en").disable_pipe("ner")
        return engine

    @cached_property
    def _lemmas(self) -> Lemmas:
        return Lemmas(self._nlp.get_nlp("en"))

    @contextmanager
    def _memory(self) -> Iterator[None]:
        """spaCy's vocabulary grows with every new word unless it is told to forget them."""
        with self._nlp.get_nlp("en").memory_zone():
            yield
