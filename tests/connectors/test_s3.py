"""S3 on a real MinIO: the conformance suite on plain and on versioned buckets, and what is S3's own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import boto3
import pytest
from tests import servers

from vestige.connectors import open_store
from vestige.connectors.bench import NEIGHBOURS, Bench, Record
from vestige.connectors.conformance import Conformance
from vestige.connectors.errors import Moved, Refused, StoreError
from vestige.connectors.protocol import Connector, Delete, Gap, Secret, StoreSettings, digest, locator

_BUCKETS = count(1)


class S3Bench(Bench):
    """JSON Lines in a bucket of their own."""

    def __init__(self, endpoint: str, *, versioned: bool = False, locked: bool = False) -> None:
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id=servers.S3_USER,
            aws_secret_access_key=servers.S3_SECRET,
        )
        self.bucket = f"bucket-{next(_BUCKETS)}"
        self.client.create_bucket(Bucket=self.bucket, ObjectLockEnabledForBucket=locked)
        if versioned:
            self.client.put_bucket_versioning(
                Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"}
            )
        self.settings = settings(endpoint, self.bucket)

    def put(self, key: str, body: bytes, **more: Any) -> None:
        self.client.put_object(Bucket=self.bucket, Key=key, Body=body, **more)

    def seed(self, name: str, records: Sequence[Record]) -> str:
        listed = self.client.list_object_versions(Bucket=self.bucket, Prefix=f"{name}.jsonl")
        for one in listed.get("Versions", []):
            self.client.delete_object(Bucket=self.bucket, Key=one["Key"], VersionId=one["VersionId"])
        self.put(f"{name}.jsonl", lines(records))
        return f"{name}.jsonl"

    def get(self, key: str) -> bytes:
        body: bytes = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    def rows(self, name: str) -> list[Record]:
        return [json.loads(line) for line in self.get(name).splitlines()]

    def absent(self) -> StoreSettings:
        return replace(self.settings, name="gone", url=f"s3://{servers.S3_USER}@no-such-bucket")

    def unreadable(self) -> str:
        self.put("photo", b"\x89PNG\r\n\x1a\n" + bytes(64))
        return "photo"

    def versions(self) -> list[tuple[str, bytes]]:
        """Every version there is, with its bytes, and delete markers without."""
        listed = self.client.list_object_versions(Bucket=self.bucket)
        found = [
            (
                one["Key"],
                self.client.get_object(Bucket=self.bucket, Key=one["Key"], VersionId=one["VersionId"])[
                    "Body"
                ].read(),
            )
            for one in listed.get("Versions", [])
        ]
        return found + [(one["Key"], b"") for one in listed.get("DeleteMarkers", [])]


def settings(endpoint: str, bucket: str) -> StoreSettings:
    secret = Secret(servers.S3_SECRET)
    return StoreSettings("media", f"s3://{servers.S3_USER}@{bucket}", secret, {"endpoint": endpoint})


def lines(records: Sequence[Record]) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records).encode()


class TestS3(Conformance):
    @pytest.fixture(params=["s3", "s3-versioned"])
    def bench(self, minio_server: str, request: pytest.FixtureRequest) -> S3Bench:
        return S3Bench(minio_server, versioned=request.param == "s3-versioned")

    def test_read_gives_every_record_once(self, bench: Bench, people: str) -> None:
        super().test_read_gives_every_record_once(bench, people)
        seen = self.seen(bench, people)
        numbers = [locator(batch, row)["row"] for _, batch, row in seen.where]
        assert [NEIGHBOURS[number - 1] for number in numbers] == [record for record, _, _ in seen.where]


@pytest.fixture
def versioned(minio_server: str) -> S3Bench:
    return S3Bench(minio_server, versioned=True)


def read(store: Connector) -> Iterator[tuple[dict[str, Any], str, bytes]]:
    """Locator, digest and raw text of every record."""
    for part in store.partitions():
        for item in store.read(part) if part.skip is None else ():
            if not isinstance(item, Gap):
                for row in range(item.num_rows):
                    yield locator(item, row), digest(item, row), item.column(0)[row].as_py()


def erase(bench: S3Bench, text: str) -> None:
    """Delete every record that holds a text, wherever it is."""
    with open_store(bench.settings, writable=True) as store:
        collections = {part.object: part.collection for part in store.partitions()}
        edits = [
            Delete(collections[where["object"]], where, mark)
            for where, mark, raw in read(store)
            if text in str(raw)
        ]
        assert edits
        store.commit(store.prepare(edits))
        store.settle([])


def gaps(bench: S3Bench) -> set[str]:
    with open_store(bench.settings) as store:
        parts = list(store.partitions())
        read_gaps = {
            item.reason
            for part in parts
            if part.skip is None
            for item in store.read(part)
            if isinstance(item, Gap)
        }
        return read_gaps | {part.skip for part in parts if part.skip is not None}


def test_no_version_holds_what_was_erased(versioned: S3Bench) -> None:
    for note in ("first", "second"):
        versioned.put("people.jsonl", lines([{"id": 1, "email": "ada@example.com", "note": note}]))
    versioned.put("people.jsonl", lines([{"id": 1, "email": "ada@example.com"}, {"id": 2}]))
    versioned.put("other.jsonl", lines([{"id": 3}]))
    erase(versioned, "ada@example.com")
    assert sorted(versioned.versions()) == [
        ("other.jsonl", lines([{"id": 3}])),
        ("people.jsonl", lines([{"id": 2}])),
    ]


def test_versions_below_a_delete_marker_are_found_and_erased(versioned: S3Bench) -> None:
    versioned.put("people.jsonl", lines([{"email": "ada@example.com"}]))
    versioned.client.delete_object(Bucket=versioned.bucket, Key="people.jsonl")
    erase(versioned, "ada@example.com")
    assert versioned.versions() == [("people.jsonl", b"")]


def test_a_delete_marker_is_listed_for_its_key_may_name_somebody(versioned: S3Bench) -> None:
    place = {"Bucket": versioned.bucket, "Key": "ada@example.com.jsonl"}
    first = versioned.client.put_object(**place, Body=b"")["VersionId"]
    versioned.client.delete_object(**place)
    versioned.client.delete_object(**place, VersionId=first)
    with open_store(versioned.settings, writable=True) as store:
        (part,) = store.partitions()
        assert (str(part.object).partition("?")[0], part.skip) == ("ada@example.com.jsonl", None)
        assert list(store.read(part)) == []
        store.commit(store.prepare([Delete(part.collection, {"object": part.object})]))
    assert versioned.versions() == []


def test_a_marker_that_hides_something_stays(versioned: S3Bench) -> None:
    versioned.put("people.jsonl", lines([{"id": 1}]))
    versioned.client.delete_object(Bucket=versioned.bucket, Key="people.jsonl")
    with open_store(versioned.settings, writable=True) as store:
        marker = next(part for part in store.partitions() if "deleteMarker" in str(part.object))
        store.commit(store.prepare([Delete(marker.collection, {"object": marker.object})]))
    assert versioned.client.list_objects_v2(Bucket=versioned.bucket)["KeyCount"] == 0
    assert len(versioned.versions()) == 2


def test_an_older_version_does_not_come_back(versioned: S3Bench) -> None:
    versioned.put("people.jsonl", lines([{"id": 1}]))
    versioned.put("people.jsonl", lines([{"email": "ada@example.com"}]))
    with open_store(versioned.settings, writable=True) as store:
        where = {"object": "people.jsonl"}
        store.commit(store.prepare([Delete("people.jsonl", where)]))
    listed = versioned.client.list_objects_v2(Bucket=versioned.bucket)
    assert listed["KeyCount"] == 0
    assert (b"ada" in b"".join(body for _, body in versioned.versions())) is False


def test_a_resumed_purge_removes_what_was_replaced(
    versioned: S3Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends between the new version and the removal of the old one."""
    from vestige.connectors.versions import Versions

    versioned.put("people.jsonl", lines([{"email": "ada@example.com"}, {"id": 2}]))
    with monkeypatch.context() as patch:
        patch.setattr(Versions, "_delete", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            erase(versioned, "ada@example.com")
    assert len(versioned.versions()) == 2
    with open_store(versioned.settings, writable=True) as store:
        assert store.settle([]) == []
    assert versioned.versions() == [("people.jsonl", lines([{"id": 2}]))]


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_what_an_object_has_is_kept(versioned: S3Bench) -> None:
    versioned.put(
        "people.jsonl",
        lines([{"email": "ada@example.com"}, {"id": 2}]),
        ContentType="application/x-ndjson",
        CacheControl="no-store",
        Metadata={"team": "sales"},
        Tagging="class=a&kind=b%20c",
        ServerSideEncryption="AES256",
    )
    erase(versioned, "ada@example.com")
    place = {"Bucket": versioned.bucket, "Key": "people.jsonl"}
    head = versioned.client.head_object(**place)
    kept = [head[name] for name in ("ContentType", "CacheControl", "ServerSideEncryption")]
    assert kept == ["application/x-ndjson", "no-store", "AES256"]
    assert head["Metadata"]["team"] == "sales"
    tags = versioned.client.get_object_tagging(**place)["TagSet"]
    assert sorted((tag["Key"], tag["Value"]) for tag in tags) == [("class", "a"), ("kind", "b c")]
    assert gaps(versioned) == {"its user metadata and tags are not searched"}


def test_an_object_under_lock_stays_and_says_until_when(minio_server: str) -> None:
    bench = S3Bench(minio_server, locked=True)
    until = datetime.now(UTC) + timedelta(days=30)
    bench.put(
        "people.jsonl",
        lines([{"email": "ada@example.com"}]),
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=until,
    )
    with pytest.raises(Refused, match=f"object lock until {until:%Y-%m-%d}"):
        erase(bench, "ada@example.com")
    assert len(bench.versions()) == 1
    assert not bench.client.list_multipart_uploads(Bucket=bench.bucket).get("Uploads")


def test_an_unfinished_upload_is_not_covered_and_stays(versioned: S3Bench) -> None:
    place = {"Bucket": versioned.bucket, "Key": "people.jsonl"}
    versioned.put("people.jsonl", lines([{"email": "ada@example.com"}, {"id": 2}]))
    place["UploadId"] = versioned.client.create_multipart_upload(**place)["UploadId"]
    versioned.client.upload_part(**place, PartNumber=1, Body=b"ada@example.com")
    erase(versioned, "ada@example.com")
    assert gaps(versioned) == {"unfinished upload: its parts cannot be read"}


def test_below_a_prefix_unfinished_uploads_are_not_covered_either(versioned: S3Bench) -> None:
    versioned.client.create_multipart_upload(Bucket=versioned.bucket, Key="in/people.jsonl")
    versioned.client.create_multipart_upload(Bucket=versioned.bucket, Key="out/people.jsonl")
    with open_store(replace(versioned.settings, url=f"{versioned.settings.url}/in/")) as store:
        assert [str(part.object).partition("?")[0] for part in store.partitions()] == ["in/people.jsonl"]


def test_what_a_killed_purge_had_prepared_goes_with_the_next(versioned: S3Bench) -> None:
    versioned.put("people.jsonl", lines([{"email": "ada@example.com"}, {"id": 2}]))
    with open_store(versioned.settings, writable=True) as store:
        ((where, mark, _), *_) = read(store)
        store.prepare([Delete("people.jsonl", where, mark)])
    assert gaps(versioned) == {"unfinished upload: its parts cannot be read"}
    erase(versioned, "ada@example.com")
    assert gaps(versioned) == set()


def test_an_object_changed_meanwhile_is_left_alone(versioned: S3Bench) -> None:
    versioned.put("people.jsonl", lines([{"email": "ada@example.com"}]))
    with open_store(versioned.settings, writable=True) as store:
        ((where, mark, _),) = read(store)
        prepared = store.prepare([Delete("people.jsonl", where, mark)])
        versioned.put("people.jsonl", lines([{"email": "bob@example.com"}]))
        with pytest.raises(Moved):
            store.commit(prepared)
        store.discard(prepared)
    assert versioned.rows("people.jsonl") == [{"email": "bob@example.com"}]


@pytest.mark.parametrize("secret", ["wrong", ""])
def test_a_wrong_secret_is_refused_and_not_shown(versioned: S3Bench, secret: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(replace(versioned.settings, password=Secret(secret or "x" * 40)))
    assert isinstance(caught.value, Refused)
    assert servers.S3_SECRET not in str(caught.value)


def test_all_neighbours_survive_in_parts(versioned: S3Bench) -> None:
    """More than one part of an upload, and more than one range of a read."""
    many = [one | {"note": "x" * 200_000} for one in NEIGHBOURS] * 4
    versioned.put("people.jsonl", lines(many))
    erase(versioned, '"id": 120,')
    assert versioned.get("people.jsonl") == lines([one for one in many if one["id"] != 120])
