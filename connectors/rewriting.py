"""Editing objects: edits find their records, an object is written anew aside, and swapped in if unchanged.

Row numbers shift when records go, so an edit with a digest holds for the record that has it: the one at its
locator, else one elsewhere in the object. An object is swapped in one go; hence when none of its edits finds
a record the edits were made before, and are *gone*; when some do and some do not, the object has *moved*.
An edit without a digest holds for whatever is at its locator.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Protocol

from vestige.connectors.errors import Moved, Refused, StoreError
from vestige.connectors.families import of_object
from vestige.connectors.formats.model import Format, Key, Part, Source, Unfit
from vestige.connectors.objects import Bucket, Objects
from vestige.connectors.protocol import Delete, Edit, Effects, Locator, Prepared, StoreSettings, digest

REMOVE = "remove"
"""Instead of a name aside: the whole object goes."""


class Vault(Bucket, Protocol):
    """A bucket that can be written."""

    def aside(self, name: str, write: Callable[[BinaryIO], None]) -> str:
        """Write what shall replace an object; the name of it, whose version the object will have. Leaves
        nothing behind when it fails."""

    def discard(self, aside: str) -> None:
        """Remove what is aside, if it still is."""

    def swap(self, name: str, aside: str, version: str) -> None:
        """Put what is aside in the object's place. Moved if the object has another version."""

    def remove(self, name: str, version: str) -> None:
        """Remove an object. Moved if it has another version."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Edits by the record that they hold for, and edits that hold for none."""

    edits: Mapping[Key, Sequence[Edit]]
    missing: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """An object to edit, as it is now."""

    store: str
    collection: str
    name: str
    version: str
    format: Format
    source: Source

    def prepared(self, edits: Sequence[Edit], aside: str | None, becomes: str | None = None) -> Prepared:
        return Prepared(self.store, self.collection, self.name, tuple(edits), self.version, aside, becomes)


def key_of(edit: Edit, form: Format) -> Key:
    """The number or path that an edit names. Raises Unfit."""
    part = form.key[0].removeprefix("@") if form.key else form.unit
    key: Key | None = edit.locator.get(part)
    if key is None or set(edit.locator) - {"object", part}:
        raise Unfit(f"records of {form.name} are named by object and {part}")
    return key


def placed_in(form: Format, source: Source, edits: Sequence[Edit]) -> Placed:
    """Find the records of edits. Reads the object once, and again if a record is not where it was."""
    wanted: dict[Key, list[Edit]] = defaultdict(list)
    for edit in edits:
        wanted[key_of(edit, form)].append(edit)
    found: dict[Key, Sequence[Edit]] = {
        key: wanted[key]
        for key, check in _digests(form, source, wanted.keys())
        if all(edit.digest in (None, check()) for edit in wanted[key])
    }
    astray = {key: wanted[key] for key in wanted if key not in found}
    if astray:
        found |= _elsewhere(form, source, astray, set(found))
    held = {id(edit) for several in found.values() for edit in several}
    return Placed(found, tuple(edit for edit in edits if id(edit) not in held))


def _elsewhere(
    form: Format, source: Source, astray: Mapping[Key, list[Edit]], taken: set[Key]
) -> dict[Key, Sequence[Edit]]:
    """Records that have the digest of an edit, in their order, each for one edit."""
    waiting: dict[str, list[list[Edit]]] = defaultdict(list)
    for edits in astray.values():
        marks = {edit.digest for edit in edits if edit.digest is not None}
        if len(marks) == 1:
            waiting[marks.pop()].append(edits)
    found: dict[Key, Sequence[Edit]] = {}
    if waiting:
        for key, check in _digests(form, source, None):
            several = waiting.get(check()) if key not in taken else None
            if several:
                found[key] = several.pop(0)
    return found


def _digests(form: Format, source: Source, keys: Set[Key] | None) -> Iterator[tuple[Key, Callable[[], str]]]:
    """Some records (None: all) and how to get their digests."""
    for part in form.read(source):
        if isinstance(part, Part):
            for row, key in _keys(form, part, keys):
                yield key, partial(digest, part.batch, row)


def _keys(form: Format, part: Part, keys: Set[Key] | None) -> Iterator[tuple[int, Key]]:
    if form.key:
        every = enumerate(part.batch.column(form.key[0]).to_pylist())
        return ((row, key) for row, key in every if keys is None or key in keys)
    rows = range(part.batch.num_rows)
    if keys is None:
        return ((row, part.first + row) for row in rows)
    return ((key - part.first, key) for key in keys if isinstance(key, int) and key - part.first in rows)


class EditedObjects(Objects):
    """Objects of a vault. Without one the store is opened to be read, and holds nothing that could write."""

    capabilities = frozenset({"delete", "set", "patch"})

    def __init__(self, settings: StoreSettings, bucket: Bucket, vault: Vault | None) -> None:
        super().__init__(settings, bucket)
        self._vault = vault

    @property
    def vault(self) -> Vault:
        """The bucket to write to. Refused if the store was opened to be read."""
        if self._vault is None:
            raise Refused(self.settings.name, "", "the store was opened read-only")
        return self._vault

    def belongs(self, collection: str, name: str) -> bool:
        """Whether an object can be of a collection, as long as its siblings are what they were or not."""
        return of_object(collection, name)

    def prepare(self, edits: Sequence[Edit]) -> list[Prepared]:
        """Write each object anew aside. One that is not there any more has no records: its edits are gone."""
        names = {entry.name for entry in self.vault.entries()}
        prepared: list[Prepared] = []
        try:
            for (collection, name), several in self._by_object(edits).items():
                if not self.belongs(collection, name):
                    raise Refused(self.settings.name, "", "no such collection, or not of this object")
                if name in names:
                    prepared += self._prepared(collection, name, several)
                else:
                    prepared.append(Prepared(self.settings.name, collection, name, tuple(several)))
        except StoreError:
            self.discard(prepared)
            raise
        return prepared

    def discard(self, prepared: Sequence[Prepared]) -> None:
        for one in prepared:
            if one.aside not in (None, REMOVE):
                self.vault.discard(str(one.aside))

    def _by_object(self, edits: Sequence[Edit]) -> dict[tuple[str, str], list[Edit]]:
        groups: dict[tuple[str, str], list[Edit]] = defaultdict(list)
        for edit in edits:
            if "object" not in edit.locator:
                raise Refused(self.settings.name, edit.collection, "a locator names its object")
            groups[edit.collection, str(edit.locator["object"])].append(edit)
        return groups

    def _prepared(self, collection: str, name: str, edits: Sequence[Edit]) -> list[Prepared]:
        version = self.vault.version(name)
        if any(set(edit.locator) == {"object"} for edit in edits):
            self._check_removal(version, edits)
            return [Prepared(self.settings.name, collection, name, tuple(edits), version, REMOVE)]
        seen = self.recognise(name)
        if seen.format is None:
            raise Refused(self.settings.name, collection, seen.skip or "it cannot be read")
        target = Target(self.settings.name, collection, name, version, seen.format, seen.source)
        try:
            return self.rewritten(target, edits)
        except Unfit as error:
            raise Refused(self.settings.name, collection, str(error)) from error

    def _check_removal(self, version: str, edits: Sequence[Edit]) -> None:
        for edit in edits:
            if not isinstance(edit, Delete) or set(edit.locator) != {"object"}:
                raise Refused(self.settings.name, edit.collection, "an object that goes has no other edits")
            if edit.digest not in (None, "", version):
                raise Moved(self.settings.name, edit.collection, "the object has another version")

    def rewritten(self, target: Target, edits: Sequence[Edit]) -> list[Prepared]:
        """One object with its edits written aside; nothing aside if they were made before. Raises Unfit."""
        form, source = target.format, target.source
        placed = placed_in(form, source, edits)
        if placed.missing and placed.edits:
            raise Moved(self.settings.name, target.collection, "a record is not what it was")
        if placed.missing:
            return [target.prepared(edits, None)]
        aside = self.vault.aside(target.name, lambda sink: form.rewrite(source, sink, placed.edits))
        return [target.prepared(edits, aside, self.vault.version(aside))]

    def commit(self, prepared: Sequence[Prepared]) -> Effects:
        """Swap all in; none if one object has moved."""
        vault = self.vault
        for one in prepared:
            if one.aside is not None and vault.version(str(one.object)) != one.version:
                raise Moved(self.settings.name, one.collection, "the object changed after it was prepared")
        for one in prepared:
            if one.aside == REMOVE:
                vault.remove(str(one.object), str(one.version))
            elif one.aside is not None:
                vault.swap(str(one.object), one.aside, str(one.version))
        return effects(prepared)


def effects(prepared: Sequence[Prepared]) -> Effects:
    """What edits did, each record once. Nothing aside: their records are gone."""
    kinds: dict[str, dict[str, tuple[str, Locator]]] = {"deleted": {}, "changed": {}, "gone": {}}
    for one in prepared:
        for edit in one.edits:
            kind = "gone" if one.aside is None else "deleted" if isinstance(edit, Delete) else "changed"
            place = (edit.collection, edit.locator)
            kinds[kind].setdefault(repr(place), place)
    return Effects(**{kind: tuple(places.values()) for kind, places in kinds.items()})
