"""A purge that is killed anywhere, and run again, ends as if it had not been. See also ``bench.crash``."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.acceptance import kill
from tests.acceptance.crash import Point, Undisturbed, attempts, ends, planned, points, verdict
from tests.acceptance.estate import ANNA
from tests.acceptance.road import command, environment, vestige
from tests.acceptance.served import Company, Servers

KINDS = ("sqlite", "duckdb", "postgresql", "mariadb", "redis", "file", "logs", "ledger")


@pytest.fixture(scope="module")
def served(postgresql_server: str, redis_server: str, mariadb_server: str) -> Servers:
    return Servers(postgresql_server, redis_server, mariadb_server)


@pytest.fixture(scope="module")
def known(served: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    with planned(tmp_path_factory.mktemp("crash") / "sqlite", served, "sqlite") as undisturbed:
        yield undisturbed


@pytest.fixture
def company(known: Undisturbed, tmp_path: Path) -> Iterator[Company]:
    copied = known.company.copy(tmp_path / "company", 3)
    yield copied
    copied.drop()


def killed(
    company: Company, name: str, *, after: bool = True, verb: Sequence[str] = ("purge", "--yes")
) -> None:
    """The command, killed at the first call of that name."""
    cut = vestige(company.folder, *verb, before=partial(kill.end_at, name, after, signal.SIGKILL))
    assert cut.code == -signal.SIGKILL, (name, cut)


def finish(known: Undisturbed, company: Company) -> None:
    """The same command again reaches the same end; once more, and nothing changes."""
    again = vestige(company.folder, "purge", "--yes", "--json")
    assert (again.code, again.err) == (0, "")
    assert ends(again) == known.outcomes
    assert company.content() == known.content
    repeated(company)
    assert not list(company.folder.glob("ledger.db.lock*"))


def repeated(company: Company) -> None:
    before = files(company)
    once_more = vestige(company.folder, "purge", "--yes")
    assert (once_more.code, once_more.out, once_more.err) == (0, "already erased\n", "")
    assert before == files(company)


def files(company: Company) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (company.folder / "stores").rglob("*") if path.is_file()}


def sample(calls: Sequence[str], kinds: Sequence[str], each: int) -> list[Point]:
    """As many points of each kind of store."""
    own = {kind: [n for n, name in enumerate(calls) if name.startswith(f"{kind} ")] for kind in kinds}
    return [
        (numbers[at], after)
        for numbers in own.values()
        for at, after in points([calls[n] for n in numbers], each)
    ]


@pytest.mark.parametrize(("ledger", "kinds", "each"), [("sqlite", KINDS, 2), ("postgresql", KINDS[-1:], 6)])
def test_killed_anywhere_it_reaches_the_same_end(
    request: pytest.FixtureRequest,
    served: Servers,
    tmp_path: Path,
    ledger: str,
    kinds: Sequence[str],
    each: int,
) -> None:
    """Also when it is killed again while it is resumed; and nothing half done passes a verification."""
    with ExitStack() as stack:
        if ledger == "sqlite":
            known = request.getfixturevalue("known")
        else:
            known = stack.enter_context(planned(tmp_path / "company", served, ledger))
        done = list(attempts(known, tmp_path, sample(known.purging, kinds, each), looks=8))
    assert [one for one in done if one.faults] == []
    assert len({one.kind for one in done if one.reached}) == len(kinds)
    assert len(done) == len(kinds) * each


def test_killed_again_and_again(known: Undisturbed, company: Company) -> None:
    for name in (
        "postgresql sql/writing connection.commit",
        "mariadb sql/writing connections.commit",
        "sqlite sql/writing sqlite3.commit",
        "duckdb connectors/duckdb duckdb.begin",
        "duckdb connectors/duckdb duckdb.settle",
        "file connectors/directory posix.replace",
        "redis connectors/redis connection.send_packed_command",
        "logs connectors/logs posix.pwrite",
        "ledger ledger/plans sqlite3.executemany",
    ):
        killed(company, name)
    finish(known, company)
    assert verdict(company) == "pass"


def test_what_a_killed_purge_left_aside_is_no_part_of_a_clean_estate(
    known: Undisturbed, company: Company
) -> None:
    killed(company, "file formats/csv io.write")
    for verb, code in (("scan", 4), ("verify", 3)):
        told = vestige(company.folder, verb, "--json")
        assert told.code == code, told
        assert "made by a purge that was cut short" in told.out
    finish(known, company)
    assert [vestige(company.folder, verb).code for verb in ("scan", "verify")] == [0, 0]


def test_a_table_is_vacuumed_although_its_purge_was_killed_before(
    known: Undisturbed, company: Company
) -> None:
    killed(company, "postgresql sql/writing connection.commit")
    finish(known, company)
    assert company.vacuumed() == {"clients", "notes", "tickets"}


def test_a_record_that_somebody_edited_meanwhile_is_not_counted_as_erased(company: Company) -> None:
    """Its store was begun, and its object is neither what was planned nor what was made of it."""
    killed(company, "file connectors/directory posix.replace")
    crm = company.folder / "stores" / "files" / "crm.csv"
    crm.write_text(crm.read_text(encoding="utf-8").replace(ANNA.name, "Anna Newname"), encoding="utf-8")
    again = vestige(company.folder, "purge", "--yes", "--json")
    assert again.code == 4, again
    unknown = [(o["store"], o["collection"]) for o in again.document["outcomes"] if o["outcome"] == "unknown"]
    assert unknown == [("files", "crm.csv")]
    assert verdict(company) == "fail"


def test_what_came_back_after_the_purge_is_said_and_left(known: Undisturbed, company: Company) -> None:
    backup = company.folder / "backup"
    shutil.copytree(company.folder / "stores", backup)
    finish(known, company)
    for name in ("shop.db", "files/crm.csv"):
        shutil.copyfile(backup / name, company.folder / "stores" / name)
    before = files(company)
    again = vestige(company.folder, "purge", "--yes", "--json")
    assert again.code == 4, again
    unknown = [o for o in again.document["outcomes"] if o["outcome"] == "unknown"]
    assert {o["store"] for o in unknown} == {"shop", "files"}
    assert all("came back; run vestige plan purge again" in o["reason"] for o in unknown)
    assert before == files(company)


def test_what_cannot_be_looked_at_again_is_unknown(known: Undisturbed, company: Company) -> None:
    finish(known, company)
    (company.folder / "stores" / "stats.duckdb").rename(company.folder / "stores" / "elsewhere")
    again = vestige(company.folder, "purge", "--yes")
    assert again.code == 4, again
    assert "could not be looked at again" in again.out
    assert "already erased" not in again.said


def test_a_case_ends_although_its_verification_was_killed_at_the_verdict(
    known: Undisturbed, company: Company
) -> None:
    finish(known, company)
    killed(company, "ledger ledger/requests sqlite3.execute", verb=("verify",))
    assert verdict(company) == "pass"
    with sqlite3.connect(company.folder / "ledger.db") as connection:
        assert connection.execute("SELECT count(*) FROM cases").fetchone() == (0,)
    connection.close()


@pytest.mark.parametrize("share", [0.3, 0.95])
def test_interrupted_it_says_so_and_reaches_the_same_end(
    known: Undisturbed, company: Company, share: float
) -> None:
    before = partial(kill.end, int(share * len(known.purging)), False, signal.SIGINT)
    cut = vestige(company.folder, "purge", "--yes", before=before)
    assert cut.code == 130, cut
    assert "run the same command again" in cut.err
    assert "Traceback" not in cut.said
    finish(known, company)


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_signal_from_outside(known: Undisturbed, company: Company, how: signal.Signals, code: int) -> None:
    """The program itself, its whole process group, once it has taken its locks."""
    with subprocess.Popen(
        command("purge", "--yes"),
        cwd=company.folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        while not list(company.folder.glob("ledger.db.lock*")) and running.poll() is None:
            time.sleep(0.005)
        os.killpg(running.pid, how)
        _, err = running.communicate(timeout=60)
    assert running.returncode == code, err
    assert "Traceback" not in err
    finish(known, company)
