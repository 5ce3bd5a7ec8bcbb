"""From an object to how it is packed and which format it has, or why it is not read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vestige.connectors.formats.magic import PARQUET, media_type, opaque
from vestige.connectors.formats.model import BOM, Encoding, Format, Packing, Source
from vestige.connectors.formats.sniff import HEAD, text_format
from vestige.connectors.formats.stream import Blocks
from vestige.connectors.formats.text import Text

_GZIP = b"\x1f\x8b\x08"
_MARKS: tuple[tuple[bytes, Encoding], ...] = (
    (BOM, "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What an object is. ``skip`` says why it has no format; ``empty`` that it holds nothing."""

    source: Source
    format: Format | None
    skip: str | None = None
    empty: bool = False


def recognise(source: Source, name: str, *, lines_only: bool = False) -> Recognised:
    """Look at an object's beginning. ``lines_only``: every text is lines, whatever they hold (logs)."""
    head = _head(source)
    if head.startswith(_GZIP):
        source = replace(source, packing=Packing(gz=True))
        head = _head(source)
    kind = media_type(head)
    if kind == PARQUET and not lines_only:
        return _parquet(source)
    source = replace(source, packing=_encoding(source.packing, head))
    head = _head(source) if source.packing.bom else head
    if kind is not None:
        return Recognised(source, None, f"skipped: {kind} is not supported yet")
    if reason := opaque(head):
        return Recognised(source, None, f"opaque: {reason}")
    return Recognised(source, Text() if lines_only else text_format(source, head, name), empty=not head)


def _head(source: Source) -> bytes:
    parts: list[bytes] = []
    for block in Blocks(source):
        parts.append(block)
        if sum(map(len, parts)) >= HEAD:
            break
    return b"".join(parts)[:HEAD]


def _encoding(packing: Packing, head: bytes) -> Packing:
    if head.startswith(b"\xff\xfe\0\0"):
        return packing
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return packing._replace(encoding=encoding, bom=True)
    return packing


def _parquet(source: Source) -> Recognised:
    from vestige.connectors.formats.parquet import Damaged, Parquet

    try:
        return Recognised(source, Parquet(source))
    except Damaged as error:
        return Recognised(source, None, f"unreadable: {error}")
