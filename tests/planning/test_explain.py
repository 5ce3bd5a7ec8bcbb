"""For any schema: who owns what, and what is told of what a purge could stumble over."""

from pathlib import Path

import pytest

from tests.planning.shop import SCHEMA, build, catalogued, relation
from vestige.planning.explain import Concern, Explanation, explain
from vestige.planning.policy import Policy


@pytest.fixture
def shop(tmp_path: Path) -> Explanation:
    estate, catalog = build(tmp_path)
    with catalog:
        return explain(estate, catalog, Policy())


def said(found: Explanation, topic: str) -> dict[str, str]:
    return {one.where: one.what for one in found.concerns if one.topic == topic}


def test_every_collection_says_whose_its_records_are(shop: Explanation) -> None:
    standings = {one.collection: one.standing for one in shop.holdings}
    assert standings == {"users": "people", "staff": "people"} | dict.fromkeys(
        ("orders", "order_lines", "invoices", "messages", "tickets"), "owned"
    )
    ways = {(one.collection, *way.fields): way for one in shop.holdings for way in one.ways}
    assert ways["order_lines", "order_id"].people == ("shop.users",)
    assert ways["order_lines", "order_id"].to == "shop.orders.id"
    assert (ways["orders", "handled_by"].owning, ways["orders", "handled_by"].people) == (
        False,
        ("shop.staff",),
    )
    assert not ways["tickets", "order_id"].owning


def test_owners_that_may_be_missing_and_foreign_keys_without_an_index_are_told(shop: Explanation) -> None:
    assert set(said(shop, "owner may be missing")) == {"shop.messages", "shop.tickets"}
    assert "shop.orders.user_id → users" in said(shop, "foreign key without index")
    assert set(said(shop, "needs a rule")) == {"shop.invoices"}
    assert not said(shop, "no person reached")
    assert not said(shop, "residue not known")


def other(folder: Path, script: str, personal: list[tuple[str, str, str]], *relations: object) -> Explanation:
    estate, catalog = catalogued(folder, SCHEMA + script, personal, relations, {"users": "id"})  # type: ignore[arg-type]
    (folder / "shop.db").unlink()
    with catalog:
        return explain(estate, catalog, Policy())


USERS = [("users", "id", "USER_ID"), ("users", "email", "EMAIL_ADDRESS")]


def test_what_reaches_nobody_is_told_and_a_store_that_is_gone(tmp_path: Path) -> None:
    script = """
        CREATE TABLE leads (id INTEGER PRIMARY KEY, full_name TEXT);
        CREATE TABLE letters (id INTEGER PRIMARY KEY, mail TEXT);
        CREATE TABLE visits (id INTEGER PRIMARY KEY, seen_by INTEGER);
        CREATE TABLE colours (id INTEGER PRIMARY KEY);
    """
    personal = [*USERS, ("leads", "full_name", "PERSON"), ("letters", "mail", "EMAIL_ADDRESS")]
    found = other(tmp_path, script, personal, relation("visits.seen_by", "users.id", "actor"))
    standings = {one.collection: one.standing for one in found.holdings}
    assert {name: standings[name] for name in ("leads", "letters", "visits", "colours")} == {
        "leads": "unreached",
        "letters": "owned",
        "visits": "referring",
        "colours": "nobody",
    }
    assert set(said(found, "no person reached")) == {"shop.leads"}
    assert set(said(found, "owner may be missing")) == {"shop.letters"}
    assert set(said(found, "residue not known")) == {"shop"}


def test_cascades_that_reach_others_and_triggers_are_told(tmp_path: Path) -> None:
    script = """
        CREATE TABLE chats (id INTEGER PRIMARY KEY, a INTEGER REFERENCES users(id) ON DELETE CASCADE,
                            b INTEGER REFERENCES users(id));
        CREATE TABLE carts (id INTEGER PRIMARY KEY, of INTEGER REFERENCES users(id) ON DELETE CASCADE);
        CREATE TRIGGER gone AFTER DELETE ON carts BEGIN DELETE FROM chats; END;
    """
    relations = [relation(f"{field}", "users.id") for field in ("chats.a", "chats.b", "carts.of")]
    waits = relation("tickets.user_id", "users.id")
    found = other(
        tmp_path,
        script,
        USERS,
        *relations,
        type(waits)(waits.child, waits.parent, "owner", "inferred", "review"),
    )
    assert said(found, "cascade reaches others") == {
        "shop.chats.a → users": "ON DELETE CASCADE, and its records are people's by b too"
    }
    assert Concern("trigger", "shop.carts", "gone: what it does is not known") in found.concerns
    assert set(said(found, "relation waits for review")) == {"shop.tickets.user_id"}
