"""Reading the catalog: the published file, or the segment that a scan is still writing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any, Self, get_args

import duckdb
import pyarrow as pa

from vestige.catalog import basis, review, rows
from vestige.catalog.database import open_published
from vestige.catalog.model import (
    CoverageLine,
    CoverageStatus,
    Finding,
    IdentitySource,
    Occurrence,
    Place,
    Relation,
    Scan,
)
from vestige.catalog.review import Review
from vestige.connectors.protocol import Collection as StoreCollection

_CHUNK = 10_000
_BY_HASH = """
    SELECT store, collection, field, object_id, entity, form, replace(hash::VARCHAR, '-', ''), count
    FROM occurrences JOIN places USING (place) WHERE hash IN (SELECT hash::UUID FROM wanted)
"""
_BY_PLACE = """
    SELECT store, collection, field, object_id, entity, form, replace(hash::VARCHAR, '-', ''), count
    FROM occurrences JOIN places USING (place) WHERE (store, collection, field) = (?, ?, ?)
"""


@dataclass(frozen=True, slots=True)
class Location:
    """Where identifiers were seen: one line a (partition, field, entity, form). ``label`` None: a table."""

    store: str
    collection: str
    label: str | None
    field: str
    entity: str
    form: str
    count: int


@dataclass(frozen=True, slots=True)
class Inclusion:
    """How the distinct keys of a child field lie among those of a parent field."""

    child: Place
    parent: Place
    child_distinct: int
    parent_distinct: int
    shared: int


class Catalog:
    """The catalog as it was when opened; a later scan does not change it under the reader."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, path: Path, key_id: str | None = None) -> Self:
        """The published file, read-only. Raises NoCatalog, OtherSchema; OtherKey if ``key_id`` differs."""
        return cls(open_published(path, key_id))

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def key_id(self) -> str:
        return str(next(self._rows("SELECT key_id FROM meta"))[0])

    def scan(self) -> Scan | None:
        """The scan that made this file; None while it is still being made."""
        row = next(self._rows("SELECT * FROM scan"), None)
        return None if row is None else replace(Scan(*row), regions=tuple(row[-1]))

    def collections(self) -> list[StoreCollection]:
        """As described at the scan, in order of store and name."""
        found = self._rows("SELECT body FROM collections ORDER BY store, collection")
        return [rows.collection(body) for (body,) in found]

    def neighbours(self) -> list[tuple[str, str]]:
        """(store, what it shows but was not configured)."""
        return [(store, name) for store, name in self._rows("SELECT * FROM neighbours ORDER BY ALL")]

    def coverage(self) -> Iterator[CoverageLine]:
        """One line a partition, streamed."""
        for row in self._rows("SELECT * FROM coverage ORDER BY store, collection, label, object_id"):
            yield CoverageLine(*row)

    def coverage_counts(self) -> dict[CoverageStatus, int]:
        """Partitions per status; all statuses are there."""
        found = dict(self._rows("SELECT status, count(*) FROM coverage GROUP BY status"))
        return {status: found.get(status, 0) for status in get_args(CoverageStatus)}

    def versions(self, store: str, collection: str) -> dict[str | None, str]:
        """Object id → version, of what was read whole and may be carried: all of its partitions as one."""
        return dict(
            self._rows(
                "SELECT object_id, min(version) FROM coverage WHERE store = ? AND collection = ?"
                " GROUP BY object_id HAVING bool_and(status IN ('COMPLETE', 'OPAQUE'))"
                " AND count(version) = count(*) AND min(version) = max(version)",
                [store, collection],
            )
        )

    def profiles(self) -> Iterator[tuple[Place, str | None, str]]:
        """(field, object id, the profile's JSON), one a partition, fields together, streamed."""
        for store, collection, field, object_id, body in self._rows(
            "SELECT store, collection, field, object_id, body FROM profiles ORDER BY ALL"
        ):
            yield Place(store, collection, field), object_id, body

    def findings(self) -> list[Finding]:
        """Verdicts, a person's decisions applied."""
        found = self._rows("SELECT * FROM findings ORDER BY store, collection, field, entity")
        return list(review.decided_findings(map(_finding, found), self.reviews()))

    def relations(self) -> list[Relation]:
        """Relations, a person's decisions applied."""
        found = self._rows("SELECT body FROM relations ORDER BY body")
        return list(review.decided_relations((rows.relation(body) for (body,) in found), self.reviews()))

    def sources(self) -> list[IdentitySource]:
        return [rows.source(body) for (body,) in self._rows("SELECT body FROM sources ORDER BY body")]

    def reviews(self) -> list[Review]:
        """Everything that a person decided."""
        found = self._rows("SELECT kind, subject, decision, body FROM reviews ORDER BY kind, subject")
        return [Review(*row) for row in found]

    def occurrences(self, hashes: Iterable[str]) -> list[Occurrence]:
        """Where the given keyed hashes were seen."""
        return [_occurrence(row) for row in self._rows(_BY_HASH, wanted=_hashes(hashes))]

    def occurrences_of(self, place: Place) -> Iterator[Occurrence]:
        """Everything seen in one field, streamed."""
        return map(_occurrence, self._rows(_BY_PLACE, astuple(place)))

    def locations(self, hashes: Iterable[str]) -> list[Location]:
        """Where the given keyed hashes were seen, summed per partition, field, entity and form."""
        found = self._rows(_LOCATIONS, wanted=_hashes(hashes))
        return [Location(*row) for row in found]

    def distinct(self) -> dict[Place, int]:
        """Distinct identifiers seen per field, all entities together."""
        found = self._rows(
            "SELECT store, collection, field, count(DISTINCT hash) FROM occurrences JOIN places USING (place)"
            " GROUP BY ALL"
        )
        return {Place(store, collection, field): count for store, collection, field, count in found}

    def inclusions(
        self, pairs: Sequence[tuple[Place, Place]], ignored: Collection[str] = (), entity: str = "KEY"
    ) -> list[Inclusion]:
        """For each (child, parent): the distinct identifiers of one ``entity`` in both, and those they share.
        ``ignored`` hashes (of 0, say) do not count for the child. Pairs with nothing seen are left out."""
        found = self._rows(_INCLUSIONS, [entity], pairs=_pair_table(pairs), ignored=_hashes(ignored))
        return [Inclusion(*pairs[number], *counts) for number, *counts in found]

    def basis(self, places: Iterable[Place]) -> str:
        """A digest (hex) of all that the catalog says about the given places: verdicts, relations, identity
        sources and reviews. No scan, time or confidence is in it, so an equal estate keeps its basis."""
        return basis.digest(frozenset(places), self.findings(), self.relations(), self.sources())

    def _rows(
        self, query: str, parameters: Sequence[Any] = (), **tables: pa.Table
    ) -> Iterator[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute("USE catalog")
            for name, table in tables.items():
                cursor.register(name, table)
            cursor.execute(query, list(parameters))
            while chunk := cursor.fetchmany(_CHUNK):
                yield from chunk


_LOCATIONS = """
    WITH seen AS (
        SELECT place, object_id, entity, form, sum(count)::BIGINT AS count FROM occurrences
        WHERE hash IN (SELECT hash::UUID FROM wanted) GROUP BY ALL
    ),
    labels AS (SELECT DISTINCT store, collection, object_id, label FROM coverage WHERE object_id IS NOT NULL)
    SELECT p.store, p.collection, l.label, p.field, s.entity, s.form, s.count
    FROM seen s JOIN places p USING (place)
    LEFT JOIN labels l ON (l.store, l.collection, l.object_id) = (p.store, p.collection, s.object_id)
    ORDER BY ALL
"""
_INCLUSIONS = """
    WITH asked AS (
        SELECT pairs.number, c.place AS child, p.place AS parent FROM pairs
        JOIN places c ON (c.store, c.collection, c.field) = (pairs.cs, pairs.cc, pairs.cf)
        JOIN places p ON (p.store, p.collection, p.field) = (pairs.ps, pairs.pc, pairs.pf)
    ),
    used AS (SELECT child AS place FROM asked UNION SELECT parent FROM asked),
    keys AS (SELECT DISTINCT place, hash FROM occurrences WHERE place IN (FROM used) AND entity = ?),
    childs AS (FROM keys WHERE hash NOT IN (SELECT hash::UUID FROM ignored)),
    sizes AS (SELECT place, count(*) AS size FROM keys GROUP BY place),
    child_sizes AS (SELECT place, count(*) AS size FROM childs GROUP BY place),
    shared AS (
        SELECT a.number, count(*) AS size FROM asked a
        JOIN childs c ON c.place = a.child JOIN keys p ON p.place = a.parent AND p.hash = c.hash
        GROUP BY a.number
    )
    SELECT a.number, coalesce(c.size, 0), coalesce(p.size, 0), coalesce(s.size, 0) FROM asked a
    LEFT JOIN child_sizes c ON c.place = a.child LEFT JOIN sizes p ON p.place = a.parent
    LEFT JOIN shared s ON s.number = a.number ORDER BY a.number
"""


_PAIR: dict[str, pa.DataType] = dict.fromkeys(("cs", "cc", "cf", "ps", "pc", "pf"), pa.string())
_PAIRS = pa.schema({**_PAIR, "number": pa.int64()})


def _hashes(hashes: Iterable[str]) -> pa.Table:
    return pa.table({"hash": pa.array(list(hashes), pa.string())})


def _pair_table(pairs: Sequence[tuple[Place, Place]]) -> pa.Table:
    table = [
        {"number": number, "cs": child.store, "cc": child.collection, "cf": child.field}
        | {"ps": parent.store, "pc": parent.collection, "pf": parent.field}
        for number, (child, parent) in enumerate(pairs)
    ]
    return pa.Table.from_pylist(table, _PAIRS)


def _finding(row: tuple[Any, ...]) -> Finding:
    store, collection, field, entity, confidence, verdict, evidence, rule_version, structured = row
    place = Place(store, collection, field)
    return Finding(place, entity, confidence, verdict, tuple(evidence), rule_version, structured)


def _occurrence(row: tuple[Any, ...]) -> Occurrence:
    store, collection, field, object_id, entity, form, hashed, count = row
    return Occurrence(Place(store, collection, field), object_id, entity, form, hashed, count)
