"""Elasticsearch: the conformance suite on a real node, and what is Elasticsearch's own."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pyarrow as pa
import pytest
from elasticsearch import Elasticsearch
from tests import servers

from vestige.connectors import open_store
from vestige.connectors.bench import Bench, Record
from vestige.connectors.conformance import Conformance
from vestige.connectors.errors import Moved, Refused, StoreError, Unavailable
from vestige.connectors.protocol import (
    DOCUMENT,
    Delete,
    Edit,
    Effects,
    Gap,
    Locator,
    Patch,
    Secret,
    SetField,
    StoreSettings,
    digest,
    locator,
)
from vestige.connectors.search import segments
from vestige.connectors.search.session import Session

_PREFIXES = count(1)


def client_of(server: servers.Elastic) -> Elasticsearch:
    return Elasticsearch(server.node, basic_auth=(servers.ELASTIC_USER, servers.ELASTIC_PASSWORD))


def settings_of(server: servers.Elastic, pattern: str) -> StoreSettings:
    return StoreSettings("search", f"{server.url}/{pattern}", Secret(servers.ELASTIC_PASSWORD))


class IndexBench(Bench):
    """Each record a document, in indices of their own prefix."""

    def __init__(self, server: servers.Elastic, *, shards: int = 1, routed: bool = False) -> None:
        self.server, self.shards, self.routed = server, shards, routed
        self.client = client_of(server)
        self.prefix = f"bench{next(_PREFIXES)}"
        self.settings = settings_of(server, f"{self.prefix}-*")

    def close(self) -> None:
        self.client.indices.delete(index=f"{self.prefix}-*")
        self.client.close()

    def seed(self, name: str, records: Sequence[Record]) -> str:
        """Left to be refreshed by whoever reads."""
        index = f"{self.prefix}-{name}"
        if not self.client.indices.exists(index=index):
            made = {"number_of_shards": self.shards, "number_of_replicas": 0, "refresh_interval": -1}
            self.client.indices.create(index=index, settings=made)
        keep = {str(record["id"]) for record in records}
        gone = [one for one in self.rows(index) if str(one["id"]) not in keep]
        lines: list[dict[str, Any]] = [{"delete": self._where(one)} for one in gone]
        for record in records:
            lines += [{"index": self._where(record)}, record]
        if lines:
            assert not self.client.bulk(index=index, operations=lines)["errors"]
        return index

    def _where(self, record: Record) -> dict[str, Any]:
        key = str(record["id"])
        return {"_id": key} | ({"routing": f"r{key}"} if self.routed else {})

    def rows(self, name: str) -> list[Record]:
        self.client.indices.refresh(index=name)
        found: list[Record] = []
        while True:
            after = {"search_after": [found[-1]["id"]]} if found else {}
            page = self.client.search(
                index=name, size=1000, sort=[{"id": {"order": "asc", "unmapped_type": "long"}}], **after
            )
            if not (hits := page["hits"]["hits"]):
                return found
            found += [hit["_source"] for hit in hits]

    def decode(self, batch: pa.RecordBatch, row: int) -> Record:
        """As the document and what locates it say together."""
        where = locator(batch, row)
        key = where["routing"].removeprefix("r") if self.routed else where["_id"]
        return json.loads(batch.column(DOCUMENT)[row].as_py()) | {"id": int(key)}

    def absent(self) -> StoreSettings:
        url = f"elasticsearch://vestige@127.0.0.1:{servers.free_port()}"
        return replace(self.settings, name="gone", url=url)

    def unreadable(self) -> str:
        index = f"{self.prefix}-unkept"
        self.client.indices.create(index=index, mappings={"_source": {"enabled": False}})
        self.client.index(index=index, document={"email": "ann@example.com"})
        return index


class TestElasticsearch(Conformance):
    @pytest.fixture(params=["elasticsearch", "elasticsearch-shards", "elasticsearch-routed"])
    def bench(
        self,
        request: pytest.FixtureRequest,
        elasticsearch_server: servers.Elastic,
        monkeypatch: pytest.MonkeyPatch,
    ) -> Iterator[Bench]:
        monkeypatch.setattr(segments, "SETTLE_SECONDS", 0.5)  # a whole minute has a test of its own
        kind = request.param.rpartition("-")[2]
        made = IndexBench(
            elasticsearch_server, shards=1 if kind == "elasticsearch" else 2, routed=kind == "routed"
        )
        yield made
        made.close()


class Store:
    """Indices of one test, and what it needs of them."""

    def __init__(self, server: servers.Elastic) -> None:
        self.server, self.client = server, client_of(server)
        self.prefix = f"store{next(_PREFIXES)}"
        self.settings = settings_of(server, f"{self.prefix}-*")

    def create(self, name: str, **more: Any) -> str:
        index = f"{self.prefix}-{name}"
        settings = {"number_of_replicas": 0} | more.pop("settings", {})
        self.client.indices.create(index=index, settings=settings, **more)
        return index

    def put(self, index: str, key: str, text: str, **more: Any) -> None:
        """A document by its very text, which the client would write anew."""
        self.client.perform_request(
            "PUT",
            f"/{index}/_doc/{key}?" + "&".join(f"{name}={value}" for name, value in more.items()),
            headers={"content-type": "application/json", "accept": "application/json"},
            body=text.encode(),
        )

    def read(self, index: str, settings: StoreSettings | None = None) -> tuple[dict[str, str], list[Gap]]:
        found, gaps = {}, []
        with open_store(settings or self.settings) as store:
            for part in store.partitions(index):
                for item in store.read(part):
                    if isinstance(item, Gap):
                        gaps.append(item)
                    else:
                        found |= dict(
                            zip(*(item.column(n).to_pylist() for n in ("_id", DOCUMENT)), strict=True)
                        )
        return found, gaps

    def where(self, index: str) -> list[tuple[Locator, str]]:
        """Every document's locator and digest."""
        with open_store(self.settings) as store:
            batches = [item for part in store.partitions(index) for item in store.read(part)]
        return [(locator(b, r), digest(b, r)) for b in batches for r in range(b.num_rows)]

    def apply(self, *edits: Edit) -> Effects:
        with open_store(self.settings, writable=True) as store:
            return store.commit(store.prepare(edits))


@pytest.fixture
def search(elasticsearch_server: servers.Elastic) -> Iterator[Store]:
    store = Store(elasticsearch_server)
    yield store
    store.client.indices.delete(index=f"{store.prefix}-*", expand_wildcards="all")
    store.client.close()


TEXT = (
    '{"n": 1.10,\n  "long":12345678901234567890.10, "who": ["Ann", "Bob"],  "\\u00e9":"\\u00e9", "e": 1e2 }'
)


def test_all_but_the_named_bytes_stay(search: Store) -> None:
    index = search.create("notes")
    search.put(index, "1", TEXT)
    search.put(index, "2", TEXT.replace("\n", ""))
    at = TEXT.index("Ann")
    effects = search.apply(
        *(Patch(index, {"_id": k}, DOCUMENT, ((at - (k == "2"), at + 3 - (k == "2"), b"***"),)) for k in "12")
    )
    assert len(effects.changed) == 2
    wanted = TEXT.replace("Ann", "***")
    assert search.read(index)[0] == {"1": wanted, "2": wanted.replace("\n", "")}


def test_ids_are_their_own_within_a_shard_only(search: Store) -> None:
    index = search.create("orders", settings={"number_of_shards": 3})
    for routing in ("a", "b", "c", "d", "e", "f"):
        search.client.index(index=index, id="17", routing=routing, document={"of": routing})
    places = search.where(index)
    assert len({where["routing"] for where, _ in places}) > 1
    gone, check = places[0]
    assert search.apply(Delete(index, gone, check)).deleted == ((index, gone),)
    assert sorted(str(where) for where, _ in search.where(index)) == sorted(str(w) for w, _ in places[1:])
    assert search.apply(Delete(index, gone, check)).gone == ((index, gone),)
    with open_store(search.settings) as store:
        batches = list(store.find(index, ["_id", "routing"], [("17", places[1][0]["routing"])]))
        assert [locator(b, r) for b in batches for r in range(b.num_rows)] == [dict(places[1][0])]


def test_a_document_of_version_0_goes(search: Store) -> None:
    index = search.create("imported")
    search.put(index, "1", '{"email": "ann@example.com"}', version=0, version_type="external")
    where, check = search.where(index)[0]
    assert search.apply(Delete(index, where, check)).deleted
    assert search.read(index) == ({}, [])


def test_a_document_written_again_as_it_was_still_goes(
    search: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its sequence number moved between look and delete: a conflict, and the very document to erase."""
    index = search.create("busy")
    search.put(index, "1", '{"email": "ann@example.com"}')
    where, check = search.where(index)[0]
    with open_store(search.settings, writable=True) as store:
        session: Any = store._session  # type: ignore[attr-defined]
        bulk, calls = session.bulk, []

        def late(operations: Sequence[bytes]) -> list[int]:
            if not calls:
                search.put(index, "1", '{"email": "ann@example.com"}')
            calls.append(bulk(operations))
            return list(calls[-1])

        monkeypatch.setattr(session, "bulk", late)
        effects = store.commit(store.prepare([Delete(index, where, check)]))
    assert calls == [[409], [200]]
    assert effects.deleted
    assert search.read(index)[0] == {}


def test_a_document_changed_between_check_and_write_is_left(
    search: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = search.create("busy")
    search.put(index, "1", '{"email": "ann@example.com"}')
    where, check = search.where(index)[0]
    with open_store(search.settings, writable=True) as store:
        session: Any = store._session  # type: ignore[attr-defined]
        bulk = session.bulk

        def late(operations: Sequence[bytes]) -> list[int]:
            search.put(index, "1", '{"email": "bob@example.com"}')
            return list(bulk(operations))

        monkeypatch.setattr(session, "bulk", late)
        with pytest.raises(Moved):
            store.commit(store.prepare([Delete(index, where, check)]))
    assert search.read(index)[0] == {"1": '{"email": "bob@example.com"}'}


def test_an_alias_is_no_second_index(search: Store) -> None:
    index = search.create("v1", aliases={f"{search.prefix}-current": {}})
    search.put(index, "1", "{}")
    with open_store(search.settings, writable=True) as store:
        assert [one.name for one in store.describe().collections] == [index]
        with pytest.raises(Refused, match="no such index"):
            store.prepare([Delete(f"{search.prefix}-current", {"_id": "1"})])


def test_what_was_not_named_is_a_neighbour(search: Store) -> None:
    mine, other = search.create("mine"), search.create("other")
    with open_store(settings_of(search.server, mine)) as store:
        described = store.describe()
    assert [one.name for one in described.collections] == [mine]
    assert f"index {other}" in described.neighbours
    assert "index .security-7" in described.neighbours


def test_a_snapshot_repository_is_a_neighbour(search: Store) -> None:
    where = str(search.server.data.parent / "snapshots")
    search.client.snapshot.create_repository(
        name="nightly", repository={"type": "fs", "settings": {"location": where}}
    )
    try:
        with open_store(search.settings) as store:
            assert "snapshot repository nightly" in store.describe().neighbours
    finally:
        search.client.snapshot.delete_repository(name="nightly")


def test_a_closed_index_is_not_covered(search: Store) -> None:
    index = search.create("old")
    search.client.indices.close(index=index)
    with open_store(search.settings, writable=True) as store:
        (part,) = store.partitions(index)
        assert part.skip == "closed index: open it to have it read"
        with pytest.raises(Refused, match="closed"):
            store.prepare([Delete(index, {"_id": "1"})])


def test_what_the_documents_do_not_keep_is_not_covered(search: Store) -> None:
    index = search.create("thin", mappings={"_source": {"excludes": ["email"]}})
    search.client.index(index=index, id="1", document={"email": "ann@example.com", "n": 1})
    _, gaps = search.read(index)
    assert ["excludes" in gap.reason for gap in gaps] == [True]


def test_a_blocked_index_is_refused_before_anything_is_written(search: Store) -> None:
    free, blocked = search.create("free"), search.create("blocked")
    for index in (free, blocked):
        search.put(index, "1", '{"email": "ann@example.com"}')
    search.client.indices.put_settings(index=blocked, settings={"index.blocks.write": True})
    with pytest.raises(Refused, match="blocked"):
        search.apply(Delete(free, {"_id": "1"}), Delete(blocked, {"_id": "1"}))
    assert search.read(free)[0]


@pytest.mark.parametrize("kind", ["date", "long", "ip", "boolean"])
def test_a_type_that_holds_no_mask_is_refused_before_anything_is_written(search: Store, kind: str) -> None:
    index = search.create("typed", mappings={"properties": {"a": {"properties": {"b": {"type": kind}}}}})
    value = {"date": '"2026-01-01"', "long": '"17"', "ip": '"192.0.2.1"', "boolean": '"true"'}[kind]
    text = f'{{"a": [{{"b": {value}}}], "note": "Ann"}}'
    search.put(index, "1", text)
    with pytest.raises(Refused, match=f"a.b is mapped to {kind}"):
        search.apply(
            SetField(index, {"_id": "1"}, "note", "***"), SetField(index, {"_id": "1"}, "a.b", "***")
        )
    assert search.read(index)[0] == {"1": text}
    search.apply(SetField(index, {"_id": "1"}, "a.b", None))
    assert search.read(index)[0] == {"1": text.replace(value, "null")}


def test_no_ingest_pipeline_touches_what_is_written(search: Store) -> None:
    search.client.ingest.put_pipeline(id="stamp", processors=[{"set": {"field": "stamped", "value": True}}])
    index = search.create("piped", settings={"default_pipeline": "stamp"})
    search.put(index, "1", '{"who": "Ann"}', pipeline="_none")
    search.apply(SetField(index, {"_id": "1"}, "who", None))
    assert search.read(index)[0] == {"1": '{"who": null}'}


def test_a_pipeline_that_cannot_be_passed_by_is_refused(search: Store) -> None:
    search.client.ingest.put_pipeline(id="stamp", processors=[{"set": {"field": "stamped", "value": True}}])
    index = search.create("piped")
    search.put(index, "1", '{"who": "Ann"}')
    search.client.indices.put_settings(index=index, settings={"index.final_pipeline": "stamp"})
    with pytest.raises(Refused, match="final ingest pipeline"):
        search.apply(SetField(index, {"_id": "1"}, "who", None))
    assert search.read(index)[0] == {"1": '{"who": "Ann"}'}
    assert search.apply(Delete(index, {"_id": "1"})).deleted


def test_nested_parts_of_others_stay(search: Store) -> None:
    index = search.create("groups", mappings={"properties": {"members": {"type": "nested"}}})
    search.put(index, "1", '{"members": [{"id": 17, "n": "Ann"}, {"id": 18, "n": "Bob"}]}')
    at = search.read(index)[0]["1"].index("Ann")
    search.apply(Patch(index, {"_id": "1"}, DOCUMENT, ((at, at + 3, b"***"),)))
    assert search.read(index)[0] == {"1": '{"members": [{"id": 17, "n": "***"}, {"id": 18, "n": "Bob"}]}'}
    with open_store(search.settings) as store:
        assert [store.count(part) for part in store.partitions(index)] == [1]


def test_find_sees_what_the_mapping_does_not(search: Store) -> None:
    """Neither a field that is not indexed nor one that was written before its mapping is found by a query."""
    index = search.create("late", mappings={"dynamic": False, "properties": {"n": {"type": "long"}}})
    search.put(index, "1", '{"owner": {"id": "17"}}')
    search.put(index, "2", '{"owner": {"id": 170}}')
    search.client.indices.put_mapping(
        index=index, properties={"owner": {"properties": {"id": {"type": "keyword"}}}}
    )
    with open_store(search.settings) as store:
        found = [b.column("_id").to_pylist() for b in store.find(index, ["owner.id"], [(17,)])]
    assert found == [["1"]]


def test_wrong_credentials_are_refused(search: Store) -> None:
    with pytest.raises(Refused, match="credentials") as caught:
        open_store(replace(search.settings, password=Secret("not the password")))
    assert "not the password" not in str(caught.value)
    with pytest.raises(Refused, match="credentials"):
        open_store(replace(search.settings, password=None))


def test_another_server_is_refused(minio_server: str) -> None:
    with pytest.raises(StoreError):
        open_store(StoreSettings("search", minio_server.replace("http", "elasticsearch")))


def _user(search: Store, *indices: dict[str, Any], cluster: Sequence[str] = ("monitor",)) -> StoreSettings:
    """A store opened by a user with these rights alone."""
    search.client.security.put_role(
        name=f"{search.prefix}-role", cluster=list(cluster), indices=list(indices)
    )
    search.client.security.put_user(
        username=f"{search.prefix}-user", password="another secret", roles=[f"{search.prefix}-role"]
    )
    url = search.settings.url.replace(f"{servers.ELASTIC_USER}@", f"{search.prefix}-user@")
    return replace(search.settings, url=url, password=Secret("another secret"))


READ = ["read", "view_index_metadata", "maintenance"]


def test_a_reader_may_scan_but_not_write(search: Store) -> None:
    index = search.create("people")
    search.put(index, "1", '{"email": "ann@example.com"}')
    reader = _user(search, {"names": [f"{search.prefix}-*"], "privileges": READ})
    assert search.read(index, reader) == ({"1": '{"email": "ann@example.com"}'}, [])
    with open_store(reader, writable=True) as store, pytest.raises(Refused):
        store.commit(store.prepare([Delete(index, {"_id": "1"})]))
    assert search.read(index)[0]


@pytest.mark.parametrize(
    "part", [{"query": '{"term": {"n": 1}}'}, {"field_security": {"grant": ["n"]}}], ids=["rows", "fields"]
)
def test_a_role_that_sees_a_part_is_not_covered(search: Store, part: dict[str, Any]) -> None:
    index = search.create("people")
    search.put(index, "1", '{"email": "ann@example.com", "n": 1}')
    search.put(index, "2", '{"email": "bob@example.com", "n": 2}')
    reader = _user(search, {"names": [f"{search.prefix}-*"], "privileges": READ} | part)
    assert [gap.reason for gap in search.read(index, reader)[1]] == [
        "this user's role shows a part of its documents or fields only"
    ]


def test_who_may_not_refresh_is_told_so(search: Store) -> None:
    """What was written since the last refresh is in no search: it would be missed without a word."""
    index = search.create("people")
    reader = _user(search, {"names": [f"{search.prefix}-*"], "privileges": READ[:2]})
    with pytest.raises(Refused, match="may not"):
        search.read(index, reader)


def test_a_shard_that_is_away_is_no_empty_answer(search: Store) -> None:
    index = search.create(
        "away",
        settings={"index.routing.allocation.require._name": "no-such-node"},
        wait_for_active_shards="0",
    )
    session = Session(search.settings)
    with pytest.raises(Unavailable):
        list(session.pages(index, {"match_all": {}}))


def test_after_a_merge_no_file_holds_the_value(search: Store) -> None:
    """The API says gone at once; the bytes stay until shards agree that nobody needs them."""
    index = search.create("people")
    for n in range(200):
        search.put(index, str(n), json.dumps({"token": _token(n).decode()}))
    search.client.indices.flush(index=index, force=True)
    assert _on_disk(search, _token(17))
    with open_store(search.settings, writable=True) as store:
        store.commit(store.prepare([Delete(index, {"_id": "17"})]))
        assert search.read(index)[0].keys() == {str(n) for n in range(200)} - {"17"}
        assert _on_disk(search, _token(17))
        search.client.indices.flush(index=index, force=True)
        began = time.monotonic()
        assert [one.settles for one in store.residue()] == [True]
        assert store.settle([index]) == []
        assert time.monotonic() - began < segments.SETTLE_SECONDS
        assert store.residue() == []
    assert not _on_disk(search, _token(17))
    assert _on_disk(search, _token(18))


def _token(n: int) -> bytes:
    """Values that have nothing in common, for a term is kept as what it has more than the one before."""
    return hashlib.sha256(str(n).encode()).hexdigest()[:24].encode()


def _on_disk(search: Store, value: bytes) -> bool:
    """Whether a file of the node holds the value, but for its start, which terms have in common."""
    return any(value[4:] in path.read_bytes() for path in search.server.data.rglob("*") if path.is_file())
