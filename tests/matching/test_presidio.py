"""Presidio: found where it stands, in batches, without the net."""

from __future__ import annotations

import pickle
import socket
import subprocess
import sys
from typing import NoReturn

import pytest

from vestige.matching.presidio import BATCH, MAX_CHARACTERS, Presidio


@pytest.fixture(scope="module")
def presidio() -> Presidio:
    return Presidio()


def test_no_socket_is_opened(presidio: Presidio, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    text = "Jane Doe lives in Berlin, mail jane@example.com or call 202-555-0143."
    (found,) = presidio.analyze([text])
    values = {(entity, text[start:end]) for entity, start, end, _ in found}
    assert {("PERSON", "Jane Doe"), ("LOCATION", "Berlin"), ("EMAIL_ADDRESS", "jane@example.com")} <= values
    assert ("PHONE_NUMBER", "202-555-0143") in values


def test_a_bare_phone_is_not_cut_off(presidio: Presidio) -> None:
    ((one,),) = presidio.analyze(["202-555-0143"], ["PHONE_NUMBER"])
    assert one == ("PHONE_NUMBER", 0, 12, 0.4)


def test_results_belong_to_their_texts(presidio: Presidio) -> None:
    texts = [f"mail a{n}@example.com" if n % 3 else "" for n in range(BATCH + 5)]
    results = presidio.analyze(texts, ["EMAIL_ADDRESS"])
    assert [bool(found) for found in results] == [bool(text) for text in texts]
    assert all(
        found == [("EMAIL_ADDRESS", 5, len(text), 1.0)]
        for found, text in zip(results, texts, strict=True)
        if text
    )


def test_long_texts_keep_their_positions(presidio: Presidio) -> None:
    text = "lorem " * MAX_CHARACTERS + "jane@example.com"
    (found,) = presidio.analyze([text], ["EMAIL_ADDRESS"])
    assert [text[start:end] for _, start, end, _ in found] == ["jane@example.com"]


def test_it_travels(presidio: Presidio) -> None:
    assert pickle.loads(pickle.dumps(presidio)).analyze([""]) == [[]]


def test_extracting_loads_neither_spacy_nor_presidio() -> None:
    heavy = {"spacy", "presidio_analyzer", "tldextract"}
    code = f"import sys, vestige.matching.extract; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
