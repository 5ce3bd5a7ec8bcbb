"""The demo company: two databases, a bucket, a cache and logs, with the traps that make deletions fail."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import json
import random
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from vestige.service.demo.people import Person, customers

PEOPLE = 320
SEED = 20260101

_SHOP = """
CREATE TABLE users (
    id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, email TEXT NOT NULL UNIQUE, first_name TEXT,
    last_name TEXT, phone TEXT, date_of_birth TEXT, street TEXT, city TEXT, postal_code TEXT,
    created_at INTEGER, deleted_at TEXT);
CREATE TABLE staff (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, full_name TEXT, department TEXT);
CREATE TABLE products (id INTEGER PRIMARY KEY, sku TEXT, name TEXT, price REAL);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, order_no TEXT, user_id INTEGER NOT NULL REFERENCES users(id), status TEXT,
    placed_at INTEGER, gift_note TEXT, ship_to TEXT, handled_by INTEGER REFERENCES staff(id));
CREATE TABLE order_lines (
    order_id INTEGER NOT NULL REFERENCES orders(id), line INTEGER NOT NULL,
    product_id INTEGER REFERENCES products(id), quantity INTEGER, PRIMARY KEY (order_id, line));
CREATE TABLE invoices (
    id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders(id), billed_to TEXT, total REAL,
    invoice_date TEXT);
CREATE TABLE messages (
    id INTEGER PRIMARY KEY, sender_id INTEGER REFERENCES users(id), recipient_id INTEGER REFERENCES users(id),
    body TEXT, sent_at TEXT);
CREATE TABLE tickets (
    id INTEGER PRIMARY KEY, customer INTEGER, assigned_to INTEGER REFERENCES staff(id), body TEXT,
    opened TEXT);
CREATE TABLE comments (
    id INTEGER PRIMARY KEY, subject_type TEXT, subject_id INTEGER, body TEXT, reply_to INTEGER);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY, table_name TEXT, row_id INTEGER, old_row TEXT, new_row TEXT, changed_by INTEGER);
"""
_MARKETING = """
CREATE TABLE subscribers (email TEXT PRIMARY KEY, name TEXT, language TEXT, subscribed_at TEXT);
CREATE TABLE campaign_events (
    id INTEGER PRIMARY KEY, email_sha256 TEXT NOT NULL, campaign TEXT, event TEXT, happened_at TEXT);
"""
CONFIG = """\
version: 1
catalog: catalog.duckdb
ledger: sqlite:///ledger.db
key: file:vestige.key
regions: [GB, DE]
policy: policy.yaml
stores:
  shop:      {url: "sqlite:///stores/shop.db"}
  marketing: {url: "sqlite:///stores/marketing.db"}
  files:     {url: "file://stores/bucket"}
  cache:     {url: "file://stores/cache"}
  logs:      {url: "logs://stores/logs"}
"""
POLICY = """\
rules:
  - {store: shop, collection: invoices, action: retain, basis: "tax law, 10 years", until: 2036-12-31}
  - {store: files, object: "invoices/*", action: retain, basis: "legal hold: audit of 2026"}
"""


def build(folder: Path) -> list[Person]:
    """Make the company's stores and configuration in a new folder; returns its customers."""
    stores = folder / "stores"
    stores.mkdir(parents=True)
    people = customers(SEED, PEOPLE)
    draw = random.Random(SEED)
    _shop(stores / "shop.db", people, draw)
    _marketing(stores / "marketing.db", people, draw)
    _bucket(stores / "bucket", people, draw)
    _cache(stores / "cache", people, draw)
    _logs(stores / "logs", people, draw)
    (folder / "vestige.yaml").write_text(CONFIG, encoding="utf-8")
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    return people


def _database(path: Path, schema: str, tables: dict[str, Iterable[Sequence[object]]]) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.executescript(schema)
        for name, rows in tables.items():
            for row in rows:
                marks = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {name} VALUES ({marks})", row)  # noqa: S608 (our own schema)
    connection.close()


def _luhn(number: int) -> str:
    """An order number whose check digit is Luhn's, as cards have it."""
    digits = [int(d) for d in str(number)]
    total = sum(d if i % 2 else sum(divmod(2 * d, 10)) for i, d in enumerate(reversed(digits)))
    return f"{number}{-total % 10}"


def _order_owner(number: int, people: Sequence[Person]) -> Person:
    """Every tenth order is Anna's (id 17), so that there is something to see."""
    return people[16] if number % 40 == 0 else people[number * 7 % len(people)]


def _gift_note(number: int, people: Sequence[Person]) -> str | None:
    anna, friend = people[16], people[number % len(people)]
    if number % 97 == 0:
        return f"A present for {anna.name} ({anna.email}), please wrap it."
    return f"Happy birthday, {friend.given}!" if number % 11 == 0 else None


def _shop(path: Path, people: Sequence[Person], draw: random.Random) -> None:
    staff = [(n, f"staff{n}@example.org", f"Clerk {chr(64 + n)}", "support") for n in range(1, 21)]
    epoch = 1_700_000_000
    orders, lines, invoices = [], [], []
    for number in range(1, 601):
        owner = _order_owner(number, people)
        ship_to = {"name": owner.name, "street": owner.street, "phone": owner.phone, "email": owner.email}
        orders.append(
            (number, _luhn(455600000000000 + number), owner.id, draw.choice(("paid", "sent", "open")))
            + (epoch + number * 3600, _gift_note(number, people), json.dumps(ship_to, ensure_ascii=False))
            + (draw.randint(1, 20),)
        )
        lines += [(number, n, draw.randint(1, 60), draw.randint(1, 4)) for n in range(1, draw.randint(2, 4))]
        if number % 3 == 0:
            invoices.append((number, number, owner.name, round(draw.uniform(5, 200), 2), "2026-02-01"))
    _database(
        path,
        _SHOP,
        {
            "users": [_user(p, epoch) for p in people],
            "staff": staff,
            "products": [(n, f"030-555-{n:04}", f"Lamp model {n}", n + 0.99) for n in range(1, 61)],
            "orders": orders,
            "order_lines": lines,
            "invoices": invoices,
            "messages": _messages(people, draw),
            "tickets": _tickets(people, draw),
            "comments": _comments(draw),
            "audit": _audit(people, draw),
        },
    )


def _user(p: Person, epoch: int) -> tuple[object, ...]:
    place = (p.born, p.street, p.city, p.postcode)
    return (p.id, p.uuid, p.email, p.given, p.family, p.phone, *place, epoch + p.id * 86_400, p.deleted_at)


def _messages(people: Sequence[Person], draw: random.Random) -> Iterable[Sequence[object]]:
    for number in range(1, 201):
        sender, recipient = draw.sample(people, 2)
        if number % 20 == 0:
            sender = people[16]
        body = f"Dear {recipient.given}, shall we meet? Yours, {sender.given}"
        yield number, sender.id, recipient.id, body, f"2026-05-{number % 28 + 1:02} 10:00:00"


def _tickets(people: Sequence[Person], draw: random.Random) -> Iterable[Sequence[object]]:
    anna = people[16]
    for number in range(1, 161):
        customer = people[number * 3 % len(people)]
        body = draw.choice(("The lamp flickers.", "Where is my order?", "Please call me back tomorrow."))
        if number % 50 == 0:
            body += f" My neighbour {anna.name} <{anna.email}> has the same problem."
        if number == 77:
            body += f" A certain {anna.name} told me so."
        yield number, customer.id, draw.randint(1, 20), body, f"2026-04-{number % 28 + 1:02}"


def _comments(draw: random.Random) -> Iterable[Sequence[object]]:
    for number in range(1, 121):
        kind, top = draw.choice((("user", PEOPLE), ("order", 600), ("product", 60)))
        subject = 17 if number % 30 == 0 and kind == "user" else draw.randint(1, top)
        yield number, kind, subject, "Nice, thank you.", draw.choice((None, max(1, number - 1)))


def _audit(people: Sequence[Person], draw: random.Random) -> Iterable[Sequence[object]]:
    for number in range(1, 81):
        person = people[16] if number % 25 == 0 else people[number * 3 % len(people)]
        old = {"id": person.id, "email": f"old.{person.email}", "city": "Oldtown"}
        new = {"id": person.id, "email": person.email, "city": person.city}
        yield number, "users", person.id, json.dumps(old), json.dumps(new), draw.randint(1, 20)


def _marketing(path: Path, people: Sequence[Person], draw: random.Random) -> None:
    readers = [p for p in people if p.id % 2 or p.id == 170]
    guests = [f"guest{n}@example.net" for n in range(1, 31)]
    subscribers = [
        (p.email.lower(), p.name, draw.choice(("en", "de", "fr")), "2026-01-15") for p in readers[:-1]
    ]
    unique = {row[0]: row for row in subscribers}
    events = [
        (
            number,
            hashlib.sha256(draw.choice(readers).email.lower().encode()).hexdigest(),
            f"spring-{number % 4}",
        )
        + (draw.choice(("open", "click")), "2026-05-05 08:00:00")
        for number in range(1, 401)
    ]
    anna = hashlib.sha256(b"anna@example.com").hexdigest()
    events += [(401 + n, anna, "summer-1", "open", "2026-06-06 08:00:00") for n in range(3)]
    guests_rows = [(guest, None, "en", "2026-02-02") for guest in guests]
    _database(path, _MARKETING, {"subscribers": [*unique.values(), *guests_rows], "campaign_events": events})


def _bucket(folder: Path, people: Sequence[Person], draw: random.Random) -> None:
    for month in ("2026-01", "2026-02"):
        rows = [(p.id, p.name, p.email, f"{draw.uniform(9, 99):.2f}") for p in draw.sample(people, 60)]
        anna = people[16]
        rows.append((anna.id, anna.name, anna.email, "17.00"))
        _csv(folder / "invoices" / f"{month}.csv", ("customer_id", "name", "email", "amount"), rows)
    exported = [(p.email, p.given, p.family, p.phone, p.city) for p in people if not p.deleted_at]
    _csv(
        folder / "exports" / "crm.csv",
        ("e_mail", "given_name", "family_name", "phone", "town"),
        exported,
        ";",
    )
    survey = [
        {"respondent": {"user": p.uuid}, "score": draw.randint(1, 10)} for p in (*people[::3], people[16])
    ]
    _lines(folder / "surveys" / "2026-05.jsonl.gz", (json.dumps(row) for row in survey))
    letter = (
        "Notes of the meeting\n",
        f"Present: {people[16].name} <{people[16].email}> and {people[99].name} <{people[99].email}>.\n",
        "It was agreed to order more lamps.\n",
    )
    (folder / "notes").mkdir()
    (folder / "notes" / "meeting.txt").write_text("".join(letter), encoding="utf-8")


def _csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], delimiter: str = ",") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(rows)


def _lines(path: Path, lines: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(f"{line}\n" for line in lines).encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)


def _cache(folder: Path, people: Sequence[Person], draw: random.Random) -> None:
    sessions = [
        {
            "key": f"session:{draw.getrandbits(64):016x}",
            "user_id": p.id,
            "ip": f"192.0.2.{p.id % 254 + 1}",
            "ttl": 3600,
        }
        for p in (*people[::5], people[16], people[169])
    ]
    carts = [
        {"key": f"cart:{p.id}", "owner": {"email": p.email}, "items": [{"sku": "030-555-0001", "n": 2}]}
        for p in (*people[::7], people[16])
    ]
    _lines(folder / "sessions.jsonl", (json.dumps(s) for s in sessions))
    _lines(folder / "carts.jsonl", (json.dumps(c) for c in carts))


def _logs(folder: Path, people: Sequence[Person], draw: random.Random) -> None:
    access = [_access_line(n, draw.choice(people) if n % 45 else people[16]) for n in range(900)]
    _lines(folder / "access.log", access[600:])
    _lines(folder / "access.log.1", access[300:600])
    _lines(folder / "access.log.2.gz", access[:300])
    application = [_application_line(n, draw.choice(people) if n % 60 else people[16]) for n in range(480)]
    _lines(folder / "app.log", application)


def _access_line(number: int, person: Person) -> str:
    token = base64.b64encode(person.email.encode()).decode()
    paths = (
        f"/products/{number % 60 + 1}",
        f"/users/{person.id}/orders",
        f"/unsubscribe?email={quote(person.email, safe='')}",
        f"/track?u={token}&c=spring",
    )
    when = f"{number % 28 + 1:02}/May/2026:10:{number % 60:02}:00 +0000"
    request = f"GET {paths[number % 4]} HTTP/1.1"
    return f'198.51.100.{number % 250 + 1} - - [{when}] "{request}" 200 {number + 300} "-" "curl/8"'


def _application_line(number: int, person: Person) -> str:
    when = f"2026-05-{number % 28 + 1:02}T09:{number % 60:02}:00Z"
    if number % 3 == 0:
        return json.dumps({"ts": when, "level": "info", "event": "login", "user_id": person.id})
    if number % 3 == 1:
        return f"{when} level=info event=mail_sent to={person.email} user_id={person.id}"
    return f"{when} worker {number % 8} finished batch {1_700_000_000 + number}"
