"""A small shop in SQLite with a catalog written by hand, so that planning is tested apart from what scans
infer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from vestige.catalog.estate import Estate
from vestige.catalog.model import CoverageLine, Finding, IdentitySource, Place, Relation, Role, Scan
from vestige.catalog.rows import OCCURRENCES
from vestige.catalog.store import Catalog, CatalogWriter
from vestige.connectors.protocol import StoreSettings
from vestige.matching import forms
from vestige.matching.forms import Hasher

SCHEMA = """
CREATE TABLE staff (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT);
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT, phone TEXT,
                    referred_by INTEGER REFERENCES users(id));
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), note TEXT,
                     handled_by INTEGER REFERENCES staff(id));
CREATE TABLE order_lines (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders(id), sku TEXT);
CREATE TABLE invoices (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders(id), name TEXT);
CREATE TABLE messages (id INTEGER PRIMARY KEY, sender_id INTEGER REFERENCES users(id),
                       recipient_id INTEGER REFERENCES users(id), body TEXT);
CREATE TABLE tickets (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), body TEXT,
                      order_id INTEGER REFERENCES orders(id));
INSERT INTO staff VALUES (17, 'sam@example.org', 'Sam Clerk');
INSERT INTO users VALUES (0, 'zoe@example.com', 'Zoe Null', NULL, NULL),
                         (17, 'anna@example.com', 'Anna Schmidt', '+49 30 23125 017', NULL),
                         (18, 'ANNA@example.com ', 'Anna Schmidt', NULL, NULL),
                         (170, 'joanna@example.com', 'Joanna Weber', '+49 30 23125 170', 17);
INSERT INTO orders VALUES (1, 17, 'for Anna', 17), (2, 170, 'gift for Anna Schmidt <anna@example.com>', 17),
                          (3, 0, NULL, NULL);
INSERT INTO order_lines VALUES (1, 1, 'A-1'), (2, 2, 'A-2'), (3, 3, 'A-3'), (4, 1, 'A-4');
INSERT INTO invoices VALUES (1, 1, 'Anna Schmidt'), (2, 2, 'Joanna Weber');
INSERT INTO messages VALUES (1, 17, 170, 'Dear Joanna, yours Anna'), (2, 170, 18, 'Dear Anna, see you'),
                            (3, 170, 0, 'hello'), (4, 17, NULL, 'nobody listens');
INSERT INTO tickets VALUES (1, 17, 'help', 1), (2, 170, 'my friend Anna Schmidt has it too', NULL),
                           (3, 170, 'like order 1', 1), (4, 0, 'zero', 3);
"""
_PERSONAL = [
    ("staff", "id", "USER_ID"),
    ("staff", "email", "EMAIL_ADDRESS"),
    ("staff", "name", "PERSON"),
    ("users", "id", "USER_ID"),
    ("users", "email", "EMAIL_ADDRESS"),
    ("users", "name", "PERSON"),
    ("users", "phone", "PHONE_NUMBER"),
    ("orders", "user_id", "USER_ID"),
    ("invoices", "name", "PERSON"),
    ("messages", "sender_id", "USER_ID"),
    ("messages", "recipient_id", "USER_ID"),
    ("tickets", "user_id", "USER_ID"),
]


def relation(child: str, parent: str, role: Role = "owner", **more: object) -> Relation:
    """``orders.user_id`` → ``users.id``."""
    places = [Place("shop", *end.split(".", 1)) for end in (child, parent)]
    return Relation(*places, role, "declared", "active", **more)  # type: ignore[arg-type]


RELATIONS = [
    relation("orders.user_id", "users.id"),
    relation("orders.handled_by", "staff.id", "actor"),
    relation("order_lines.order_id", "orders.id"),
    relation("invoices.order_id", "orders.id"),
    relation("messages.sender_id", "users.id", "participant"),
    relation("messages.recipient_id", "users.id", "participant"),
    relation("tickets.user_id", "users.id"),
    relation("tickets.order_id", "orders.id", dependent=False),
    relation("users.referred_by", "users.id", "reference"),
]


Personal = Sequence[tuple[str, str, str]]
"""(table, field, entity) of fields that hold personal data."""


def build(folder: Path) -> tuple[Estate, Catalog]:
    """The shop's estate and its catalog, in a folder."""
    return catalogued(folder, SCHEMA, _PERSONAL, RELATIONS, {"users": "id", "staff": "id"})


def catalogued(
    folder: Path, script: str, personal: Personal, relations: Iterable[Relation], sources: Mapping[str, str]
) -> tuple[Estate, Catalog]:
    """A database made by a script, and its catalog as said. ``sources``: key field by table of people."""
    path = folder / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(script)
    connection.close()
    hasher = Hasher(b"k" * 32)
    estate = Estate((StoreSettings("shop", f"sqlite:///{path}"),), hasher, ("DE",))
    with CatalogWriter(folder / "catalog.duckdb", hasher.key_id) as writer:
        with estate.open("shop") as store:
            description = store.describe()
        writer.describe("shop", description)
        writer.coverage(
            CoverageLine("shop", c.name, c.name, None, "COMPLETE") for c in description.collections
        )
        writer.findings(Finding(Place("shop", c, f), e, 1.0, "personal", (), "1") for c, f, e in personal)
        writer.relations(relations)
        writer.sources(_source(name, key, personal) for name, key in sources.items())
        writer.occurrences([_occurrences(path, hasher, personal)])
        writer.publish(Scan("1", "2026-01-01", "2026-01-01", "full", "1", hasher.key_id))
    return estate, Catalog.open(folder / "catalog.duckdb", hasher.key_id)


def _source(collection: str, key: str, personal: Personal) -> IdentitySource:
    identifiers = tuple((field, entity) for c, field, entity in personal if c == collection and field != key)
    return IdentitySource("shop", collection, key, identifiers, "inferred")


def _occurrences(path: Path, hasher: Hasher, personal: Personal) -> pa.RecordBatch:
    connection = sqlite3.connect(path)
    rows = [
        {"store": "shop", "collection": c, "field": f, "entity": e, "form": "clear", "count": 1}
        | {
            "object_id": None,
            "entity": forms.kind(e, normal),
            "hash": hasher.hash(forms.kind(e, normal), normal),
        }
        for c, f, e in personal
        if "." not in f  # a path inside of a document
        for (value,) in connection.execute(f"SELECT {f} FROM {c} WHERE {f} IS NOT NULL")  # noqa: S608
        if (normal := forms.normal(e, str(value), ("DE",)))
    ]
    connection.close()
    return pa.RecordBatch.from_pylist(rows, OCCURRENCES)


def table(folder: Path, name: str) -> list[tuple[object, ...]]:
    """A table's rows, over a connection of its own."""
    connection = sqlite3.connect(folder / "shop.db")
    rows = connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()  # noqa: S608
    connection.close()
    return rows


def by_key(records: Iterable[object]) -> dict[tuple[str, object], object]:
    """Records by (collection, key)."""
    return {(r.collection, *r.locator.values()): r for r in records}  # type: ignore[attr-defined]
