"""The versions of a bucket's objects: listed, read, replaced by multipart uploads, removed."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, BinaryIO, NamedTuple, cast
from urllib.parse import unquote, urlencode, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from urllib3.exceptions import HTTPError

from vestige.connectors.errors import Moved, Refused, StoreError, Unavailable
from vestige.connectors.objects import Entry
from vestige.connectors.protocol import (
    StoreSettings,
)
from vestige.connectors.transfer import EndedEarly, Parts, Ranges

_VERSION = re.compile(r"(?s)(?P<key>.*)\?(?P<kind>versionId|deleteMarker)=(?P<id>[^?]+)")
_REPLACED = "vestige-replaced"
_FIRST_PART = 7001
"""Uploads of Vestige count their parts from here: so are those told that a killed purge left."""
_PARTS = 10_000 - _FIRST_PART
_PART, _BUFFER = 8 << 20, 1 << 20
_KEPT = {
    "ContentType": "ContentType", "ContentEncoding": "ContentEncoding", "CacheControl": "CacheControl",
    "ContentDisposition": "ContentDisposition", "ContentLanguage": "ContentLanguage",
    "StorageClass": "StorageClass", "ServerSideEncryption": "ServerSideEncryption",
    "SSEKMSKeyId": "SSEKMSKeyId", "BucketKeyEnabled": "BucketKeyEnabled",
}  # fmt: skip
_FINAL = dict.fromkeys(("NoSuchKey", "NoSuchVersion", "404"), "the object is gone") | {
    "NoSuchBucket": "there is no such bucket",
    "InvalidObjectState": "unreadable: archived; restore it first",
    "400": "unreadable: encrypted with a key of its own",
    "InvalidAccessKeyId": "the access key is not known",
    "SignatureDoesNotMatch": "the secret key is wrong",
}


class Aside(NamedTuple):
    """A multipart upload that waits: to which key, and the version that the object will have."""

    key: str
    upload: str
    version: str

    def __str__(self) -> str:
        return "\0".join(("", *self))

    @classmethod
    def read(cls, name: str) -> Aside | None:
        parts = name.split("\0")
        return cls(*parts[1:]) if len(parts) == len(cls._fields) + 1 else None


class Versions:
    """The versions of a bucket's objects below a prefix."""

    def __init__(self, settings: StoreSettings) -> None:
        parts = urlsplit(settings.url)
        self.store, self._bucket = settings.name, parts.hostname or ""
        self._prefix = unquote(parts.path).removeprefix("/")
        self._client: Any = _client(settings, unquote(parts.username or ""))
        with self.errors():
            self._client.list_object_versions(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=1)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Errors of S3 as a store's own. Their messages may hold keys, hence none of them is repeated."""
        try:
            yield
        except ClientError as error:
            raise self._meant(error) from None
        except NoCredentialsError:
            raise Refused(self.store, "", "there are no credentials: give KEY_ID@ and a password") from None
        except (BotoCoreError, HTTPError, EndedEarly) as error:
            raise Unavailable(self.store, "", f"no answer: {type(error).__name__}") from None

    def _meant(self, error: ClientError) -> StoreError:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status == 412 or code == "ConditionalRequestConflict":
            return Moved(self.store, "", "the object changed after it was prepared")
        if status >= 500 or status == 429 or code == "SlowDown":
            return Unavailable(self.store, "", f"the store answers {status}")
        named = "unreadable: permission denied" if status in (401, 403) else f"refused: {code or status}"
        return Refused(self.store, "", _FINAL.get(code, named))

    # reading

    def entries(self) -> Iterator[Entry]:
        """All versions of all objects, delete markers (which are empty, but have a key), and uploads that
        nobody finished."""
        found = [self._entry(one) for one in self._listed("list_object_versions", "Versions")]
        found += [
            Entry(f"{one['Key']}?deleteMarker={one['VersionId']}", 0)
            for one in self._listed("list_object_versions", "DeleteMarkers")
        ]
        found += [
            Entry(
                f"{one['Key']}?uploadId={one['UploadId']}", skip="unfinished upload: its parts cannot be read"
            )
            for one in self._uploads()
        ]
        return iter(sorted(found, key=lambda entry: entry.name))

    def _entry(self, one: Mapping[str, Any]) -> Entry:
        key, size = str(one["Key"]), int(one["Size"])
        if _VERSION.fullmatch(key):
            return Entry(key, size, "opaque: its key reads like that of a version")
        return Entry(key if one["IsLatest"] else f"{key}?versionId={one['VersionId']}", size)

    def _listed(self, operation: str, what: str, prefix: str | None = None) -> Iterator[dict[str, Any]]:
        place = {"Bucket": self._bucket, "Prefix": self._prefix if prefix is None else prefix}
        with self.errors():
            for page in self._client.get_paginator(operation).paginate(**place):
                yield from page.get(what, ())

    def _uploads(self) -> Iterator[dict[str, Any]]:
        """All uploads below the prefix: not every server lists them by the start of a key."""
        listed = self._listed("list_multipart_uploads", "Uploads", "")
        return (one for one in listed if one["Key"].startswith(self._prefix))

    def open(self, name: str) -> BinaryIO:
        """The stored bytes, as they are now: a later change is an error of reading."""
        head = self._head(name)
        get = partial(self._get, _named(name), str(head["ETag"]))
        stream = Ranges(get, int(head["ContentLength"]), self.errors)
        return cast("BinaryIO", io.BufferedReader(stream, _BUFFER))

    def version(self, name: str, known: str | None = None, before: float = math.inf) -> str:  # noqa: ARG002
        """Size and ETag."""
        if aside := Aside.read(name):
            return aside.version
        head = self._head(name)
        return f"{head['ContentLength']}-{str(head['ETag']).strip(chr(34))}"

    def is_labelled(self, name: str) -> bool:
        """Whether an object has tags, or user metadata other than Vestige's own."""
        head = self._head(name)
        return bool(head.get("TagCount") or set(head["Metadata"]) - {_REPLACED})

    def _get(self, named: Mapping[str, str], etag: str, start: int) -> Any:
        """The body of an object from a byte on, if it still is what it was."""
        with self.errors():
            return self._client.get_object(
                Bucket=self._bucket, **named, Range=f"bytes={start}-", IfMatch=etag
            )["Body"]

    def _head(self, name: str) -> dict[str, Any]:
        if is_marker(name):
            return {"ContentLength": 0, "ETag": "deleted", "Metadata": {}}
        with self.errors():
            found: dict[str, Any] = self._client.head_object(Bucket=self._bucket, **_named(name))
        return found

    # writing

    def aside(self, name: str, write: Callable[[BinaryIO], None]) -> str:
        """Upload what shall replace an object, to be completed by :meth:`swap`."""
        head = self._head(name)
        self._unlocked(head)
        self._abandon(name)
        kept = {new: head[old] for old, new in _KEPT.items() if head.get(old) is not None}
        marked = head["Metadata"] | ({_REPLACED: head["VersionId"]} if "VersionId" in head else {})
        place = {"Bucket": self._bucket, "Key": name}
        with self.errors():
            tags = self._client.get_object_tagging(**place)["TagSet"] if head.get("TagCount") else []
            kept |= {"Tagging": urlencode([(tag["Key"], tag["Value"]) for tag in tags])} if tags else {}
            upload = self._client.create_multipart_upload(**place, **kept, Metadata=marked)["UploadId"]
        place["UploadId"] = upload
        try:
            sink = Parts(partial(self._send, place), max(_PART, int(head["ContentLength"]) // (_PARTS - 500)))
            write(cast("BinaryIO", sink))
            sink.finish()
        except BaseException:
            self.discard(str(Aside(name, upload, "")))
            raise
        return str(Aside(name, upload, sink.version))

    def _send(self, place: Mapping[str, str], number: int, data: bytes) -> None:
        with self.errors():
            self._client.upload_part(**place, PartNumber=_FIRST_PART + number, Body=data)

    def _unlocked(self, head: Mapping[str, Any]) -> None:
        if head.get("ObjectLockLegalHoldStatus") == "ON":
            raise Refused(self.store, "", "retained by the bucket: legal hold")
        until = head.get("ObjectLockRetainUntilDate")
        if until is not None and until > datetime.now(UTC):
            raise Refused(self.store, "", f"retained by the bucket: object lock until {until:%Y-%m-%d}")

    def _abandon(self, name: str) -> None:
        """Abort the uploads to a key that a purge left which was cut short; other people's stay."""
        for one in self._listed("list_multipart_uploads", "Uploads", name):
            if one["Key"] == name:
                place = {"Bucket": self._bucket, "Key": name, "UploadId": one["UploadId"]}
                with self.errors():
                    parts = self._client.list_parts(**place, MaxParts=1).get("Parts", [])
                if parts and parts[0]["PartNumber"] >= _FIRST_PART:
                    self.discard(str(Aside(name, one["UploadId"], "")))

    def discard(self, aside: str) -> None:
        waiting = Aside.read(aside)
        if waiting is not None:
            with suppress(Refused), self.errors():
                self._client.abort_multipart_upload(
                    Bucket=self._bucket, Key=waiting.key, UploadId=waiting.upload
                )

    def swap(self, name: str, aside: str, version: str) -> None:
        """Complete the upload if the object is what it was, then remove the version that it replaced."""
        waiting = Aside.read(aside)
        head = self._unmoved(name, version)
        if waiting is None:
            raise Refused(self.store, "", "nothing is aside")
        place = {"Bucket": self._bucket, "Key": name, "UploadId": waiting.upload}
        with self.errors():
            parts = [
                {"PartNumber": part["PartNumber"], "ETag": part["ETag"]}
                for page in self._client.get_paginator("list_parts").paginate(**place)
                for part in page.get("Parts", ())
            ]
            whole = {"Parts": parts}
            self._client.complete_multipart_upload(**place, MultipartUpload=whole, IfMatch=head["ETag"])
        if "VersionId" in head:
            self._delete(name, head["VersionId"])

    def remove(self, name: str, version: str) -> None:
        """Remove a version for good. What is older does not come back in the place of a current one."""
        head = self._unmoved(name, version)
        self._unlocked(head)
        key, earlier = key_and_version(name)
        if is_marker(name) and self._has(key):
            return  # it hides what stays
        self._delete(key, earlier or head.get("VersionId"))
        if earlier is None and "VersionId" in head and self._has(key):
            with self.errors():
                self._client.delete_object(Bucket=self._bucket, Key=key)

    def _has(self, key: str) -> bool:
        listed = self._listed("list_object_versions", "Versions", key)
        return any(one["Key"] == key for one in listed)

    def _unmoved(self, name: str, version: str) -> dict[str, Any]:
        head = self._head(name)
        if f"{head['ContentLength']}-{str(head['ETag']).strip(chr(34))}" != version:
            raise Moved(self.store, "", "the object changed after it was prepared")
        return head

    def _delete(self, key: str, version: str | None) -> None:
        with self.errors():
            of = {} if version is None else {"VersionId": version}
            self._client.delete_object(Bucket=self._bucket, Key=key, **of)

    def finish(self) -> None:
        """Remove the versions that are named as replaced by the current version of their object."""
        earlier: dict[str, set[str]] = {}
        for one in self._listed("list_object_versions", "Versions"):
            if not one["IsLatest"]:
                earlier.setdefault(one["Key"], set()).add(one["VersionId"])
        for key, versions in earlier.items():
            with suppress(Refused):  # the current one is a delete marker
                replaced = self._head(key)["Metadata"].get(_REPLACED)
                if replaced in versions:
                    self._delete(key, replaced)


def _client(settings: StoreSettings, key_id: str) -> Any:
    access = {}
    if key_id:
        secret = settings.password.value if settings.password else ""
        access = {"aws_access_key_id": key_id, "aws_secret_access_key": secret}
    retries = {"max_attempts": 3, "mode": "standard"}
    config = Config(retries=retries, connect_timeout=10, read_timeout=60)
    region = boto3.session.Session().region_name or "us-east-1"
    endpoint = settings.options.get("endpoint")
    return boto3.client("s3", endpoint_url=endpoint, region_name=region, config=config, **access)


def key_and_version(name: str) -> tuple[str, str | None]:
    """The key, and the version of an earlier one."""
    found = _VERSION.fullmatch(name)
    return (found["key"], found["id"]) if found else (name, None)


def is_marker(name: str) -> bool:
    """Whether what is named is a delete marker."""
    found = _VERSION.fullmatch(name)
    return found is not None and found["kind"] == "deleteMarker"


def _named(name: str) -> dict[str, str]:
    key, version = key_and_version(name)
    return {"Key": key} if version is None else {"Key": key, "VersionId": version}
