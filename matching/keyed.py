"""Keys of a person, only where the scan learnt that keys of their space stand: columns, paths, markers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from vestige.matching import forms
from vestige.matching.views import cells, views

_INT64 = 1 << 63
_BETWEEN = r"[\W_]{0,6}"
_KEY = (
    r"(?:\W{1,6}|(?<=\W))(?:(?:id|no|nr|num(?:ber|mer)?|[№#])\W{0,4})?"
    r"(?P<key>[0-9A-Za-z](?:[\w-]*[0-9A-Za-z])?)(?![\w@]|\.\d)"
)


class KeyPlace(NamedTuple):
    """A field that holds keys of ``space`` (``shop.users.id``); in ``line~user_id`` beside a marker.

    ``when``: only in records where (field, value) hold. ``certain``: False where nobody decided yet.
    """

    field: str
    space: str
    when: tuple[str, str] | None = None
    certain: bool = True


class KeyHit(NamedTuple):
    row: int
    field: str
    owner: int
    certain: bool


class Keys:
    """Who has which key in which space: ``owners[space][key]`` is the number of the subject."""

    def __init__(self, owners: Mapping[str, Mapping[str, int]]) -> None:
        self._owners = {space: dict(keys) for space, keys in owners.items()}
        long_ones = {key: owner for keys in owners.values() for key, owner in keys.items() if key.isdigit()}
        self._long = {int(key): owner for key, owner in long_ones.items() if forms.is_telling(key)}

    def search(self, batch: pa.RecordBatch, places: Sequence[KeyPlace]) -> Iterator[KeyHit]:
        """Every place of the batch that holds a key of a subject."""
        for place in places:
            owners = self._owners.get(place.space)
            if not owners:
                continue
            column, tilde, marker = place.field.partition("~")
            if tilde:
                yield from self._beside(batch, place, column, marker, owners)
            elif place.when is None and place.field in batch.schema.names:
                yield from _in_column(batch, place, owners)
            else:
                yield from _in_cells(batch, place, owners)

    def long_numbers(self, batch: pa.RecordBatch, apart: Collection[str]) -> Iterator[KeyHit]:
        """Keys that are long numbers, in columns of numbers other than those ``apart``."""
        numbers = [one for one in self._long if one < _INT64]
        for name in batch.schema.names if numbers else ():
            column: Any = batch.column(name)
            if column.type == pa.int64() and name not in apart:
                held: Any = pc.is_in(column, value_set=pa.array(numbers, pa.int64()))
                for row in pc.indices_nonzero(held).to_pylist():
                    yield KeyHit(row, name, self._long[column[row].as_py()], certain=False)

    def _beside(
        self, batch: pa.RecordBatch, place: KeyPlace, column: str, marker: str, owners: Mapping[str, int]
    ) -> Iterator[KeyHit]:
        pattern, word = _beside_pattern(marker), max(re.split(r"[\W_]+", marker), key=len).casefold()
        for row, text in _texts(batch, column):
            if word not in text.casefold():
                continue
            for key in _values(pattern, text):
                if (owner := owners.get(key)) is not None:
                    yield KeyHit(row, place.field, owner, place.certain)


def _beside_pattern(marker: str) -> re.Pattern[str]:
    """A marker as programs write it: ``user_id`` is also ``userId``, ``User-ID`` and ``{"user": {"id":``."""
    parts = [re.escape(part) for part in re.split(r"[\W_]+", marker) if part]
    return re.compile(rf"(?<![^\W_]){_BETWEEN.join(parts)}{_KEY}", re.IGNORECASE)


def _values(pattern: re.Pattern[str], text: str) -> set[str]:
    found = (forms.key(match["key"]) for view in views(text) for match in pattern.finditer(view.text))
    return {key for key in found if key is not None}


def _texts(batch: pa.RecordBatch, field: str) -> Iterator[tuple[int, str]]:
    """(row, text) of a column, an object's or an entry's name, or a path inside a document."""
    for name in (field, f"@{field}"):
        if name in batch.schema.names:
            for row, value in enumerate(batch.column(name).to_pylist()):
                if value is not None:
                    yield row, value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
            return
    for cell in cells(batch, {field}):
        yield cell.row, cell.text


def _in_column(batch: pa.RecordBatch, place: KeyPlace, owners: Mapping[str, int]) -> Iterator[KeyHit]:
    column: Any = batch.column(place.field)
    for row in _suspects(column, owners):
        key = forms.key(column[row].as_py())
        if key is not None and (owner := owners.get(key)) is not None:
            yield KeyHit(row, place.field, owner, place.certain)


def _suspects(column: Any, owners: Collection[str]) -> list[int]:
    """Rows whose value may be one of the keys: all that text can decide without looking at each value."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_integer(column.type):
        column = pc.cast(column, pa.string())
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return [row for row in range(len(column)) if column[row].is_valid]
    trimmed = pc.utf8_lower(pc.replace_substring_regex(column, r"^[\s{]+|(\.0+)?[\s}]*$", ""))
    wanted = pa.array(sorted({key.lower() for key in owners} | {k.replace("-", "") for k in owners}))
    found: Any = pc.is_in(trimmed, value_set=wanted.cast(trimmed.type))
    rows: list[int] = pc.indices_nonzero(found).to_pylist()
    return rows


def _in_cells(batch: pa.RecordBatch, place: KeyPlace, owners: Mapping[str, int]) -> Iterator[KeyHit]:
    rows = None if place.when is None else _holding(batch, *place.when)
    for cell in cells(batch, {place.field}):
        key = forms.key(cell.text) if cell.field == place.field and cell.kind != "null" else None
        if key is not None and key in owners and (rows is None or cell.row in rows):
            yield KeyHit(cell.row, place.field, owners[key], place.certain)


def _holding(batch: pa.RecordBatch, field: str, value: str) -> set[int]:
    """The rows in which a field has a value."""
    return {cell.row for cell in cells(batch, {field}) if cell.field == field and _same(cell.text, value)}


def _same(text: str, value: str) -> bool:
    return text.strip().casefold() == value.strip().casefold()
