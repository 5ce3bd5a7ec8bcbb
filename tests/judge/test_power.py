"""Survivors that somebody planted are caught, and keys where no scan can place them are no absence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.judge.__main__ import Estate, power
from tests.judge.power import Plant, Tally, rounds

COMMAND = [sys.executable, "-m", "vestige"]


def estate(folder: Path, seed: int, language: str, domain: str, second: str) -> Estate:
    arguments = {"seed": seed, "language": language, "domain": domain, "size": 60, "main": "sqlite"}
    more = {"second": second, "postgresql": None, "redis_url": None}
    return Estate(folder / "estate", arguments | more, COMMAND)


def test_planted_survivors_are_caught(tmp_path: Path) -> None:
    assert power(estate(tmp_path, 6, "en", "saas", "duckdb"), people=1, rounds=4, hide=False, most=20)


def test_keys_under_names_that_say_nothing_are_no_absence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    power(estate(tmp_path, 8, "de", "shop", "sqlite"), people=2, rounds=0, hide=True, most=20)
    said = capsys.readouterr().out
    missed = [line for line in said.splitlines() if "missed:" in line]
    assert "pass before anything" not in said
    # A number beside a word that means nothing, in a line, is a known gap.
    assert all("marker" in line for line in missed), said


def test_what_is_missed_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally()
    plant = Plant("e-mail", "main", "users", lambda: lambda: None)
    tally.add(plant, caught=True)
    tally.add(plant, caught=False)
    assert not tally.told(5)
    assert "1 of     2" in capsys.readouterr().out


def test_the_plants_of_a_round_stand_apart() -> None:
    from random import Random

    plants = [Plant("e-mail", "main", table, lambda: lambda: None) for table in "aabbc"]
    for chosen in rounds(plants, Random(1)):
        assert len({plant.collection for plant in chosen}) == len(chosen)
