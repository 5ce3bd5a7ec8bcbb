"""The columnar engine against Presidio: the same findings, spans and scores, context words included."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerResult
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


# One a line: identifiers, what nearly is one, and what only looks like one.
_IDENTIFIERS = """
jane.doe@example.com
x@example
o'neil+tag@mail.example.co.uk
müller@example.de
a@b.invalid
4111 1111 1111 1111
4111111111111112
5555-5555-5555-4444
1700000000000
378282246310005
DE89370400440532013000
GB82 WEST 1234 5698 7654 32
DE89370400440532013000 2
de89 3704
192.0.2.1
192.0.2.256
192.0.2.0/24
2001:db8::1
::
::1
::ffff:192.0.2.128
fe80::1%eth0
1:2:3:4:5:6:7:8
00:00:5E:00:53:01
00-00-5e-00-53-af
0000.5e00.5301
00:00-5e:00:53:01
https://www.example.com/a?b=c
example.org
'http://example.net'
"shop.example.com/x"
app.py
123e4567-e89b-12d3-a456-426614174000
123e4567e89b12d3a456426614174000
1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa
bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4
219-09-9999
078-05-1120
987654321
219099999
219.09.9999
943 476 5919
9434765919
2026-03-22T20:13:14.840Z
12/31/2026
1.2.2026
03-MAR-2026
A1234567
912-71-1234
AB1234567
"""
_WORDS = """
ip ips ipv4 zip url urls link linked linking website mac machine uuid guid email emails e-mail card
cards credit cc account check checked checking bank banking ssn social security securities number date
dated dates dating birthday passport us United States travelled travelling documents driver drivers
license licence lic# individual taxpayer taxes taxed wallet wallets crypto bitcoin iban ibans
transaction transactions medical certificate certified DEA nhs health services national the is be a of
and not was from by at our number: id= client_ip= url=http card: IP: a:us: user's I'm can't we them
men's shipped chips
"""
_SPACES = [" "] * 8 + ["", "", "  ", "\n", "\r\n", "\t", "\x00", "\x0b", "\x1c", "\xa0"]
IDENTIFIERS = st.sampled_from(_IDENTIFIERS.strip().split("\n"))
WORDS = st.sampled_from(_WORDS.split())
OTHERS = st.sampled_from([*"éßİſKΣςИ名٣²’“…🙂", "Straße", "٣٤٥٦٧٨٩١٢", "\u200b", "\u0301", "e\u0301"])
BETWEEN = st.sampled_from([*_SPACES, *"_-.:,;=/@'\"()[|+#1a"])
PIECES = st.one_of(IDENTIFIERS, IDENTIFIERS, WORDS, WORDS, WORDS, OTHERS, st.text(max_size=3))
VALUES = st.lists(st.tuples(PIECES, BETWEEN), max_size=9).map(lambda parts: "".join(a + b for a, b in parts))


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(VALUES, min_size=1, max_size=8))
@example(["", "ip 192.0.2.1", ""])
@example(["192.0.2.1", "ip"])
@example(["4111", "111111111111"])
def test_findings_are_presidios(both: Both, values: list[str]) -> None:
    assert both.ours(values) == both.theirs(values)


REGISTRY = """
supported_languages: [en]
global_regex_flags: 26
recognizers:
  - {name: EmailRecognizer, type: predefined, supported_languages: [en]}
  - {name: CreditCardRecognizer, type: predefined, supported_languages: [{language: en}, {language: es}]}
  - name: Staff
    type: custom
    supported_entity: STAFF_NUMBER
    supported_languages: [{language: en, context: [employee, badge]}]
    patterns: [{name: staff, regex: '\\bST-[0-9]{5}\\b', score: 0.3}]
  - name: Locker
    type: custom
    supported_entity: LOCKER
    supported_languages: [en]
    patterns: [{name: locker, regex: '(?<=locker )[A-F][0-9]{2}(?! open)', score: 0.6}]
  - name: Shelf
    type: custom
    supported_entity: SHELF
    supported_languages: [en]
    patterns: [{name: shelf, regex: '\\p{Lu}{2}/\\d', score: 0.6}]
  - name: Towns
    type: custom
    supported_entity: TOWN
    supported_languages: [en]
    deny_list: [Springfield, Entenhausen, Älmhult]
"""


@pytest.fixture(scope="module")
def custom(tmp_path_factory: pytest.TempPathFactory) -> Both:
    path: Path = tmp_path_factory.mktemp("registry") / "recognizers.yaml"
    path.write_text(REGISTRY, encoding="utf-8")
    assert [name for name, _ in Engine.from_registry(path).fallbacks] == ["Shelf"]
    return Both(pattern_recognizers(path))


CUSTOM = [
    ("badge ST-12345", {("STAFF_NUMBER", 6, 14, 0.3 + 0.35)}),
    ("ST-12345", {("STAFF_NUMBER", 0, 8, 0.3)}),
    ("Employees: xST-12345 ST-123456", set()),
    ("locker A12, locker B34 open, A12", {("LOCKER", 7, 10, 0.6)}),
    ("shelf ÄB/7", {("SHELF", 6, 10, 0.6)}),
    ("in springfield, Älmhult; Springfields", {("TOWN", 3, 14, 1.0), ("TOWN", 16, 23, 1.0)}),
]


@pytest.mark.parametrize(("value", "expected"), CUSTOM)
def test_a_users_recognisers_join(custom: Both, value: str, expected: set[Result]) -> None:
    assert custom.ours([value]) == custom.theirs([value]) == [expected]


def test_one_that_analyses_by_itself_reads_each_value_and_is_named() -> None:
    class Shouting(PatternRecognizer):
        def analyze(
            self, text: str, entities: list[str], nlp_artifacts: object = None
        ) -> list[RecognizerResult]:
            del nlp_artifacts
            assert entities == ["SHOUT"]
            return [RecognizerResult("SHOUT", 0, len(text), 0.7)] if text.isupper() else []

    both = Both([Shouting("SHOUT", patterns=[Pattern("none", "zzzz", 0.1)])])
    assert both.engine.fallbacks == [("Shouting", "it analyses texts in a way of its own")]
    values = ["HELP", "help", "", "ÄRGER"]
    assert (
        both.ours(values)
        == both.theirs(values)
        == [{("SHOUT", 0, n, 0.7)} if n else set() for n in (4, 0, 0, 5)]
    )


def test_values_that_recur_are_found_everywhere(both: Both) -> None:
    values = ["ip 192.0.2.1", "", "nothing", "a@example.com", "nothing"] * 5
    assert both.ours(values) == both.theirs(values)


def test_positions_are_bytes_of_the_value_also_where_it_is_no_utf8(both: Both) -> None:
    value = "née ".encode() + b"\xff a@example.com"
    block = of_column(pa.array([b"\xfe", value], pa.binary()))
    assert block is not None
    found = both.engine.findings(block).to_pylist()
    assert ("EMAIL_ADDRESS", 1, 7, 20) in {
        (one["entity"], one["row"], one["start"], one["end"]) for one in found
    }


def test_it_travels() -> None:
    block = of_column(pa.array(["call ann@example.com"]))
    assert block is not None
    engine = Engine([one for one in pattern_recognizers() if one.name == "EmailRecognizer"])
    again: Engine = pickle.loads(pickle.dumps(engine))
    assert again.findings(block).equals(engine.findings(block))


def test_no_text_no_findings(both: Both) -> None:
    for column in (pa.array([], pa.string()), pa.array(["", None, ""])):
        block = of_column(column)
        assert block is not None
        assert both.engine.findings(block).num_rows == 0


def test_a_match_behind_the_last_word_keeps_its_score() -> None:
    engine = Engine([PatternRecognizer("END", patterns=[Pattern("end", " $", 0.4)], context=["the"])])
    block = of_column(pa.array(["the end "]))
    assert block is not None
    assert engine.findings(block)["score"].to_pylist() == [0.4]


def test_nothing_that_was_found_is_in_a_repr() -> None:
    block = of_column(pa.array(["ann@example.com"]))
    assert "ann" not in repr(block)
