"""What is compared: each engine as a function over values. Those that start at once cost nothing to name."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, PatternRecognizer
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine
from presidio_analyzer.recognizer_registry import RecognizerRegistry

from vestige.matching.columnar.block import Block, of_column
from vestige.matching.columnar.engine import Engine
from vestige.matching.columnar.registry import pattern_recognizers, stay_offline
from vestige.matching.presidio import MODEL

ENTITIES = ("EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "MAC_ADDRESS", "URL", "UUID", "CRYPTO")
Values = Sequence[str]
Run = Callable[[Values], object]


def recognizers() -> list[PatternRecognizer]:
    """Presidio's recognisers of the eight kinds."""
    return [one for one in pattern_recognizers() if one.supported_entities[0] in ENTITIES]


def columnar() -> Run:
    engine = Engine(recognizers())
    return lambda values: engine.findings(block(values))


def block(values: Values) -> Block:
    made = of_column(pa.array(values, pa.large_string()))
    assert made is not None
    return made


def presidio() -> Run:
    """As shipped, but for the small model: names and phones too."""
    engine = AnalyzerEngine(nlp_engine=_nlp())
    return lambda values: [engine.analyze(value, "en") for value in values]


def presidio_in_batches() -> Run:
    engine = BatchAnalyzerEngine(AnalyzerEngine(nlp_engine=_nlp()))
    return lambda values: list(engine.analyze_iterator(values, "en", batch_size=256))


def patterns_alone() -> Run:
    """The eight recognisers value by value, without a language model and so without context words."""
    engine = AnalyzerEngine(_registry(), _nlp())
    nothing = NlpArtifacts([], [], [], [], engine.nlp_engine, "en")
    return lambda values: [engine.analyze(value, "en", nlp_artifacts=nothing) for value in values]


def reference() -> BatchAnalyzerEngine:
    """The eight recognisers in Presidio's analyser, with context words: what the engine must equal."""
    nlp = _nlp()
    # Names take a third of the time and change nothing that patterns find.
    nlp.get_nlp("en").disable_pipe("ner")
    return BatchAnalyzerEngine(AnalyzerEngine(_registry(), nlp))


def _registry() -> RecognizerRegistry:
    return RecognizerRegistry(recognizers(), supported_languages=["en"])


def _nlp() -> Any:
    stay_offline()
    engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": MODEL}])
    engine.load()
    return engine


def datafog() -> Run | None:
    """Its regular expressions, of its own kinds; None if it is not installed."""
    if find_spec("datafog") is None:
        return None
    from datafog.processing.text_processing.regex_annotator import RegexAnnotator

    annotator = RegexAnnotator()
    return lambda values: [annotator.annotate(value) for value in values]


def ripgrep() -> Run | None:
    """The same patterns, each match printed; None if there is no ``rg``. Its look-arounds need PCRE2."""
    if shutil.which("rg") is None:
        return None
    patterns = [one.regex for each in recognizers() for one in each.patterns]
    command = ["rg", "--pcre2", "-iob", *(part for pattern in patterns for part in ("-e", pattern))]
    return lambda values: _over_file(command, values)


def cat() -> Run:
    return lambda values: _over_file(["cat"], values)


def _over_file(command: Sequence[str], values: Values) -> None:
    with _file(values) as path:
        subprocess.run([*command, str(path)], stdout=subprocess.DEVNULL, check=False)


@contextmanager
def _file(values: Values) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write("\n".join(values))
        file.flush()
        yield Path(file.name)


Result = tuple[str, int, int, float]


def results(engine: Engine, values: Values) -> list[set[Result]]:
    """What the engine finds in each value, with positions in characters."""
    found: list[set[Result]] = [set() for _ in values]
    for one in engine.findings(block(values)).to_pylist():
        raw = values[one["row"]].encode()
        start, end = (len(raw[: one[place]].decode()) for place in ("start", "end"))
        found[one["row"]].add((one["entity"], start, end, one["score"]))
    return found


def presidios(reference: BatchAnalyzerEngine, values: Values) -> Iterator[set[Result]]:
    """What Presidio finds in each value."""
    for found in reference.analyze_iterator(values, "en", batch_size=256):
        yield {(one.entity_type, one.start, one.end, one.score) for one in found}


def presidios_alone(reference: BatchAnalyzerEngine, value: str) -> set[Result]:
    found = reference.analyzer_engine.analyze(value, "en")
    return {(one.entity_type, one.start, one.end, one.score) for one in found}
