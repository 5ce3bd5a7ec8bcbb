"""PostgreSQL keeps to the protocol, and to what only PostgreSQL has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import psycopg
import pytest

from vestige.connectors.bench import Bench, Record
from vestige.connectors.conformance import Conformance
from vestige.connectors.protocol import StoreSettings


class PostgresqlBench(Bench):
    def __init__(self, url: str) -> None:
        self.settings = StoreSettings("shop", url)
        self.reader = "reader_of_" + url.rpartition("/")[2]

    def run(self, *statements: str) -> None:
        with psycopg.connect(self.settings.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type]

    def seed(self, name: str, records: Sequence[Record]) -> str:
        self.run(
            f"CREATE TABLE IF NOT EXISTS {name} (id bigint PRIMARY KEY, email text, note text)",
            f"DELETE FROM {name}",  # noqa: S608 - a literal of the suite
        )
        with psycopg.connect(self.settings.url) as connection, connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {name} VALUES (%(id)s, %(email)s, %(note)s)",  # noqa: S608
                records,
            )
        return name

    def rows(self, name: str) -> list[Record]:
        with psycopg.connect(self.settings.url) as connection:
            found = connection.execute(f"SELECT id, email, note FROM {name}").fetchall()  # noqa: S608
        return [dict(zip(("id", "email", "note"), row, strict=True)) for row in found]

    def absent(self) -> StoreSettings:
        return StoreSettings("nowhere", self.settings.url.rpartition("/")[0] + "/absent")

    def unreadable(self) -> str:
        self.run(
            "CREATE TABLE secured (id int PRIMARY KEY, owner text)",
            "ALTER TABLE secured ENABLE ROW LEVEL SECURITY",
            f"CREATE ROLE {self.reader} LOGIN",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {self.reader}",
        )
        self.settings = StoreSettings("shop", self.settings.url.replace("//vestige@", f"//{self.reader}@"))
        return "secured"


class TestPostgresql(Conformance):
    @pytest.fixture(params=["postgresql"])
    def bench(self, postgresql_database: Callable[[], str]) -> PostgresqlBench:
        return PostgresqlBench(postgresql_database())
