"""``s3://KEY_ID@bucket/prefix`` — a bucket of S3, in all its versions; the secret key is the ``password``.

Without a key id the usual chain of boto3 gives the credentials. An object is named by its key, an earlier
version by ``key?versionId=…``, a delete marker by ``key?deleteMarker=…``. A version cannot be changed: what
must change in an earlier one removes that version (docs/decisions/0012). S3 knows no read-only session:
opened to be read, nothing here can write.

What is written aside is a multipart upload to the key itself: nobody sees it until it is completed, on the
condition that the object still is what it was. The new object names the version that it replaces, so that a
resumed purge knows what is left to remove.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import pyarrow as pa

from vestige.connectors.errors import Moved
from vestige.connectors.formats.detect import Recognised, recognise
from vestige.connectors.formats.model import Source
from vestige.connectors.objects import Item
from vestige.connectors.protocol import (
    Connector,
    Edit,
    Effects,
    Gap,
    Partition,
    Prepared,
    Residue,
    StoreSettings,
)
from vestige.connectors.rewriting import REMOVE, EditedObjects, Target, placed_in
from vestige.connectors.versions import Versions, is_marker, key_and_version


def open(settings: StoreSettings, *, writable: bool = False) -> Connector:  # noqa: A001 - the registry's name
    """Open a bucket. Refused if it is not there or may not be listed with its versions; never created."""
    bucket = Versions(settings)
    return S3(settings, bucket, bucket if writable else None)


class S3(EditedObjects):
    """Objects of all versions; a version is of the collection of its key."""

    def __init__(self, settings: StoreSettings, bucket: Versions, vault: Versions | None) -> None:
        super().__init__(settings, bucket, vault)
        self._versions = bucket

    def families(self, items: Sequence[Item]) -> list[str]:
        keys = [key_and_version(item.entry.name)[0] for item in items]
        one_each: dict[str, Item] = {}
        for key, item in zip(keys, items, strict=True):
            if key not in one_each or item.entry.name == key:
                one_each[key] = replace(item, entry=item.entry._replace(name=key))
        labels = dict(zip(one_each, super().families(list(one_each.values())), strict=True))
        return [labels[key] for key in keys]

    def recognise(self, name: str) -> Recognised:
        return recognise(Source(partial(self.bucket.open, name)), key_and_version(name)[0])

    def belongs(self, collection: str, name: str) -> bool:
        return super().belongs(collection, key_and_version(name)[0])

    def read(self, partition: Partition) -> Iterator[pa.RecordBatch | Gap]:
        yield from super().read(partition)
        if partition.names_object and self._versions.is_labelled(self._name(partition)):
            yield Gap("its user metadata and tags are not searched", {"object": self._name(partition)})

    def rewritten(self, target: Target, edits: Sequence[Edit]) -> list[Prepared]:
        """An earlier version cannot be written anew: with a record that must change it goes."""
        if key_and_version(target.name)[1] is None:
            return super().rewritten(target, edits)
        placed = placed_in(target.format, target.source, edits)
        if placed.missing:
            raise Moved(self.settings.name, target.collection, "a record is not what it was")
        return [target.prepared(edits, REMOVE)]

    def commit(self, prepared: Sequence[Prepared]) -> Effects:
        """Earlier versions first, for what they are called depends on the current one; markers last."""
        return super().commit(sorted(prepared, key=_turn))

    def settle(self, touched: Iterable[str]) -> list[Residue]:  # noqa: ARG002 - versions know no collections
        """Remove the versions that were replaced by a purge which was cut short."""
        if self._vault is not None:
            self._versions.finish()
        return []


def _turn(one: Prepared) -> tuple[bool, bool]:
    name = str(one.object)
    return is_marker(name), key_and_version(name)[1] is None
