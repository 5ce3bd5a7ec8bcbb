"""Text → spans: every identifier that has a shape, in every view of every cell. No NLP; the scan's hot path.

Whole columns are searched at once, and for each kind only the cells that may hold it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import pyarrow as pa

from vestige.matching import forms
from vestige.matching.addresses import emails
from vestige.matching.decodings import BASE64, base64_within
from vestige.matching.hits import Hit
from vestige.matching.markers import markers
from vestige.matching.pages import Page, Patterns
from vestige.matching.phones import RUN, phones
from vestige.matching.sieves import FINDERS
from vestige.matching.views import Cell, View, byte_range, cells, views

__all__ = ["SPAN_SCHEMA", "Extractor", "Span", "markers", "to_arrow"]

_SPAN_COLUMNS: list[tuple[str, pa.DataType]] = [
    ("row", pa.int64()),
    ("field", pa.string()),
    ("column", pa.string()),
    ("view", pa.string()),
    ("start", pa.int64()),
    ("end", pa.int64()),
    ("entity", pa.string()),
    ("score", pa.float64()),
    ("form", pa.string()),
    ("hash", pa.string()),
]
SPAN_SCHEMA = pa.schema(_SPAN_COLUMNS)
"""Spans as they leave a worker: keyed hashes instead of normal forms."""

_ENCODED = re.compile(r"%[0-9a-fA-F]{2}|\\[ux\"\\/bfnrt]|&#?[A-Za-z0-9]+;|=[^\0=+]*+\+")


@cache
def _sieve() -> Patterns:
    """What :data:`FINDERS`, phones, escapes and base64 need to match at all."""
    return Patterns([*(finder.patterns for finder in FINDERS), (RUN,), (_ENCODED,), (BASE64,)])


class Span(NamedTuple):
    """An identifier in a record. ``start``, ``end``: bytes of the column's raw value.

    ``view``: the reading in which it was found (``raw``, ``percent``, ``base64``, ``percent/json``…; a base64
    token is covered as a whole). ``form``: that reading, or ``clear``, ``uuid``, ``digest``. ``normal``: the
    readable normal form; it stays in memory.
    """

    row: int
    field: str
    column: str
    view: str
    start: int
    end: int
    entity: str
    score: float
    form: str
    normal: str

    def __repr__(self) -> str:
        return f"Span(row={self.row}, field={self.field!r}, bytes={self.start}:{self.end}, {self.entity!r})"


class Found(NamedTuple):
    """A hit in one of several texts, by its number. ``start``, ``end``: characters of the text, whatever the
    ``view`` in which it was found."""

    text: int
    start: int
    end: int
    view: View
    hit: Hit

    @property
    def form(self) -> str:
        return self.hit.form if self.view.raw is None else self.view.name

    def __repr__(self) -> str:
        return f"Found(text={self.text}, {self.start}:{self.end}, {self.hit!r})"


class Extractor:
    """Finds spans by pattern and checksum. ``regions``: where phones may be written without country code."""

    def __init__(self, regions: Sequence[str] = ()) -> None:
        self.regions = tuple(regions)

    def spans(self, batch: pa.RecordBatch, fields: Collection[str] | None = None) -> Iterator[Span]:
        """Every span of a batch (of these fields only), column by column, row by row."""
        for _, column in groupby(cells(batch, fields), attrgetter("column")):
            page = [cell for cell in column if cell.kind in ("text", "number") and cell.text]
            for found in self.found([cell.text for cell in page]):
                yield _span(batch, page[found.text], found)

    def found(self, texts: Sequence[str]) -> Iterator[Found]:
        """Every identifier in texts, in any of their readings, each once: first those that stand there."""
        known: set[tuple[int, int, int, str, str]] = set()
        raw = [(index, View("raw", text.replace("\0", " "), None)) for index, text in enumerate(texts)]
        plain, encoded = self._hits(raw)
        decoded = [
            (index, view._replace(text=view.text.replace("\0", " ")))
            for index in encoded
            for view in views(texts[index])
            if view.raw is not None
        ]
        for readings, hits in ((raw, plain), (decoded, self._hits(decoded)[0])):
            for number, hit in hits:
                index, view = readings[number]
                start, end = view.span(hit.start, hit.end)
                mark = (index, start, end, hit.entity, hit.normal)
                if mark not in known and not _is_tag(texts[index], start, end, view):
                    known.add(mark)
                    yield Found(index, start, end, view, hit)

    def _hits(self, readings: list[tuple[int, View]]) -> tuple[list[tuple[int, Hit]], list[int]]:
        """Every hit in its reading, by their numbers, in their order; and which readings hide something."""
        page = Page([view.text for _, view in readings])
        *places, dialled, escaped, packed = page.sieved(_sieve())
        found = [hit for finder, part in zip(FINDERS, places, strict=True) for hit in part.hits(finder.find)]
        taken = dialled.ranges(found)
        found[:0] = page.hits(emails)
        found += dialled.hits(lambda text: phones(text, self.regions, taken))
        encoded = {escaped.at(match.start())[0] for match in _ENCODED.finditer(escaped.joined)}
        runs = BASE64.finditer(packed.joined)
        encoded |= {packed.at(run.start())[0] for run in runs if base64_within(run.group())}
        return sorted(found, key=lambda each: (each[0], each[1].start)), sorted(encoded)


def _is_tag(text: str, start: int, end: int, view: View) -> bool:
    """Whether a query's space before a hit is the plus of an address that is not encoded: ``news+ann@…``."""
    return view.name.endswith("query") and text[start - 1 : start] == "+" and "@" in text[start:end]


def _span(batch: pa.RecordBatch, cell: Cell, found: Found) -> Span:
    first, last = byte_range(batch, cell, found.start, found.end)
    hit = found.hit
    of_cell = (cell.row, cell.field, cell.column, found.view.name, first, last)
    return Span(*of_cell, hit.entity, hit.score, found.form, hit.normal)


def to_arrow(spans: Iterable[Span], hasher: forms.Hasher) -> pa.RecordBatch:
    """Spans as a record batch of :data:`SPAN_SCHEMA`; equal identifiers are hashed once."""
    hashes: dict[tuple[str, str], str] = {}
    rows = []
    for span in spans:
        known = (span.entity, span.normal)
        if known not in hashes:
            hashes[known] = hasher.hash(forms.kind(*known), span.normal)
        values = (getattr(span, name) for name in SPAN_SCHEMA.names[:-1])
        rows.append((*values, hashes[known]))
    columns = zip(*rows, strict=True) if rows else [()] * len(SPAN_SCHEMA)
    arrays = [pa.array(column, item.type) for column, item in zip(columns, SPAN_SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SPAN_SCHEMA)
