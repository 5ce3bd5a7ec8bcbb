"""The judge is judged: a perfect purge passes, and each planted fault is seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.judge.judge import (
    Record,
    Snapshot,
    Truth,
    _spans,
    _spot,
    _without,
    judge_fields,
    judge_locate,
    judge_purge,
    snapshot,
)
from tests.judge.writing import build

WORLDS = [(1, "de", "shop", "sqlite"), (2, "pl", "bank", "duckdb"), (3, "en", "saas", "sqlite")]


@pytest.fixture(scope="module", params=WORLDS, ids=lambda world: f"{world[1]}-{world[2]}")
def estate(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Truth, Snapshot]:
    seed, language, domain, main = request.param
    truth = build(tmp_path_factory.mktemp("estate"), seed, language, domain, size=200, main=main)
    return truth, snapshot(truth)


def purged(truth: Truth, person: Any, before: Snapshot) -> Snapshot:
    """What a perfect purge would leave."""
    known = {_spot(truth, record): record for record in person["records"]}
    after: Snapshot = {}
    for store, collections in before.items():
        after[store] = {}
        for name, records in collections.items():
            spots = [
                (*_spot(truth, {"store": store, "collection": name, "locator": {}})[:2], r.place)
                for r in records
            ]
            left = [_cleaned(record, known.get(spot)) for record, spot in zip(records, spots, strict=True)]
            after[store][name] = [record for record in left if record]
    return after


def _cleaned(record: Record, known: Any) -> Record | None:
    kind = known["class"] if known else "other"
    if kind == "owned":
        return None
    if kind in ("other", "retained", "review"):
        return record
    texts = {n: v if n in known["keys"] else _without(v, _spans(known, n)) for n, v in record.fields.items()}
    return Record(record.place, texts)


def test_worlds_differ_and_are_repeatable(tmp_path: Path) -> None:
    made = [
        build(tmp_path / name, seed, "fr", "hotel", size=200) for name, seed in (("a", 7), ("b", 7), ("c", 8))
    ]
    same, again, other = (json.dumps(truth["people"], sort_keys=True) for truth in made)
    assert same == again != other


def test_a_perfect_purge_passes(estate: tuple[Truth, Snapshot]) -> None:
    truth, before = estate
    for person in truth["people"][:20]:
        score = judge_purge(truth, person, before, purged(truth, person, before))
        assert not score.errors, score.errors[:5]


def test_doing_nothing_is_seen(estate: tuple[Truth, Snapshot]) -> None:
    truth, before = estate
    for person in truth["people"][:10]:
        score = judge_purge(truth, person, before, before)
        assert score.figures["survivors"] >= sum(r["class"] == "owned" for r in person["records"])
        assert not score.figures["harmed"]


Plant = Callable[[dict[str, list[Record]]], object]


def _others(name: str, change: Callable[[list[Record]], object]) -> Plant:
    return lambda store: change(
        next(records for key, records in store.items() if key.startswith(name) and records)
    )


def _edit(records: list[Record]) -> None:
    records[0] = records[0]._replace(fields={"line": "x"})


FAULTS: dict[str, tuple[str, str, Plant]] = {
    "another's row deleted": ("harmed", "main", _others("", list.pop)),
    "another's line deleted": ("harmed", "logs", _others("access.log", list.pop)),
    "a line changed": ("harmed", "files", _others("letters", _edit)),
    "lines in another order": ("harmed", "files", _others("letters", list.reverse)),
    "an object vanished": ("harmed", "files", lambda store: store.pop("events/part-0.parquet")),
    "an e-mail left": (
        "survivors",
        "logs",
        _others("app", lambda r: r.append(Record("x", {"line": "PLANTED"}))),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_seen(estate: tuple[Truth, Snapshot], fault: str) -> None:
    truth, before = estate
    person = truth["people"][5]
    after = deepcopy(purged(truth, person, before))
    figure, store, plant = FAULTS[fault]
    plant(after[store])
    planted = json.loads(
        json.dumps(after).replace("PLANTED", f"mail to {person['ids']['email'].upper()} failed")
    )
    after = {s: {n: [Record(*r) for r in rs] for n, rs in c.items()} for s, c in planted.items()}
    assert judge_purge(truth, person, before, after).figures[figure] > 0


def test_locate_is_judged(estate: tuple[Truth, Snapshot]) -> None:
    truth, _ = estate
    person, other = truth["people"][5], truth["people"][9]
    assert judge_locate(truth, person, person["records"]).figures == {"recall": 1.0, "precision": 1.0}
    less = [record for record in person["records"] if record["class"] != "owned"]
    assert judge_locate(truth, person, less).figures["recall"] < 1
    assert judge_locate(truth, person, [*person["records"], other["records"][0]]).figures["precision"] < 1


def test_fields_are_judged(estate: tuple[Truth, Snapshot]) -> None:
    truth, _ = estate
    perfect = [
        {"store": f["store"], "collection": f["collections"][0], "field": f["field"], "verdict": "personal"}
        | {"entity": "PERSON" if f["entity"] == "*" else f["entity"]}
        for f in truth["fields"]
        if f["entity"]
    ]
    assert set(judge_fields(truth, perfect).figures.values()) == {1.0}
    wrong = [perfect[0] | {"entity": "URL"}, *perfect[2:]]
    assert judge_fields(truth, wrong).figures["pair P"] < 1
    assert judge_fields(truth, wrong).figures["field R"] < 1
    plain = next(f for f in truth["fields"] if f["entity"] == "")
    false = {"store": plain["store"], "collection": plain["collections"][0], "field": plain["field"]}
    assert judge_fields(truth, [*perfect, perfect[0] | false]).figures["field P"] < 1
