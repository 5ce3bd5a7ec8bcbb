"""``python -m bench.scan``: a whole scan, by the command that people run.

Makes estates of two sizes (a log and a table of notes), scans each, and scans it again unchanged. Prints a
Markdown table: megabytes per core-second, peak memory of the process that needs most, and what was carried.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from bench.table import figure, markdown
from bench.texts import values

_STORES = {"shop": "sqlite:///shop.db", "logs": "logs://logs"}


class Run(NamedTuple):
    """``memory``: megabytes of the largest process."""

    core_seconds: float
    memory: float
    said: str


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.scan", description=__doc__)
    parser.add_argument("--megabytes", type=int, nargs="+", default=[10, 100])
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args(arguments)
    rows: dict[str, list[str]] = {}
    for size in given.megabytes:
        with tempfile.TemporaryDirectory() as folder:
            written = build(Path(folder), size, given.seed) / 1e6
            for name in ("scan", "again"):
                run = scanned(Path(folder))
                figures = (written / run.core_seconds, run.core_seconds, run.memory)
                rows[f"{size} MB, {name}"] = [*map(figure, figures), run.said]
    print(markdown(["", "MB per core-second", "core-seconds", "peak MB", "said"], rows))
    return 0


def build(folder: Path, megabytes: int, seed: int) -> int:
    """An estate of about that size, written as a stream; its bytes."""
    (folder / "logs").mkdir()
    with (folder / "logs" / "app.log").open("w", encoding="utf-8") as log:
        log.writelines(f"{line}\n" for line in values("log", megabytes * 500_000, seed))
    with closing(sqlite3.connect(folder / "shop.db")) as shop:
        shop.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT)")
        shop.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER, cell TEXT, body TEXT)")
        people = ((n, f"person{n}@example.com", f"Anna Example{n}") for n in range(1, 2001))
        shop.executemany("INSERT INTO users VALUES (?, ?, ?)", people)
        shop.executemany("INSERT INTO notes (user_id, cell, body) VALUES (?, ?, ?)", _notes(megabytes, seed))
        shop.commit()
    (folder / "vestige.yaml").write_text(f"version: 1\nstores: {json.dumps(_STORES)}\n")
    (folder / "vestige.key").write_bytes(bytes(range(32)))
    return sum(path.stat().st_size for path in (folder / "logs" / "app.log", folder / "shop.db"))


def _notes(megabytes: int, seed: int) -> Iterator[tuple[int, str, str]]:
    pairs = zip(values("cells", 1 << 60, seed), values("notes", megabytes * 400_000, seed), strict=False)
    return ((1 + number % 2000, cell, note) for number, (cell, note) in enumerate(pairs))


def scanned(folder: Path) -> Run:
    """One scan; Linux tells the peak of each process while it runs."""
    command, before = [sys.executable, "-m", "vestige", "scan"], _of_children()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as running:
        peak = 0.0
        while True:
            peak = max([peak, *map(_peak, [running.pid, *_children(running.pid)])])
            try:
                said, _ = running.communicate(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
            break
    if running.returncode:
        raise SystemExit(f"the scan ended with {running.returncode}")
    return Run(_of_children() - before, peak, said.splitlines()[0])


def _of_children() -> float:
    """Core-seconds of all processes that ended."""
    times = os.times()
    return times.children_user + times.children_system


def _children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def _peak(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return max((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM")), default=0.0)


if __name__ == "__main__":
    raise SystemExit(main())
