"""A small shop on SQLite, for tests of the command line. Reserved names and numbers only."""

from __future__ import annotations

import sqlite3
from pathlib import Path

PEOPLE = 40
MARY = "mary.sue@example.com"
CONFIG = """
version: 1
policy: policy.yaml
stores: {shop: {url: "sqlite:///shop.db"}}
"""
POLICY = "rules: [{store: shop, collection: invoices, action: retain, basis: tax law, until: 2199-12-31}]\n"
_TABLES = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, full_name TEXT, phone TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), total REAL, note TEXT);
CREATE TABLE invoices (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), total REAL);
"""


def build(folder: Path) -> None:
    """The stores, the configuration, the policy and the key, in ``folder``. User 17 is Mary Sue."""
    connection = sqlite3.connect(folder / "shop.db")
    connection.executescript(_TABLES)
    for number in range(1, PEOPLE + 1):
        email = MARY if number == 17 else f"person{number}@example.org"
        name = "Mary Sue" if number == 17 else f"Pat Example{chr(96 + number % 26)}{number}"
        user = (number, email, name, f"+1202555{100 + number:04d}")
        connection.execute("INSERT INTO users VALUES (?, ?, ?, ?)", user)
        order = (1000 + number, number, number * 1.5, f"please ring {name}")
        connection.execute("INSERT INTO orders VALUES (?, ?, ?, ?)", order)
        connection.execute("INSERT INTO invoices VALUES (?, ?, ?)", (5000 + number, number, 9.5))
    connection.commit()
    connection.close()
    (folder / "vestige.yaml").write_text(CONFIG)
    (folder / "policy.yaml").write_text(POLICY)
    (folder / "vestige.key").write_bytes(bytes(range(32)))
