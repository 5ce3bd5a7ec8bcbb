"""The indices of a cluster: which are there, what state they are in, and what their mappings promise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from vestige.connectors.errors import Refused
from vestige.connectors.search.session import Session

_TEXT = frozenset(
    {"text", "match_only_text", "keyword", "wildcard", "search_as_you_type", "completion", "flattened"}
)
_STREAM = ".ds-"


@dataclass(frozen=True, slots=True)
class Index:
    """One index. ``unread``: why it cannot be read; ``unseen``: what reading its documents does not show;
    ``fixed``: why its documents cannot be written; ``piped``: whether a pipeline that cannot be passed by
    writes too; ``types``: what its fields are mapped to."""

    name: str
    shards: int
    unread: str | None
    unseen: str | None
    fixed: str | None
    piped: bool
    types: Mapping[str, str]

    def holds_text(self, field: str) -> bool:
        """Whether the field takes any string. One that no mapping names takes what it held."""
        return self.types.get(field, "text") in _TEXT


class Indices:
    """Those that the URL's pattern names, and the others. An alias is no index: it would count twice."""

    def __init__(self, session: Session) -> None:
        self._session = session
        seen = session.ask("indices", session.client.indices.resolve_index, name="*", expand_wildcards="all")
        self.closed = {one["name"] for one in seen["indices"] if "closed" in one["attributes"]}
        names = sorted(one["name"] for one in seen["indices"])
        self.names = [name for name in names if self._configured(name)]
        self.others = [name for name in names if name not in self.names]
        self._rights = session.rights()

    def _configured(self, name: str) -> bool:
        """The server's own indices start with a dot; those behind a data stream are the user's."""
        return any(
            fnmatchcase(name, pattern)
            and (not name.startswith(".") or name.startswith(_STREAM))
            or name == pattern
            for pattern in self._session.pattern.split(",")
        )

    def neighbours(self) -> Iterator[str]:
        """Other indices, and what may hold copies: repositories of snapshots, remote clusters."""
        yield from (f"index {name}" for name in self.others)
        client = self._session.client
        for what, call in (
            ("snapshot repository", client.snapshot.get_repository),
            ("remote cluster", client.cluster.remote_info),
        ):
            try:
                yield from (f"{what} {name}" for name in self._session.ask("", call))
            except Refused:
                yield f"{what}: this user may not ask"

    def all(self) -> Iterator[Index]:
        """Each of them, described."""
        return (self.of(name) for name in self.names)

    def of(self, name: str) -> Index:
        """One of them. Refused if it is none."""
        if name not in self.names:
            raise Refused(self._session.store, name, "no such index here")
        if name in self.closed:
            return Index(name, 1, "closed index: open it to have it read", None, "it is closed", False, {})
        answer = self._session.ask(name, self._session.client.indices.get, index=name)[name]
        settings, mapping = answer["settings"]["index"], answer["mappings"]
        return Index(
            name,
            int(settings["number_of_shards"]),
            _unread(mapping),
            self._rights.hidden(name) or _unseen(mapping),
            _fixed(settings),
            settings.get("final_pipeline", "_none") != "_none",
            dict(_types(mapping.get("properties", {}), "")),
        )


def _unread(mapping: Mapping[str, Any]) -> str | None:
    source = mapping.get("_source", {})
    if source.get("enabled", True) is False or source.get("mode") == "disabled":
        return "its documents are not kept (_source is off), only what is searched by"
    return None


def _unseen(mapping: Mapping[str, Any]) -> str | None:
    source = mapping.get("_source", {})
    if source.get("excludes") or source.get("includes"):
        return "some of its fields are searchable but not kept in the documents (_source excludes them)"
    return None


def _fixed(settings: Mapping[str, Any]) -> str | None:
    blocks = settings.get("blocks", {})
    if any(blocks.get(name) == "true" for name in ("read_only", "read_only_allow_delete", "write")):
        return "it is blocked for writing"
    return None


def _types(properties: Mapping[str, Any], above: str) -> Iterator[tuple[str, str]]:
    """The type of each field, by its path."""
    for name, declared in properties.items():
        path = f"{above}.{name}" if above else name
        if "properties" in declared:
            yield from _types(declared["properties"], path)
        elif declared.get("enabled", True):
            yield path, declared.get("type", "object")
