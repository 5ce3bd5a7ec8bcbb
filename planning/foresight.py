"""What a record will be once its edits are done."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from vestige.connectors.protocol import Edit, Patch, SetField, digest


def digest_after(batch: pa.RecordBatch, edits: Iterable[Edit]) -> str | None:
    """The digest that the record in row 0 will have; None if it will be gone."""
    values = {name: batch.column(name)[0].as_py() for name in batch.schema.names}
    for edit in edits:
        match edit:
            case SetField():
                values[edit.field] = edit.value
            case Patch():
                values[edit.field] = _patched(values[edit.field], edit.pieces)
            case _:
                return None
    return digest(pa.RecordBatch.from_pylist([{k: _plain(v) for k, v in values.items()}]), 0)


def _plain(value: object) -> bytes | str | None:
    """A digest reads values as text; so may any type be kept here."""
    return value if value is None or isinstance(value, bytes) else str(value)


def _patched(value: object, pieces: Iterable[tuple[int, int, bytes]]) -> bytes | str:
    raw = value if isinstance(value, bytes) else str(value).encode()
    for start, end, replacement in sorted(pieces, reverse=True):
        raw = raw[:start] + replacement + raw[end:]
    return raw if isinstance(value, bytes) else raw.decode()
