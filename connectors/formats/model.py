"""What every format answers, and the few shapes that formats share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Literal, NamedTuple, Protocol

import pyarrow as pa

from vestige.connectors.protocol import Edit, Field, Gap

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes: of a block read, of one record, of a whole inflated object; and how far gzip may inflate.

    ``ratio`` counts only from ``grace`` inflated bytes on, so that small and very regular files pass.
    """

    block: int = 1 << 20
    record: int = 64 << 20
    inflated: int = 1 << 40
    ratio: int = 200
    grace: int = 256 << 20


Encoding = Literal["utf-8", "utf-16-le", "utf-16-be"]


class Packing(NamedTuple):
    """How the text of an object is wrapped. All formats see UTF-8 without a byte order mark."""

    gz: bool = False
    encoding: Encoding = "utf-8"
    bom: bool = False


class Part(NamedTuple):
    """Some records in their order; ``first`` is the number of the first, from 1."""

    first: int
    batch: pa.RecordBatch


Key = int | str
"""A row or line number from 1, or the path of an element."""

Edits = Mapping[Key, Sequence[Edit]]


class Unfit(ValueError):
    """An edit that a format cannot do, or a file that it cannot rewrite. The message holds no value."""


@dataclass(frozen=True, slots=True)
class Source:
    """An object to read, as often as needed: stored bytes by ``open``, text by :class:`.stream.Blocks`."""

    open: Callable[[], BinaryIO]
    packing: Packing = Packing()
    limits: Limits = Limits()


class Sink(Protocol):
    """Where the rewritten bytes go."""

    def write(self, data: bytes, /) -> object: ...


class Format(Protocol):
    """One file format. Bound to no object: the source comes with every call."""

    name: str
    unit: Literal["row", "line", "key"]
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    by_line: bool
    """Whether a plain object may be cut at any line's end: whole records stand on both sides."""

    def read(self, source: Source) -> Iterator[Part | Gap]:
        """All records; what could not be read comes as a gap."""

    def count(self, source: Source) -> int | None:
        """Records, found by another road than :meth:`read`; None where there is none."""

    def rewrite(self, source: Source, sink: BinaryIO, edits: Edits) -> None:
        """The object's bytes as stored, with the edits made and all else byte for byte. Raises Unfit."""
