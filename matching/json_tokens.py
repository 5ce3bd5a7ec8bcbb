"""Where the scalars of a JSON text stand, and how their escapes map back. Iterative: depth costs no stack."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

import orjson

Kind = Literal["text", "number", "boolean", "null"]

KEY = "{key}"
"""Stands in a path for an object key that is itself a value (a number, an address, an id)."""

_TOKEN = re.compile(r'("(?:[^"\\]++|\\.)*+")|([{}\[\],:])|([^\s{}\[\],:"]++)', re.DOTALL)
_UNIT = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL
)
_VALUE_KEY = re.compile(r"[\d+(][\d\s()./+-]*|[0-9a-fA-F-]{20,}|.*(?:@|%40).*", re.DOTALL)
_LONE = re.compile("[\ud800-\udfff]")
_KINDS: dict[str, Kind] = {"true": "boolean", "false": "boolean", "null": "null"}


class Scalar(NamedTuple):
    """One scalar (or value-like object key): its path, its characters in the JSON text (quotes included)."""

    path: str
    start: int
    end: int
    kind: Kind
    text: str


def is_document(text: str) -> bool:
    """Whether a text is JSON as a whole (``NaN`` allowed, as many writers emit it)."""
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return _loads(text)
    return True


def _loads(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def scalars(text: str) -> Iterator[Scalar]:
    """The scalars of a JSON text in their order; of a broken one, those that can be made out.

    Members of arrays have the path of the array. Keys that are values (see :data:`KEY`) come as scalars too.
    """
    open_containers: list[tuple[str, bool]] = []
    path, expects_key = "", False
    for match in _TOKEN.finditer(text):
        string, mark, bare = match.groups()
        if mark:
            path, expects_key = _step(mark, open_containers, path, expects_key)
        elif string and expects_key:
            name = unquoted(string)
            masked = _masked(name)
            path = f"{path}.{masked}" if path else masked
            if masked == KEY:
                yield Scalar(path, match.start(), match.end(), "text", name)
        elif string:
            yield Scalar(path, match.start(), match.end(), "text", unquoted(string))
        else:
            yield Scalar(path, match.start(), match.end(), _KINDS.get(bare, "number"), bare)


def elements(text: str) -> Iterator[tuple[int, int]]:
    """Where the objects stand that are members of arrays, in bytes of a JSON text; inner ones first."""
    open_containers: list[tuple[str, int]] = []
    bytewise = text.encode().decode("latin-1")  # what makes the structure is ASCII
    for match in _TOKEN.finditer(bytewise):
        mark = match[2]
        if mark and mark in "{[":
            open_containers.append((mark, match.start()))
        elif mark and mark in "}]" and open_containers:
            opening, start = open_containers.pop()
            if opening == "{" and open_containers and open_containers[-1][0] == "[":
                yield start, match.end()


def _step(mark: str, containers: list[tuple[str, bool]], path: str, expects_key: bool) -> tuple[str, bool]:
    """The path of what follows a punctuation mark, and whether a key follows."""
    if mark in "{[":
        containers.append((path, mark == "{"))
        return path, mark == "{"
    if mark == ":":
        return path, False
    if mark in "}]" and containers:
        containers.pop()
    if mark == "," and containers:
        return containers[-1]
    return path, expects_key


@lru_cache(maxsize=4096)
def _masked(name: str) -> str:
    return KEY if _VALUE_KEY.fullmatch(name) else name


def unquoted(token: str) -> str:
    """The text of a JSON string token; surrogates without their other half become U+FFFD."""
    if "\\" not in token:
        return token[1:-1]
    try:
        text: str = json.loads(token, strict=False)
    except ValueError:
        return token[1:-1]
    return _LONE.sub("\ufffd", text)


def offsets(token: str, start: int, end: int) -> tuple[int, int]:
    """Where the characters ``start:end`` of a string token's text stand in the token itself."""
    if "\\" not in token:
        return start + 1, end + 1
    edges = [1]
    for unit in _UNIT.finditer(token, 1, len(token) - 1):
        edges.append(unit.end())
        if len(edges) > end:
            break
    return edges[start], edges[end]
