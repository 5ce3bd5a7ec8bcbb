"""Parquet: columns as they are, row groups streamed, and rewritten one by one with the file's own settings.

Row groups cannot be copied raw with pyarrow: all are written anew, of the same rows, with the codec, dictionaries,
statistics, metadata and time unit that the file has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from vestige.connectors.formats.columns import described, plain, with_values
from vestige.connectors.formats.editing import deletes, merged, spliced
from vestige.connectors.formats.model import Edits, Part, Source, Unfit
from vestige.connectors.formats.paths import set_at
from vestige.connectors.formats.stream import Blocks, packed
from vestige.connectors.protocol import Delete, Edit, Field, Gap, Patch, is_json

_BATCH = 2 << 20


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
            with pq.ParquetFile(raw) as file:
                yield file
        except (pa.ArrowException, OSError) as error:
            raise Damaged("damaged Parquet") from error


class Parquet:
    """Rows count from 1 over the whole file. A nested column is a JSON text."""

    name = "parquet"
    unit: Literal["row", "line", "key"] = "row"
    key: tuple[str, ...] = ()

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

    def count(self, source: Source) -> int | None:
        with _opened(source) as file:
            return int(file.metadata.num_rows)

    def rewrite(self, source: Source, sink: BinaryIO, edits: Edits) -> None:
        try:
            with _opened(source) as file, packed(source, sink) as out:
                _rewrite(file, out, edits)
        except Damaged as error:
            raise Unfit(str(error)) from error


def _rows(metadata: pq.FileMetaData) -> int:
    """Rows that make a batch of about 2 MB."""
    size = sum(metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups))
    return max(1, min(65536, _BATCH * max(metadata.num_rows, 1) // max(size, 1)))


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
    names = [one.path_in_schema for one in columns]
    return settings | {
        "compression": {name: one.compression for name, one in zip(names, columns, strict=True)},
        "use_dictionary": [n for n, one in zip(names, columns, strict=True) if one.has_dictionary_page],
        "write_statistics": [n for n, one in zip(names, columns, strict=True) if one.is_stats_set],
        "use_deprecated_int96_timestamps": any(one.physical_type == "INT96" for one in columns),
        "use_compliant_nested_type": not any(".list.item" in name for name in names),
        "sorting_columns": group.sorting_columns or None,
    }


def _edited(group: pa.Table, edits: Mapping[int, Sequence[Edit]]) -> pa.Table:
    """A row group with its edits made."""
    changes: dict[str, dict[int, list[Edit]]] = {}
    gone = {row for row, several in edits.items() if deletes(several)}
    for row in edits.keys() - gone:
        for edit in edits[row]:
            changes.setdefault(_column(group, edit), {}).setdefault(row, []).append(edit)
    for name, rows in changes.items():
        place = group.schema.get_field_index(name)
        old = group.column(place).combine_chunks()
        seen = plain(pa.record_batch([old], pa.schema([group.schema.field(place)])))
        values = {row: _value(seen, row, several) for row, several in rows.items()}
        group = group.set_column(place, group.schema.field(place), with_values(_one(old), values))
    return group.take([row for row in range(group.num_rows) if row not in gone]) if gone else group


def _one(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array


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
    if len(patches) == len(edits) and isinstance(old, str):
        pieces = merged(piece for edit in patches for piece in edit.pieces)
        return spliced(old.encode(), pieces).decode()
    if len(edits) != 1 or patches or isinstance(edits[0], Delete):
        raise Unfit("a cell that is no text is patched, or edited twice")
    if edits[0].field == name:
        return edits[0].value
    if not is_json(seen.schema.field(0)) or old is None:
        raise Unfit("the row has no such field")
    return set_at(old.encode(), edits[0].field.removeprefix(f"{name}."), edits[0].value).decode()
