"""A user's own recognisers join a scan, and are refused in words that help."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.road import Done, vestige
from tests.service.estate import CONFIG, build

OWN = """
supported_languages: [en]
recognizers:
  - name: EmailRecognizer
    type: predefined
  - name: Staff numbers
    type: custom
    supported_language: en
    supported_entity: STAFF_NUMBER
    patterns: [{name: staff, regex: '\\bNX-\\d{5}\\b', score: 0.8}]
  - name: Lockers
    type: custom
    supported_language: en
    supported_entity: LOCKER
    patterns: [{name: locker, regex: '(?<!no )\\blocker [A-F]\\d\\b', score: 0.1}]
    context: [assign]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build(tmp_path)
    (tmp_path / "vestige.yaml").write_text(f"{CONFIG}recognizers: own.yaml\n")
    (tmp_path / "own.yaml").write_text(OWN)
    with closing(sqlite3.connect(tmp_path / "shop.db")) as shop:
        shop.execute("CREATE TABLE badges (id INTEGER PRIMARY KEY, code TEXT, remark TEXT)")
        rows = [(n, f"NX-{10_000 + 7 * n}", "nothing to say of it") for n in range(40)]
        shop.executemany("INSERT INTO badges VALUES (?, ?, ?)", rows)
        shop.execute("UPDATE badges SET remark = 'was assigned locker B3 in spring' WHERE id = 9")
        shop.execute("UPDATE badges SET remark = 'saw locker C4 in spring' WHERE id = 10")
        shop.commit()
    return tmp_path


def personal(folder: Path) -> set[tuple[str, str]]:
    found = vestige(folder, "catalog", "fields", "--json").document
    return {
        (one["field"], one["entity"])
        for one in found
        if (one["collection"], one["verdict"]) == ("badges", "personal")
    }


def test_they_see_every_value_and_their_context_words(folder: Path) -> None:
    assert vestige(folder, "scan").code == 0
    assert {("code", "STAFF_NUMBER"), ("remark", "LOCKER")} <= personal(folder)
    fields = vestige(folder, "catalog", "fields", "--json").document
    (remark,) = [one for one in fields if one["entity"] == "LOCKER"]
    assert remark["evidence"] == ["a recogniser of yours matches in 1 values"]


def test_a_change_of_them_reads_everything_again(folder: Path) -> None:
    assert vestige(folder, "scan").code == 0
    assert "(4 unchanged)" in vestige(folder, "scan").out
    (folder / "own.yaml").write_text(OWN.replace("STAFF_NUMBER", "BADGE"))
    assert "(0 unchanged)" in vestige(folder, "scan").out
    assert ("code", "BADGE") in personal(folder)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (OWN.replace("custom", "customs"), "own.yaml is no registry of recognisers"),
        ("- just a list\n", "own.yaml is no registry of recognisers"),
        (OWN[: OWN.index("  - name: Staff")], "own.yaml has no pattern recogniser of its own"),
    ],
)
def test_what_cannot_be_used_is_refused(folder: Path, text: str, says: str) -> None:
    (folder / "own.yaml").write_text(text)
    refused: Done = vestige(folder, "scan")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert says in refused.err


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    (folder / "own.yaml").unlink()
    refused = vestige(folder, "scan")
    assert (refused.code, "own.yaml" in refused.err) == (2, True)
