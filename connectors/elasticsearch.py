"""``elasticsearch://[user@]host:port[/index,pattern-*][?tls=true&ca=FILE]`` — indices of one cluster.

The ``password`` is that of the user, or an API key where the URL names none. A batch has the columns ``_id``
and ``$``, the document as it was sent (``_source``). Documents with a routing of their own are located by id
and routing, for an id is unique within its shard only. Elasticsearch knows no read-only session: what is
opened read-only sends nothing that writes; give it a role with ``read`` if the server shall refuse too. It
knows no transaction either: everything is checked before the first document is written, and each is written
on the condition that it is still what was checked.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from vestige.connectors.entries.documents import values
from vestige.connectors.errors import Refused, Unavailable
from vestige.connectors.protocol import (
    DOCUMENT,
    Collection,
    Description,
    Edit,
    Effects,
    Field,
    Gap,
    Origin,
    Partition,
    Prepared,
    Residue,
    Since,
    StoreSettings,
    with_origin,
)
from vestige.connectors.search import segments
from vestige.connectors.search.answers import Document
from vestige.connectors.search.edits import ID, ROUTING, Change, Place, batch, changes, grouped
from vestige.connectors.search.indices import Indices
from vestige.connectors.search.session import Session

ATTEMPTS = 5
_FIELDS = (Field(ID, nullable=False), Field(DOCUMENT, "json"))
_ALL: Mapping[str, Any] = {"match_all": {}}
_IDS = 10_000
"""Ids in one query."""
_GONE, _CONFLICT, _BUSY = 404, 409, 429


def open(settings: StoreSettings, *, writable: bool = False) -> Elasticsearch:  # noqa: A001
    """Open the cluster that the URL names. Refused if it is not Elasticsearch."""
    return Elasticsearch(settings, writable=writable)


class Elasticsearch:
    """The indices of a cluster that the URL's pattern names; all of them without one."""

    capabilities = frozenset({"delete", "set", "patch"})

    def __init__(self, settings: StoreSettings, *, writable: bool) -> None:
        self.settings, self._writable = settings, writable
        self._session = Session(settings)
        self._session.ask("", self._session.client.info)

    def close(self) -> None:
        self._session.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def describe(self) -> Description:
        indices = Indices(self._session)
        return Description(
            tuple(
                Collection(self.settings.name, name, "documents", _FIELDS, key=(ID,))
                for name in indices.names
            ),
            tuple(indices.neighbours()),
        )

    def partitions(
        self,
        collection: str | None = None,
        since: Since | None = None,  # noqa: ARG002 - an index attests nothing
    ) -> Iterator[Partition]:
        """One a shard: a document never changes it."""
        for index in Indices(self._session).all():
            if collection not in (None, index.name):
                continue
            for shard in range(index.shards):
                yield Partition(self.settings.name, index.name, bounds=("shard", shard), skip=index.unread)

    def read(self, partition: Partition) -> Iterator[pa.RecordBatch | Gap]:
        name, shard = partition.collection, _shard(partition)
        index = Indices(self._session).of(name)
        if index.unread or index.unseen:
            yield Gap(str(index.unread or index.unseen))
        if not index.unread:
            self._session.refresh(name)
            yield from self._batches(name, self._session.pages(name, _ALL, shard))

    def count(self, partition: Partition) -> int:
        """Documents of the shard by the count API."""
        client, name = self._session.client, partition.collection
        self._session.refresh(name)
        answer = self._session.ask(name, client.count, index=name, preference=f"_shards:{_shard(partition)}")
        return int(answer["count"])

    def find(
        self, collection: str, fields: Sequence[str], values: Iterable[Sequence[Any]]
    ) -> Iterator[pa.RecordBatch | Gap]:
        """By ``_id``: looked up. By paths of the document: the index is read and compared, for what a mapping
        makes of a value is not the value, and what was written before a mapping is not in it."""
        index = Indices(self._session).of(collection)
        if index.unread:
            yield Gap(index.unread)
            return
        wanted = {tuple(map(str, one)) for one in values if None not in one}
        self._session.refresh(collection)
        pages = self._candidates(collection, fields, wanted)
        yield from self._batches(
            collection, ([d for d in page if _matches(d, fields, wanted)] for page in pages)
        )

    def _candidates(
        self, name: str, fields: Sequence[str], wanted: set[tuple[str, ...]]
    ) -> Iterator[list[Document]]:
        if ID not in fields:
            yield from self._session.pages(name, _ALL)
            return
        at = fields.index(ID)
        ids = sorted({one[at] for one in wanted})
        for start in range(0, len(ids), _IDS):
            yield from self._session.pages(name, {"ids": {"values": ids[start : start + _IDS]}})

    def _batches(
        self, collection: str, pages: Iterable[Sequence[Document]]
    ) -> Iterator[pa.RecordBatch | Gap]:
        for page in pages:
            for routed, key in ((False, (ID,)), (True, (ID, f"@{ROUTING}"))):
                if rows := [one for one in page if (one.routing is not None) == routed]:
                    yield with_origin(batch(rows), Origin(self.settings.name, collection, key=key))

    def prepare(self, edits: Sequence[Edit]) -> list[Prepared]:
        """Checks every edit against the document as it is now; one that is gone is no error."""
        for _ in self._changes(edits):
            pass
        collections = dict.fromkeys(edit.collection for edit in edits)
        return [
            Prepared(self.settings.name, name, None, tuple(edit for edit in edits if edit.collection == name))
            for name in collections
        ]

    def _changes(self, edits: Sequence[Edit]) -> Iterator[Change]:
        indices = Indices(self._session)
        for group in grouped(edits):
            yield from changes(self._session, indices, group)

    def commit(self, prepared: Sequence[Prepared]) -> Effects:
        """Document by document, after all were checked. Moved if one is not what its digest says."""
        self._must_write()
        edits = [edit for one in prepared for edit in one.edits]
        self.prepare(edits)
        done = [change for group in grouped(edits) for change in self._written(group)]
        for name in {edit.collection for edit in edits}:
            self._session.refresh(name)
        return Effects(
            tuple(change.where for change in done if change.now and change.text is None),
            tuple(change.where for change in done if change.now and change.text is not None),
            tuple(change.where for change in done if not change.now),
        )

    def _must_write(self) -> None:
        if not self._writable:
            raise Refused(self.settings.name, "", "opened read-only")

    def _written(self, group: Mapping[Place, Sequence[Edit]]) -> Iterator[Change]:
        """The changes that were made. One whose document was written meanwhile is judged again."""
        indices = Indices(self._session)
        for attempt in range(ATTEMPTS):
            planned = list(changes(self._session, indices, group))
            again = set()
            for change, status in zip(planned, self._sent(planned), strict=True):
                if status in (_CONFLICT, _BUSY, _GONE) and change.now:
                    again.add(change.place)
                else:
                    yield change
            group = {place: group[place] for place in again}
            if not group:
                return
            time.sleep(0.1 * 2**attempt)
        raise Unavailable(self.settings.name, "commit", "documents keep changing, or the server is too busy")

    def _sent(self, planned: Sequence[Change]) -> list[int]:
        """The status of each change; 200 for one that has nothing to do."""
        lined = [one for one in planned if one.now and not _has_line_ends(one)]
        statuses = dict(zip((c.place for c in lined), self._bulk(lined), strict=True))
        for one in planned:
            if one.now and _has_line_ends(one):
                index, key, _ = one.place
                statuses[one.place] = self._session.put(index, key, str(one.text), one.condition)
        refused = [s for s in statuses.values() if s >= 400 and s not in (_GONE, _CONFLICT, _BUSY)]
        if refused:
            raise Refused(self.settings.name, "commit", f"the server refuses a change (status {refused[0]})")
        return [statuses.get(one.place, 200) for one in planned]

    def _bulk(self, changes: Sequence[Change]) -> list[int]:
        return self._session.bulk([one.operation for one in changes]) if changes else []

    def discard(self, prepared: Sequence[Prepared]) -> None:
        """Nothing is written aside."""

    def residue(self) -> list[Residue]:
        indices = Indices(self._session)
        names = [name for name in indices.names if name not in indices.closed]
        return segments.residue(self._session, names, settles=self._writable)

    def settle(self, touched: Iterable[str]) -> list[Residue]:
        """Merges the segments of the indices until no deleted document is left in them."""
        self._must_write()
        return segments.settle(self._session, touched)


def _shard(partition: Partition) -> int:
    return int(partition.bounds[1]) if partition.bounds else 0


def _has_line_ends(change: Change) -> bool:
    return change.text is not None and ("\n" in change.text or "\r" in change.text)


def _matches(document: Document, fields: Sequence[str], wanted: set[tuple[str, ...]]) -> bool:
    """Whether the document has one of the wanted combinations; a path in an array has several values."""
    own = {ID: document.id, ROUTING: document.routing}
    found = [{own[f]} if f in own else values(document.text or "", f) for f in fields]
    return any(combination in wanted for combination in product(*found))
