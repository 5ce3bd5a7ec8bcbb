from __future__ import annotations

import pytest

from vestige.connectors.families import log_families, object_families, of_log, of_object

UUID = "0b8f1c9e-5d0a-4c63-9a3a-1f2e3d4c5b6a"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["orders-1.jsonl", "orders-2.jsonl"], ["orders-*.jsonl"] * 2),
        (["2026-01.csv", "2026-02.csv"], ["*.csv"] * 2),
        (["users.csv", "orders.csv"], ["users.csv", "orders.csv"]),
        (["report-2026.csv"], ["report-2026.csv"]),
        (["avatars/ann@example.com/avatar.png", f"avatars/{UUID}/avatar.png"], ["avatars/*/avatar.png"] * 2),
        (["ann@example.com.json"], ["*.json"]),
        (["ann%40example.com/notes.txt"], ["*/notes.txt"]),
        ([f"{UUID}.json"], ["*.json"]),
        (["invoice-100017.txt"], ["invoice-*.txt"]),
        (["d41d8cd98f00b204e9800998ecf8427e.bin"], ["*.bin"]),
        (["export-2026-01-31T10-15-00.csv"], ["export-2026-01-31T10-15-00.csv"]),
    ],
)
def test_names_of_one_shape_are_a_family(names: list[str], expected: list[str]) -> None:
    assert object_families([(name, "x") for name in names]) == expected
    assert all(of_object(label, name) for label, name in zip(expected, names, strict=True))


def test_other_columns_are_another_family() -> None:
    names = [("a-1.csv", "x"), ("a-2.csv", "y"), ("a-3.csv", "x"), ("a-4.csv", "y")]
    assert object_families(names) == ["a-*.csv", "a-*.csv~2", "a-*.csv", "a-*.csv~2"]
    assert of_object("a-*.csv~2", "a-2.csv")


def test_an_empty_object_stays_in_its_family() -> None:
    assert object_families([("a-1.csv", None), ("a-2.csv", "x"), ("a-3.csv", "x")]) == ["a-*.csv"] * 3


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["access.log", "access.log.1", "access.log.2.gz"], ["access.log*"] * 3),
        (["app-2026-01-01.log", "app-2026-01-02.log"], ["app-*.log"] * 2),
        (["access.log-20260101", "access.log-20260102.gz"], ["access.log*"] * 2),
        (["error.log"], ["error.log"]),
        (["nginx/a.log", "nginx/b.log"], ["nginx/a.log", "nginx/b.log"]),
        (["syslog", "syslog.1"], ["syslog*"] * 2),
        (["worker-1.log", "worker-2.log"], ["worker-*.log"] * 2),
    ],
)
def test_rotated_logs_are_a_family(names: list[str], expected: list[str]) -> None:
    assert log_families(names) == expected
    assert all(of_log(label, name) for label, name in zip(expected, names, strict=True))
