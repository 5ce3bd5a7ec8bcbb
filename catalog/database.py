"""How a catalog file is opened: attached to a DuckDB of our own, bounded in memory, without any network.

Attaching (instead of connecting to the file) matters: DuckDB keeps one instance a path within a process, so a
plain connect after a swap would still answer from the file that was replaced.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import duckdb

from vestige.catalog.errors import NoCatalog, OtherKey, OtherSchema

SCHEMA_VERSION = 3


def attach(path: Path, *, readable_only: bool, memory_limit: str = "512MB") -> duckdb.DuckDBPyConnection:
    """A connection whose current database is the file at ``path``."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": memory_limit,
            "temp_directory": str(temp_directory(path)),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    connection.execute("SET enable_progress_bar = false")
    mode = "(READ_ONLY)" if readable_only else ""
    connection.execute(f"ATTACH {_literal(path)} AS catalog {mode}")
    connection.execute("USE catalog")
    return connection


def create(path: Path, key_id: str, memory_limit: str) -> duckdb.DuckDBPyConnection:
    """A new, empty catalog file."""
    connection = attach(path, readable_only=False, memory_limit=memory_limit)
    connection.execute(files("vestige.catalog").joinpath("schema.sql").read_text("utf-8"))
    connection.execute("INSERT INTO meta VALUES (?, ?)", [SCHEMA_VERSION, key_id])
    return connection


def open_published(path: Path, key_id: str | None) -> duckdb.DuckDBPyConnection:
    """The published file, read-only, after a look at its version and key."""
    if not path.is_file():
        raise NoCatalog(path, "there is no catalog yet; run a scan first")
    try:
        connection = attach(path, readable_only=True)
    except duckdb.Error as error:
        raise OtherSchema(path, "this is not a catalog; move it away and scan again") from error
    try:
        _check(connection, path, key_id)
    except (OtherKey, OtherSchema):
        connection.close()
        raise
    return connection


def attach_previous(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Attach a published file read-only beside the one that is written, as ``previous``."""
    connection.execute(f"ATTACH {_literal(path)} AS previous (READ_ONLY)")


def temp_directory(path: Path) -> Path:
    """Where sorts spill: beside the catalog, so that nothing leaves the folder it was given."""
    return path.with_name(f"{path.name}.tmp")


def _check(connection: duckdb.DuckDBPyConnection, path: Path, key_id: str | None) -> None:
    try:
        row = connection.execute("SELECT schema_version, key_id FROM meta").fetchone()
    except duckdb.Error as error:
        raise OtherSchema(path, "this is not a catalog; move it away and scan again") from error
    if row is None or row[0] != SCHEMA_VERSION:
        raise OtherSchema(path, "made by another version; move it away and scan again")
    if key_id is not None and row[1] != key_id:
        raise OtherKey(path, f"made with key {row[1]}, but the configured key is {key_id}; scan again")


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
