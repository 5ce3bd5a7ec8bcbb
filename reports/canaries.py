"""A person who does not exist, planted in what the sweep reads, to show that it would have found one.

The rows never leave memory: they are appended to a batch on its way from the store to the search. Names and
numbers are drawn anew for each run from ranges that are reserved for examples.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pyarrow as pa

from vestige.connectors.protocol import is_json
from vestige.planning.model import Identifier, Subject

Spell = Callable[[str], str]

_EMAIL: tuple[Spell, ...] = (
    str,
    str.upper,
    lambda a: quote(a, safe=""),
    lambda a: quote(quote(a, safe=""), safe=""),
    lambda a: a.replace("@", "\\u0040"),
    lambda a: a.replace("@", "&#64;"),
    lambda a: base64.b64encode(f"to={a};".encode()).decode(),
    lambda a: base64.urlsafe_b64encode(f"<{a}>".encode()).decode().rstrip("="),
    lambda a: hashlib.md5(a.encode(), usedforsecurity=False).hexdigest(),
    lambda a: hashlib.sha1(a.encode(), usedforsecurity=False).hexdigest().upper(),
    lambda a: base64.b64encode(hashlib.sha256(a.encode()).digest()).decode(),
)
_PHONE: tuple[Spell, ...] = (str, lambda p: f"({p[2:5]}) {p[5:8]}-{p[8:]}", lambda p: f"00{p[1:]}")
_UUID: tuple[Spell, ...] = (str, str.upper, lambda u: u.replace("-", ""))


@dataclass(frozen=True, slots=True)
class Canary:
    """The person, and each spelling that is planted."""

    subject: Subject
    spellings: tuple[str, ...]


def canary() -> Canary:
    """A new one."""
    address = f"canary-{secrets.token_hex(6)}@vestige.example"
    phone = f"+120255501{secrets.randbelow(100):02}"
    unique = str(uuid4())
    identifiers = (
        Identifier("EMAIL_ADDRESS", address, address, True),
        Identifier("PHONE_NUMBER", phone, phone, False),
        Identifier("USER_ID", unique, unique, True),
    )
    planted = [s(v) for v, ways in ((address, _EMAIL), (phone, _PHONE), (unique, _UUID)) for s in ways]
    return Canary(Subject("canary", (), identifiers), tuple(planted))


def with_canaries(batch: pa.RecordBatch, spellings: Sequence[str]) -> tuple[pa.RecordBatch, int]:
    """The batch with one more row per spelling, in the text columns by turns; and how many rows were planted.

    A spelling stands among what the column really holds. A batch without text columns takes none.
    """
    columns = [name for name in batch.schema.names if _takes_text(batch.schema.field(name))]
    if not columns or not batch.num_rows:
        return batch, 0
    turns = cycle(columns)
    rows = [{name: _around(batch, name, text)} for text, name in zip(spellings, turns, strict=False)]
    more = pa.RecordBatch.from_pylist(rows, _nullable(batch.schema))
    both = pa.Table.from_batches([batch.cast(more.schema), more]).combine_chunks().to_batches()[0]
    return both.replace_schema_metadata(batch.schema.metadata), len(rows)


def _takes_text(field: pa.Field[Any]) -> bool:
    kind = field.type
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return not field.name.startswith("@") and any(test(kind) for test in texts)


def _nullable(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.with_nullable(True) for field in schema])


def _around(batch: pa.RecordBatch, name: str, text: str) -> str | bytes:
    """The column's first value with the spelling behind it; in JSON, a document of its own."""
    first = batch.column(name)[0].as_py()
    if is_json(batch.schema.field(name)):
        return f'{{"note": "{text}"}}'
    if isinstance(first, bytes) or pa.types.is_large_binary(batch.schema.field(name).type):
        return (first or b"") + b" " + text.encode()
    return f"{first or ''} {text}"
