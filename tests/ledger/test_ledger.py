import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from vestige.ledger.errors import Busy, Fenced, LedgerError, NoLedger, Tampered
from vestige.ledger.plans import PlanEntry, Tombstone
from vestige.ledger.store import Ledger
from vestige.ledger.tables import METADATA


def test_migrations_make_the_tables_that_the_code_names(ledger):
    made = inspect(ledger._database.engine)
    for table in METADATA.sorted_tables:
        assert {c["name"] for c in made.get_columns(table.name)} == {c.name for c in table.columns}


def test_a_ledger_opens_again_with_what_it_held(url):
    with Ledger.open(url) as ledger:
        ledger.journal("p").begin()
    with Ledger.open(url) as ledger:
        assert ledger.journal("p").state() == "begun"


def test_a_newer_ledger_is_refused(ledger, url):
    with ledger._database.write() as connection:
        connection.execute(text("INSERT INTO ledger_version VALUES (999)"))
    with pytest.raises(NoLedger, match="newer Vestige"):
        Ledger.open(url)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://example.com/x",
        "nonsense",
        "sqlite:////no/such/folder/ledger.db",
        "postgresql://vestige:hidden@127.0.0.1:1/x",
    ],
)
def test_what_cannot_be_opened_is_said_without_a_password(url):
    with pytest.raises(LedgerError) as caught:
        Ledger.open(url)
    assert "hidden" not in str(caught.value)


def test_another_file_is_no_ledger(tmp_path):
    (tmp_path / "ledger.db").write_bytes(b"not a database, but long enough to be looked at " * 50)
    with pytest.raises(NoLedger):
        Ledger.open(f"sqlite:///{tmp_path}/ledger.db")


def test_the_file_is_its_owners_alone(tmp_path):
    Ledger.open(f"sqlite:///{tmp_path}/ledger.db").close()
    assert (tmp_path / "ledger.db").stat().st_mode & 0o077 == 0


def test_a_run_goes_from_new_to_finished_and_never_back(ledger):
    journal = ledger.journal("p1")
    assert (journal.state(), journal.outcomes(), journal.step("s1")) == ("new", None, None)
    journal.begin()
    journal.intend("s1", "shop")
    assert journal.step("s1") == "intended"
    journal.done("s1", "shop", {"deleted": 3})
    journal.verified("s1", "shop")
    journal.intend("s1", "shop")
    journal.done("s1", "shop", {"deleted": 0})
    assert journal.step("s1") == "verified"
    assert journal.receipts("s1") == [{"deleted": 3}, {"deleted": 0}]
    journal.finish([{"step": "s1", "outcome": "erased"}])
    journal.begin()
    assert journal.state() == "finished"
    assert journal.outcomes() == [{"step": "s1", "outcome": "erased"}]
    assert ledger.journal("p2").state() == "new"


def test_batches_of_a_step_move_apart(ledger):
    journal = ledger.journal("p")
    journal.intend("s", "shop", batch="1")
    journal.done("s", "shop", {}, "1")
    journal.intend("s", "shop", batch="2")
    assert [(e.batch, e.state) for e in journal.entries()] == [("1", "done"), ("2", "intended")]


def test_one_worker_at_a_time(ledger, url):
    with Ledger.open(url) as other:
        with ledger.lock("plan:p"), ledger.lock("plan:q"), pytest.raises(Busy), other.lock("plan:p"):
            pass
        with other.lock("plan:p"):
            pass


def test_a_worker_that_lost_its_lock_is_fenced_off(ledger):
    with ledger.lock("plan:p") as old:
        stale = ledger.journal("p", old)
        stale.begin()
    with ledger.lock("plan:p") as new:
        assert new.token > old.token
        for write in (stale.begin, lambda: stale.intend("s", "shop"), lambda: stale.finish([])):
            with pytest.raises(Fenced):
                write()
        ledger.journal("p", new).intend("s", "shop")


def test_a_killed_worker_leaves_no_lock(url):
    script = f"""
import os, signal
from vestige.ledger.store import Ledger
with Ledger.open({url!r}) as ledger, ledger.lock("plan:p") as lease:
    ledger.journal("p", lease).begin()
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script], check=False)
    with Ledger.open(url) as ledger, ledger.lock("plan:p", wait=5) as lease:
        assert lease.token == 2
        assert ledger.journal("p").state() == "begun"


def test_locks_leave_no_litter(tmp_path):
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger, ledger.lock("plan:p"):
        assert len(list(tmp_path.glob("*.lock-*"))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.db"]


def test_a_request_is_due_in_a_month(ledger):
    late = ledger.requests.add("export", "s1", received=date(2026, 12, 31))
    soon = ledger.requests.add("purge", "s1", "p1", received=date(2026, 1, 31))
    assert (late.due, soon.due) == ("2027-01-31", "2026-02-28")
    assert [r.id for r in ledger.requests.all()] == [soon.id, late.id]
    ledger.requests.close("p1", "done")
    assert ledger.requests.get(soon.id).state == "done"
    assert ledger.requests.get(late.id).closed is None
    with pytest.raises(LedgerError):
        ledger.requests.get("none")


def test_holds_stand_until_their_day_or_their_release(ledger):
    today = date(2026, 6, 1)
    dated = ledger.holds.place("s1", "lawsuit", date(2026, 6, 1))
    open_end = ledger.holds.place("s2", "audit")
    assert {h.id for h in ledger.holds.active(today=today)} == {dated.id, open_end.id}
    assert ledger.holds.active("s1", today=date(2026, 6, 2)) == []
    ledger.holds.release(open_end.id)
    assert ledger.holds.active("s2", today=today) == []
    with pytest.raises(LedgerError):
        ledger.holds.release(open_end.id)


def test_a_plan_gets_its_verdict(ledger):
    entry = PlanEntry("p", "purge", "s", "c", "digest", "signature", "2026-01-01T00:00:00+00:00")
    ledger.plans.add(entry)
    assert ledger.plans.get("p") == entry
    ledger.plans.judge("p", "incomplete")
    ledger.plans.judge("p", "pass")
    assert ledger.plans.get("p").verdict == "pass"
    assert ledger.plans.get("q") is None
    with pytest.raises(LedgerError):
        ledger.plans.judge("q", "pass")


def test_tombstones_are_known_by_kind_and_hash(ledger):
    stones = [Tombstone("EMAIL_ADDRESS", f"{n:032x}") for n in range(1000)]
    for _ in range(2):
        ledger.tombstones.add("p", "s", iter(stones))
    assert ledger.tombstones.known(stones) == set(stones)
    assert ledger.tombstones.known([Tombstone("KEY", f"{1:032x}")]) == set()


def test_the_audit_log_is_a_chain(ledger):
    for number in range(3):
        ledger.audit("purge", plan=f"p{number}")
    assert [entry.number for entry in ledger.audit_log.entries()] == [1, 2, 3]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE audit SET detail = '{}' WHERE number = 2",
        "DELETE FROM audit WHERE number = 2",
        "DELETE FROM audit WHERE number = 1",
        "UPDATE audit SET written = '2000-01-01' WHERE number = 3",
    ],
)
def test_an_altered_audit_log_is_noticed(tmp_path: Path, damage):
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        for number in range(3):
            ledger.audit("purge", plan=f"p{number}")
        with sqlite3.connect(tmp_path / "ledger.db") as raw:
            raw.execute(damage)
        raw.close()
        with pytest.raises(Tampered):
            list(ledger.audit_log.entries())


def test_two_processes_write_one_chain(url):
    script = f"""
from vestige.ledger.store import Ledger
with Ledger.open({url!r}) as ledger:
    for number in range(20):
        ledger.audit("x", n=number)
"""
    Ledger.open(url).close()
    workers = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(2)]
    assert [worker.wait(60) for worker in workers] == [0, 0]
    with Ledger.open(url) as ledger:
        assert len(list(ledger.audit_log.entries())) == 40
