"""Documents out of an engine's answers, each as the very text that the engine keeps.

Parsed and written again, ``1.10`` would become ``1.1`` and a long number another one: a document that is to
stay as it is in all but one place must never have been parsed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

_DECODER = json.JSONDecoder()
_BETWEEN = " \t\n\r,:"


class Document(NamedTuple):
    """One document. ``text``: its source, raw; ``at``: (sequence number, primary term); ``routing``: what
    chose its shard, if not its id; ``sort``: where a search goes on after it."""

    collection: str
    id: str
    routing: str | None
    text: str | None
    at: tuple[int, int]
    sort: list[Any]


def documents(answer: str, *path: str) -> tuple[dict[str, Any], Iterator[Document]]:
    """What an answer says before its documents, and the documents in the array at ``path``.

    Those that were asked for and are not there are left out. ValueError if the answer is cut short.
    """
    head: dict[str, Any] = {}
    at = 0
    for name in path:
        at = _member(answer, at, name, head)
    return head, _documents(answer, at)


def _member(text: str, at: int, wanted: str, seen: dict[str, Any]) -> int:
    """Where the value of a member starts, in the object at ``at``; those before it are ``seen``."""
    at = _skip(text, at + 1)
    while _char(text, at) != "}":
        name, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        if name == wanted:
            return at
        seen[name], at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
    raise ValueError("the answer has no documents")


def _documents(text: str, at: int) -> Iterator[Document]:
    at = _skip(text, at + 1)
    while _char(text, at) != "]":
        hit, at = _hit(text, at)
        if "error" in hit:
            raise ValueError("a document could not be fetched")
        if hit.get("found", True):
            place = (hit.get("_seq_no", 0), hit.get("_primary_term", 0))
            source, sort = hit.get("_source"), hit.get("sort", [])
            yield Document(hit["_index"], hit["_id"], hit.get("_routing"), source, place, sort)
        at = _skip(text, at)


def _hit(text: str, at: int) -> tuple[dict[str, Any], int]:
    """The members of an object, its source raw, and where the object ends."""
    members: dict[str, Any] = {}
    at = _skip(text, at + 1)
    while _char(text, at) != "}":
        name, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        value, end = _DECODER.raw_decode(text, at)
        members[name] = text[at:end] if name == "_source" else value
        at = _skip(text, end)
    return members, at + 1


def _skip(text: str, at: int) -> int:
    while _char(text, at) in _BETWEEN:
        at += 1
    return at


def _char(text: str, at: int) -> str:
    if at >= len(text):
        raise ValueError("the answer is cut short")
    return text[at]
