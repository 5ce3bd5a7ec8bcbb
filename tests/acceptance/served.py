"""The small company with servers: the files of :mod:`tests.acceptance.estate`, a PostgreSQL, a MariaDB and a
Redis.

It is planned once; an attempt gets a copy of it: a folder, databases made from templates (MariaDB has none:
there it is made again), a Redis database.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pymysql
import redis
from psycopg import sql

from tests.acceptance.estate import ANNA, CONFIG, Content, build, content, people
from tests.acceptance.road import vestige

_CRM = """
CREATE TABLE clients (id int PRIMARY KEY, email text NOT NULL UNIQUE, full_name text);
CREATE TABLE tickets (id int PRIMARY KEY, client_id int NOT NULL REFERENCES clients, subject text);
CREATE TABLE notes (id int PRIMARY KEY, author_id int REFERENCES clients,
    about_id int REFERENCES clients, body text);
"""


_FORUM = (
    "CREATE TABLE accounts (id int PRIMARY KEY, email varchar(99), best int)",
    "CREATE TABLE posts (id int PRIMARY KEY, account_id int NOT NULL, stars decimal(9, 2),"
    " FOREIGN KEY (account_id) REFERENCES accounts (id))",
    "CREATE TABLE visits (account_id int, ip varchar(50))",
)
_TO_BEST = "ALTER TABLE accounts ADD FOREIGN KEY (best) REFERENCES posts (id)"


@dataclass(frozen=True)
class Servers:
    """``postgresql``: a maintenance database; ``mariadb``: no database; ``redis``: database 0, whose keys are
    ours."""

    postgresql: str
    redis: str
    mariadb: str

    def database(self, name: str) -> str:
        return f"{self.postgresql.rpartition('/')[0]}/{name}"

    def entries(self, number: int) -> str:
        return f"{self.redis.rpartition('/')[0]}/{number}"

    def make(self, name: str, template: str = "template0") -> None:
        """A database like the template; one of that name goes, with whoever is in it."""
        self.drop(name)
        with psycopg.connect(self.postgresql, autocommit=True) as connection:
            names = sql.Identifier(name), sql.Identifier(template)
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(*names))

    def drop(self, name: str) -> None:
        with psycopg.connect(self.postgresql, autocommit=True) as connection:
            statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(statement)


@dataclass(frozen=True)
class Company:
    """A company in ``folder``. ``slot``: the number of its Redis database, and its databases' ending."""

    folder: Path
    servers: Servers
    ledger: str
    slot: int = 0

    @property
    def config(self) -> str:
        kept = (
            "" if self.ledger == "sqlite" else f"ledger: {self._at('ledger', scheme='postgresql+psycopg')}\n"
        )
        crm = f'  crm:   {{url: "{self._at("crm")}"}}\n'
        forum = f'  forum: {{url: "{self.servers.mariadb}{self._named("forum")}"}}\n'
        return f'{CONFIG}{crm}{forum}  cache: {{url: "{self.servers.entries(self.slot)}"}}\n{kept}'

    def _at(self, name: str, scheme: str = "postgresql") -> str:
        return self.servers.database(self._named(name)).replace("postgresql", scheme, 1)

    def _named(self, name: str) -> str:
        return f"{name}_{self.ledger}_{self.slot}"

    @property
    def databases(self) -> tuple[str, ...]:
        return ("crm",) if self.ledger == "sqlite" else ("crm", "ledger")

    def plan(self) -> None:
        """Build, scan, and draw the plan of Anna's purge."""
        build(self.folder)
        for name in self.databases:
            self.servers.make(self._named(name))
        _crm(self._at("crm"))
        _forum(self.servers.mariadb, self._named("forum"))
        _cache(self.servers.entries(self.slot))
        self._configure()
        for words in (("scan", "--workers", "1"), ("plan", "purge", ANNA.email)):
            done = vestige(self.folder, *words)
            assert done.code == 0, done

    def _configure(self) -> None:
        (self.folder / "vestige.yaml").write_text(self.config, encoding="utf-8")

    def copy(self, folder: Path, slot: int) -> Company:
        """The same company elsewhere. What was in that folder and slot goes."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        other = Company(folder, self.servers, self.ledger, slot)
        for name in self.databases:
            self.servers.make(other._named(name), self._named(name))
        _forum(self.servers.mariadb, other._named("forum"))
        with redis.Redis.from_url(self.servers.entries(slot)) as client:
            client.flushdb()
        with redis.Redis.from_url(self.servers.entries(self.slot)) as client:
            for key in client.scan_iter():
                client.copy(key, key, slot)
        other._configure()
        return other

    def drop(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in self.databases:
            self.servers.drop(self._named(name))
        with _mariadb(self.servers.mariadb) as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {self._named('forum')}")

    def vacuumed(self) -> set[str]:
        """The tables that somebody told PostgreSQL to vacuum."""
        with psycopg.connect(self._at("crm")) as connection:
            query = "SELECT relname FROM pg_stat_user_tables WHERE vacuum_count > 0"
            return {row[0] for row in connection.execute(query).fetchall()}

    def content(self) -> Content:
        """All that the stores hold, read without Vestige."""
        rows = _rows(self._at("crm")) | _posted(self.servers.mariadb, self._named("forum"))
        return content(self.folder / "stores") | rows | _entries(self.servers.entries(self.slot))


def _crm(url: str) -> None:
    members = people()
    with psycopg.connect(url) as connection:
        connection.execute(_CRM)
        for n, p in enumerate(members, 1):
            connection.execute("INSERT INTO clients VALUES (%s, %s, %s)", (n, p.email, p.name))
        for n, p in enumerate(members, 1):
            other = members[(n + 2) % len(members)]
            connection.execute("INSERT INTO tickets VALUES (%s, %s, 'late')", (500 + n, n))
            note = (800 + n, n, members.index(other) + 1, f"{p.email} met {other.name}")
            connection.execute("INSERT INTO notes VALUES (%s, %s, %s, %s)", note)


@contextmanager
def _mariadb(url: str) -> Iterator[Any]:
    where = {"host": "127.0.0.1", "port": urlsplit(url).port, "user": "root", "autocommit": True}
    with closing(pymysql.connect(**where)) as connection, connection.cursor() as cursor:
        yield cursor


def _forum(url: str, name: str) -> None:
    """Accounts and posts refer to each other; of the visits some are alike."""
    numbered = list(enumerate(people(), 1))
    with _mariadb(url) as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        for statement in (f"CREATE DATABASE {name} CHARACTER SET utf8mb4", f"USE {name}", *_FORUM):
            cursor.execute(statement)
        mails = [(n, p.email) for n, p in numbered]
        cursor.executemany("INSERT INTO accounts (id, email) VALUES (%s, %s)", mails)
        cursor.executemany("INSERT INTO posts VALUES (%s, %s, 9.50)", [(n + 70, n) for n, _ in numbered])
        cursor.execute("UPDATE accounts SET best = id + 70")
        cursor.execute(_TO_BEST)
        visits = [(n, f"192.0.2.{n}") for n, _ in numbered]
        cursor.executemany("INSERT INTO visits VALUES (%s, %s)", [*visits, *visits])


def _posted(url: str, name: str) -> Content:
    found = {}
    with _mariadb(url) as cursor:
        for table in ("accounts", "posts", "visits"):
            cursor.execute(f"SELECT * FROM {name}.{table}")  # noqa: S608 - names of this module
            found[f"forum/{table}"] = sorted(cursor.fetchall(), key=repr)
    return found


def _cache(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        for p in people():
            client.set(f"profile:{p.uuid}", json.dumps({"email": p.email, "theme": "dark"}))
            client.hset(f"cart:{p.uuid}", mapping={"email": p.email, "lamps": "2"})
            client.rpush("mails", json.dumps({"to": p.email, "kind": "welcome"}))


def _rows(url: str) -> Content:
    with psycopg.connect(url) as connection:
        return {
            f"crm/{name}": sorted(
                connection.execute(sql.SQL("TABLE {}").format(sql.Identifier(name))).fetchall()
            )
            for name in ("clients", "tickets", "notes")
        }


def _entries(url: str) -> Content:
    with redis.Redis.from_url(url) as client:
        return {f"cache/{key!r}": _value(client, key) for key in sorted(client.scan_iter())}


def _value(client: Any, key: bytes) -> object:
    match client.type(key):
        case b"hash":
            return client.hgetall(key)
        case b"list":
            return client.lrange(key, 0, -1)
    return client.get(key)
