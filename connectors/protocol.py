"""What a store must answer, and the few shapes that travel between rooms.

A connector describes, reads, finds, writes what it is told, and says what it cannot. It never matches and
never decides. All shapes are picklable values, so that the same functions run in another process or on Spark.

**Batches.** Records travel as Arrow record batches of 1 to 4 MB. A column is a field of the collection:

* SQL and Parquet: a column per column, Arrow types as near as possible to the store's own (decimals, UUIDs
  and network addresses as strings). A column that holds JSON is a string column marked `json`.
* JSON Lines, JSON, cache entries: one string column named ``$`` (:data:`DOCUMENT`), marked `json`, holding
  the raw text of the record as stored. Its fields are the paths inside: ``email``, ``ship_to.phone`` (members
  of arrays have the path of the array). What is no JSON object or array has the one field ``value``.
* CSV: a string column per header. Text and logs: one `large_binary` column ``line`` with the raw bytes of
  each line, without its line end.
* Columns whose name starts with ``@`` are not fields: they only locate (``@rowid``, ``@ctid``, ``@path``).

Locators are implicit: :func:`locator` makes one for a row when it is needed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, NamedTuple, Protocol, Self

import pyarrow as pa

DOCUMENT = "$"
LINE = "line"

Locator = Mapping[str, Any]
"""Where a record is: ``{"id": 17}``, ``{"key": "cart:17"}``, ``{"object": "a.csv", "row": 12}``."""

FieldType = Literal[
    "text", "integer", "real", "decimal", "boolean", "date", "timestamp", "uuid", "json", "binary", "other"
]


@dataclass(frozen=True, slots=True)
class Secret:
    """A password or token that never shows itself."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "***"


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """One entry under ``stores:``, secrets resolved, relative paths made absolute."""

    name: str
    url: str
    password: Secret | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def scheme(self) -> str:
        return self.url.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Field:
    """A column as the store declares it. ``max_length`` counts characters."""

    name: str
    type: FieldType = "text"
    nullable: bool = True
    max_length: int | None = None
    generated: bool = False


UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Reference:
    """A declared foreign key: ``fields`` of this collection point at ``targets`` of ``collection``.

    ``on_delete``: the action, in SQL's words; :data:`UNKNOWN` where the store does not tell.
    ``indexed``: whether an index finds the records that refer; None: the store does not tell.
    """

    fields: tuple[str, ...]
    collection: str
    targets: tuple[str, ...]
    on_delete: str = "NO ACTION"
    indexed: bool | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Collection:
    """What holds records in a store, as the store describes it.

    ``fields`` is empty where only reading tells (files, cache entries). ``key`` names the columns of the
    locator.
    """

    store: str
    name: str
    kind: Literal["table", "view", "entries", "documents", "objects", "log"]
    fields: tuple[Field, ...] = ()
    key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    references: tuple[Reference, ...] = ()
    triggers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """Everything a store shows, and the ``neighbours`` it shows but that were not configured."""

    collections: tuple[Collection, ...]
    neighbours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of a collection that one worker reads: a key range, or an object.

    ``skip`` says why it cannot be read (``opaque: image/png``); it is then a line of the coverage and nothing
    else. ``version`` is what the store attests (size, time and digest of a file, an ETag); None: always read.
    """

    store: str
    collection: str
    object: str | None = None
    version: str | None = None
    bounds: tuple[Any, ...] | None = None
    size: int | None = None
    skip: str | None = None

    @property
    def names_object(self) -> bool:
        """Whether it answers for the name of its object too: the whole of it, or its first part."""
        return self.object is not None and (self.bounds is None or self.bounds[0] == 0)


class Since(NamedTuple):
    """An earlier reading. ``began``: when, in seconds since the epoch; ``version``: that of a partition then,
    if it was read whole."""

    began: float
    version: Callable[[Partition], str | None]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something in a partition that could not be read. Comes through :meth:`Connector.read` in its place."""

    reason: str
    locator: Locator | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """What a batch's metadata says of where it is from. Rows and lines count from ``first`` (1 for the
    first).
    """

    store: str
    collection: str
    object: str | None = None
    version: str | None = None
    unit: Literal["key", "row", "line"] = "key"
    first: int = 1
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove one record (a row, an entry, a line of JSON, an element, a whole object)."""

    collection: str
    locator: Locator
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class SetField:
    """Give one column of a record a literal value; None is NULL."""

    collection: str
    locator: Locator
    field: str
    value: str | int | float | None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Patch:
    """Replace byte ranges of one column's raw value (UTF-8, as it came in the batch): (start, end,
    replacement).

    Ranges are ascending and do not overlap. Everything outside them stays byte for byte.
    """

    collection: str
    locator: Locator
    field: str
    pieces: tuple[tuple[int, int, bytes], ...]
    digest: str | None = None


Edit = Delete | SetField | Patch


@dataclass(frozen=True, slots=True)
class Prepared:
    """Edits of one collection or object, made ready to commit. ``aside`` names what was written aside, if
    anything; ``becomes`` is the version that the object then has. Equal to ``version``: the object shows that
    it has these edits already.
    """

    store: str
    collection: str
    object: str | None
    edits: tuple[Edit, ...]
    version: str | None = None
    aside: str | None = None
    becomes: str | None = None


@dataclass(frozen=True, slots=True)
class Effects:
    """The write set: what a commit changed, as the store itself returned it."""

    deleted: tuple[tuple[str, Locator], ...] = ()
    changed: tuple[tuple[str, Locator], ...] = ()
    gone: tuple[tuple[str, Locator], ...] = ()
    """Named by an edit, but not there any more when it ran."""


@dataclass(frozen=True, slots=True)
class Residue:
    """Bytes a store keeps for a while after a logical delete. ``until`` None: no deadline known."""

    store: str
    what: str
    until: datetime | None
    settles: bool
    """Whether :meth:`Connector.settle` can remove it now."""


class Connector(Protocol):
    """One store. Opened by :func:`vestige.connectors.open_store`; a context manager.

    Opened read-only unless asked otherwise, and then the *store* refuses writes. Raises
    :class:`~vestige.connectors.errors.Refused` (final) or :class:`~vestige.connectors.errors.Unavailable`.
    """

    settings: StoreSettings
    capabilities: frozenset[str]
    """Of ``delete``, ``set``, ``patch``, ``equal_length`` (a patch must keep its length), ``transaction``,
    ``pushdown`` (:meth:`find` uses the store's own look-up)."""

    def describe(self) -> Description: ...

    def partitions(self, collection: str | None = None, since: Since | None = None) -> Iterator[Partition]:
        """All partitions, in a stable order; those that cannot be read carry ``skip``. What a store can
        attest to be untouched ``since`` keeps its version without being read."""

    def read(self, partition: Partition) -> Iterator[pa.RecordBatch | Gap]:
        """Every record of a partition, streamed. What cannot be read comes as a :class:`Gap`."""

    def count(self, partition: Partition) -> int | None:
        """Records in a partition by a second road (count(*), a footer, newlines), or None."""

    def find(
        self, collection: str, fields: Sequence[str], values: Iterable[Sequence[Any]]
    ) -> Iterator[pa.RecordBatch | Gap]:
        """The records whose ``fields`` equal one of ``values``, set-oriented. 12 and "12" are one where the
        store says so. ``fields`` may be locator parts (``object``, ``row``) or paths of a document."""

    def prepare(self, edits: Sequence[Edit]) -> list[Prepared]:
        """Check every edit (rights, types, lengths, digests) and write aside what can be. Repeatable; no
        effect.
        """

    def commit(self, prepared: Sequence[Prepared]) -> Effects:
        """Make it so, in the order given; in one transaction where the store has them. Refused as a whole
        with :class:`~vestige.connectors.errors.Moved` when a record is not what its digest says.
        """

    def discard(self, prepared: Sequence[Prepared]) -> None:
        """Remove what was written aside and not committed. Repeatable; after a commit there is nothing."""

    def residue(self) -> list[Residue]:
        """What a commit leaves behind in this kind of store."""

    def settle(self, touched: Iterable[str]) -> list[Residue]:
        """Remove what residue can be removed now of edits in these collections, whoever made them; returns
        what is left."""

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


_META = b"vestige"
_JSON_FIELD = {b"vestige": b"json"}


def column(name: str, kind: pa.DataType, *, is_json: bool = False) -> pa.Field:
    """An Arrow field for a batch's schema."""
    return pa.field(name, kind, metadata=_JSON_FIELD if is_json else None)


def is_json(arrow_field: pa.Field) -> bool:
    """Whether a batch's column holds JSON text."""
    return bool(arrow_field.metadata) and arrow_field.metadata.get(b"vestige") == b"json"


def with_origin(batch: pa.RecordBatch, origin: Origin) -> pa.RecordBatch:
    """The batch, saying where it is from."""
    text = json.dumps({name: getattr(origin, name) for name in Origin.__slots__}).encode()
    return batch.replace_schema_metadata({_META: text})


def origin_of(batch: pa.RecordBatch) -> Origin:
    """Where a batch is from."""
    parts = json.loads((batch.schema.metadata or {})[_META])
    return Origin(**{**parts, "key": tuple(parts["key"])})


def locator(batch: pa.RecordBatch, row: int, origin: Origin | None = None) -> dict[str, Any]:
    """The locator of the record in ``row`` (from 0) of ``batch``."""
    origin = origin or origin_of(batch)
    where: dict[str, Any] = {} if origin.object is None else {"object": origin.object}
    if origin.unit != "key":
        return where | {origin.unit: origin.first + row}
    return where | {name.removeprefix("@"): batch.column(name)[row].as_py() for name in origin.key}


def digest(batch: pa.RecordBatch, row: int) -> str:
    """SHA-256 (hex) over one record's fields in the order of their names, to notice that it changed.

    Locating columns (``@…``) do not count: a row that only moved is the same row.
    """
    whole = hashlib.sha256()
    for name in sorted(n for n in batch.schema.names if not n.startswith("@")):
        value = batch.column(name)[row].as_py()
        raw = b"\0" if value is None else value if isinstance(value, bytes) else str(value).encode()
        whole.update(f"{name!r}:{len(raw)}:".encode() + raw)
    return whole.hexdigest()
