"""Text → spans: every identifier that has a shape, in every view of every cell. No NLP; the scan's hot path.

Whole columns are searched at once: cells are joined by NUL, which no pattern matches, and a hit is brought
back to its cell by position.
"""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from operator import attrgetter

import pyarrow as pa

from vestige.matching import forms
from vestige.matching.addresses import emails
from vestige.matching.decodings import base64_tokens
from vestige.matching.hits import Hit
from vestige.matching.markers import markers
from vestige.matching.phones import phones
from vestige.matching.sieves import identifiers
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


@dataclass(frozen=True, slots=True)
class Span:
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
    normal: str = dataclasses.field(repr=False)


class Extractor:
    """Finds spans by pattern and checksum. ``regions``: where phones may be written without country code."""

    def __init__(self, regions: Sequence[str] = ()) -> None:
        self.regions = tuple(regions)

    def spans(self, batch: pa.RecordBatch, fields: Collection[str] | None = None) -> Iterator[Span]:
        """Every span of a batch (of these fields only), column by column, row by row."""
        for _, column in groupby(cells(batch, fields), attrgetter("column")):
            page = [cell for cell in column if cell.kind in ("text", "number") and cell.text]
            yield from self._page_spans(batch, page)

    def _page_spans(self, batch: pa.RecordBatch, page: list[Cell]) -> Iterator[Span]:
        known: set[tuple[int, int, int, str, str]] = set()
        readings = [(index, View("raw", cell.text, None)) for index, cell in enumerate(page)]
        text = _joined(readings)
        decoded = _decoded(page, text)
        for found in (self._readings(readings, text), self._readings(decoded, _joined(decoded))):
            for index, view, hit in found:
                start, end = view.span(hit.start, hit.end)
                mark = (index, start, end, hit.entity, hit.normal)
                if mark not in known and not _is_tag(page[index].text, start, end, view):
                    known.add(mark)
                    yield _span(batch, page[index], view, start, end, hit)

    def _readings(self, readings: list[tuple[int, View]], text: str) -> Iterator[tuple[int, View, Hit]]:
        """The hits in many texts at once, each with its text's number and view, positions within the view."""
        ends = list(accumulate((len(view.text) + 1 for _, view in readings), initial=1))[1:]
        for hit in sorted(self._hits(text), key=lambda hit: hit.start):
            place = bisect_right(ends, hit.start)
            index, view = readings[place]
            base = ends[place] - len(view.text) - 1
            yield index, view, hit._replace(start=hit.start - base, end=hit.end - base)

    def _hits(self, text: str) -> Iterator[Hit]:
        yield from emails(text)
        taken = []
        for hit in identifiers(text):
            taken.append((hit.start, hit.end))
            yield hit
        yield from phones(text, self.regions, sorted(taken))


def _joined(readings: list[tuple[int, View]]) -> str:
    """All texts, each between NULs."""
    return "\0".join(["", *(view.text.replace("\0", " ") for _, view in readings), ""])


def _decoded(page: list[Cell], text: str) -> list[tuple[int, View]]:
    """Every view but the raw one, of the cells that have any; ``text``: the cells, joined."""
    ends = list(accumulate((len(cell.text) + 1 for cell in page), initial=1))[1:]
    places = {match.start() for match in _ENCODED.finditer(text)}
    places.update(token.offsets[0][0] for token in base64_tokens(text))
    encoded = sorted({bisect_right(ends, place) for place in places})
    return [(index, view) for index in encoded for view in views(page[index].text) if view.raw is not None]


def _is_tag(text: str, start: int, end: int, view: View) -> bool:
    """Whether a query's space before a hit is the plus of an address that is not encoded: ``news+ann@…``."""
    return view.name.endswith("query") and text[start - 1 : start] == "+" and "@" in text[start:end]


def _span(batch: pa.RecordBatch, cell: Cell, view: View, start: int, end: int, hit: Hit) -> Span:
    first, last = byte_range(batch, cell, start, end)
    form = hit.form if view.raw is None else view.name
    return Span(
        cell.row, cell.field, cell.column, view.name, first, last, hit.entity, hit.score, form, hit.normal
    )


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
