"""A small company on four kinds of stores, for tests of whole commands. Reserved names and numbers only."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import json
import sqlite3
import uuid
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import duckdb
import pyarrow as pa
import pyarrow.parquet

PEOPLE = 24
CONFIG = """\
version: 1
regions: [GB]
policy: policy.yaml
stores:
  shop:  {url: "sqlite:///stores/shop.db"}
  stats: {url: "duckdb:///stores/stats.duckdb"}
  files: {url: "file://stores/files"}
  logs:  {url: "logs://stores/logs"}
"""
POLICY = (
    "rules:\n  - {store: shop, collection: invoices, action: retain, basis: tax law, until: 2199-12-31}\n"
)
_SHOP = """
CREATE TABLE members (
    id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, email TEXT NOT NULL UNIQUE,
    full_name TEXT, phone TEXT);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, member_id INTEGER NOT NULL REFERENCES members (id), ship_to TEXT, total REAL);
CREATE TABLE order_lines (
    order_id INTEGER NOT NULL REFERENCES orders (id), line INTEGER, sku TEXT, PRIMARY KEY (order_id, line));
CREATE TABLE messages (
    id INTEGER PRIMARY KEY, sender_id INTEGER REFERENCES members (id),
    recipient_id INTEGER REFERENCES members (id), body TEXT);
CREATE TABLE invoices (id INTEGER PRIMARY KEY, member_id INTEGER REFERENCES members (id), total REAL);
"""
_STATS = """
CREATE TABLE contacts (email VARCHAR PRIMARY KEY, full_name VARCHAR);
CREATE TABLE opens (id BIGINT PRIMARY KEY, email_sha256 VARCHAR NOT NULL, campaign VARCHAR);
"""
_GIVEN = ("Anna", "Zoë", "Piotr", "Lucía", "Oliver", "Jürgen")
_FAMILY = ("Quistgård", "Fairweather", "Wójcik", "Ibáñez", "Thistlewood", "Großmann", "Okonkwo")


@dataclass(frozen=True)
class Person:
    """A member. ``phone`` is from a range kept free for fiction."""

    id: int
    uuid: str
    email: str
    name: str
    phone: str

    @property
    def values(self) -> tuple[str, ...]:
        """What must appear nowhere in Vestige's own files."""
        return self.uuid, self.email, self.name, self.phone, self.phone.replace(" ", "")


def people() -> list[Person]:
    """The members; each has what the others have not."""
    return [_person(number) for number in range(1, PEOPLE + 1)]


def _person(number: int) -> Person:
    given, family = _GIVEN[number % len(_GIVEN)], _FAMILY[number % len(_FAMILY)]
    ascii_only = f"{given}.{family}".lower().encode("ascii", "ignore").decode()
    return Person(
        number,
        str(uuid.UUID(bytes=hashlib.md5(b"member %d" % number).digest(), version=4)),
        f"{ascii_only}{number}@example.{('com', 'org', 'net')[number % 3]}",
        f"{given} {family}",
        f"+44 20 7946 {number:04}",
    )


ANNA = _person(6)


def build(folder: Path) -> None:
    """The stores, the configuration, the policy and the key, in ``folder``."""
    stores = folder / "stores"
    stores.mkdir()
    members = people()
    _shop(stores / "shop.db", members)
    _stats(stores / "stats.duckdb", members)
    _files(stores / "files", members)
    _logs(stores / "logs", members)
    (folder / "vestige.yaml").write_text(CONFIG, encoding="utf-8")
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (folder / "vestige.key").write_bytes(bytes(range(32)))


def _neighbour(members: list[Person], number: int) -> Person:
    return members[(number + 4) % len(members)]


def _shop(path: Path, members: list[Person]) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(_SHOP)
    for n, p in enumerate(members, 1):
        connection.execute(
            "INSERT INTO members VALUES (?, ?, ?, ?, ?)", (n, p.uuid, p.email, p.name, p.phone)
        )
        ship_to = json.dumps({"name": p.name, "phone": p.phone})
        connection.execute("INSERT INTO orders VALUES (?, ?, ?, ?)", (700 + n, n, ship_to, n * 2.5))
        connection.execute("INSERT INTO order_lines VALUES (?, 1, ?)", (700 + n, f"LAMP-{n}"))
        connection.execute("INSERT INTO invoices VALUES (?, ?, ?)", (9000 + n, n, n * 2.5))
        other = _neighbour(members, n)
        body = f"Dear {other.name}, please ring {p.email} soon."
        connection.execute("INSERT INTO messages VALUES (?, ?, ?, ?)", (300 + n, n, other.id, body))
    connection.commit()
    connection.close()


def _stats(path: Path, members: list[Person]) -> None:
    with duckdb.connect(path) as connection:
        connection.execute(_STATS)
        for n, p in enumerate(members, 1):
            connection.execute("INSERT INTO contacts VALUES (?, ?)", [p.email, p.name])
            digest = hashlib.sha256(p.email.encode()).hexdigest()
            connection.execute("INSERT INTO opens VALUES (?, ?, ?)", [n, digest, f"spring-{n % 3}"])


def _files(folder: Path, members: list[Person]) -> None:
    (folder / "profiles").mkdir(parents=True)
    with (folder / "crm.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("e_mail", "name"), *((p.email, p.name) for p in members)])
    sessions = [json.dumps({"sid": f"s{p.id:05}", "user": {"uuid": p.uuid}}) for p in members]
    (folder / "sessions.jsonl.gz").write_bytes(gzip.compress("\n".join([*sessions, ""]).encode(), mtime=0))
    visits = pa.table({"visit": list(range(len(members))), "email": [p.email for p in members]})
    pyarrow.parquet.write_table(visits, folder / "visits.parquet")
    note = "".join(f"{p.name} <{p.email}> was there.\n" for p in members[3:8])
    (folder / "minutes.txt").write_text(f"Minutes\n{note}Nothing was decided.\n", encoding="utf-8")
    for p in members[4:8]:
        (folder / "profiles" / f"{p.uuid}.json").write_text(json.dumps({"mail": p.email, "theme": "dark"}))


def _logs(folder: Path, members: list[Person]) -> None:
    folder.mkdir()
    lines = [line for n, p in enumerate(members) for line in _lines(n, p)]
    third = len(lines) // 3
    (folder / "access.log").write_bytes("".join(lines[:third]).encode())
    (folder / "access.log.1").write_bytes("".join(lines[third : 2 * third]).encode())
    (folder / "access.log.2.gz").write_bytes(gzip.compress("".join(lines[2 * third :]).encode(), mtime=0))
    (folder / "mail.log").write_bytes(
        "".join(f"sent to={p.email} bytes={p.id}12\n" for p in members).encode()
    )


def _lines(number: int, p: Person) -> tuple[str, str]:
    token = base64.b64encode(p.email.encode()).decode()
    start = f'198.51.100.{number + 1} - - [{number % 28 + 1:02}/May/2026:10:00:00 +0000] "GET '
    end = ' HTTP/1.1" 200 17 "-" "curl/8"\n'
    return f"{start}/stop?email={quote(p.email, safe='')}{end}", f"{start}/track?u={token}{end}"


Content = dict[str, object]


def content(stores: Path) -> Content:
    """What the stores hold, each read by itself: rows, records of Parquet, bytes of all other files."""
    return {
        path.relative_to(stores).as_posix(): _held(path)
        for path in sorted(stores.rglob("*"))
        if path.is_file()
    }


def _held(path: Path) -> object:
    match path.suffix:
        case ".db":
            connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            try:
                return list(connection.iterdump())
            finally:
                connection.close()
        case ".duckdb":
            with duckdb.connect(path, read_only=True) as connection:
                tables = [row[0] for row in connection.execute("SHOW TABLES").fetchall()]
                return {name: sorted(connection.execute(f'FROM "{name}"').fetchall()) for name in tables}
        case ".parquet":
            return pyarrow.parquet.read_table(path).to_pylist()
        case ".gz":
            return gzip.decompress(path.read_bytes())
    return path.read_bytes()
