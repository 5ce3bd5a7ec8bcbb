"""The live values of frozen records, by their locators."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import pyarrow as pa

from vestige.catalog.estate import Estate
from vestige.connectors.errors import StoreError
from vestige.connectors.protocol import Connector, Gap, Locator, locator
from vestige.planning.model import Touched

_AT_ONCE = 500


class Fetched(NamedTuple):
    """A record as it is now: a batch of one row."""

    record: Touched
    batch: pa.RecordBatch
    locator: Locator


class Missing(NamedTuple):
    """Records that could not be had, and why."""

    store: str
    collection: str
    records: int
    reason: str


def fetch(estate: Estate, records: Iterable[Touched]) -> Iterator[Fetched | Missing]:
    """Every record, collection by collection; what is gone or cannot be read comes as Missing."""
    ordered = sorted(records, key=_home)
    for (store, collection, parts), group in groupby(ordered, key=_home):
        for some in _chunks(list(group)):
            try:
                with estate.open(store) as connector:
                    yield from _found(connector, collection, parts, some)
            except StoreError as error:
                yield Missing(store, collection, len(some), error.reason)


def _home(record: Touched) -> tuple[str, str, tuple[str, ...]]:
    return record.store, record.collection, tuple(record.locator)


def _chunks(records: Sequence[Touched]) -> Iterator[Sequence[Touched]]:
    for start in range(0, len(records), _AT_ONCE):
        yield records[start : start + _AT_ONCE]


def _found(
    connector: Connector, collection: str, parts: tuple[str, ...], records: Sequence[Touched]
) -> Iterator[Fetched | Missing]:
    wanted = {_mark(record.locator, parts): record for record in records}
    seen: set[str] = set()
    reasons: list[str] = []
    values = [tuple(record.locator.values()) for record in records]
    for batch in connector.find(collection, parts, values):
        if isinstance(batch, Gap):
            reasons.append(batch.reason)
            continue
        for row in range(batch.num_rows):
            where = locator(batch, row)
            mark = _mark(where, parts)
            if mark in wanted:
                seen.add(mark)
                yield Fetched(wanted[mark], batch.slice(row, 1), where)
    if gone := len(wanted) - len(seen):
        first = wanted[next(iter(wanted))]
        yield Missing(first.store, collection, gone, reasons[0] if reasons else "not there any more")


def _mark(where: Locator, parts: Sequence[str]) -> str:
    """The parts of a locator that were asked for; of a whole object, only its name."""
    return json.dumps([str(where.get(part)) for part in parts])
