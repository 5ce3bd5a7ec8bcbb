"""The crash matrix: ``python -m bench.crash [POINTS]`` writes its table into docs/reliability.md.

A purge of a company on six kinds of stores is killed (``kill -9``) just before and just after calls that
leave the process, with the ledger on SQLite and on PostgreSQL; every third attempt is killed again while it
is resumed, and verifications are killed too. Exit 1 if one attempt does not reach the same end.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from tests import servers
from tests.acceptance.crash import Attempt, attempts, planned, points
from tests.acceptance.served import Servers

from bench.table import markdown

POINTS, LOOKS = 1_040, 12
PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"
BEGIN, END = "<!-- python -m bench.crash -->", "<!-- end -->"
HEAD = ("store", "calls", "kill points", "second kills aimed", "same end", "verdicts", "false passes")


def main(most: int = POINTS) -> int:
    """Run, print each fault, write the table."""
    done: list[Attempt] = []
    with servers.postgresql() as postgresql, servers.redis() as redis, servers.mariadb() as mariadb:
        for ledger in ("sqlite", "postgresql"):
            done += _with(Servers(postgresql, redis, mariadb), ledger, most // 2)
    _write(table(done))
    return int(any(one.faults for one in done))


def _with(served: Servers, ledger: str, most: int) -> Iterable[Attempt]:
    with tempfile.TemporaryDirectory() as name, planned(Path(name) / ledger, served, ledger) as known:
        for one in attempts(known, Path(name), points(known.purging, most), LOOKS):
            if one.faults or not one.reached:
                print(ledger, one, flush=True)
            yield replace(one, kind=f"ledger ({ledger})") if one.kind == "ledger" else one


def table(done: Iterable[Attempt]) -> str:
    """One row a store kind, and their sum. An attempt whose call did not come is no kill point."""
    reached = [one for one in done if one.reached]
    kinds = {kind: [one for one in reached if one.kind == kind] for kind in sorted({o.kind for o in reached})}
    return markdown(HEAD, {kind: _row(some) for kind, some in kinds.items()} | {"all": _row(reached)})


def _row(some: Sequence[Attempt]) -> list[str]:
    figures = (
        len({one.call for one in some}),
        len(some),
        sum(one.twice for one in some),
        sum(not one.faults for one in some),
        sum(len(one.verdicts) for one in some),
        sum("a false pass" in one.faults for one in some),
    )
    return [f"{figure:,}" for figure in figures]


def _write(made: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
