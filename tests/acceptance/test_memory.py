"""The memory of a scan does not grow with the size of tables and files, in any kind of store."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from tests.acceptance.road import command, environment

SMALL, LARGE = 3, 15
"""Megabytes of each of four stores."""
SLACK = 12
"""Megabytes that the peaks may differ by. Measured: 1. One store held whole would be 12 as bytes, and as
Python's values several times that."""
PEOPLE = 50
STORES = {
    "table": "sqlite:///table.db",
    "lines": "file://lines",
    "sheet": "file://sheet",
    "logs": "logs://logs",
}


def records() -> Iterator[tuple[int, str, str]]:
    """The same people again and again, each with a long remark."""
    remarks = ["The lamp in the hall flickers when the door is opened and nobody knows why. " * 130] * 5
    while True:
        for number in range(PEOPLE):
            yield number, f"person{number}@example.org", f"{number % 50}. {remarks[number % 5]}"


def build(folder: Path, megabytes: int) -> Path:
    """Four stores of about that size each, written as a stream."""
    folder.mkdir()
    for store in STORES:
        rows = islice(records(), megabytes * 100)  # ten kilobytes each
        if store == "table":
            _table(folder / "table.db", rows)
            continue
        (folder / store).mkdir()
        with (folder / store / "visits").open("w", encoding="utf-8") as file:
            file.write("user_id,email,remark\n" if store == "sheet" else "")
            file.writelines(_line(store, *row) for row in rows)
    (folder / "vestige.yaml").write_text(f"version: 1\nstores: {json.dumps(STORES)}\n")
    (folder / "vestige.key").write_bytes(bytes(32))
    return folder


def _table(path: Path, rows: Iterable[tuple[int, str, str]]) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE visits (user_id INTEGER, email TEXT, remark TEXT)")
    connection.executemany("INSERT INTO visits VALUES (?, ?, ?)", rows)
    connection.commit()
    connection.close()


def _line(store: str, number: int, email: str, remark: str) -> str:
    if store == "lines":
        return json.dumps({"user": {"id": number, "email": email}, "remark": remark}) + "\n"
    if store == "sheet":
        return f'{number},{email},"{remark}"\n'
    return f"2026-05-01T10:00:00Z level=info user_id={number} to={email} {remark}\n"


def peak(folder: Path) -> float:
    """Megabytes that a scan needed at most."""
    with subprocess.Popen(
        command("scan", "--workers", "1"),
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0
    assert isinstance(used, resource.struct_rusage)
    return used.ru_maxrss / 1000


def test_memory_is_flat_in_the_size_of_stores(tmp_path: Path) -> None:
    small, large = (peak(build(tmp_path / f"{size}", size)) for size in (SMALL, LARGE))
    assert large - small < SLACK, (small, large)
