"""Context words: the scores that Presidio's enhancer gives; its model is asked only where it matters."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from presidio_analyzer import AnalysisExplanation, EntityRecognizer, PatternRecognizer, RecognizerResult
from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer

from vestige.matching.columnar.block import Block, Ints
from vestige.matching.columnar.spans import Found, decoded, holding
from vestige.matching.columnar.surroundings import Surroundings, Words, folded
from vestige.matching.presidio import MODEL


class Context:
    """Raises scores as Presidio's ``LemmaContextAwareEnhancer`` does, with a small English model."""

    def __init__(self, recognizers: Sequence[PatternRecognizer]) -> None:
        self._recognizers = recognizers
        self._enhancer = LemmaContextAwareEnhancer()
        self._last: tuple[str, Any] = ("", None)

    def enhanced(self, block: Block, found: Found) -> Found:
        """What was found, in the same order, with the scores after enhancement."""
        scores = found.scores.copy()
        for number, recognizer in enumerate(self._recognizers):
            mine = np.flatnonzero((found.recognizers == number) & (scores < EntityRecognizer.MAX_SCORE))
            if recognizer.context and len(mine):
                mine = mine[self._spoken(block, found.rows[mine], number)]
                with self._nlp.get_nlp("en").memory_zone():
                    scores[mine] = [self._score(block, found, i) for i in mine.tolist()]
                    self._last = ("", None)
        return replace(found, scores=scores)

    def _spoken(self, block: Block, rows: Ints, number: int) -> npt.NDArray[np.bool_]:
        """In which of these values, given in order, a word may help a recogniser."""
        distinct = rows[np.append(True, np.diff(rows) != 0)]
        spoken = np.zeros(len(block), np.bool_)
        spoken[holding(block, distinct, self._sieves[number])] = True
        return spoken[rows]

    def _score(self, block: Block, found: Found, i: int) -> float:
        number, score = int(found.recognizers[i]), float(found.scores[i])
        value, start, end = block.value(int(found.rows[i])), int(found.starts[i]), int(found.ends[i])
        text = decoded(value)
        if not text.isascii():
            start, end = (len(decoded(value[:place])) for place in (start, end))
            text = text.encode("utf-8", "replace").decode()
            if not self._words[number].near.search(folded(text)):
                return score
        helped = self._surroundings.help(text, start, self._words[number])
        if helped is None:
            return self._asked(text, start, end, score, self._recognizers[number])
        enhancer = self._enhancer
        raised = max(score + enhancer.context_similarity_factor, enhancer.min_score_with_context_similarity)
        return min(raised, EntityRecognizer.MAX_SCORE) if helped else score

    def _asked(self, text: str, start: int, end: int, score: float, recognizer: PatternRecognizer) -> float:
        """The score by Presidio itself."""
        result = RecognizerResult(
            recognizer.supported_entities[0], start, end, score,
            AnalysisExplanation(recognizer.name, score),
            {RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: recognizer.id},
        )  # fmt: skip
        if self._last[0] != text:
            self._last = (text, self._nlp.process_text(text, "en"))
        artifacts = self._last[1]
        try:
            (enhanced,) = self._enhancer.enhance_using_context(text, [result], artifacts, [recognizer])
        except ValueError:
            # A match of white space after the last token; Presidio gives the whole text up.
            return score
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
    def _surroundings(self) -> Surroundings:
        enhancer = self._enhancer
        nlp = self._nlp.get_nlp("en")
        return Surroundings(nlp, enhancer.context_prefix_count, enhancer.context_suffix_count)

    @cached_property
    def _words(self) -> list[Words]:
        return [self._surroundings.words(recognizer.context or ()) for recognizer in self._recognizers]

    @cached_property
    def _sieves(self) -> list[str]:
        """RE2's patterns for the values in which context may be; all that are not ASCII are among them."""
        return [f"(?is)[\\x80-\\xff]|{'|'.join(filter(str.isascii, words.parts))}" for words in self._words]
