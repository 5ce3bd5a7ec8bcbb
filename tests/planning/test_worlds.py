"""The promises of purges on random worlds, of one to three people after each other: absence, nobody else
touched, no orphan, repeatable, as planned.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Set
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.planning.shop import catalogued, table
from tests.planning.worlds import GONE, Person, Row, World
from vestige.catalog.estate import Estate
from vestige.catalog.store import Catalog
from vestige.ledger.store import Ledger
from vestige.planning.attribution import attribute
from vestige.planning.draw import draw_plan
from vestige.planning.identity import resolve
from vestige.planning.model import Plan
from vestige.planning.policy import Policy, Rule
from vestige.purgers.run import Run, purge

SECRET = b"k" * 32
Rows = dict[str, list[dict[str, Any]]]


@pytest.mark.parametrize("seed", range(100))
def test_promises(seed: int, tmp_path: Path) -> None:
    check(seed, tmp_path)


def check(seed: int, folder: Path) -> int:
    """Purge one to three people of a world and hold what is left against the truth; returns how many."""
    world = World(seed)
    people = Random(seed).sample(world.people, 1 + seed % 3)
    policy = Policy(
        tuple(Rule(collection=name, action="retain", basis="law") for name in sorted(world.retained))
    )
    sources = {"users": "id", "staff": "id"}
    estate, catalog = catalogued(folder, world.script(), world.personal, world.relations, sources)
    gone: set[int] = set()
    with catalog, Ledger.open(f"sqlite:///{folder / 'ledger.db'}", SECRET) as ledger:
        for person in people:
            before = read(folder, world)
            plan = draw_plan(
                estate, catalog, policy, ledger, SECRET, person.email, "purge", accept_defaults=True
            )
            run = purge(estate, catalog, ledger, policy, plan)
            after = read(folder, world)
            gone.add(person.number)
            check_rows(world, gone, after)
            check_absence(world, person, after)
            check_orphans(world, folder)
            check_plan(plan, run, before, after)
            check_again(estate, catalog, ledger, policy, plan, person, folder)
    return len(people)


def read(folder: Path, world: World) -> Rows:
    """Every table, each row by its columns."""
    names = {row.table: tuple(row.cells) for row in world.rows}
    return {t: [dict(zip(names[t], row, strict=True)) for row in table(folder, t)] for t in names}


def check_rows(world: World, gone: Set[int], after: Rows) -> None:
    """P2 and more: every row is what it must be, and there is no other."""
    for name in {row.table for row in world.rows}:
        staying = [row for row in world.of(name) if not world.goes(row, gone)]
        expected = {identity(row): world.after(row, gone) for row in staying}
        left = {identity_of(name, values): values for values in after[name]}
        assert left.keys() == expected.keys(), name
        for mark, values in expected.items():
            assert [c for c, v in values.items() if not fits(left[mark][c], v)] == [], (
                name,
                mark,
                left[mark],
            )


def fits(value: Any, expected: Any) -> bool:
    if expected is GONE:
        return value is None or value == "" or str(value).startswith("erased-")
    return bool(value == expected)


def identity(row: Row) -> tuple[Any, ...]:
    return identity_of(row.table, {name: cell.value for name, cell in row.cells.items()})


def identity_of(name: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    keys = {"lines": ("deal", "n"), "subscribers": ("email",)}.get(name, ("id",))
    return tuple(values[key] for key in keys)


def check_absence(world: World, person: Person, after: Rows) -> None:
    """P1: no text of the person outside of what is retained."""
    kept = {name: rows for name, rows in after.items() if name not in world.retained}
    assert not [text for text in person.texts if text.lower() in repr(kept).lower()]


def check_orphans(world: World, folder: Path) -> None:
    """P3: every reference, declared or not, leads to a row."""
    connection = sqlite3.connect(folder / "shop.db")
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    for one in world.relations:
        pairs = ((one.child.field, one.parent.field), *one.composite)
        same = " AND ".join(f"CAST(p.{p} AS TEXT) = CAST(c.{c} AS TEXT)" for c, p in pairs)
        where = f"c.{one.when[0]} = '{one.when[1]}'" if one.when else "1"
        orphans = connection.execute(
            f"SELECT * FROM {one.child.collection} c WHERE {where} AND c.{one.child.field} IS NOT NULL"  # noqa: S608
            f" AND NOT EXISTS (SELECT 1 FROM {one.parent.collection} p WHERE {same})"
        ).fetchall()
        assert orphans == [], (one.child, orphans)
    connection.close()


def check_plan(plan: Plan, run: Run, before: Rows, after: Rows) -> None:
    """P7: what was planned is what was written, step by step and collection by collection."""
    assert {o.outcome for o in run.outcomes} <= {"erased", "redacted", "retained", "residue"}
    for step in plan.steps:
        ends = [o for o in run.outcomes if o.step == step.id]
        assert [o.records for o in ends] == ([] if step.action == "review" else [step.records])
    for name in before:
        old, new = ({identity_of(name, row): row for row in rows[name]} for rows in (before, after))
        changed = sum(new[mark] != row for mark, row in old.items() if mark in new)
        assert len(old) - len(new) == planned(plan, name, "erase")
        assert changed == planned(plan, name, "redact")


def planned(plan: Plan, collection: str, action: str) -> int:
    return sum(s.records for s in plan.steps if (s.collection, s.action) == (collection, action))


def check_again(
    estate: Estate,
    catalog: Catalog,
    ledger: Ledger,
    policy: Policy,
    plan: Plan,
    person: Person,
    folder: Path,
) -> None:
    """P5: the same plan again does nothing, and a look for the person finds nothing to do."""
    before = (folder / "shop.db").read_bytes()
    assert purge(estate, catalog, ledger, policy, plan).already
    assert (folder / "shop.db").read_bytes() == before
    found = attribute(estate, catalog, resolve(estate, catalog, person.email), policy)
    assert [r for r in found.records if r.edits] == []
