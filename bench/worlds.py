"""Random worlds by the thousand: ``python -m bench.worlds [COUNT [FIRST]]``.

Each seed is a schema with people, of whom one to three are purged after each other; see
``tests/planning/worlds.py``. Prints every seed that broke a promise, then the totals. Exit 1 if one did.
"""

from __future__ import annotations

import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.planning.test_worlds import check

COUNT, FIRST = 10_000, 1_000
"""The tests have the seeds below 1,000."""


class Ended(NamedTuple):
    """A world that was tried. ``broken``: what was not as it must be."""

    seed: int
    people: int
    broken: str


def attempt(seed: int) -> Ended:
    """Make, purge and judge one world."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return Ended(seed, check(seed, Path(folder)), "")
        except AssertionError as error:
            return Ended(seed, 0, str(error).partition("\n")[0])


def main(count: int = COUNT, first: int = FIRST) -> int:
    """Try ``count`` seeds from ``first`` on, on all cores."""
    done: list[Ended] = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for ended in pool.map(attempt, range(first, first + count), chunksize=8):
            done.append(ended)
            if ended.broken:
                print(f"seed {ended.seed}: {ended.broken}", flush=True)
            if len(done) % 100 == 0:
                print(f"{len(done)} of {count}", file=sys.stderr, flush=True)
    broken = sum(bool(one.broken) for one in done)
    purged = sum(one.people for one in done)
    seeds = f"seeds {first} to {first + count - 1}"
    print(f"{seeds}: {len(done)} worlds, {purged} people purged, {broken} broken")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
