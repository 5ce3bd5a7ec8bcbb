"""``python -m bench.audit``: appends to the audit log, and proofs from it.

Prints a Markdown table: durable appends per second beside plain inserts of the same text (each its own
transaction, SQLite, synchronous=FULL, as the ledger does it), and how long proofs take in a log of so many
entries.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import insert, text

from bench.table import figure, markdown
from vestige.ledger import merkle
from vestige.ledger.database import Database
from vestige.ledger.entries import append
from vestige.ledger.merkle import Node
from vestige.ledger.notes import Signer
from vestige.ledger.store import Ledger
from vestige.ledger.tables import AUDIT_ENTRIES

_BODY = '{"action":"release","at":"2026-01-01T00:00:00+00:00","hold":"%012x"}'


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.audit", description=__doc__)
    parser.add_argument("--appends", type=int, default=5000)
    parser.add_argument(
        "--entries", type=int, default=1_000_000, help="of the log that proofs are drawn from"
    )
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        rates = _appends(Path(folder), given.appends)
        times = _proofs(Path(folder), given.entries)
    plain = rates["plain inserts"]
    cells = {name: [figure(rate), f"{figure(rate / plain)}×"] for name, rate in rates.items()}
    print(markdown(["durable, one transaction each", "per second", "beside plain"], cells), end="\n\n")
    cells = {
        name: [figure(statistics.median(took) * 1e3), figure(sorted(took)[int(len(took) * 0.99)] * 1e3)]
        for name, took in times.items()
    }
    print(markdown([f"{given.entries:,} entries", "median, ms", "p99, ms"], cells))
    return 0


def _appends(folder: Path, count: int) -> dict[str, float]:
    """The three take turns, so that a busy machine is busy for all of them."""
    database = Database.open(f"sqlite:///{folder / 'appends.db'}")
    with database.write() as connection:
        connection.execute(text("CREATE TABLE plain (number INTEGER PRIMARY KEY, entry TEXT NOT NULL)"))
    ways: dict[str, Callable[[int], None]] = {
        "plain inserts": lambda number: _plain(database, number),
        "appends to the log": lambda number: _append(database, number),
    }
    taken = dict.fromkeys(ways, 0.0)
    for number in range(count):
        for name, way in ways.items():
            begun = time.perf_counter()
            way(number)
            taken[name] += time.perf_counter() - begun
    return {name: count / seconds for name, seconds in taken.items()}


def _plain(database: Database, number: int) -> None:
    with database.write() as connection:
        connection.execute(text("INSERT INTO plain VALUES (:n, :e)"), {"n": number, "e": _BODY % number})


def _append(database: Database, number: int) -> None:
    with database.write() as connection:
        append(connection, "release", hold=f"{number:012x}")


def _proofs(folder: Path, size: int) -> dict[str, list[float]]:
    url, draw = f"sqlite:///{folder / 'proofs.db'}", random.Random(7)
    _fill(Database.open(url), size)
    with Ledger.open(url) as ledger:
        tree = ledger.audit.size()
        return {
            "inclusion": [
                _time(lambda: ledger.audit.inclusion(draw.randrange(tree), tree)) for _ in range(2000)
            ],
            "consistency": [
                _time(lambda: ledger.audit.consistency(draw.randrange(1, tree), tree)) for _ in range(2000)
            ],
            "checkpoint": [
                _time(lambda: ledger.audit.checkpoint(Signer(draw.randbytes(32)))) for _ in range(50)
            ],
        }


def _fill(database: Database, size: int) -> None:
    peaks: dict[Node, bytes] = {}

    def fetch(wanted: Sequence[Node]) -> dict[Node, bytes]:
        return {node: peaks.pop(node) for node in wanted}

    with database.write() as connection:
        for number in range(size):
            body = _BODY % number
            made = merkle.grown(number, merkle.leaf_hash(body.encode()), fetch)
            peaks |= made
            row = {"number": number, "entry": body, "hashes": b"".join(made.values())}
            connection.execute(insert(AUDIT_ENTRIES), row)


def _time(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    raise SystemExit(main())
