"""Plans and cases as JSON: a plan is a file that people keep, a case is bytes that are sealed.

JSON has no bytes, dates or decimals; in a case they travel as ``{"$bytes": …}``, ``{"$date": …}`` and so on.
Integers stay integers, so that a locator comes back as it was.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter, ValidationError

from vestige.connectors.protocol import Delete, Edit, Patch, SetField
from vestige.planning.model import Case, Identifier, Plan, Subject, Touched

_PLAN = TypeAdapter(Plan)
_EDITS: dict[str, type[Delete] | type[SetField] | type[Patch]] = {
    "delete": Delete,
    "set": SetField,
    "patch": Patch,
}

_TAGS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "$bytes": (bytes, lambda raw: base64.b64encode(raw).decode(), base64.b64decode),
    "$datetime": (datetime, datetime.isoformat, datetime.fromisoformat),
    "$date": (date, date.isoformat, date.fromisoformat),
    "$time": (time, time.isoformat, time.fromisoformat),
    "$decimal": (Decimal, str, Decimal),
    "$float": (float, str, float),
}
"""How values that JSON has not are written; a datetime is a date too, so it comes first."""


class Unreadable(Exception):
    """These bytes are not a plan or a case of this version."""


def plan_schema() -> dict[str, Any]:
    """The JSON Schema of a plan file."""
    return _PLAN.json_schema() | {"title": "A plan of Vestige", "additionalProperties": False}


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """The plan as a JSON object."""
    document: dict[str, Any] = json.loads(json.dumps(asdict(plan)))
    return document


def plan_from_json(document: object) -> Plan:
    """The plan that a JSON object describes. Unreadable if it lacks something or has more than a plan has."""
    try:
        plan = _PLAN.validate_python(document)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise Unreadable(f"this is not a plan: {place or 'its form'} is not as it should be") from None
    if plan_to_json(plan) != document:
        raise Unreadable("this is not a plan of this version: it has keys or values that a plan has not")
    return plan


def sign(plan: Plan, secret: bytes) -> Plan:
    """The plan with its signature: HMAC-SHA256 over all else, by a key derived from the estate's."""
    return replace(plan, signature=_signature(plan, secret))


def verify_signature(plan: Plan, secret: bytes) -> bool:
    """Whether the plan is as it was signed."""
    return hmac.compare_digest(plan.signature.encode(), _signature(plan, secret).encode())


def _signature(plan: Plan, secret: bytes) -> str:
    key = hmac.digest(secret, b"vestige plan signatures", hashlib.sha256)
    return hmac.new(key, _canonical(plan_to_json(replace(plan, signature=""))), hashlib.sha256).hexdigest()


def case_to_bytes(case: Case) -> bytes:
    """The case as canonical JSON: equal cases give equal bytes."""
    records = [_touched(record) for record in case.records]
    return _canonical({"version": 1, "subject": asdict(case.subject), "records": records})


def case_from_bytes(data: bytes) -> Case:
    """The case that :func:`case_to_bytes` wrote. Unreadable otherwise."""
    try:
        document = json.loads(data)
        if document["version"] != 1:
            raise Unreadable("the case was written by another version of Vestige")
        records = tuple(_untouched(record) for record in document["records"])
        return Case(_subject(document["subject"]), records)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unreadable("these bytes are not a case") from None


def _canonical(document: object) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _touched(record: Touched) -> dict[str, Any]:
    values = {one.name: _pack(getattr(record, one.name)) for one in fields(record) if one.name != "edits"}
    return values | {"edits": [_edit(edit) for edit in record.edits]}


def _untouched(document: Mapping[str, Any]) -> Touched:
    values = {name: _unpack(value) for name, value in document.items() if name != "edits"}
    values["fields"] = tuple((field, entity) for field, entity in values["fields"])
    return Touched(**values, edits=tuple(_unedit(edit) for edit in document["edits"]))


def _edit(edit: Edit) -> dict[str, Any]:
    kind = next(name for name, one in _EDITS.items() if isinstance(edit, one))
    return {"edit": kind, **{one.name: _pack(getattr(edit, one.name)) for one in fields(edit)}}


def _unedit(document: Mapping[str, Any]) -> Edit:
    values = {name: _unpack(value) for name, value in document.items() if name != "edit"}
    if document["edit"] == "patch":
        values["pieces"] = tuple((start, end, new) for start, end, new in values["pieces"])
    return _EDITS[document["edit"]](**values)


def _subject(document: Mapping[str, Any]) -> Subject:
    return Subject(
        document["label"],
        tuple((source, key) for source, key in document["accounts"]),
        tuple(Identifier(**one) for one in document["identifiers"]),
    )


def _pack(value: Any) -> Any:
    """A value as JSON has it, or tagged."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": str(value)}
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_pack(one) for one in value]
    if not isinstance(value, Mapping):
        return _tag(value)
    packed = {key: _pack(one) for key, one in value.items()}
    return {"$map": list(packed.items())} if any(key.startswith("$") for key in packed) else packed


def _tag(value: Any) -> dict[str, str]:
    for tag, (kind, write, _) in _TAGS.items():
        if isinstance(value, kind):
            return {tag: write(value)}
    raise TypeError(f"a case cannot hold a {type(value).__name__}")


def _unpack(value: Any) -> Any:
    if isinstance(value, list):
        return [_unpack(one) for one in value]
    if not isinstance(value, dict):
        return value
    tag = next(iter(value), "")
    if tag == "$map":
        return {key: _unpack(one) for key, one in value[tag]}
    if tag.startswith("$"):
        return _TAGS[tag][2](value[tag])
    return {key: _unpack(one) for key, one in value.items()}
