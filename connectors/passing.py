"""A connector around another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self

import pyarrow as pa

from vestige.connectors.protocol import (
    Connector,
    Description,
    Edit,
    Effects,
    Gap,
    Partition,
    Prepared,
    Residue,
    Since,
)

Items = Iterator[pa.RecordBatch | Gap]


class Passing:
    """A connector that passes everything on; a subclass overrides some answers."""

    def __init__(self, inner: Connector) -> None:
        self.inner = inner
        self.settings, self.capabilities = inner.settings, inner.capabilities

    def describe(self) -> Description:
        return self.inner.describe()

    def partitions(self, collection: str | None = None, since: Since | None = None) -> Iterator[Partition]:
        return self.inner.partitions(collection, since)

    def read(self, partition: Partition) -> Items:
        return self.inner.read(partition)

    def count(self, partition: Partition) -> int | None:
        return self.inner.count(partition)

    def find(self, collection: str, fields: Sequence[str], values: Iterable[Sequence[Any]]) -> Items:
        return self.inner.find(collection, fields, values)

    def prepare(self, edits: Sequence[Edit]) -> list[Prepared]:
        return self.inner.prepare(edits)

    def commit(self, prepared: Sequence[Prepared]) -> Effects:
        return self.inner.commit(prepared)

    def discard(self, prepared: Sequence[Prepared]) -> None:
        self.inner.discard(prepared)

    def residue(self) -> list[Residue]:
        return self.inner.residue()

    def settle(self, touched: Iterable[str]) -> list[Residue]:
        return self.inner.settle(touched)

    def close(self) -> None:
        self.inner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
