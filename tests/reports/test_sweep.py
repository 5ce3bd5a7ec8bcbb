"""The sweep finds what a purge left, says what was to stay, and does not call read what it did not read."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pytest

from tests.planning.shop import build
from vestige.catalog.estate import Estate
from vestige.catalog.model import Place, Relation
from vestige.catalog.store import Catalog
from vestige.connectors.protocol import StoreSettings, digest
from vestige.ledger.store import Ledger
from vestige.planning.codec import case_from_bytes
from vestige.planning.draw import draw_plan
from vestige.planning.model import Case, Plan, Touched
from vestige.planning.policy import Policy, Rule
from vestige.purgers.run import purge
from vestige.reports.canaries import canary, with_canaries
from vestige.reports.sweep import Swept, sweep

SECRET = b"k" * 32


class Widened(Catalog):
    """A catalog with more relations than the shop's."""

    def __init__(self, catalog: Catalog, more: list[Relation]) -> None:
        self.__dict__.update(catalog.__dict__)
        self.more = more

    def relations(self) -> list[Relation]:
        return [*super().relations(), *self.more]


@dataclass
class Shop:
    folder: Path
    estate: Estate
    catalog: Catalog
    ledger: Ledger
    relations: list[Relation] = field(default_factory=list)

    def execute(self, statement: str, *values: object) -> None:
        with sqlite3.connect(self.folder / "shop.db") as connection:
            connection.execute(statement, values)
        connection.close()

    def plan(self, policy: Policy) -> tuple[Plan, Case]:
        plan = draw_plan(
            self.estate, self.catalog, policy, self.ledger, SECRET, "anna@example.com", "purge",
            accept_defaults=True,
        )  # fmt: skip
        return plan, case_from_bytes(self.ledger.open_case(plan.case))

    def purged(self, policy: Policy = Policy()) -> Case:  # noqa: B008 - immutable
        plan, case = self.plan(policy)
        purge(self.estate, self.catalog, self.ledger, policy, plan)
        return case

    def swept(self, case: Case, workers: int = 1) -> Swept:
        return sweep(self.estate, Widened(self.catalog, self.relations), [case], workers=workers)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    estate, catalog = build(tmp_path)
    with catalog, Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", SECRET) as ledger:
        yield Shop(tmp_path, estate, catalog, ledger)


def survivors(swept: Swept) -> set[tuple[str, str, str]]:
    return {(t.collection, t.field, t.entity) for t, meaning in swept.traces if meaning == "survivor"}


def test_before_the_purge_everything_survives(shop: Shop) -> None:
    _, case = shop.plan(Policy())
    assert survivors(shop.swept(case)) >= {
        ("users", "email", "EMAIL_ADDRESS"),
        ("users", "phone", "PHONE_NUMBER"),
        ("users", "id", "USER_ID"),
        ("orders", "user_id", "USER_ID"),
        ("orders", "note", "EMAIL_ADDRESS"),
        ("orders", "note", "PERSON"),
        ("messages", "sender_id", "USER_ID"),
        ("messages", "body", "PERSON"),
        ("tickets", "user_id", "USER_ID"),
    }


def test_after_the_purge_nothing_does(shop: Shop) -> None:
    swept = shop.swept(shop.purged())
    assert swept.traces == []
    assert all(reading.complete for reading in swept.readings)
    assert sum(reading.read for reading in swept.readings) == 2 + 2 + 2 + 1 + 1 + 3 + 3


def test_staff_17_is_not_user_17(shop: Shop) -> None:
    swept = shop.swept(shop.purged())
    assert not [t for t, _ in swept.traces if t.collection == "staff" or t.field == "handled_by"]


@pytest.mark.parametrize(
    "text",
    [
        "anna@example.com",
        "to=anna%40EXAMPLE.com&x",
        base64.b64encode(b"mail anna@example.com").decode(),
        hashlib.sha256(b"anna@example.com").hexdigest(),
        "call 030 23125-017 now",
    ],
)
def test_a_planted_survivor_is_found(shop: Shop, text: str) -> None:
    case = shop.purged()
    shop.execute("UPDATE tickets SET body = ? WHERE id = 4", text)
    assert {t[:2] for t in survivors(shop.swept(case))} == {("tickets", "body")}


def test_a_planted_neighbour_is_not(shop: Shop) -> None:
    case = shop.purged()
    shop.execute("UPDATE tickets SET body = 'joanna@example.com anna@example.com.au 030 231250170 17'")
    shop.execute("UPDATE orders SET handled_by = 17")
    assert shop.swept(case).traces == []


def test_a_key_that_stayed_is_found(shop: Shop) -> None:
    case = shop.purged()
    shop.execute("UPDATE messages SET recipient_id = 18 WHERE id = 3")
    assert survivors(shop.swept(case)) == {("messages", "recipient_id", "USER_ID")}


def test_a_name_that_stayed_in_a_changed_record_is_found_and_elsewhere_is_not(shop: Shop) -> None:
    case = shop.purged()
    shop.execute("UPDATE messages SET body = 'Dear Anna' WHERE id = 1")
    shop.execute("UPDATE tickets SET body = 'Anna Schmidt, another one' WHERE id = 4")
    assert survivors(shop.swept(case)) == {("messages", "body", "PERSON")}


def test_what_policy_retains_is_expected(shop: Shop) -> None:
    policy = Policy((Rule(collection="invoices", action="retain", basis="tax law"),))
    shop.execute("UPDATE orders SET note = NULL WHERE id = 1")
    swept = shop.swept(shop.purged(policy))
    assert survivors(swept) == set()
    assert {t.collection for t, meaning in swept.traces if meaning == "expected"} >= {"users", "orders"}


def test_two_processes_find_the_same(shop: Shop) -> None:
    _, case = shop.plan(Policy())
    one, two = shop.swept(case), shop.swept(case, workers=2)
    assert sorted(map(repr, one.traces)) == sorted(map(repr, two.traces))


def test_canaries_are_planted_and_found_in_every_partition_with_text(shop: Shop) -> None:
    swept = shop.swept(shop.purged())
    assert {r.collection for r in swept.readings if r.planted} >= {"users", "orders", "messages", "tickets"}
    assert all(r.planted == r.found for r in swept.readings)


def test_a_store_that_cannot_be_opened_is_not_read(shop: Shop) -> None:
    case = shop.purged()
    gone = StoreSettings("gone", f"sqlite:///{shop.folder / 'gone.db'}")
    shop.estate = replace(shop.estate, stores=(*shop.estate.stores, gone))
    incomplete = [r for r in shop.swept(case).readings if not r.complete]
    assert [r.store for r in incomplete] == ["gone"]
    assert not (shop.folder / "gone.db").exists()


def test_files_are_swept_with_their_names(shop: Shop) -> None:
    case = shop.purged()
    exports = shop.folder / "exports"
    exports.mkdir()
    (exports / "anna@example.com.csv").write_text("a,b\n1,2\n")
    (exports / "list.csv").write_text("who,what\nx,1\nanna@example.com,2\n")
    (exports / "notes.jsonl").write_text('{"to": "anna\\u0040example.com"}\n{"to": "joanna@example.com"}\n')
    (exports / "cut.csv.gz").write_bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03abc")
    files = StoreSettings("files", f"file://{exports}")
    shop.estate = replace(shop.estate, stores=(*shop.estate.stores, files))
    swept = shop.swept(case)
    places = {(t.locator, t.field) for t, meaning in swept.traces if meaning == "survivor"}
    assert places == {
        ('{"object": "anna@example.com.csv"}', "object"),
        ('{"object": "list.csv", "row": 2}', "who"),
        ('{"object": "notes.jsonl", "row": 1}', "$"),
    }
    assert [r.object for r in swept.readings if not r.complete] == ["cut.csv.gz"]


def test_logs_are_swept_through_escapes_packing_and_markers(shop: Shop) -> None:
    logs = shop.folder / "logs"
    logs.mkdir()
    lines = [
        "GET /?email=anna%40example.com HTTP/1.1",
        "GET /users/17/cart HTTP/1.1",
        "GET /users/170/cart?to=joanna%40example.com HTTP/1.1",
        "GET /staff/17 HTTP/1.1",
    ]
    (logs / "access.log").write_text("\n".join(lines) + "\n")
    (logs / "access.log.1.gz").write_bytes(gzip.compress(b"user_id=17 in\nuser_id=170 in\n"))
    shop.estate = replace(shop.estate, stores=(*shop.estate.stores, StoreSettings("logs", f"logs://{logs}")))
    _, case = shop.plan(Policy())
    with shop.estate.open("logs") as store:
        names = [c.name for c in store.describe().collections]
    users = Place("shop", "users", "id")
    shop.relations = [
        Relation(Place("logs", name, f"line~{marker}"), users, "owner", "inferred", "active")
        for name in names
        for marker in ("users", "user_id")
    ]
    found = [t for t, meaning in shop.swept(case).traces if t.store == "logs" and meaning == "survivor"]
    assert {(json.loads(t.locator)["object"], json.loads(t.locator)["line"]) for t in found} == {
        ("access.log", 1),
        ("access.log", 2),
        ("access.log.1.gz", 1),
    }


def test_cache_entries_are_swept_with_their_keys(shop: Shop, redis_url: str) -> None:
    import redis

    case = shop.purged()
    with redis.Redis.from_url(redis_url) as client:
        client.set("session:anna@example.com", "x")
        client.hset("cart:1", mapping={"mail": "Anna@Example.com", "n": "1"})
        client.set("cart:2", json.dumps({"mail": "joanna@example.com"}))
        client.rpush("queue", "to anna@example.com")
    shop.estate = replace(shop.estate, stores=(*shop.estate.stores, StoreSettings("cache", redis_url)))
    swept = shop.swept(case)
    assert {json.loads(t.locator)["key"] for t, meaning in swept.traces if meaning == "survivor"} == {
        "session:anna@example.com",
        "cart:1",
        "queue",
    }
    assert all(reading.complete for reading in swept.readings)


def test_a_phone_that_somebody_else_has_too_is_undecided(shop: Shop) -> None:
    case = shop.purged()
    shop.execute("UPDATE users SET phone = '+49 30 23125 017' WHERE id = 170")
    shop.execute("UPDATE tickets SET body = 'call 030 23125017' WHERE id = 4")
    swept = shop.swept(case)
    assert survivors(swept) == set()
    assert {(t.collection, t.field) for t, meaning in swept.traces if meaning == "undecided"} == {
        ("users", "phone"),
        ("tickets", "body"),
    }


def test_a_phone_that_nobody_else_has_survives(shop: Shop) -> None:
    case = shop.purged()
    shop.execute("UPDATE tickets SET body = 'call 030 23125017' WHERE id = 4")
    assert survivors(shop.swept(case)) == {("tickets", "body", "PHONE_NUMBER")}


def test_rows_of_a_file_that_moved_are_known_again(shop: Shop) -> None:
    folder = shop.folder / "exports"
    folder.mkdir()
    path = folder / "list.csv"
    path.write_text("who,what\nx,1\nanna@example.com,tax\nAnna Schmidt,y\n")
    files = StoreSettings("files", f"file://{folder}")
    shop.estate = replace(shop.estate, stores=(*shop.estate.stores, files))
    with shop.estate.open("files") as store:
        (partition,) = store.partitions()
        (batch,) = store.read(partition)
    kept = Touched(
        "files", "list.csv", {"object": "list.csv", "row": 2}, digest(batch, 1), "owner", (), "", "retain"
    )
    doubtful = replace(
        kept,
        locator={"object": "list.csv", "row": 3},
        digest=digest(batch, 2),
        action="review",
        standing="review",
    )
    case = shop.purged()
    path.write_text("who,what\nanna@example.com,tax\nAnna Schmidt,y\nanna@example.com,other\n")
    swept = shop.swept(replace(case, records=(*case.records, kept, doubtful)))
    meanings = {json.loads(t.locator)["row"]: meaning for t, meaning in swept.traces if t.store == "files"}
    assert meanings == {1: "expected", 3: "survivor"}


def test_canaries_stand_among_what_a_column_really_holds() -> None:
    batch = pa.record_batch(
        {"n": pa.array([1, 2]), "note": pa.array(["see", None]), "@rowid": pa.array([1, 2])}
    )
    both, planted = with_canaries(batch, ["one", "two"])
    assert planted == 2
    assert both.column("note").to_pylist() == ["see", None, "see one", "see two"]
    assert both.slice(0, 2).equals(batch)
    numbers = pa.record_batch({"n": pa.array([1])})
    assert with_canaries(numbers, ["one"]) == (numbers, 0)


def test_each_canary_is_drawn_anew() -> None:
    first, second = canary(), canary()
    assert not set(first.spellings[:11]) & set(second.spellings[:11])
