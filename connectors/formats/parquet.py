"""Parquet: columns as they are, row groups streamed, and rewritten one by one with the file's own settings.

Row groups cannot be copied raw with pyarrow: all are written anew, of the same rows, with the codec,
dictionaries, statistics, metadata and time unit that the file has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from vestige.connectors.formats.columns import compacted, described, plain, with_values
from vestige.connectors.formats.editing import deletes, merged, spliced
from vestige.connectors.formats.model import Edits, Part, Source, Unfit
from vestige.connectors.formats.paths import set_at
from vestige.connectors.formats.stream import Blocks, packed
from vestige.connectors.protocol import Delete, Edit, Field, Gap, Patch, SetField, is_json

_BATCH = 2 << 20
_CODECS = {"UNCOMPRESSED": "NONE"}


class Damaged(ValueError):
    """The file is no Parquet that can be opened."""


@contextmanager
def _opened(source: Source) -> Iterator[pq.ParquetFile]:
    """The file; one that was packed by gzip is unpacked into a temporary file without a name."""
    with TemporaryFile() if source.packing.gz else source.open() as raw:
        if source.packing.gz:
            blocks = Blocks(source)
            for block in blocks:
                raw.write(block)
            if blocks.gap:
                raise Damaged(blocks.gap)
        try:
            file = pq.ParquetFile(raw)
        except (pa.ArrowException, OSError) as error:
            raise Damaged("damaged Parquet") from error
        with file:
            yield file


class Parquet:
    """Rows count from 1 over the whole file. A nested column is a JSON text."""

    name = "parquet"
    unit: Literal["row", "line", "key"] = "row"
    key: tuple[str, ...] = ()
    by_line = False

    def __init__(self, source: Source) -> None:
        with _opened(source) as file:
            self.fields: tuple[Field, ...] = described(file.schema_arrow)

    def read(self, source: Source) -> Iterator[Part | Gap]:
        first = 1
        try:
            with _opened(source) as file:
                for batch in file.iter_batches(_rows(file.metadata)):
                    yield Part(first, plain(batch))
                    first += batch.num_rows
        except Damaged as error:
            yield Gap(str(error), {"row": first})
        except (pa.ArrowException, OSError):
            yield Gap("damaged Parquet: it cannot be read on from here", {"row": first})

    def count(self, source: Source) -> int | None:
        with _opened(source) as file:
            return int(file.metadata.num_rows)

    def rewrite(self, source: Source, sink: BinaryIO, edits: Edits) -> None:
        try:
            with _opened(source) as file, packed(source, sink) as out:
                _rewrite(file, out, edits)
        except Damaged as error:
            raise Unfit(str(error)) from error
        except pa.ArrowException as error:
            raise Unfit("Parquet that cannot be written as it was") from error


def _rows(metadata: pq.FileMetaData) -> int:
    """Rows that make a batch of about 2 MB."""
    size = sum(metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups))
    return int(max(1, min(65536, _BATCH * max(metadata.num_rows, 1) // max(size, 1))))


def _rewrite(file: pq.ParquetFile, out: Any, edits: Edits) -> None:
    first = 1
    with pq.ParquetWriter(out, file.schema_arrow, **_settings(file)) as writer:
        for at in range(file.metadata.num_row_groups):
            group = file.read_row_group(at)
            inside = {
                key - first: several
                for key, several in edits.items()
                if isinstance(key, int) and key - first in range(group.num_rows)
            }
            first += group.num_rows
            group = _edited(group, inside) if inside else group
            if group.num_rows:
                writer.write_table(group, row_group_size=group.num_rows)


def _settings(file: pq.ParquetFile) -> dict[str, Any]:
    """What a writer needs to write as this file is written."""
    metadata = file.metadata
    settings: dict[str, Any] = {
        "version": "1.0" if metadata.format_version == "1.0" else "2.6",
        "store_schema": b"ARROW:schema" in (metadata.metadata or {}),
        "write_page_index": False,
    }
    if not metadata.num_row_groups:
        return settings
    group = metadata.row_group(0)
    columns = [group.column(at) for at in range(group.num_columns)]
    return settings | {
        "compression": {one.path_in_schema: _CODECS.get(one.compression, one.compression) for one in columns},
        "use_dictionary": [one.path_in_schema for one in columns if one.has_dictionary_page],
        "write_statistics": [one.path_in_schema for one in columns if one.is_stats_set],
        "use_deprecated_int96_timestamps": any(one.physical_type == "INT96" for one in columns),
        "use_compliant_nested_type": not any(".list.item" in one.path_in_schema for one in columns),
        "sorting_columns": group.sorting_columns or None,
    }


def _edited(group: pa.Table, edits: Mapping[int, Sequence[Edit]]) -> pa.Table:
    """A row group with its edits made."""
    gone = {row for row, several in edits.items() if deletes(several)}
    changes: dict[str, dict[int, list[Edit]]] = {}
    for row in edits.keys() - gone:
        for edit in edits[row]:
            changes.setdefault(_column(group, edit), {}).setdefault(row, []).append(edit)
    kept = pa.array([row for row in range(group.num_rows) if row not in gone], pa.int64())
    arrays = []
    for field, chunked in zip(group.schema, group.columns, strict=True):
        array = _changed(field, pa.concat_arrays(chunked.chunks), changes.get(field.name, {}))
        arrays.append(compacted(array.take(kept)))
    return pa.Table.from_arrays(arrays, schema=group.schema)


def _changed(field: pa.Field, array: pa.Array, edits: Mapping[int, Sequence[Edit]]) -> pa.Array:
    """A column with some of its cells edited."""
    if not edits:
        return array
    rows = pa.array(sorted(edits), pa.int64())
    before = plain(pa.record_batch([array.take(rows)], pa.schema([field])))
    values = {row: _value(before, at, edits[row]) for at, row in enumerate(sorted(edits))}
    return with_values(array, values)


def _column(group: pa.Table, edit: Edit) -> str:
    """The top column that an edit is of."""
    if not isinstance(edit, Delete):
        for name in (edit.field, edit.field.partition(".")[0]):
            if name in group.schema.names:
                return name
    raise Unfit("the file has no such column")


def _value(seen: pa.RecordBatch, row: int, edits: Sequence[Edit]) -> Any:
    """The new value of a cell, as it would be in a batch."""
    name = seen.schema.names[0]
    old = seen.column(0)[row].as_py()
    patches = [edit for edit in edits if isinstance(edit, Patch)]
    literals = [edit for edit in edits if isinstance(edit, SetField)]
    if not literals and isinstance(old, str):
        pieces = merged(piece for edit in patches for piece in edit.pieces)
        return spliced(old.encode(), pieces).decode()
    if patches or len(literals) != 1 and any(edit.field == name for edit in literals):
        raise Unfit("a cell that is no text is patched, or set twice")
    if literals[0].field == name:
        return literals[0].value
    if not is_json(seen.schema.field(0)) or old is None:
        raise Unfit("the row has no such field")
    text = old.encode()
    for edit in literals:
        text = set_at(text, edit.field.removeprefix(f"{name}."), edit.value)
    return text.decode()
