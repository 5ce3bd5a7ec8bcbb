"""The whole road over MariaDB: found, erased and proved where the database's own equality takes one person
for another, copies rows while they go, and keeps rows without a key."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pymysql
import pytest

from tests.acceptance.road import vestige

PEOPLE = 30
RENE, RENEE = "rene@example.com", "rené@example.com"
"""One person each; to the collation they are alike."""
TABLES = (
    "CREATE TABLE customers (id bigint AUTO_INCREMENT PRIMARY KEY,"
    " email varchar(99) COLLATE utf8mb4_general_ci, full_name varchar(99) CHARACTER SET latin1,"
    " phone varchar(30), invited_by bigint, KEY (email),"
    " FOREIGN KEY (invited_by) REFERENCES customers (id) ON DELETE SET NULL)",
    "CREATE TABLE orders (number int, shop int, customer_id bigint NOT NULL, total decimal(20, 10),"
    " PRIMARY KEY (shop, number), FOREIGN KEY (customer_id) REFERENCES customers (id))",
    "CREATE TABLE order_lines (id int PRIMARY KEY, shop int, number int, article varchar(50),"
    " FOREIGN KEY (shop, number) REFERENCES orders (shop, number) ON DELETE CASCADE)",
    "CREATE TABLE logins (customer_id bigint, ip varchar(50), at datetime(6)) ENGINE=InnoDB",
    "CREATE TABLE circles (id int PRIMARY KEY, members json)",
    "CREATE TABLE customers_log (id int AUTO_INCREMENT PRIMARY KEY, customer_id bigint, email varchar(99))",
    "CREATE VIEW addresses AS SELECT id, email FROM customers",
    "CREATE TRIGGER copies AFTER DELETE ON customers FOR EACH ROW"
    " INSERT INTO customers_log (customer_id, email) VALUES (OLD.id, OLD.email)",
)
KEPT = ("customers", "orders", "order_lines", "logins", "circles", "customers_log")
Rows = dict[str, list[tuple[Any, ...]]]


class Shop:
    """The database, past Vestige."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.url, self.port, self.name = url, parts.port or 0, parts.path[1:]

    def run(self, statement: str, rows: Sequence[Sequence[Any]] = ((),)) -> list[tuple[Any, ...]]:
        with (
            closing(
                pymysql.connect(
                    host="127.0.0.1", port=self.port, user="root", database=self.name, autocommit=True
                )
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.executemany(statement, rows) if rows != ((),) else cursor.execute(statement)
            return list(cursor.fetchall())

    def rows(self) -> Rows:
        return {name: sorted(self.run(f"SELECT * FROM {name}"), key=repr) for name in KEPT}  # noqa: S608


@pytest.fixture(params=["mariadb"])
def company(mariadb_database: Callable[[], str], tmp_path: Path) -> tuple[Path, Shop]:
    """Thirty people; 7 and 8 are René and Rene. Each has orders, logins (some alike) and a circle of two."""
    shop = Shop(mariadb_database())
    for statement in TABLES:
        shop.run(statement)
    mails = {7: RENEE, 8: RENE}
    people = range(1, PEOPLE + 1)
    email = {n: mails.get(n, f"person{n}@example.org") for n in people}
    name = {n: f"Pat Beispiel{chr(96 + n % 26)}{n}" for n in people}
    shop.run(
        "INSERT INTO customers VALUES (%s, %s, %s, %s, %s)",
        [(n, email[n], name[n], f"+1 202 555 {100 + n:04d}", n - 1 or None) for n in people],
    )
    shop.run("INSERT INTO orders VALUES (%s, %s, %s, %s)", [(n, 1, n, "0.1000000001") for n in people])
    shop.run("INSERT INTO order_lines VALUES (%s, 1, %s, 'lamp')", [(100 + n, n) for n in people])
    for _ in range(2):
        shop.run(
            "INSERT INTO logins VALUES (%s, %s, '2024-02-29 12:00:00.000001')",
            [(n, f"192.0.2.{n}") for n in people],
        )
    circles = [
        (n, json.dumps([{"customer_id": m, "email": email[m]} for m in (n, n % PEOPLE + 1)])) for n in people
    ]
    shop.run("INSERT INTO circles VALUES (%s, %s)", circles)
    (tmp_path / "vestige.yaml").write_text(
        json.dumps({"version": 1, "stores": {"shop": shop.url}}), encoding="utf-8"
    )
    (tmp_path / "vestige.key").write_bytes(bytes(range(32)))
    return tmp_path, shop


def test_one_of_two_whom_the_collation_takes_for_one_is_erased(company: tuple[Path, Shop]) -> None:
    """Also where a trigger keeps what is deleted: the verdict names the copy, a second round erases it."""
    folder, shop = company
    before = shop.rows()

    def done(*arguments: str, code: int = 0) -> Any:
        ended = vestige(folder, *arguments, "--json")
        assert ended.code == code, ended.said
        return ended.document if ended.out else None

    done("doctor")
    done("scan", "--workers", "1")
    done("plan", "purge", RENEE)
    done("purge", "--yes")
    report = done("verify", code=3)
    assert [(one["collection"], one["meaning"]) for one in report["traces"]] == [
        ("customers_log", "survivor")
    ]
    kept = {one["collection"]: one["outcome"] for one in report["outcomes"] if one["records"]}
    assert kept["addresses"] == "absent"

    done("scan", "--workers", "1")
    done("plan", "purge", RENEE)
    done("purge", "--yes")
    assert done("verify")["verdict"] == "pass"
    after = shop.rows()
    gone = {name: [row for row in rows if row not in after[name]] for name, rows in before.items()}
    assert {name: len(rows) for name, rows in gone.items()} == {
        "customers": 2, "orders": 1, "order_lines": 1, "logins": 2, "circles": 2, "customers_log": 0
    }  # fmt: skip
    rene = next(row for row in before["customers"] if row[1] == RENE)
    assert [row for row in after["customers"] if row not in before["customers"]] == [(*rene[:4], None)]
    assert after["customers_log"] == []
    members = {key: json.loads(text) for key, text in after["circles"]}
    assert members[6] == [
        {"customer_id": 6, "email": "person6@example.org"},
        {"customer_id": None, "email": None},
    ]
    assert members[7] == [{"customer_id": None, "email": None}, {"customer_id": 8, "email": RENE}]
