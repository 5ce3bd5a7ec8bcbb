"""The columnar engine against Presidio: the same findings, spans and scores, context words included."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer
from presidio_analyzer.nlp_engine import NlpEngineProvider
from presidio_analyzer.recognizer_registry import RecognizerRegistry

from vestige.matching.columnar.block import of_column
from vestige.matching.columnar.engine import Engine
from vestige.matching.columnar.registry import pattern_recognizers
from vestige.matching.presidio import MODEL, spacy_models

Result = tuple[str, int, int, float]


class Both:
    """The engine and Presidio's analyser with the same recognisers."""

    def __init__(self, recognizers: Sequence[PatternRecognizer]) -> None:
        self.engine = Engine(recognizers)
        nlp = NlpEngineProvider(nlp_configuration=spacy_models({"en": MODEL})).create_engine()
        registry = RecognizerRegistry(list(recognizers), supported_languages=["en"])
        self._analyzer = AnalyzerEngine(registry, nlp, supported_languages=["en"])

    def ours(self, values: Sequence[str]) -> list[set[Result]]:
        block = of_column(pa.array(values, pa.string()))
        assert block is not None
        found: list[set[Result]] = [set() for _ in values]
        for one in self.engine.findings(block).to_pylist():
            raw = block.value(one["row"])
            start, end = (len(raw[: one[place]].decode()) for place in ("start", "end"))
            found[one["row"]].add((one["entity"], start, end, one["score"]))
        return found

    def theirs(self, values: Sequence[str]) -> list[set[Result]]:
        return [
            {(one.entity_type, one.start, one.end, one.score) for one in self._analyzer.analyze(value, "en")}
            for value in values
        ]


@pytest.fixture(scope="module")
def both() -> Both:
    return Both(pattern_recognizers())


IDENTIFIERS = st.sampled_from(
    [
        "jane.doe@example.com", "x@example", "o'neil+tag@mail.example.co.uk", "müller@example.de", "a@b.invalid",
        "4111 1111 1111 1111", "4111111111111112", "5555-5555-5555-4444", "1700000000000", "378282246310005",
        "DE89370400440532013000", "GB82 WEST 1234 5698 7654 32", "DE89370400440532013000 2", "de89 3704",
        "192.0.2.1", "192.0.2.256", "192.0.2.0/24", "2001:db8::1", "::", "::1", "::ffff:192.0.2.128", "fe80::1%eth0",
        "1:2:3:4:5:6:7:8", "00:00:5E:00:53:01", "00-00-5e-00-53-af", "0000.5e00.5301", "00:00-5e:00:53:01",
        "https://www.example.com/a?b=c", "example.org", "'http://example.net'", '"shop.example.com/x"', "app.py",
        "123e4567-e89b-12d3-a456-426614174000", "123e4567e89b12d3a456426614174000",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "219-09-9999", "078-05-1120", "987654321", "219099999", "219.09.9999", "943 476 5919", "9434765919",
        "2026-03-22T20:13:14.840Z", "12/31/2026", "1.2.2026", "03-MAR-2026", "A1234567", "912-71-1234",
    ]
)  # fmt: skip
WORDS = st.sampled_from(
    """ip ips ipv4 zip url urls link linked linking website mac machine uuid guid email emails e-mail card cards
    credit cc account check checked checking bank banking ssn social security securities number date dated dates
    dating birthday passport us united states travelled travelling documents driver drivers license licence lic#
    individual taxpayer taxes taxed wallet wallets crypto bitcoin iban ibans transaction transactions medical
    certificate certified DEA nhs health services national the is be a of and not was from by at our number: id=
    client_ip= url=http card: IP: user's I'm can't""".split()
)
OTHERS = st.sampled_from(
    [
        "é",
        "ß",
        "İ",
        "ſ",
        "K",
        "Straße",
        "Ивана",
        "名前",
        "١٢٣",
        "²",
        "\u200b",
        "’",
        "“",
        "…",
        "́",
        "🙂",
        "٣٤٥٦٧٨٩١٢",
    ]
)
BETWEEN = st.sampled_from([" ", " ", " ", "", "  ", "\n", "\r\n", "\t", "\x00", "\x0b", "\x1c", "\xa0", "_", "-", ".", ":", ",", ";", "=", "/", "@", "'", '"', "(", ")", "[", "|", "+", "#", "1", "a"])  # fmt: skip
PIECES = st.one_of(IDENTIFIERS, IDENTIFIERS, WORDS, WORDS, WORDS, OTHERS, st.text(max_size=3))
VALUES = st.lists(st.tuples(PIECES, BETWEEN), max_size=9).map(lambda parts: "".join(a + b for a, b in parts))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(VALUES, min_size=1, max_size=8))
@example(["", "ip 192.0.2.1", ""])
@example(["192.0.2.1", "ip"])
@example(["4111", "111111111111"])
def test_findings_are_presidios(both: Both, values: list[str]) -> None:
    assert both.ours(values) == both.theirs(values)
