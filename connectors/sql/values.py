"""Literal values: which stored values equal one that is looked for, and whether a value fits a field."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from vestige.connectors.protocol import Field, FieldType

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,37})", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,37})(\.[0-9]{1,38})?", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_BOOLEANS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
LARGEST = 2**63


def plain(value: Any) -> str:
    """A looked-for value as text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(int(value)) if isinstance(value, bool) else str(value)


def _integer(text: str) -> int:
    number = int(text) if _INTEGER.fullmatch(text) else LARGEST
    if not -LARGEST <= number < LARGEST:
        raise ValueError("not an integer of 64 bits")
    return number


def _decimal(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a number")
    return Decimal(text)


def _uuid(text: str) -> str:
    if not _UUID.fullmatch(text):
        raise ValueError("not a UUID")
    return str(UUID(text))


def _boolean(text: str) -> bool:
    if text.lower() not in _BOOLEANS:
        raise ValueError("not a boolean")
    return _BOOLEANS[text.lower()]


def _json(text: str) -> str:
    json.loads(text)
    return text


_PARSE: dict[FieldType, Callable[[str], Any]] = {
    "integer": _integer,
    "real": lambda text: float(_decimal(text)),
    "decimal": _decimal,
    "boolean": _boolean,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
    "uuid": _uuid,
}


def parse(kind: FieldType, value: Any) -> Any:
    """The value as one of a field's type. ValueError if it cannot be one."""
    if kind == "binary":
        return value if isinstance(value, bytes) else str(value).encode()
    if isinstance(value, (date, datetime)) and kind in ("date", "timestamp"):
        return value
    return _PARSE.get(kind, str)(plain(value))


def misfit(field: Field, value: Any) -> str | None:
    """Why a literal cannot be written into a field, without the value; None if it can."""
    if field.generated:
        return "it is generated"
    if value is None:
        return None if field.nullable else "it may not be NULL"
    try:
        parse(field.type, value)
        if field.type == "json":
            _json(str(value))
    except (ValueError, RecursionError):
        return f"the value is no {field.type}"
    if field.max_length is not None and len(str(value)) > field.max_length:
        return f"the value is longer than {field.max_length} characters"
    return None
