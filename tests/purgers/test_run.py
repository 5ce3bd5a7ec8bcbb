"""A plan is run: its effects are the plan, a second run changes nothing, a cut run is finished."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.planning.shop import build, table
from vestige.catalog.estate import Estate
from vestige.catalog.store import Catalog
from vestige.ledger.journal import Journal
from vestige.ledger.store import Ledger
from vestige.planning.draw import draw_plan
from vestige.planning.errors import Stale, Stopped, Undecided
from vestige.planning.model import Plan
from vestige.planning.policy import Cap, Policy, Rule
from vestige.purgers.run import purge
from vestige.reports.verify import verify_plan

SECRET = b"k" * 32


@dataclass
class Shop:
    folder: Path
    estate: Estate
    catalog: Catalog
    ledger: Ledger

    def plan(self, identifier: str, policy: Policy | None = None) -> Plan:
        rules = policy or Policy()
        return draw_plan(
            self.estate, self.catalog, rules, self.ledger, SECRET, identifier, "purge", accept_defaults=True
        )


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    estate, catalog = build(tmp_path)
    with catalog, Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", SECRET) as ledger:
        yield Shop(tmp_path, estate, catalog, ledger)


def test_the_effects_are_the_plan(shop: Shop) -> None:
    plan = shop.plan("anna@example.com")
    run = purge(shop.estate, shop.catalog, shop.ledger, Policy(), plan)
    assert {o.outcome for o in run.outcomes} <= {"erased", "redacted", "residue"}
    assert [row[0] for row in table(shop.folder, "users")] == [0, 170]
    assert table(shop.folder, "users")[1] == (
        170,
        "joanna@example.com",
        "Joanna Weber",
        "+49 30 23125 170",
        None,
    )
    assert table(shop.folder, "orders") == [(2, 170, "gift for  <>", 17), (3, 0, None, None)]
    assert table(shop.folder, "order_lines") == [(2, 2, "A-2"), (3, 3, "A-3")]
    assert table(shop.folder, "messages") == [
        (1, None, 170, "Dear Joanna, yours "),
        (2, 170, None, "Dear , see you"),
        (3, 170, 0, "hello"),
    ]
    assert table(shop.folder, "tickets")[1:] == [(3, 170, "like order 1", None), (4, 0, "zero", 3)]
    assert b"anna@example.com" not in (shop.folder / "shop.db").read_bytes().lower().replace(b"joanna@", b"")


def test_a_second_run_changes_nothing(shop: Shop) -> None:
    plan = shop.plan("anna@example.com")
    first = purge(shop.estate, shop.catalog, shop.ledger, Policy(), plan)
    before = (shop.folder / "shop.db").read_bytes()
    second = purge(shop.estate, shop.catalog, shop.ledger, Policy(), plan)
    assert second.already
    assert second.outcomes == first.outcomes
    assert (shop.folder / "shop.db").read_bytes() == before


def test_a_sensitive_collection_without_a_rule_stops_the_plan(shop: Shop) -> None:
    with pytest.raises(Undecided, match="shop.invoices"):
        draw_plan(shop.estate, shop.catalog, Policy(), shop.ledger, SECRET, "anna@example.com", "purge")


def test_a_changed_policy_makes_the_plan_stale(shop: Shop) -> None:
    plan = shop.plan("anna@example.com")
    other = Policy((Rule(collection="tickets", action="retain", basis="open case"),))
    with pytest.raises(Stale):
        purge(shop.estate, shop.catalog, shop.ledger, other, plan)


def test_a_cap_stops_before_anything_is_done_and_raising_it_needs_no_new_plan(shop: Shop) -> None:
    strict = Policy(caps=(Cap(collection="users", records=1, share=0.4),))
    plan = shop.plan("anna@example.com", strict)
    assert ["shop.users: the plan erases 2 of 4" in note for note in plan.notes] == [True]
    before = (shop.folder / "shop.db").read_bytes()
    with pytest.raises(Stopped, match=r"shop.users: the plan erases 2 of 4 .* raise it in the policy"):
        purge(shop.estate, shop.catalog, shop.ledger, strict, plan)
    assert (shop.folder / "shop.db").read_bytes() == before
    run = purge(shop.estate, shop.catalog, shop.ledger, Policy(caps=(Cap(records=1, share=0.9),)), plan)
    assert "erased" in {o.outcome for o in run.outcomes}


def test_a_record_that_changed_since_the_plan_stops_everything(shop: Shop) -> None:
    plan = shop.plan("anna@example.com")
    with sqlite3.connect(shop.folder / "shop.db") as connection:
        connection.execute("UPDATE tickets SET body = 'new words' WHERE id = 1")
    connection.close()
    with pytest.raises(Stale, match="tickets"):
        purge(shop.estate, shop.catalog, shop.ledger, Policy(), plan)
    assert len(table(shop.folder, "users")) == 4


def test_what_a_policy_retains_is_left_byte_for_byte(shop: Shop) -> None:
    policy = Policy((Rule(collection="invoices", action="retain", basis="tax law"),))
    before = table(shop.folder, "invoices")
    plan = shop.plan("anna@example.com", policy)
    run = purge(shop.estate, shop.catalog, shop.ledger, policy, plan)
    assert table(shop.folder, "invoices") == before
    assert ("retained", "tax law") in {(o.outcome, o.basis) for o in run.outcomes}
    stub = next(row for row in table(shop.folder, "users") if row[0] == 17)
    assert "anna" not in repr(stub).lower()


def test_a_hold_keeps_everything(shop: Shop) -> None:
    label = shop.plan("anna@example.com").subject
    shop.ledger.holds.place(label, "lawsuit")
    plan = shop.plan("anna@example.com")
    assert {step.action for step in plan.steps} == {"retain", "review"}


@pytest.mark.parametrize("done", [0, 1, 2])
def test_a_run_that_was_cut_off_is_finished(shop: Shop, done: int) -> None:
    plan = shop.plan("anna@example.com")
    with ledger_journal(shop, plan) as journal:
        journal.done("baseline", "", {})
        journal.begin()
        journal.intend("store:shop", "shop")
    made = (
        "DELETE FROM order_lines WHERE order_id = 1",
        "UPDATE messages SET sender_id = NULL, body = 'Dear Joanna, yours ' WHERE id = 1",
    )
    with sqlite3.connect(shop.folder / "shop.db") as connection:
        for statement in made[:done]:
            connection.execute(statement)
    connection.close()
    run = purge(shop.estate, shop.catalog, shop.ledger, Policy(), plan)
    assert {o.outcome for o in run.outcomes} <= {"erased", "redacted", "residue"}
    assert table(shop.folder, "order_lines") == [(2, 2, "A-2"), (3, 3, "A-3")]
    assert table(shop.folder, "messages")[0] == (1, None, 170, "Dear Joanna, yours ")
    assert [row[0] for row in table(shop.folder, "users")] == [0, 170]
    assert purge(shop.estate, shop.catalog, shop.ledger, Policy(), plan).already


def test_a_store_that_fails_leaves_its_outcomes_unknown(shop: Shop) -> None:
    plan = shop.plan("anna@example.com")
    with ledger_journal(shop, plan) as journal:
        journal.done("baseline", "", {})
        journal.begin()
    with sqlite3.connect(shop.folder / "shop.db") as connection:
        connection.execute("UPDATE tickets SET body = 'new words' WHERE id = 1")
    connection.close()
    run = purge(shop.estate, shop.catalog, shop.ledger, Policy(), plan)
    assert {o.outcome for o in run.outcomes} == {"unknown"}
    assert len(table(shop.folder, "users")) == 4


def test_a_purge_that_was_cut_off_before_its_tombstones_does_not_pass(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass ends the case, and without it nobody could finish."""
    plan = shop.plan("anna@example.com")
    with monkeypatch.context() as patched:
        patched.setattr(shop.ledger.tombstones, "add", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            purge(shop.estate, shop.catalog, shop.ledger, Policy(), plan)
    assert verify_plan(shop.estate, shop.catalog, shop.ledger, plan)["verdict"] != "pass"
    purge(shop.estate, shop.catalog, shop.ledger, Policy(), plan)
    checks = {
        one["check"]: one for one in verify_plan(shop.estate, shop.catalog, shop.ledger, plan)["checks"]
    }
    assert checks["Every step has one outcome"]["result"] == "pass"


@contextmanager
def ledger_journal(shop: Shop, plan: Plan) -> Iterator[Journal]:
    """The journal of a run that was cut off."""
    with shop.ledger.lock(f"plan:{plan.id}") as lease:
        yield shop.ledger.journal(plan.id, lease)
