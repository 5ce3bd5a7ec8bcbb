"""Writing the catalog: a fresh file aside, filled as a stream, swapped in at once.

Nobody ever writes the published file: DuckDB lets one process write and then none other read, and it keeps
deleted bytes in its file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, astuple
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Self

import pyarrow as pa

from vestige.catalog import review, rows
from vestige.catalog.database import attach_previous, create, open_published
from vestige.catalog.errors import NoCatalog
from vestige.catalog.model import CoverageLine, Finding, IdentitySource, Place, Relation, Scan
from vestige.catalog.reader import Catalog
from vestige.catalog.review import Decision, Review
from vestige.catalog.swap import aside, discard, publishing, swap
from vestige.connectors.protocol import Description

_CHUNK = 10_000
_SCANNED = (
    "scan", "collections", "neighbours", "coverage", "profiles", "places", "occurrences", "findings",
    "relations", "sources",
)  # fmt: skip
_NEW_PLACES = """
    INSERT INTO places
    SELECT (SELECT count(*) FROM places) + row_number() OVER (), store, collection, field FROM (
        SELECT DISTINCT store, collection, field
        FROM incoming ANTI JOIN places USING (store, collection, field)
    )
"""
_STAGE = """
    INSERT INTO temp.main.staged
    SELECT i.hash::UUID, p.place, i.object_id, i.entity, i.form, i.count
    FROM incoming i JOIN places p USING (store, collection, field)
"""
_FOLD = """
    INSERT INTO occurrences
    SELECT hash, place, object_id, entity, form, sum(count)::BIGINT FROM temp.main.staged
    WHERE hash BETWEEN ?::UUID AND ?::UUID
    GROUP BY ALL ORDER BY ALL
"""
_FOLDED = 1_000_000
"""Rows that are folded at a time: what grows with the estate must not have to fit in memory."""
_CARRY = (
    """
    INSERT INTO coverage SELECT v.* FROM previous.coverage v SEMI JOIN carried c
    ON (v.store, v.collection) = (c.store, c.collection) AND v.object_id IS NOT DISTINCT FROM c.object_id
    """,
    """
    INSERT INTO profiles SELECT v.* FROM previous.profiles v SEMI JOIN carried c
    ON (v.store, v.collection) = (c.store, c.collection) AND v.object_id IS NOT DISTINCT FROM c.object_id
    """,
    """
    INSERT INTO places
    SELECT (SELECT count(*) FROM places) + row_number() OVER (), store, collection, field FROM (
        SELECT DISTINCT store, collection, field
        FROM previous.places SEMI JOIN carried USING (store, collection)
        ANTI JOIN places USING (store, collection, field)
    )
    """,
    """
    INSERT INTO temp.main.staged
    SELECT o.hash, p.place, o.object_id, o.entity, o.form, o.count
    FROM previous.occurrences o JOIN previous.places q ON q.place = o.place
    JOIN places p ON (p.store, p.collection, p.field) = (q.store, q.collection, q.field)
    SEMI JOIN carried c
    ON (q.store, q.collection) = (c.store, c.collection) AND o.object_id IS NOT DISTINCT FROM c.object_id
    """,
)


class CatalogWriter:
    """A new catalog file in the making. A context manager: left without :meth:`publish`, nothing remains."""

    def __init__(self, path: Path, key_id: str, *, memory_limit: str = "256MB") -> None:
        self._path, self._key_id = path.absolute(), key_id
        self._aside = aside(self._path)
        self._connection = create(self._aside, key_id, memory_limit)
        self._connection.execute(
            "CREATE TEMP TABLE staged (hash UUID, place INTEGER, object_id VARCHAR,"
            " entity VARCHAR, form VARCHAR, count BIGINT)"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._discard()

    def describe(self, store: str, description: Description) -> None:
        """What a store described, with its neighbours."""
        found = [(store, each.name, rows.body(each)) for each in description.collections]
        self._many("INSERT INTO collections VALUES (?, ?, ?)", found)
        self._many("INSERT INTO neighbours VALUES (?, ?)", [(store, name) for name in description.neighbours])

    def occurrences(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Identifiers seen, as batches of :data:`vestige.catalog.rows.OCCURRENCES`; repeated rows add up."""
        for batch in batches:
            if batch.num_rows:
                self._with(pa.Table.from_batches([batch.select(rows.OCCURRENCES.names)]), _NEW_PLACES, _STAGE)

    def coverage(self, lines: Iterable[CoverageLine]) -> None:
        """What was read, and what not."""
        self._insert("coverage", rows.COVERAGE, map(asdict, lines))

    def profiles(self, profiles: Iterable[tuple[Place, str | None, str]]) -> None:
        """(field, object id or None, JSON) as the crawl made them, one a partition."""
        self._insert(
            "profiles",
            rows.PROFILES,
            (asdict(place) | {"object_id": object_id, "body": body} for place, object_id, body in profiles),
        )

    def findings(self, findings: Iterable[Finding]) -> None:
        self._insert("findings", rows.FINDINGS, map(_finding, findings))

    def relations(self, relations: Iterable[Relation]) -> None:
        self._many("INSERT INTO relations VALUES (?)", [(rows.body(each),) for each in relations])

    def sources(self, sources: Iterable[IdentitySource]) -> None:
        self._many("INSERT INTO sources VALUES (?)", [(rows.body(each),) for each in sources])

    def carry(self, partitions: Iterable[tuple[str, str, str | None]]) -> None:
        """Take over coverage, profiles and occurrences of (store, collection, object id) from the published
        file, whose version the store attests unchanged. Raises OtherKey: such hashes say nothing here."""
        names = rows.PARTITIONS.names
        wanted = pa.Table.from_pylist(
            [dict(zip(names, each, strict=True)) for each in partitions], rows.PARTITIONS
        )
        open_published(self._path, self._key_id).close()
        with self._previous():
            self._with(wanted, *_CARRY, name="carried")

    def segment(self) -> Catalog:
        """What is written so far, folded, to infer relations and identity sources from. Do not close it."""
        staged = self._connection.execute("SELECT count(*) FROM temp.main.staged").fetchall()[0][0]
        for first, last in _slices(1 + staged // _FOLDED):
            self._connection.execute(_FOLD, [first, last])
        self._connection.execute("DELETE FROM temp.main.staged")
        return Catalog(self._connection)

    def publish(self, scan: Scan) -> None:
        """Swap the file in, with the reviews of the one that it replaces. The writer is used up."""
        self.segment()
        self._connection.execute("INSERT INTO scan VALUES (?, ?, ?, ?, ?, ?, ?)", list(astuple(scan)))
        with publishing(self._path):
            if self._path.exists():
                with self._previous():
                    self._connection.execute("INSERT INTO reviews SELECT * FROM previous.reviews")
            self._swap()

    def _revise(self, change: Review) -> None:
        """The published catalog once more, with one decision added or changed."""
        with self._previous():
            for table in (*_SCANNED, "reviews"):
                self._connection.execute(f"INSERT INTO {table} SELECT * FROM previous.{table}")  # noqa: S608
        self._connection.execute("INSERT OR REPLACE INTO reviews VALUES (?, ?, ?, ?)", list(astuple(change)))
        self._swap()

    def _swap(self) -> None:
        self._connection.execute("CHECKPOINT catalog")
        self._connection.close()
        swap(self._aside, self._path)

    @contextmanager
    def _previous(self) -> Iterator[None]:
        attach_previous(self._connection, self._path)
        try:
            yield
        finally:
            self._connection.execute("DETACH previous")

    def _insert(self, table: str, schema: pa.Schema, values: Iterable[dict[str, Any]]) -> None:
        stream = iter(values)
        while chunk := list(islice(stream, _CHUNK)):
            columns = pa.Table.from_pylist(chunk, schema)
            self._with(columns, f"INSERT INTO {table} SELECT * FROM incoming")  # noqa: S608

    def _many(self, statement: str, values: Sequence[tuple[str, ...]]) -> None:
        if values:
            self._connection.executemany(statement, values)

    def _with(self, table: pa.Table, *statements: str, name: str = "incoming") -> None:
        self._connection.register(name, table)
        for statement in statements:
            self._connection.execute(statement)
        self._connection.unregister(name)

    def _discard(self) -> None:
        self._connection.close()
        discard(self._aside)


def decide_field(path: Path, place: Place, entity: str, decision: Decision) -> None:
    """Record that a person accepts or rejects that a field holds an entity. Raises NoCatalog."""
    _decide(path, review.of_field(place, entity, decision))


def decide_relation(path: Path, relation: Relation, decision: Decision) -> None:
    """Record that a person confirms (accepted) or rejects a relation. Raises NoCatalog."""
    _decide(path, review.of_relation(relation, decision))


def _decide(path: Path, change: Review) -> None:
    if not path.is_file():
        raise NoCatalog(path, "there is no catalog yet; run a scan first")
    with publishing(path.absolute()):
        with Catalog.open(path) as published:
            key_id = published.key_id()
        with CatalogWriter(path, key_id) as writer:
            writer._revise(change)


def _slices(count: int) -> Iterator[tuple[str, str]]:
    """The first and the last hash of so many equal parts of all hashes, ascending."""
    edges = [(part << 128) // count for part in range(count + 1)]
    return ((f"{first:032x}", f"{after - 1:032x}") for first, after in pairwise(edges))


def _finding(finding: Finding) -> dict[str, Any]:
    facts = asdict(finding)
    place: dict[str, Any] = facts.pop("place")
    return place | facts
