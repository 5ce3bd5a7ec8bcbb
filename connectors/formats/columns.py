"""Arrow columns as batches carry them: nested values as JSON text, decimals, UUIDs as strings; and back."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from vestige.connectors.formats.model import Unfit
from vestige.connectors.protocol import Field, FieldType, column

_KINDS: tuple[tuple[Callable[[pa.DataType], bool], FieldType], ...] = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_integer, "integer"),
    (pa.types.is_floating, "real"),
    (pa.types.is_decimal, "decimal"),
    (pa.types.is_date, "date"),
    (pa.types.is_timestamp, "timestamp"),
    (pa.types.is_nested, "json"),
)
_TEXTS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
_BYTES = (
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_fixed_size_binary,
    pa.types.is_binary_view,
)


def _inner(kind: pa.DataType) -> pa.DataType:
    """The type of the values: of a dictionary, of an extension."""
    if pa.types.is_dictionary(kind):
        return _inner(kind.value_type)
    if isinstance(kind, pa.BaseExtensionType) and not _is_uuid(kind):
        return _inner(kind.storage_type)
    return kind


def _is_uuid(kind: pa.DataType) -> bool:
    return isinstance(kind, pa.BaseExtensionType) and kind.extension_name == "arrow.uuid"


def _holds_json(kind: pa.DataType) -> bool:
    return isinstance(kind, pa.BaseExtensionType) and kind.extension_name == "arrow.json"


def field_type(kind: pa.DataType) -> FieldType:
    """The type of a column in a description."""
    if _is_uuid(kind):
        return "uuid"
    if _holds_json(kind):
        return "json"
    inner = _inner(kind)
    if any(is_text(inner) for is_text in _TEXTS):
        return "text"
    if any(is_bytes(inner) for is_bytes in _BYTES):
        return "binary"
    return next((name for fits, name in _KINDS if fits(inner)), "other")


def described(schema: pa.Schema) -> tuple[Field, ...]:
    """The columns of a schema as fields."""
    return tuple(Field(one.name, field_type(one.type), one.nullable) for one in schema)


def plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch as it travels."""
    arrays = [_plain(array) for array in batch.columns]
    fields = [
        column(one.name, array.type, is_json=field_type(one.type) == "json")
        for one, array in zip(batch.schema, arrays, strict=True)
    ]
    return pa.record_batch(arrays, pa.schema(fields))


def _plain(array: pa.Array) -> pa.Array:
    kind = array.type
    if _is_uuid(kind):
        return pa.array([None if value is None else str(value) for value in array.to_pylist()], pa.string())
    if isinstance(kind, pa.BaseExtensionType):
        return _plain(array.storage)
    if pa.types.is_dictionary(kind):
        return _plain(array.dictionary_decode())
    if pa.types.is_nested(kind):
        return pa.array([_as_json(value, kind) for value in array.to_pylist()], pa.string())
    if pa.types.is_decimal(kind) or any(is_text(kind) for is_text in _TEXTS[1:]):
        return pc.cast(array, pa.string())
    return array


def _as_json(value: Any, kind: pa.DataType) -> str | None:
    return None if value is None else json.dumps(_mapped(value, kind), ensure_ascii=False, default=_scalar)


def _mapped(value: Any, kind: pa.DataType) -> Any:
    """Maps as objects, so that their keys are names."""
    if value is None:
        return None
    if pa.types.is_map(kind):
        return {str(key): _mapped(member, kind.item_type) for key, member in value}
    if pa.types.is_struct(kind):
        return {name: _mapped(member, kind.field(name).type) for name, member in value.items()}
    if pa.types.is_nested(kind):
        return [_mapped(member, kind.value_type) for member in value]
    return value


def _scalar(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)


def with_values(array: pa.Array, values: dict[int, Any]) -> pa.Array:
    """The column with some rows given other values. Raises Unfit if its type cannot hold one."""
    rows = sorted(values)
    try:
        new = _typed([values[row] for row in rows], array.type)
        both = pa.concat_arrays([array, new])
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, ValueError, TypeError) as error:
        raise Unfit("the column's type does not hold the value") from error
    order = list(range(len(array)))
    for place, row in enumerate(rows):
        order[row] = len(array) + place
    return both.take(pa.array(order))


def _typed(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Values as a batch has them, as a column of the file's type."""
    if isinstance(kind, pa.BaseExtensionType):
        if _is_uuid(kind):
            raw = [None if one is None else UUID(one).bytes for one in values]
            return kind.wrap_array(pa.array(raw, kind.storage_type))
        return kind.wrap_array(_typed(values, kind.storage_type))
    if pa.types.is_dictionary(kind):
        return _typed(values, kind.value_type).dictionary_encode().cast(kind)
    if pa.types.is_nested(kind):
        return pa.array([one if one is None else json.loads(one) for one in values], kind)
    if all(one is None or isinstance(one, str) for one in values):
        return pc.cast(pa.array(values, pa.string()), kind)
    return pa.array(values, kind)


def compacted(array: pa.Array) -> pa.Array:
    """The column without dictionary values that no row has any more: they would be written out."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return array.dictionary_decode().dictionary_encode().cast(kind)
    if pa.types.is_nested(kind) and "dictionary<" in str(kind):
        return pa.array(array.to_pylist(), kind)
    return array
