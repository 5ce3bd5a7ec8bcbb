"""Redis values as documents, and a changed document as the commands that make it so.

A string is its raw text; a hash an object of its fields; a list, set or sorted set an array of its members, a
stream an array of its entries. Unordered things are sorted, so that equal values are equal documents. Members
are strings, also where they hold JSON or digits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from vestige.connectors.protocol import DOCUMENT

Command = tuple[Any, ...]
Pairs = list[tuple[str, Any]]
_DECODER = json.JSONDecoder()

READS: Mapping[str, tuple[str, tuple[Any, ...]]] = {
    "string": ("GET", ()),
    "hash": ("HGETALL", ()),
    "list": ("LRANGE", (0, -1)),
    "set": ("SMEMBERS", ()),
    "zset": ("ZRANGE", (0, -1)),
    "stream": ("XRANGE", ("-", "+")),
}
"""The command that reads a whole value of each type, and what follows the key."""


class Unchangeable(Exception):
    """The document cannot be changed so. The message says why, without a value."""


def document(kind: str, reply: Any) -> str:
    """The document of a reply. UnicodeDecodeError if it is not text."""
    return _MAKE[kind](reply)


def _text(value: bytes) -> str:
    return value.decode("utf-8")


def _object(fields: Mapping[bytes, bytes]) -> dict[str, str]:
    return {_text(name): _text(value) for name, value in fields.items()}


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _array(members: Iterable[bytes]) -> str:
    return _dump([_text(member) for member in members])


_MAKE: Mapping[str, Callable[[Any], str]] = {
    "string": _text,
    "hash": lambda reply: _dump(dict(sorted(_object(reply).items()))),
    "list": _array,
    "set": lambda reply: _array(sorted(reply)),
    "zset": _array,
    "stream": lambda reply: _dump([_object(fields) for _, fields in reply]),
}


def patched(raw: bytes, pieces: Sequence[tuple[int, int, bytes]]) -> bytes:
    """The bytes with the ranges replaced. Unchangeable if they overlap or lie outside."""
    parts, at = [], 0
    for start, end, replacement in pieces:
        if not at <= start <= end <= len(raw):
            raise Unchangeable("a range lies outside the value or overlaps another")
        parts += [raw[at:start], replacement]
        at = end
    return b"".join([*parts, raw[at:]])


def spans(text: str, path: str) -> list[tuple[int, int]]:
    """Where the values of a path stand in a JSON document, in characters; members have the array's path."""
    try:
        return list(_spans(text, _skip(text, 0), "", path))
    except (ValueError, IndexError):
        return []


def _skip(text: str, at: int) -> int:
    """Past the white space and the punctuation between values."""
    while text[at] in " \t\n\r,:":
        at += 1
    return at


def _spans(text: str, at: int, here: str, path: str) -> Iterator[tuple[int, int]]:
    """The spans of ``path`` in the value that starts at ``at``, whose own path is ``here``."""
    closing = {"{": "}", "[": "]"}.get(text[at])
    if closing is None:
        if here == path:
            yield at, _DECODER.raw_decode(text, at)[1]
        return
    at = _skip(text, at + 1)
    while text[at] != closing:
        name = here
        if closing == "}":
            field, at = _DECODER.raw_decode(text, at)
            name, at = f"{here}.{field}" if here else field, _skip(text, at)
        if name == path or path.startswith(f"{name}.") or not name:
            yield from _spans(text, at, name, path)
        at = _skip(text, _DECODER.raw_decode(text, at)[1])


def values(text: str, path: str) -> set[str]:
    """The values of a path as text: 12 and "12" are one, null is none. ``value`` is a whole plain text."""
    found = {_member(json.loads(text[start:end])) for start, end in spans(text, path)}
    if path == "value" and text.lstrip()[:1] not in ("{", "["):
        found.add(text)
    return {value for value in found if value is not None}


def with_field(text: str, path: str, value: str | int | float | None) -> str:
    """The document with a literal value at a path. Unchangeable if it has no such path."""
    new = _dump(value)
    pieces = [(start, end, new) for start, end in spans(text, path)]
    if path in (DOCUMENT, "value") and isinstance(value, str) and not pieces:
        return value
    if not pieces:
        raise Unchangeable("it has no such field")
    for start, end, replacement in reversed(pieces):
        text = text[:start] + replacement + text[end:]
    return text


def rewrite(
    kind: str, key: str, old: str, new: str, scores: Callable[[Sequence[str]], Sequence[float]]
) -> list[Command]:
    """The commands that turn the document ``old`` of ``key`` into ``new``, keeping TTL, order and scores."""
    if kind == "string":
        return [("SET", key, new, "XX", "KEEPTTL")]
    if kind == "stream":
        raise Unchangeable("entries of a stream cannot be changed, only the whole stream deleted")
    before, after = _parsed(old), _parsed(new)
    if len(before) != len(after):
        raise Unchangeable("members can be replaced or made null, not added or taken out")
    changes = [(at, was, now) for at, (was, now) in enumerate(zip(before, after, strict=True)) if was != now]
    if kind == "zset":
        kept = scores([was[1] for _, was, _ in changes])
        return [c for change, score in zip(changes, kept, strict=True) for c in _rescored(key, change, score)]
    return [command for change in changes for command in _CHANGE[kind](key, *change)]


def _parsed(text: str) -> Pairs:
    """Fields (name, value) of an object, or ("", member) of an array; a null stays None, all else is text."""
    try:
        value = json.loads(text, object_pairs_hook=_Fields)
    except ValueError:
        raise Unchangeable("it would not be JSON any more") from None
    pairs = value if isinstance(value, _Fields) else [("", member) for member in value]
    return [(name, _member(member)) for name, member in pairs]


class _Fields(Pairs):
    """An object's fields in their order."""


def _member(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _change_hash(key: str, _: int, was: tuple[str, Any], now: tuple[str, Any]) -> list[Command]:
    drop = [("HDEL", key, was[0])] if was[0] != now[0] or now[1] is None else []
    return drop if now[1] is None else [*drop, ("HSET", key, now[0], now[1])]


def _change_list(key: str, at: int, _: tuple[str, Any], now: tuple[str, Any]) -> list[Command]:
    return [("LSET", key, at, "" if now[1] is None else now[1])]  # a position may mean something: it stays


def _change_set(key: str, _: int, was: tuple[str, Any], now: tuple[str, Any]) -> list[Command]:
    return [("SREM", key, was[1]), *([] if now[1] is None else [("SADD", key, now[1])])]


def _rescored(key: str, change: tuple[int, tuple[str, Any], tuple[str, Any]], score: float) -> list[Command]:
    _, was, now = change
    return [("ZREM", key, was[1]), *([] if now[1] is None else [("ZADD", key, repr(score), now[1])])]


_CHANGE: Mapping[str, Callable[[str, int, tuple[str, Any], tuple[str, Any]], list[Command]]] = {
    "hash": _change_hash,
    "list": _change_list,
    "set": _change_set,
}
