import subprocess
import sys
from datetime import date

import pytest
from sqlalchemy import inspect, text

from vestige.ledger.errors import Busy, Fenced, LedgerError, NoLedger
from vestige.ledger.plans import PlanEntry, Tombstone
from vestige.ledger.store import Ledger
from vestige.ledger.tables import METADATA

PLAN, OTHER = "a" * 32, "b" * 32


def test_migrations_make_the_tables_that_the_code_names(ledger):
    made = inspect(ledger._database.engine)
    for table in METADATA.sorted_tables:
        assert {c["name"] for c in made.get_columns(table.name)} == {c.name for c in table.columns}


def test_a_ledger_opens_again_with_what_it_held(url):
    with Ledger.open(url) as ledger:
        ledger.journal(PLAN).begin()
    with Ledger.open(url) as ledger:
        assert ledger.journal(PLAN).state() == "begun"


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
    journal = ledger.journal(PLAN)
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
    assert ledger.journal(OTHER).state() == "new"


def test_batches_of_a_step_move_apart(ledger):
    journal = ledger.journal(PLAN)
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
        stale = ledger.journal(PLAN, old)
        stale.begin()
    with ledger.lock("plan:p") as new:
        assert new.token > old.token
        for write in (stale.begin, lambda: stale.intend("s", "shop"), lambda: stale.finish([])):
            with pytest.raises(Fenced):
                write()
        ledger.journal(PLAN, new).intend("s", "shop")


def test_a_killed_worker_leaves_no_lock(url):
    script = f"""
import os, signal
from vestige.ledger.store import Ledger
with Ledger.open({url!r}) as ledger, ledger.lock("plan:p") as lease:
    ledger.journal({PLAN!r}, lease).begin()
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script], check=False)
    with Ledger.open(url) as ledger, ledger.lock("plan:p", wait=5) as lease:
        assert lease.token == 2
        assert ledger.journal(PLAN).state() == "begun"


def test_locks_leave_no_litter(tmp_path):
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger, ledger.lock("plan:p"):
        assert len(list(tmp_path.glob("*.lock-*"))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.db"]


def test_a_request_is_due_in_a_month(ledger):
    late = ledger.requests.add("export", "s1", received=date(2026, 12, 31))
    soon = ledger.requests.add("purge", "s1", PLAN, received=date(2026, 1, 31))
    assert (late.due, soon.due) == ("2027-01-31", "2026-02-28")
    assert [r.id for r in ledger.requests.all()] == [soon.id, late.id]
    ledger.requests.close(PLAN, "done")
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
    case, drawn = ledger.seal_case(b"who"), "2026-01-01T00:00:00+00:00"
    entry = PlanEntry(PLAN, "purge", "s", case, "0" * 64, "signature", drawn)
    ledger.plans.add(entry)
    assert ledger.plans.get(PLAN) == entry
    ledger.plans.judge(PLAN, "incomplete")
    ledger.plans.judge(PLAN, "pass")
    assert ledger.plans.get(PLAN).verdict == "pass"
    assert ledger.plans.get(OTHER) is None
    with pytest.raises(LedgerError):
        ledger.plans.judge(OTHER, "pass")


def test_tombstones_are_known_by_kind_and_hash(ledger):
    stones = [Tombstone("EMAIL_ADDRESS", f"{n:032x}") for n in range(1000)]
    for _ in range(2):
        ledger.tombstones.add("p", "s", iter(stones))
    assert ledger.tombstones.subjects(stones) == {one: {"s"} for one in stones}
    assert ledger.tombstones.subjects([Tombstone("KEY", f"{1:032x}")]) == {}
