"""A connection to one Redis database: keys, entries, and the server's answers about itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Any, NamedTuple

import redis
from redis import exceptions
from redis.backoff import NoBackoff
from redis.retry import Retry

from vestige.connectors.entries.documents import READS, Command, document
from vestige.connectors.errors import Refused, Unavailable
from vestige.connectors.protocol import Gap, StoreSettings

READ_COMMANDS = frozenset(
    {"PING", "INFO", "SCAN", "TYPE", "MEMORY", "ZMSCORE", "CONFIG GET", "LASTSAVE"}
    | {command for command, _ in READS.values()}
)
GROUP_BYTES = 2 << 20
"""Memory of the values that one pipeline fetches."""
LARGEST_ENTRY = 64 << 20
"""Bytes of memory above which an entry is a gap: a value comes whole or not at all."""
PAGE = 500
_RECENT = 1 << 16
_LIMITS: Mapping[str, Any] = {
    "socket_connect_timeout": 5,
    "socket_timeout": 60,
    "retry": Retry(NoBackoff(), 0),
}


class Entry(NamedTuple):
    """One key with its type and its value as a document."""

    key: str
    kind: str
    text: str


class _ReadOnlyPipeline(redis.client.Pipeline):
    def execute_command(self, *args: Any, **options: Any) -> Any:
        _only_reads(args)
        return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]


class _ReadOnlyRedis(redis.Redis):
    """A client that sends no command that could write."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        _only_reads(args)
        return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> _ReadOnlyPipeline:
        return _ReadOnlyPipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)


def _only_reads(command: Sequence[Any]) -> None:
    if command[0] not in READ_COMMANDS:
        raise exceptions.ReadOnlyError(f"READONLY {command[0]} is not sent")


class Session:
    """What the connector asks of the server. Refused for a cluster, of which one node shows a part only."""

    def __init__(self, settings: StoreSettings, *, writable: bool) -> None:
        self.store = settings.name
        kind = redis.Redis if writable else _ReadOnlyRedis
        secret = {"password": settings.password.value} if settings.password else {}
        try:
            self.client: Any = kind.from_url(settings.url, **secret, **_LIMITS)
        except ValueError:
            raise Refused(settings.name, "", "the URL is not one of a Redis database") from None
        with ExitStack() as undo:
            undo.callback(self.client.close)
            self._greet()
            undo.pop_all()

    def _greet(self) -> None:
        self.call("PING")
        if self.info("cluster").get("cluster_enabled"):
            raise Refused(self.store, "", "a cluster is not supported")

    def call(self, *command: Any) -> Any:
        """One command's answer."""
        with self.errors(str(command[0])):
            return self.client.execute_command(*command)

    @contextmanager
    def errors(self, place: str) -> Iterator[None]:
        """Driver errors as ours. A server's message may hold values: only its first word, a code, is kept."""
        try:
            yield
        except (exceptions.AuthenticationError, exceptions.AuthorizationError):
            raise Refused(self.store, place, "the server refuses these credentials") from None
        except (exceptions.ConnectionError, exceptions.TimeoutError) as error:
            raise Unavailable(self.store, place, type(error).__name__) from None
        except exceptions.RedisError as error:
            raise Refused(self.store, place, f"the server refuses: {type(error).__name__}") from None

    def info(self, section: str) -> Mapping[str, Any]:
        """A section of INFO; empty where the user may not ask."""
        reply = self.replies([("INFO", section)])[0]
        return {} if isinstance(reply, Exception) else reply

    def scan(self, prefix: str = "") -> Iterator[bytes]:
        """Keys that start so, each once.

        SCAN repeats keys when its table shrinks, and then soon after one another: a window of keys is enough.
        """
        match = ("MATCH", _escaped(prefix) + "*") if prefix else ()
        recent: dict[bytes, None] = {}
        cursor: int | None = None
        while cursor != 0:
            cursor, keys = self.call("SCAN", cursor or 0, *match, "COUNT", PAGE)
            for key in keys:
                if key not in recent:
                    recent[key] = None
                    yield key
            for old in list(islice(recent, max(0, len(recent) - _RECENT))):
                del recent[old]

    def entries(self, keys: Iterable[bytes]) -> Iterator[Entry | Gap]:
        """The entries of the keys; keys that are gone are left out."""
        rest = iter(keys)
        while page := list(islice(rest, PAGE)):
            group: list[tuple[bytes, str]] = []
            held = 0
            for key, kind, size in self._sized(page):
                if isinstance(kind, str) and size <= LARGEST_ENTRY:
                    group.append((key, kind))
                    held += size
                else:
                    yield kind if isinstance(kind, Gap) else _gap(key, f"more than {LARGEST_ENTRY} bytes")
                if held > GROUP_BYTES:
                    yield from self._values(group)
                    group, held = [], 0
            yield from self._values(group)

    def _sized(self, keys: Sequence[bytes]) -> Iterator[tuple[bytes, str | Gap, int]]:
        """Each key that is there, its type and the memory that it takes (a guess where that is not shown)."""
        replies = self.replies([c for key in keys for c in (("TYPE", key), ("MEMORY", "USAGE", key))])
        for key, answer, size in zip(keys, replies[::2], replies[1::2], strict=True):
            kind = "" if isinstance(answer, Exception) else answer.decode()
            if not kind:
                yield key, _gap(key, "not shown to this user"), 0
            elif kind in READS:
                yield key, kind, size if isinstance(size, int) else 4096
            elif kind != "none":
                yield key, _gap(key, f"values of type {kind} are not supported"), 0

    def _values(self, group: Sequence[tuple[bytes, str]]) -> Iterator[Entry | Gap]:
        replies = self.replies([(READS[kind][0], key, *READS[kind][1]) for key, kind in group])
        for (key, kind), reply in zip(group, replies, strict=True):
            if isinstance(reply, Exception):
                yield _gap(key, "not shown to this user, or its type changed meanwhile")
            elif reply or (kind == "string" and reply is not None):
                yield _entry(key, kind, reply)

    def replies(self, commands: Sequence[Command]) -> list[Any]:
        """The answers to many commands in one round; a refusal is an exception in its place."""
        if not commands:
            return []
        with self.errors("read"), self.client.pipeline(transaction=False) as pipe:
            for command in commands:
                pipe.execute_command(*command)
            return [_plain(reply) for reply in pipe.execute(raise_on_error=False)]


def _plain(reply: Any) -> Any:
    if isinstance(reply, exceptions.ConnectionError | exceptions.TimeoutError):
        raise reply
    return reply


def _escaped(text: str) -> str:
    return "".join(f"\\{char}" if char in "*?[]^\\" else char for char in text)


def _gap(key: bytes, reason: str) -> Gap:
    try:
        return Gap(reason, {"key": key.decode()})
    except UnicodeDecodeError:
        return Gap(f"{reason}; its key is not UTF-8")


def _entry(key: bytes, kind: str, reply: Any) -> Entry | Gap:
    try:
        return Entry(key.decode(), kind, document(kind, reply))
    except UnicodeDecodeError:
        return _gap(key, "not UTF-8")
