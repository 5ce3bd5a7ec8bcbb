"""Opening the ledger's database: SQLite in WAL mode, or PostgreSQL; migrations; leaving no deleted byte."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from vestige.ledger.errors import Busy, LedgerError, Lost, NoLedger
from vestige.ledger.migrations import MIGRATIONS

_BUSY_SECONDS = 20
_MIGRATING = 0x7E57_16E0
"""The advisory lock under which a PostgreSQL ledger is migrated."""


class Database:
    """The ledger's engine. Writes are serialised; every transaction is durable when it returns."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, url: str) -> Database:
        """Open and migrate; a SQLite file that is missing is created, readable by its owner alone.

        Raises NoLedger when it cannot be opened, Busy when it is locked for long.
        """
        target = _parse(url)
        database = cls(_sqlite(target) if target.get_backend_name() == "sqlite" else _postgresql(target))
        try:
            database._migrate()
        except DatabaseError as error:
            database.engine.dispose()
            raise NoLedger(f"the ledger {_shown(target)} cannot be opened: {_reason(error)}") from None
        except LedgerError:
            database.engine.dispose()
            raise
        return database

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def path(self) -> Path | None:
        """The file of a SQLite ledger."""
        return Path(self.engine.url.database or "") if self.is_sqlite else None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction; on SQLite it holds the write lock from its start."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except OperationalError as error:
            raise Lost(f"the ledger is busy or gone: {_reason(error)}; run the same command again") from None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Reading takes no lock that a writer would wait for."""
        try:
            with self.engine.connect().execution_options(vestige_read=True) as connection:
                yield connection
        except OperationalError as error:
            raise Lost(f"the ledger is gone: {_reason(error)}; run the same command again") from None

    def scrub(self) -> None:
        """Rewrite a SQLite file so that neither it nor its log keeps deleted bytes. Busy if it is read."""
        if not self.is_sqlite:
            return
        try:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM"))
                blocked = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
        except OperationalError as error:
            raise Busy(f"the ledger could not be rewritten: {_reason(error)}") from None
        if blocked:
            raise Busy("the ledger's log could not be emptied: another process reads it")

    def _migrate(self) -> None:
        with self.write() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
            connection.execute(text("CREATE TABLE IF NOT EXISTS ledger_version (version INTEGER NOT NULL)"))
            version = connection.execute(text("SELECT max(version) FROM ledger_version")).scalar() or 0
            if version > len(MIGRATIONS):
                raise NoLedger("the ledger was written by a newer Vestige: upgrade this one")
            for number, statements in enumerate(MIGRATIONS[version:], version + 1):
                self._apply(connection, number, statements)

    def _apply(self, connection: Connection, number: int, statements: tuple[str, ...]) -> None:
        for statement in statements:
            portable = statement if self.is_sqlite else statement.replace("BLOB", "BYTEA")
            connection.execute(text(portable))
        connection.execute(text("INSERT INTO ledger_version VALUES (:number)"), {"number": number})


def _parse(url: str) -> URL:
    try:
        target = make_url(url)
    except ArgumentError:
        raise NoLedger("the ledger's URL cannot be read; use sqlite:///ledger.db or postgresql://…") from None
    if target.get_backend_name() not in ("sqlite", "postgresql"):
        raise NoLedger(f"no ledger on {target.get_backend_name()}: use sqlite or postgresql")
    return target


def _sqlite(url: URL) -> Engine:
    path = Path(url.database or "")
    if not url.database or url.database == ":memory:":
        raise NoLedger("a ledger must outlive the process: give it a file")
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise NoLedger(f"the ledger {path} cannot be opened: {error.strerror}") from None
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: Any, _record: object) -> None:
    """SQLite as the ledger needs it; transactions are begun by :func:`_begin`, not by the driver."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN" if options.get("vestige_read") else "BEGIN IMMEDIATE")


def _postgresql(url: URL) -> Engine:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    try:
        return create_engine(url, pool_pre_ping=True)
    except (ImportError, NoSuchModuleError):
        raise NoLedger("the ledger's driver is missing: pip install 'vestige[postgresql]'") from None


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _reason(error: DatabaseError) -> str:
    """The driver's first line: it names what is wrong, and no parameters."""
    return (str(error.orig).strip() or "unknown").splitlines()[0]
