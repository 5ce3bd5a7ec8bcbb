"""Which format a text is in, by its content. Its name only decides between readings that fit equally well."""

from __future__ import annotations

from collections.abc import Sequence

from vestige.connectors.formats.json import Document
from vestige.connectors.formats.jsonl import JsonLines
from vestige.connectors.formats.layout import layout
from vestige.connectors.formats.model import Format, Source
from vestige.connectors.formats.paths import parse
from vestige.connectors.formats.salvage import readable
from vestige.connectors.formats.tables import table
from vestige.connectors.formats.text import Text

HEAD = 1 << 18
"""Bytes of the text that are looked at."""

_SAMPLE = 200
_LINES = (".jsonl", ".ndjson")


def text_format(source: Source, head: bytes, name: str) -> Format:
    """The format of a readable text. ``head`` is its beginning (all of it, if it is shorter than HEAD)."""
    ending = name.lower().removesuffix(".gz")
    lines = [line for line in head.split(b"\n") if line.strip()]
    if len(head) >= HEAD:
        lines = lines[:-1] or lines
    return _json(source, lines, ending) or table(lines, ending) or Text()


def _json(source: Source, lines: Sequence[bytes], ending: str) -> Format | None:
    """JSON Lines where most lines are objects, a document where the whole is one value.

    One line with one object is both: a document if it is named ``.json``.
    """
    sample = lines[:_SAMPLE]
    objects, named = sum(map(_is_object, sample)), ending.endswith(_LINES)
    if objects and (named or objects >= max(2, len(sample) / 2)):
        return JsonLines()
    if named and len(lines) <= 1:
        return JsonLines()
    bracket = bool(lines) and lines[0].lstrip()[:1] in (b"{", b"[")
    where = layout(source) if bracket or ending.endswith(".json") else None
    if where is None:
        return JsonLines() if named else None
    single = len(lines) == 1 == objects and not ending.endswith(".json")
    return JsonLines() if single else Document(where)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(parse(readable(line)), dict)
    except ValueError:
        return False
