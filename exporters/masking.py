"""One record of a package: the subject's part of it, everybody else masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pyarrow as pa

from vestige.catalog.model import IdentitySource, Relation
from vestige.connectors.protocol import is_json
from vestige.exporters.fetch import Fetched
from vestige.exporters.landscape import Chart
from vestige.exporters.others import Others
from vestige.matching import forms
from vestige.matching.extract import Extractor, Span, markers
from vestige.matching.mentions import Mentions
from vestige.matching.views import Cell, byte_range, cells

MASKED = "[masked]"

Called = tuple[Mentions, str]
"""What somebody else is called in running text, and what the package calls them."""


class Piece(NamedTuple):
    """Bytes of a column's raw value, and what stands there instead."""

    start: int
    end: int
    label: str


class Masker:
    """Masks records of all collections. Text columns keep their bytes, but for what belongs to others."""

    def __init__(self, others: Others, regions: tuple[str, ...]) -> None:
        self._others, self._extractor = others, Extractor(regions)

    def masked(self, fetched: Fetched, chart: Chart) -> tuple[dict[str, Any], int]:
        """The record's columns as text or plain values, and how many places were masked."""
        batch = fetched.batch
        all_cells = [cell for cell in cells(batch) if cell.kind != "null"]
        people: list[Called] = []
        whole = dict(self._whole(fetched, chart, all_cells, people))
        pieces: dict[str, list[Piece]] = {name: [] for name in batch.schema.names}
        for cell in all_cells:
            if cell.field in whole:
                pieces[cell.column].append(_all_of(batch, cell, whole[cell.field]))
            else:
                pieces[cell.column] += self._inside(batch, cell, chart, people)
        for span in self._extractor.spans(batch):
            if span.field not in whole and self._others.must_go(span.entity, span.normal):
                label = self._others.label(f"{span.entity} {span.normal}")
                pieces[span.column].append(_of_span(batch, span, label, all_cells))
        names = [name for name in batch.schema.names if not name.startswith("@")]
        return {name: _column(batch, name, pieces[name]) for name in names}, sum(map(len, pieces.values()))

    def text(self, text: str) -> str:
        """A name of a place, with what names somebody else masked."""
        batch = pa.record_batch([pa.array([text])], ["name"])
        found = [s for s in self._extractor.spans(batch) if self._others.must_go(s.entity, s.normal)]
        pieces = [Piece(s.start, s.end, self._others.label(f"{s.entity} {s.normal}")) for s in found]
        return str(_column(batch, "name", pieces))

    def key(self, source: IdentitySource, field: str, value: str) -> str:
        """A key of an account: as it is if it is the subject's, else a label."""
        if self._others.owns_key(source, field, value):
            return value
        return self._others.label(f"{source.name}.{field} {forms.key(value)}")

    def _whole(
        self, fetched: Fetched, chart: Chart, found: list[Cell], people: list[Called]
    ) -> Iterator[tuple[str, str]]:
        """(field, label) of values that are wholly somebody else's; those people's names are collected."""
        mine = {name for name, _ in fetched.record.fields}
        values = {cell.field: cell.text for cell in found}
        for field, entity in chart.personal.items() if fetched.record.standing != "owner" else ():
            if field in values and field not in mine and not self._is_mine(entity, values[field]):
                yield field, MASKED
        yield from self._known_phones(values)
        for source, field, child in _references(chart):
            value = values.get(child) if _holds(chart, child, values) else None
            if value is not None and not self._others.owns_key(source, field, value):
                label = self._others.label(f"{source.name}.{field} {forms.key(value)}")
                people.append((self._others.person(source, field, value), label))
                yield child, label

    def _known_phones(self, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Bare digits that are the phone of somebody known: no pattern would dare to call them one."""
        for field, text in values.items():
            normal = forms.normal("PHONE_NUMBER", text, self._extractor.regions) if text.isdigit() else None
            mine = normal is not None and self._others.is_mine("PHONE_NUMBER", normal)
            if normal and not mine and self._others.is_known("PHONE_NUMBER", normal):
                yield field, self._others.label(f"PHONE_NUMBER {normal}")

    def _is_mine(self, entity: str, text: str) -> bool:
        normal = forms.normal(entity, text, self._extractor.regions)
        return normal is not None and self._others.is_mine(entity, normal)

    def _inside(
        self, batch: pa.RecordBatch, cell: Cell, chart: Chart, people: list[Called]
    ) -> Iterator[Piece]:
        if cell.kind != "text":
            return
        for start, end, label in self._others.names(cell.text, people):
            yield Piece(*byte_range(batch, cell, start, end), label)
        for start, end, label in self._beside(cell, chart):
            yield Piece(*byte_range(batch, cell, start, end), label)

    def _beside(self, cell: Cell, chart: Chart) -> Iterator[tuple[int, int, str]]:
        """Keys of others beside markers: ``user_id=170`` in a line of a log."""
        leads = {
            relation.child.field: (relation, source)
            for relation, source in chart.references
            if relation.child.field.startswith(f"{cell.field}~")
        }
        for marker, value, start, end in markers(cell.text) if leads else ():
            relation, source = leads.get(f"{cell.field}~{marker}", (None, None))
            if relation and source and not self._others.owns_key(source, relation.parent.field, value):
                yield start, end, self._others.label(f"{source.name}.{relation.parent.field} {value}")


def _references(chart: Chart) -> Iterator[tuple[IdentitySource, str, str]]:
    """(whose accounts, their field, the field that refers to it); an account refers to itself by its key."""
    for relation, source in chart.references:
        yield source, relation.parent.field, relation.child.field
    if chart.source is not None:
        yield chart.source, chart.source.key, chart.source.key


def _holds(chart: Chart, child: str, values: dict[str, str]) -> bool:
    """Whether a reference that depends on a type is one: by any relation of this field."""
    conditions: list[Relation] = [r for r, _ in chart.references if r.child.field == child]
    return not conditions or any(
        r.when is None or values.get(r.when[0], "").casefold() == r.when[1].casefold() for r in conditions
    )


def _all_of(batch: pa.RecordBatch, cell: Cell, label: str) -> Piece:
    """A whole value; inside of JSON it becomes a string."""
    inside = is_json(batch.schema.field(cell.column)) and cell.field not in (cell.column, "value")
    return Piece(cell.start, cell.end, f'"{label}"' if inside else label)


def _of_span(batch: pa.RecordBatch, span: Span, label: str, found: list[Cell]) -> Piece:
    """A span; where it is in a number, all of that number, for no part of it may become text."""
    for cell in found:
        within = cell.column == span.column and cell.start <= span.start and span.end <= cell.end
        if within and cell.kind == "number":
            return _all_of(batch, cell, label)
    return Piece(span.start, span.end, label)


def _column(batch: pa.RecordBatch, name: str, pieces: list[Piece]) -> Any:
    """A column's value with pieces replaced; as it is where nothing is."""
    value = batch.column(name)[0].as_py()
    if value is None or not pieces:
        return value
    if not isinstance(value, (bytes, str)):
        return pieces[0].label
    raw = value if isinstance(value, bytes) else value.encode()
    for piece in _disjoint(pieces):
        raw = raw[: piece.start] + piece.label.encode() + raw[piece.end :]
    return raw.decode("utf-8", "replace")


def _disjoint(pieces: list[Piece]) -> list[Piece]:
    """The pieces from the last to the first, overlapping ones as one."""
    merged: list[Piece] = []
    for piece in sorted(pieces):
        if merged and piece.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = Piece(last.start, max(last.end, piece.end), last.label)
        else:
            merged.append(piece)
    return merged[::-1]
