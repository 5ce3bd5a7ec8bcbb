"""Orphans: records that refer to a record that is not there, over declared and inferred relations.

Counted before a purge and after it: only what the purge added is its fault. Keys are hashed under a key of
the run and spilled to disk, so that memory does not grow with the stores.
"""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from vestige.catalog.estate import Estate
from vestige.catalog.model import Relation
from vestige.connectors.errors import StoreError
from vestige.connectors.protocol import Gap
from vestige.matching import forms
from vestige.matching.views import cells

Home = tuple[str, str]
Key = tuple[str, ...]
_MEMORY = "256MB"


@dataclass(frozen=True, slots=True)
class End:
    """One end of a relation: the fields that are compared, and which records count."""

    home: Home
    fields: tuple[str, ...]
    when: tuple[str, str] | None = None


def relation_id(relation: Relation) -> str:
    """How a relation is called in a baseline and in reports."""
    condition = f" when {relation.when[0]}={relation.when[1]}" if relation.when else ""
    return f"{relation.child} → {relation.parent}{condition}"


def orphans(estate: Estate, relations: Iterable[Relation]) -> dict[str, int | None]:
    """Records per relation whose reference leads nowhere; None where one end could not be read.

    References in text (``line~user_id``) are none that could be broken, and are left out.
    """
    checked = [r for r in relations if r.status == "active" and "~" not in r.child.field + r.parent.field]
    compared = sorted({end for r in checked for end in ends(r)}, key=repr)
    with _Scratch.open(compared) as scratch:
        homes = sorted({end.home for end in compared})
        unread = {home for home in homes if not read_whole(estate, home, partial(scratch.insert, home))}
        return {
            relation_id(r): None if unread & {end.home for end in ends(r)} else scratch.orphans(*ends(r))
            for r in checked
        }


def broken(before: Mapping[str, int | None], after: Mapping[str, int | None]) -> dict[str, int]:
    """Relations with more orphans than before, and how many more."""
    grown = {name: (now or 0) - (before.get(name) or 0) for name, now in after.items()}
    return {name: more for name, more in grown.items() if more > 0}


def ends(relation: Relation) -> tuple[End, End]:
    """The child's end and the parent's."""
    child, parent = relation.child, relation.parent
    return (
        End(
            (child.store, child.collection), (child.field, *(c for c, _ in relation.composite)), relation.when
        ),
        End((parent.store, parent.collection), (parent.field, *(p for _, p in relation.composite))),
    )


def read_whole(estate: Estate, home: Home, each: Callable[[pa.RecordBatch], object]) -> bool:
    """Read a collection once, every batch of it given to ``each``; whether all of it could be read."""
    whole = True
    try:
        with estate.open(home[0]) as store:
            for partition in store.partitions(home[1]):
                whole &= partition.skip is None
                for batch in () if partition.skip else store.read(partition):
                    if isinstance(batch, Gap):
                        whole = False
                    else:
                        each(batch)
    except StoreError:
        return False
    return whole


class _Scratch:
    """The keys at each end, as hashes, in a database that spills to a folder which is gone afterwards."""

    def __init__(self, database: duckdb.DuckDBPyConnection, ends: Iterable[End]) -> None:
        self._database, self._salt = database, secrets.token_bytes(16)
        self._tables = {end: f"keys{number}" for number, end in enumerate(ends)}
        for table in self._tables.values():
            database.execute(f"CREATE TABLE {table} (key UBIGINT, count BIGINT)")

    @classmethod
    @contextmanager
    def open(cls, ends: Iterable[End]) -> Iterator[Self]:
        with tempfile.TemporaryDirectory(prefix="vestige-") as folder:
            settings = {"temp_directory": folder, "memory_limit": _MEMORY, "threads": 1}
            with duckdb.connect(":memory:", config=settings) as database:
                yield cls(database, ends)

    def insert(self, home: Home, batch: pa.RecordBatch) -> None:
        for end, table in self._tables.items():
            if end.home == home:
                counts = Counter({self._hash(key): n for key, n in _keys(batch, end).items()})
                rows = pa.table(
                    {
                        "key": pa.array(list(counts), pa.uint64()),
                        "count": pa.array(list(counts.values()), pa.int64()),
                    }
                )
                self._database.register("incoming", rows)
                self._database.execute(f"INSERT INTO {table} SELECT * FROM incoming")  # noqa: S608

    def orphans(self, child: End, parent: End) -> int:
        children, parents = self._tables[child], self._tables[parent]
        query = f"SELECT coalesce(sum(count), 0) FROM {children} ANTI JOIN {parents} USING (key)"  # noqa: S608
        ((found,),) = self._database.execute(query).fetchall()
        return int(found)

    def _hash(self, key: Key) -> int:
        text = "\x1f".join(key).encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=8, key=self._salt).digest(), "little")


def _keys(batch: pa.RecordBatch, end: End) -> Counter[Key]:
    """The keys that a batch holds at an end, each with its number of records."""
    if end.when is None and len(end.fields) == 1 and end.fields[0] in batch.schema.names:
        return _of_column(batch.column(end.fields[0]))
    wanted = {*end.fields, *(end.when[:1] if end.when else ())}
    found = [
        (cell.row, cell.field, key)
        for cell in cells(batch, wanted)
        if cell.field in wanted and cell.kind != "null" and (key := _key(cell.text)) is not None
    ]
    if len(wanted) == 1:  # the members of an array are references each
        return Counter((key,) for _, _, key in found)
    rows: dict[int, dict[str, str]] = {}
    for row, field, key in found:
        rows.setdefault(row, {})[field] = key
    return Counter(_composed(rows.values(), end))


def _composed(rows: Iterable[Mapping[str, str]], end: End) -> Iterator[Key]:
    for row in rows:
        holds = end.when is None or row.get(end.when[0], "").casefold() == end.when[1].casefold()
        if holds and all(name in row for name in end.fields):
            yield tuple(row[name] for name in end.fields)


def _of_column(column: Any) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for one in pc.value_counts(column).to_pylist():
        key = _key(one["values"])
        if key is not None:
            found[(key,)] += one["counts"]
    return found


def _key(value: object) -> str | None:
    key = forms.key(value)
    return key.casefold() if key is not None and "@" in key else key
