"""YAML files that people write: read strictly, checked against a model, refused with file, line and key.

A message never repeats a value: a refused line may hold a password.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)
Where = tuple[str | int, ...]


class Misconfigured(Exception):
    """A file that Vestige was given cannot be used: which one, where in it, and what to do."""

    def __init__(self, path: Path, problem: str, line: int | None = None) -> None:
        super().__init__(f"{path}:{line}: {problem}" if line else f"{path}: {problem}")
        self.path, self.problem, self.line = path, problem, line

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.path, self.problem, self.line)


class _Loader(yaml.SafeLoader):
    """Safe YAML in which ``no``, ``on`` and ``off`` are words (Norway is a region), as in YAML 1.2."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(path: Path, model: type[Model]) -> Model:
    """Read ``path`` and check it against ``model``. Misconfigured if it is not that."""
    document, lines = _read(path)
    return check(path, document, model, lines)


def check(
    path: Path, document: object, model: type[Model], lines: Mapping[Where, int] | None = None
) -> Model:
    """The document as a ``model``; ``lines`` says on which line of ``path`` each place stands."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise _explain(path, error, model, lines or {}) from None


def _read(path: Path) -> tuple[object, dict[Where, int]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Misconfigured(path, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Misconfigured(path, "is not UTF-8 text") from error
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise Misconfigured(path, "is empty")
        lines = dict(_lines(path, node, ()))
        return loader.construct_document(node), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Misconfigured(path, f"is not YAML: {error.problem}", mark.line + 1 if mark else None) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Misconfigured(path, "is not YAML") from None
    finally:
        loader.dispose()


def _lines(path: Path, node: yaml.Node, where: Where) -> Iterator[tuple[Where, int]]:
    """The line of every place in the document. A key given twice is refused (YAML keeps the last)."""
    yield where, node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _lines(path, item, (*where, index))
    elif isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise Misconfigured(path, "a key is not plain text", line)
            if key.value in seen:
                raise Misconfigured(path, f"{_place((*where, key.value))} is given twice", line)
            seen.add(key.value)
            yield from _lines(path, value, (*where, key.value))
            yield (*where, key.value), line


def _explain(
    path: Path, error: ValidationError, model: type[BaseModel], lines: Mapping[Where, int]
) -> Misconfigured:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    first = min(found, key=lambda one: lines.get(_known(one["loc"], lines), 0))
    where = first["loc"]
    problem = _problem(first["type"], first["msg"], where, model)
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return Misconfigured(path, problem + more, lines.get(_known(where, lines)))


def _problem(kind: str, message: str, where: Where, model: type[BaseModel]) -> str:
    if kind == "extra_forbidden":
        keys = _keys_at(model, where[:-1])
        near = get_close_matches(str(where[-1]), keys, n=1)
        advice = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(keys)}"
        return f"unknown key {_place(where)}; {advice}"
    if kind == "missing":
        return f"{_place(where)} is missing"
    text = message.removeprefix("Value error, ").removeprefix("Input ").removeprefix("String ")
    return f"{_place(where)} {text}" if where else text


def _place(where: Where) -> str:
    """``stores.shop.url``; items of lists count from 1: ``rules[2].action``."""
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in where)
    return text.removeprefix(".")


def _known(where: Where, lines: Mapping[Where, int]) -> Where:
    """The nearest place around ``where`` that stands on a line."""
    while where and where not in lines:
        where = where[:-1]
    return where


def _keys_at(model: type[BaseModel], where: Where) -> list[str]:
    """The keys that the model knows at a place, read from its JSON Schema."""
    root = model.model_json_schema()
    schema: Any = root
    for part in where:
        schema = _deref(root, schema)
        inner = (
            schema.get("items", schema) if isinstance(part, int) else schema.get("properties", {}).get(part)
        )
        named = next(iter(schema.get("patternProperties", {}).values()), None)
        schema = inner or named or schema.get("additionalProperties") or {}
    return sorted(_deref(root, schema).get("properties", {}))


def _deref(root: Mapping[str, Any], schema: Any) -> Any:
    """Follow a reference, and of several forms take the one with keys."""
    while isinstance(schema, dict) and ("$ref" in schema or "anyOf" in schema):
        if "$ref" in schema:
            schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
        else:
            schema = next((one for one in schema["anyOf"] if "$ref" in one or "properties" in one), {})
    return schema if isinstance(schema, dict) else {}
