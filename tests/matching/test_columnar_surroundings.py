"""Context words without parts of speech: what is told is what spaCy's whole pipeline would say."""

from __future__ import annotations

from typing import Any

import pytest
import spacy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vestige.matching.columnar.lemmas import Lemmas
from vestige.matching.columnar.surroundings import Surroundings, around, folded
from vestige.matching.presidio import MODEL

WORDS = (
    "card cards dating dated us we I'm he'll don't shipped men better U.S. a.m. c++ :-) children's 10am".split
)
SIGNS = " \t\n.,:;'\"()[]/=-_@#’“…"
TEXTS = st.lists(st.sampled_from(WORDS()) | st.text(SIGNS + "aAbBéİσΣ19", max_size=4), max_size=8).map(
    "".join
)
SPACED = st.lists(st.sampled_from(WORDS()) | TEXTS, max_size=10).map(" ".join)


@pytest.fixture(scope="module")
def nlp() -> Any:
    return spacy.load(MODEL)


@settings(deadline=None, max_examples=80)
@given(SPACED)
@example("a  b \n c")
@example(" a")
@example("c + + c++")
def test_chunks_have_the_tokens_that_the_text_has(nlp: Any, text: str) -> None:
    surroundings = Surroundings(nlp, 5, 0)
    chunks, _, _ = around(text, 0) if text else ([], 0, 0)
    ours = [token.text for chunk in chunks for token in surroundings.tokens(chunk)]
    if text.strip():
        assert ours == [token.text for token in nlp.tokenizer(text)]


@settings(deadline=None, max_examples=40)
@given(SPACED)
@example("Was he nothin' y' all thinkin'?")
@example('The dates of these securities were better than theirs; men shipped "it".')
def test_every_lemma_is_foreseen(nlp: Any, text: str) -> None:
    lemmas = Lemmas(nlp)
    for token in nlp(text):
        assert token.lemma_ in lemmas.of(token.text)


@settings(deadline=None, max_examples=100)
@given(
    st.sampled_from(WORDS()) | st.text("abdegsinmyveschxz'", min_size=1, max_size=7),
    st.text("abdgseimny", min_size=1, max_size=3),
)
@example("dating", "date")
@example("men", "man")
@example("parties", "party")
@example("geese", "goose")
@example("nothin'", "thing")
def test_parts_are_in_each_word_with_such_a_lemma(nlp: Any, word: str, wanted: str) -> None:
    lemmas = Lemmas(nlp)
    if any(wanted in lemma.lower() for lemma in lemmas.of(word)):
        assert any(folded(part) in folded(word) for part in lemmas.parts(wanted))


NEAR = [
    ("the card is 4111", True),
    ("card red blue green white 4111", True),
    ("card red blue green white black 4111", False),
    ("card red and blue or green with white 4111", True),
    ("4111 card", False),
    ("my_card=4111", True),
    ("cards: 4111", True),
]


@pytest.mark.parametrize(("text", "answer"), NEAR)
def test_a_word_helps_within_reach(nlp: Any, text: str, answer: bool) -> None:
    surroundings = Surroundings(nlp, 5, 0)
    assert surroundings.help(text, text.index("4111"), surroundings.words(["card"])) is answer


def test_what_a_part_of_speech_decides_is_left_to_the_model(nlp: Any) -> None:
    surroundings = Surroundings(nlp, 5, 0)
    assert (
        surroundings.help("card red blue green called white 4111", 33, surroundings.words(["card"])) is None
    )
