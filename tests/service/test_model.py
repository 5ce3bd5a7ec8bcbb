"""Whose word is asked for in prose: a setting that reaches the scan, and says what to install."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.road import vestige
from tests.service.estate import CONFIG, build
from vestige.matching.presidio import MODEL, Presidio
from vestige.planning.yamlfile import Misconfigured
from vestige.service.settings import Settings

ENGINE = f"""
nlp_engine_name: spacy
models: [{{lang_code: en, model_name: {MODEL}}}]
ner_model_configuration: {{}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build(tmp_path)
    (tmp_path / "nlp.yaml").write_text(ENGINE)
    return tmp_path


def configured(folder: Path, setting: str) -> Settings:
    (folder / "vestige.yaml").write_text(f"{CONFIG}{setting}\n")
    return Settings.load(folder / "vestige.yaml")


@pytest.mark.parametrize(
    ("setting", "languages"),
    [
        ("", {"en"}),
        (f"model: {MODEL}", {"en"}),
        (f"model: {{en: {MODEL}, de: de_core_news_sm}}", {"en", "de"}),
        ("model: nlp.yaml", {"en"}),
    ],
)
def test_models_by_name_by_language_and_by_file(folder: Path, setting: str, languages: set[str]) -> None:
    assert Presidio(configured(folder, setting).estate.model).languages == languages


def test_what_presidio_is_told_stays_as_it_was_written(folder: Path) -> None:
    told = json.loads(configured(folder, "model: nlp.yaml").estate.model)
    assert told["ner_model_configuration"] == {}


def test_an_engine_that_is_none_is_refused(folder: Path) -> None:
    (folder / "nlp.yaml").write_text("nlp_engine_name: oracle\nmodels: []\n")
    with pytest.raises(Misconfigured, match=r"nlp.yaml:1: nlp_engine_name should be"):
        configured(folder, "model: nlp.yaml")


def test_a_missing_model_is_named_and_nothing_is_read(folder: Path) -> None:
    configured(folder, "model: de_no_such_model")
    done = vestige(folder, "scan")
    assert done.code == 2
    assert "python -m spacy download de_no_such_model" in done.err
    assert not (folder / "catalog.duckdb").exists()


def test_the_scan_asks_it_and_another_one_reads_all_again(folder: Path) -> None:
    configured(folder, "")
    assert vestige(folder, "scan").code == 0
    configured(folder, "model: nlp.yaml")
    first, second = (vestige(folder, "scan").out for _ in range(2))
    assert "(0 unchanged)" in first
    assert "(0 unchanged)" not in second
