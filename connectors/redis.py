"""``redis://[user@]host:port/database``: the entries of one Redis database, by families of keys.

A batch has the columns ``key`` (which is the locator, and a field) and ``$`` (see
:mod:`vestige.connectors.entries.documents`). Redis knows no read-only session: what is opened read-only sends
no command that could write (:data:`vestige.connectors.entries.session.READ_COMMANDS`); give it an ACL user
with ``+@read +info`` if the server shall refuse too. A commit is one MULTI under WATCH: all or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
from redis.exceptions import WatchError

from vestige.connectors.entries import persistence
from vestige.connectors.entries.documents import values
from vestige.connectors.entries.edits import Change, batch, changes
from vestige.connectors.entries.families import Families, literal_prefix, shape
from vestige.connectors.entries.session import Entry, Session
from vestige.connectors.errors import Moved, Refused
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

BATCH_BYTES = 2 << 20
ATTEMPTS = 5
_FIELDS = (Field("key", nullable=False), Field(DOCUMENT, "json"))


def open(settings: StoreSettings, *, writable: bool = False) -> RedisStore:  # noqa: A001
    """Open the database that the URL names. Refused for a cluster."""
    return RedisStore(settings, writable=writable)


class RedisStore:
    """One database of one Redis server."""

    capabilities = frozenset({"delete", "set", "patch", "transaction", "pushdown"})

    def __init__(self, settings: StoreSettings, *, writable: bool) -> None:
        self.settings, self._writable = settings, writable
        self._session = Session(settings, writable=writable)

    def close(self) -> None:
        self._session.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def describe(self) -> Description:
        store = self.settings.name
        return Description(
            tuple(
                Collection(store, name, "entries", _FIELDS, key=("key",))
                for name in self._families().counts()
            ),
            tuple(self._neighbours()),
        )

    def _neighbours(self) -> Iterator[str]:
        keyspace, replication = self._session.info("keyspace"), self._session.info("replication")
        if not replication:
            yield "other databases and replicas: this user may not ask"
        own = f"db{self._session.client.get_connection_kwargs().get('db', 0)}"
        yield from (f"database {name.removeprefix('db')}" for name in keyspace if name != own)
        yield from persistence.replicas(replication)
        if replication.get("role") == "slave":
            yield f"primary {replication.get('master_host')}:{replication.get('master_port')}"

    def _families(self) -> Families:
        families = Families()
        for key in self._session.scan():
            families.learn(key.decode(errors="replace"))
        return families

    def _known(self, collection: str) -> Families:
        """The families, if this is one of them or could be: a family may have lost its last entry."""
        families = self._families()
        could_be = "*" in collection and "".join(shape(collection)) == collection
        if collection not in families.counts() and not could_be:
            raise Refused(self.settings.name, collection, "no such collection")
        return families

    def partitions(
        self,
        collection: str | None = None,
        since: Since | None = None,  # noqa: ARG002 - Redis attests nothing
    ) -> Iterator[Partition]:
        """One a family. ``bounds`` say where words stand for values: any worker then knows what belongs."""
        families = self._families()
        collapsed = tuple(sorted(families.collapsed))
        for name in families.counts():
            if collection in (None, name):
                yield Partition(self.settings.name, name, bounds=("collapsed", collapsed))

    def _members(self, collection: str, families: Families, prefix: str = "") -> Iterator[bytes]:
        for key in self._session.scan(prefix):
            if families.of(key.decode(errors="replace")) == collection:
                yield key

    def _of(self, partition: Partition) -> Families:
        return Families(partition.bounds[1]) if partition.bounds else self._families()

    def read(self, partition: Partition) -> Iterator[pa.RecordBatch | Gap]:
        name = partition.collection
        keys = self._members(name, self._of(partition), literal_prefix(name))
        yield from self._batches(name, self._session.entries(keys))

    def count(self, partition: Partition) -> int:
        """Keys of the family by another SCAN, over the whole database and without the server's matching."""
        return sum(1 for _ in self._members(partition.collection, self._of(partition)))

    def find(
        self, collection: str, fields: Sequence[str], values: Iterable[Sequence[Any]]
    ) -> Iterator[pa.RecordBatch | Gap]:
        """By ``key``: looked up. By paths of the document: the family is read and compared."""
        families = self._known(collection)
        wanted = {tuple(map(str, one)) for one in values if None not in one}
        if tuple(fields) == ("key",):
            keys = sorted(key for (key,) in wanted if families.of(key) == collection)
            yield from self._batches(collection, self._session.entries(key.encode() for key in keys))
        else:
            members = self._members(collection, families, literal_prefix(collection))
            everything = self._session.entries(members)
            found = (one for one in everything if isinstance(one, Gap) or _matches(one, fields, wanted))
            yield from self._batches(collection, found)

    def _batches(self, collection: str, items: Iterable[Entry | Gap]) -> Iterator[pa.RecordBatch | Gap]:
        origin = Origin(self.settings.name, collection, key=("key",))
        rows: list[Entry] = []
        held = 0
        for item in items:
            if isinstance(item, Gap):
                yield item
                continue
            size = len(item.text.encode()) + len(item.key.encode())
            if rows and held + size > BATCH_BYTES:
                yield with_origin(batch(rows), origin)
                rows, held = [], 0
            rows.append(item)
            held += size
        if rows:
            yield with_origin(batch(rows), origin)

    def prepare(self, edits: Sequence[Edit]) -> list[Prepared]:
        """Checks every edit against the entry as it is now; an entry that is gone is no error."""
        families = self._families() if edits else Families()
        grouped: dict[str, list[Edit]] = {}
        for edit in edits:
            if families.of(edit.locator["key"]) != edit.collection:
                raise Refused(self.settings.name, edit.collection, "no such entry in this collection")
            grouped.setdefault(edit.collection, []).append(edit)
        for _ in changes(self._session, edits):
            pass
        return [Prepared(self.settings.name, name, None, tuple(own)) for name, own in grouped.items()]

    def commit(self, prepared: Sequence[Prepared]) -> Effects:
        """All edits in one MULTI. Moved if an entry is not what its digest says, or keeps changing."""
        self._must_write()
        edits = [edit for one in prepared for edit in one.edits]
        with self._session.errors("commit"), self._session.client.pipeline(transaction=True) as pipe:
            for _ in range(ATTEMPTS):
                try:
                    return self._attempt(pipe, edits)
                except WatchError:
                    pipe.reset()
        raise Moved(self.settings.name, "commit", "the entries keep changing")

    def _must_write(self) -> None:
        if not self._writable:
            raise Refused(self.settings.name, "", "opened read-only")

    def _attempt(self, pipe: Any, edits: Sequence[Edit]) -> Effects:
        for edit in edits:
            pipe.watch(edit.locator["key"])
        planned = list(changes(self._session, edits))
        pipe.multi()
        for change in planned:
            for command in change.commands:
                pipe.execute_command(*command)
        return _effects(planned, iter(pipe.execute()))

    def discard(self, prepared: Sequence[Prepared]) -> None:
        """Nothing is written aside."""

    def residue(self) -> list[Residue]:
        return persistence.residue(self._session, settles=self._writable)

    def settle(self, touched: Iterable[str]) -> list[Residue]:  # noqa: ARG002 - its files hold all
        """Rewrites the append-only file and the snapshot, and waits for them (a minute each at most)."""
        self._must_write()
        return persistence.settle(self._session)


def _effects(planned: Sequence[Change], replies: Iterator[Any]) -> Effects:
    """The write set, by what the server answered to each command."""
    deleted, changed, gone = [], [], []
    for change in planned:
        where = (change.collection, {"key": change.key})
        answers = list(islice(replies, len(change.commands)))
        if change.deletes and any(answers):
            deleted.append(where)
        elif change.deletes or not answers:
            gone.append(where)
        else:
            changed.append(where)
    return Effects(tuple(deleted), tuple(changed), tuple(gone))


def _matches(entry: Entry, fields: Sequence[str], wanted: set[tuple[str, ...]]) -> bool:
    """Whether the entry has one of the wanted combinations; a path in an array has several values."""
    found = [{entry.key} if field == "key" else values(entry.text, field) for field in fields]
    return any(combination in wanted for combination in product(*found))
