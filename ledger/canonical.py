"""Canonical JSON (RFC 8785), so that equal documents are equal bytes, everywhere and later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_EXACT = 1 << 53
"""Integers up to here are the same in every JSON reader."""


def canonical(document: object) -> bytes:
    """The one way to write ``document``. ValueError for floats, great integers and lone surrogates."""
    return json.dumps(_sorted(document), ensure_ascii=False, separators=(",", ":")).encode()


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value, key=_utf16)}
    if isinstance(value, list | tuple):
        return [_sorted(one) for one in value]
    if isinstance(value, int) and abs(value) >= _EXACT or not isinstance(value, str | int | None):
        raise ValueError(f"no canonical JSON for this {type(value).__name__}")
    return value


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")
