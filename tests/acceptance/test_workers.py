"""Two workers with one plan: processes that run at once, and one that sleeps through the other's work."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest

from tests.acceptance import kill
from tests.acceptance.crash import Undisturbed, ends, planned
from tests.acceptance.road import Done, vestige
from tests.acceptance.served import Company, Servers

PATIENCE = 60.0


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def known(
    request: pytest.FixtureRequest,
    postgresql_server: str,
    redis_server: str,
    mariadb_server: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Undisturbed]:
    folder = tmp_path_factory.mktemp("workers") / request.param
    with planned(
        folder, Servers(postgresql_server, redis_server, mariadb_server), request.param
    ) as undisturbed:
        yield undisturbed


@pytest.fixture
def company(known: Undisturbed, tmp_path: Path) -> Iterator[Company]:
    copied = known.company.copy(tmp_path / "company", 4)
    yield copied
    copied.drop()


def purge(company: Company, before: Callable[[], None] | None = None) -> Done:
    return vestige(company.folder, "purge", "--yes", "--json", before=before)


def test_at_once_one_works_and_the_other_says_so(known: Undisturbed, company: Company) -> None:
    with ThreadPoolExecutor(3) as pool:
        ended = list(pool.map(lambda _: purge(company), range(3)))
    assert {done.code for done in ended} <= {0, 3}
    assert all("another worker is busy" in done.err for done in ended if done.code == 3)
    worked = [done for done in ended if done.code == 0 and not done.document["already"]]
    assert [ends(done) for done in worked] == [known.outcomes]
    assert company.content() == known.content


@contextmanager
def sleeping(company: Company, name: str) -> Iterator[tuple[int, Future[Done]]]:
    """A worker stopped just before the first call of that name; woken at the end, whatever happens."""
    report = company.folder / "worker"
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(purge, company, partial(kill.stop_at, str(report), name, False))
        worker = _stopped(report)
        try:
            yield worker, ended
        finally:
            os.kill(worker, signal.SIGCONT)


def _stopped(report: Path) -> int:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if report.exists() and (text := report.read_text(encoding="ascii")):
            state = Path(f"/proc/{text}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
            if state == "T":
                return int(text)
        time.sleep(0.01)
    raise TimeoutError("the worker was not stopped")


def take_over(company: Company) -> None:
    """What a lock's loss is: its file removed by hand, or its session ended by the server."""
    for lock in company.folder.glob("ledger.db.lock*"):
        lock.unlink()
    if company.ledger == "postgresql":
        with psycopg.connect(company.servers.postgresql, autocommit=True) as connection:
            query = (
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname LIKE 'ledger%_4'"
            )
            assert connection.execute(query).fetchall()


MOMENTS = (
    "postgresql sql/writing connection.commit",
    "sqlite sql/writing sqlite3.commit",
    "duckdb sql/anew posix.replace",
    "file connectors/directory posix.replace",
    "redis connectors/redis connection.send_packed_command",
    "logs connectors/logs posix.pwrite",
)


def test_who_sleeps_keeps_the_lock(known: Undisturbed, company: Company) -> None:
    with sleeping(company, MOMENTS[-1]) as (_, ended):
        busy = purge(company)
        assert busy.code == 3
        assert "another worker is busy" in busy.err
    assert ends(ended.result()) == known.outcomes
    assert company.content() == known.content


@pytest.mark.parametrize("name", MOMENTS)
def test_who_slept_through_another_s_work_does_no_more(
    known: Undisturbed, company: Company, name: str
) -> None:
    """It lost its lock, and wakes in the middle of a store that the other has finished, or would have."""
    with sleeping(company, name) as (_, ended):
        take_over(company)
        other = purge(company)
    late = ended.result()
    assert late.code == 4, late
    assert "Traceback" not in late.said
    assert "unexpected" not in late.said
    if other.code != 0:  # what the sleeper held in a store, no other could change
        assert other.code == 4, other
        other = purge(company)
    assert (other.code, ends(other)) == (0, known.outcomes)
    assert company.content() == known.content
    assert not list((company.folder / "stores").rglob(".vestige-*"))
