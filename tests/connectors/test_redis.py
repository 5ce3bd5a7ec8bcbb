"""Redis: the conformance suite over strings of JSON and over hashes, and what is Redis's own."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import redis
from tests import servers

from vestige.connectors import open_store
from vestige.connectors.bench import Bench, Record
from vestige.connectors.conformance import Conformance
from vestige.connectors.errors import Moved, Refused, StoreError, Unavailable
from vestige.connectors.protocol import (
    DOCUMENT,
    Delete,
    Effects,
    Gap,
    Patch,
    Secret,
    SetField,
    StoreSettings,
    digest,
    locator,
)


class StringBench(Bench):
    """Each record a string of JSON."""

    def __init__(self, url: str) -> None:
        self.settings = StoreSettings("cache", url)
        self.client = redis.Redis.from_url(url, decode_responses=True)
        self.client.flushall()

    def seed(self, name: str, records: Sequence[Record]) -> str:
        for key in self.client.scan_iter(f"{name}:*"):
            self.client.delete(key)
        for record in records:
            self.put(f"{name}:{record['id']}", record)
        return f"{name}:*"

    def put(self, key: str, record: Record) -> None:
        self.client.set(key, json.dumps(record, ensure_ascii=False))

    def rows(self, name: str) -> list[Record]:
        return [self.get(key) for key in self.client.scan_iter(name)]

    def get(self, key: str) -> Record:
        return json.loads(str(self.client.get(key)))

    def decode(self, batch: pa.RecordBatch, row: int) -> Record:
        """As the key and the document say it together."""
        key, text = (batch.column(name)[row].as_py() for name in ("key", DOCUMENT))
        return self.record(json.loads(text)) | {"id": int(key.rpartition(":")[2])}

    def record(self, fields: Record) -> Record:
        return fields

    def absent(self) -> StoreSettings:
        return StoreSettings("gone", f"redis://127.0.0.1:{servers.free_port()}/0")

    def unreadable(self) -> str:
        self.client.set("photo:17", b"\xff\xd8\xff\xe0")
        return "photo:*"


class HashBench(StringBench):
    """Each record a hash, without the fields that are None."""

    def put(self, key: str, record: Record) -> None:
        self.client.hset(key, mapping={name: value for name, value in record.items() if value is not None})

    def get(self, key: str) -> Record:
        return self.record(self.client.hgetall(key))

    def record(self, fields: Record) -> Record:
        return {"id": int(fields["id"]), "email": fields.get("email"), "note": fields.get("note")}


class TestRedis(Conformance):
    @pytest.fixture(params=["string", "hash"])
    def bench(self, request: pytest.FixtureRequest, redis_url: str) -> Iterator[Bench]:
        made = {"string": StringBench, "hash": HashBench}[request.param](redis_url)
        yield made
        made.client.close()


class Store:
    """An emptied database with what a test needs of it."""

    def __init__(self, url: str) -> None:
        self.settings = StoreSettings("cache", url)
        self.client = redis.Redis.from_url(url, decode_responses=True)
        self.client.flushall()

    def families(self) -> dict[str, int | None]:
        with open_store(self.settings) as store:
            return {one.collection: store.count(one) for one in store.partitions()}

    def read(self, collection: str) -> tuple[dict[str, str], list[Gap]]:
        documents, gaps = {}, []
        with open_store(self.settings) as store:
            for part in store.partitions(collection):
                for item in store.read(part):
                    if isinstance(item, Gap):
                        gaps.append(item)
                    else:
                        documents |= dict(zip(*(column.to_pylist() for column in item.columns), strict=True))
        return documents, gaps

    def patch(self, collection: str, key: str, old: str, new: str) -> Effects:
        raw = self.read(collection)[0][key].encode()
        start = raw.index(old.encode())
        piece = (start, start + len(old.encode()), new.encode())
        with open_store(self.settings, writable=True) as store:
            return store.commit(store.prepare([Patch(collection, {"key": key}, DOCUMENT, (piece,))]))


@pytest.fixture
def cache(redis_url: str) -> Iterator[Store]:
    store = Store(redis_url)
    yield store
    store.client.close()


def test_keys_fall_into_families(cache: Store) -> None:
    groups = {
        "user:*": ["user:0", "user:17", "user:170", "user:anna", "user:ann@example.com"],
        "user:*:cart": ["user:17:cart", "user:18:cart"],
        "sess_*": ["sess_9f8e7d6c5b4a39281706", "sess_0011223344556677aabb"],
        "shop/cart/*": ["shop/cart/17", "shop/cart/6ba7b810-9dad-11d1-80b4-00c04fd430c8"],
        "{user:*}:orders": ["{user:17}:orders"],
        "profile.*.photo": ["profile.17.photo"],
        "order:C-*": ["order:C-10017"],
        "online_users": ["online_users"],
        "nick_*": [f"nick_{word}" for word in _words(30)],
        "club:*:*": [f"club:{word}:rank" for word in _words(30)],
    }
    cache.client.mset({key: "1" for keys in groups.values() for key in keys})
    assert cache.families() == {family: len(keys) for family, keys in groups.items()}
    for family, keys in groups.items():
        assert set(cache.read(family)[0]) == set(keys)


def _words(number: int) -> list[str]:
    return [f"{chr(97 + n // 26)}{chr(97 + n % 26)}x" for n in range(number)]


def test_every_type_is_a_document(cache: Store) -> None:
    cache.client.set("a:1", "Anna rang")
    cache.client.set("a:2", ' {"email":"ann@example.com"} ')
    cache.client.hset("b:1", mapping={"name": "Anna", "a.b": "", "age": 17})
    cache.client.rpush("c:1", "second", "first", '{"id": 17}')
    cache.client.sadd("d:1", "18", "17")
    cache.client.zadd("e:1", {"low": 1.5, "high": math.inf})
    cache.client.xadd("f:1", {"email": "ann@example.com"})
    assert cache.read("a:*")[0] == {"a:1": "Anna rang", "a:2": ' {"email":"ann@example.com"} '}
    expected: dict[str, Any] = {
        "b:*": {"a.b": "", "age": "17", "name": "Anna"},
        "c:*": ["second", "first", '{"id": 17}'],
        "d:*": ["17", "18"],
        "e:*": ["low", "high"],
        "f:*": [{"email": "ann@example.com"}],
    }
    for family, value in expected.items():
        assert json.loads(cache.read(family)[0][family.replace("*", "1")]) == value


def test_what_is_not_text_is_a_gap(cache: Store) -> None:
    cache.client.set(b"user:\xff", "a key that is no text")
    cache.client.rpush("user:1", b"\xff")
    cache.client.set("user:2", "fine")
    documents, gaps = cache.read("user:*")
    assert documents == {"user:2": "fine"}
    assert sorted(str(gap.locator) for gap in gaps) == ["None", "{'key': 'user:1'}"]


def test_a_patched_string_keeps_its_time_to_live(cache: Store) -> None:
    cache.client.set("a:1", '{"to" : "Ann\\u00e9",  "n": 1}', ex=1000)
    cache.patch("a:*", "a:1", '"Ann\\u00e9"', "null")
    assert cache.client.get("a:1") == '{"to" : null,  "n": 1}'
    assert 900 < cache.client.ttl("a:1") <= 1000


def test_a_patched_hash_changes_field_by_field(cache: Store) -> None:
    cache.client.hset("a:1", mapping={"name": "Anna", "email": "ann@example.com", "n": "17"})
    cache.client.expire("a:1", 1000)
    cache.patch("a:*", "a:1", '"ann@example.com"', "null")
    cache.patch("a:*", "a:1", "Anna", "***")
    assert cache.client.hgetall("a:1") == {"name": "***", "n": "17"}
    assert cache.client.ttl("a:1") > 900


def test_members_are_replaced_in_their_places(cache: Store) -> None:
    cache.client.rpush("a:1", "Bob", "Anna", "Cleo", "Anna")
    cache.client.zadd("b:1", {"Bob": 1, "Anna": 2.25, "Cleo": 3})
    cache.client.sadd("c:1", "Bob", "Anna")
    for family in ("a", "b", "c"):
        cache.patch(f"{family}:*", f"{family}:1", '"Anna"', '"***"')
    assert cache.client.lrange("a:1", 0, -1) == ["Bob", "***", "Cleo", "Anna"]
    assert cache.client.zrange("b:1", 0, -1, withscores=True) == [("Bob", 1), ("***", 2.25), ("Cleo", 3)]
    assert cache.client.smembers("c:1") == {"Bob", "***"}


def test_a_stream_is_deleted_whole_or_not_at_all(cache: Store) -> None:
    cache.client.xadd("a:1", {"name": "Anna"})
    with pytest.raises(Refused, match="stream") as caught:
        cache.patch("a:*", "a:1", "Anna", "***")
    assert "Anna" not in str(caught.value)
    with open_store(cache.settings, writable=True) as store:
        effects = store.commit(store.prepare([Delete("a:*", {"key": "a:1"})]))
    assert effects.deleted == (("a:*", {"key": "a:1"}),)


def test_a_field_within_a_document_is_set(cache: Store) -> None:
    cache.client.set("a:1", '{"ship": {"to": [{"name": "Anna"}, {"name":"Anna"}]}, "name": 1}')
    with open_store(cache.settings, writable=True) as store:
        store.commit(store.prepare([SetField("a:*", {"key": "a:1"}, "ship.to.name", "x")]))
    assert cache.client.get("a:1") == '{"ship": {"to": [{"name": "x"}, {"name":"x"}]}, "name": 1}'


def test_many_edits_are_one_transaction(cache: Store) -> None:
    cache.client.mset({f"user:{n}": f"number {n}" for n in range(3000)})
    with open_store(cache.settings) as store:
        (part,) = store.partitions("user:*")
        batches = [item for item in store.read(part) if isinstance(item, pa.RecordBatch)]
    deletes = [Delete("user:*", locator(b, r), digest(b, r)) for b in batches for r in range(b.num_rows)]
    cache.client.set("user:2999", "another meanwhile")
    with open_store(cache.settings, writable=True) as store:
        with pytest.raises(Moved):
            store.commit(store.prepare(deletes))
        assert cache.client.dbsize() == 3000
        kept = [edit for edit in deletes if edit.locator["key"] != "user:2999"]
        assert len(store.commit(store.prepare(kept)).deleted) == 2999
    assert cache.client.keys() == ["user:2999"]


def test_find_by_path_takes_arrays(cache: Store) -> None:
    cache.client.set("a:1", '{"items": [{"user": 17}, {"user": 18}]}')
    cache.client.set("a:2", '{"items": [{"user": 170}]}')
    with open_store(cache.settings) as store:
        found = [b.column("key").to_pylist() for b in store.find("a:*", ["items.user"], [("18",)])]
    assert found == [["a:1"]]


def test_other_databases_are_neighbours(cache: Store) -> None:
    other = redis.Redis.from_url(cache.settings.url.replace("/0", "/3"))
    other.set("user:17", "Anna")
    other.close()
    with open_store(cache.settings) as store:
        assert store.describe().neighbours == ("database 3",)


def test_read_only_sends_no_command_that_writes(cache: Store) -> None:
    cache.client.set("user:17", "Anna")
    with open_store(cache.settings) as store:
        with pytest.raises(Refused, match="opened read-only"):
            store.commit(store.prepare([Delete("user:*", {"key": "user:17"})]))
        with pytest.raises(Refused, match="opened read-only"):
            store.settle(["user:*"])
        with pytest.raises(Refused):
            store._session.call("DEL", "user:17")
        with pytest.raises(Refused):
            store._session.replies([("FLUSHALL",)])
    assert cache.client.get("user:17") == "Anna"


def test_wrong_credentials_are_refused_and_no_server_is_unavailable() -> None:
    with servers.redis("--requirepass", "right") as url:
        settings = StoreSettings("cache", url, Secret("wrong"))
        with pytest.raises(Refused) as caught:
            open_store(settings)
        assert "wrong" not in str(caught.value)
        with pytest.raises(Refused):
            open_store(replace(settings, password=None))
        open_store(replace(settings, password=Secret("right"))).close()
    with pytest.raises(Unavailable):
        open_store(settings)


def test_what_the_server_forbids_is_said(cache: Store) -> None:
    cache.client.execute_command("ACL SETUSER limited on >pass ~user:* +@all -@dangerous -get -info")
    cache.client.mset({"user:17": "Anna", "other:1": "x"})
    settings = replace(
        cache.settings, url=cache.settings.url.replace("//", "//limited@"), password=Secret("pass")
    )
    with open_store(settings, writable=True) as store:
        assert any("may not ask" in neighbour for neighbour in store.describe().neighbours)
        gaps = [item for part in store.partitions() for item in store.read(part) if isinstance(item, Gap)]
        assert {str(gap.locator) for gap in gaps} == {"{'key': 'user:17'}", "{'key': 'other:1'}"}
        assert [one.settles for one in store.residue()] == [False]
        with pytest.raises(StoreError):
            store.prepare([Delete("user:*", {"key": "user:17"})])
    cache.client.execute_command("ACL DELUSER limited")


def test_the_append_only_file_is_residue_until_rewritten() -> None:
    flags = ["--appendonly", "yes", "--appendfsync", "always", "--aof-use-rdb-preamble", "no"]
    with servers.redis(*flags) as url:
        cache = Store(url)
        cache.client.set("user:17", "anna-secret-value")
        folder = cache.client.config_get("dir")["dir"]
        with open_store(cache.settings, writable=True) as store:
            store.commit(store.prepare([Delete("user:*", {"key": "user:17"})]))
            assert _on_disk(folder, b"anna-secret-value")
            assert [one.settles for one in store.residue()] == [True]
            assert store.settle(["user:*"]) == []
        assert not _on_disk(folder, b"anna-secret-value")
        cache.client.close()


def _on_disk(folder: str, value: bytes) -> bool:
    return any(value in path.read_bytes() for path in Path(folder).rglob("*") if path.is_file())
