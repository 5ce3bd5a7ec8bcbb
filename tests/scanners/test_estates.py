"""Discovery on estates in several languages: what is personal, and what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scanners import estates
from vestige.catalog.estate import Estate
from vestige.connectors.protocol import StoreSettings
from vestige.matching.forms import Hasher
from vestige.scanners.scan import ScanResult, scan

Pairs = set[tuple[str, str, str]]


def _scanned(path: Path, folder: Path) -> ScanResult:
    estate = Estate((StoreSettings("shop", f"sqlite:///{path}"),), Hasher(b"k" * 32), ("DE", "US"))
    return scan(estate, folder / "catalog.duckdb", workers=1)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pairs, Pairs]:
    """(truth, found) of all estates together, as (estate/table, column, entity)."""
    truth: Pairs = set()
    found: Pairs = set()
    for name in estates.ESTATES:
        folder = tmp_path_factory.mktemp(name)
        path, known = estates.build(name, folder)
        truth |= {(f"{name}/{t}", c, entity) for (t, c), entity in known.items() if entity}
        found |= {
            (f"{name}/{one.place.collection}", one.place.field.partition("~")[0], one.entity)
            for one in _scanned(path, folder).findings
            if one.verdict == "personal"
        }
    return truth, found


def _rates(truth: set[tuple[str, ...]], found: set[tuple[str, ...]]) -> tuple[float, float]:
    return len(truth & found) / len(found), len(truth & found) / len(truth)


def test_personal_fields(judged: tuple[Pairs, Pairs]) -> None:
    truth, found = ({one[:2] for one in pairs} for pairs in judged)
    precision, recall = _rates(truth, found)
    wrong = f"missed {sorted(truth - found)}, invented {sorted(found - truth)}"
    assert precision >= 0.97, wrong
    assert recall >= 0.97, wrong


def test_their_entities(judged: tuple[Pairs, Pairs]) -> None:
    truth, found = judged
    precision, recall = _rates(truth, found)
    wrong = f"missed {sorted(truth - found)}, invented {sorted(found - truth)}"
    assert precision >= 0.95, wrong
    assert recall >= 0.95, wrong
