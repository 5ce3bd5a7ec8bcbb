"""A plan that was cut off: what it still has to do in one store, what is its own work, and what came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from vestige.connectors.errors import Refused
from vestige.connectors.protocol import (
    Connector,
    Effects,
    Gap,
    Locator,
    Prepared,
    digest,
    locator,
    origin_of,
)
from vestige.matching.forms import Hasher
from vestige.planning.model import Touched

Mark = tuple[str, ...]
Place = tuple[str, tuple[str, ...]]
"""A collection, and the parts of a locator in it."""


def remaining(connector: Connector, records: Sequence[Touched]) -> list[Touched]:
    """The records whose edits are not done yet. Objects know by themselves what was done to them: their rows
    move, and only their content tells."""
    keyed = [record for record in records if "object" not in record.locator]
    now = _digests(connector, keyed)
    return [r for r in records if "object" in r.locator or now.get(_mark(r.collection, r.locator)) != r.after]


@dataclass(frozen=True, slots=True)
class Ours:
    """In which versions a plan's commits leave one store's objects: keyed hashes, as names are personal."""

    hasher: Hasher
    hashes: Set[str]

    def made(self, name: str | None, version: str | None) -> bool:
        """Whether an object is as we left it; if not, somebody changed it since."""
        return self._hash(name, version) in self.hashes

    def hashed(self, prepared: Iterable[Prepared]) -> list[str]:
        """What is to be remembered before a commit."""
        return [self._hash(one.object, one.becomes) for one in prepared if one.becomes is not None]

    def _hash(self, name: str | None, version: str | None) -> str:
        return self.hasher.hash("OBJECT", f"{name}/{version}")


def credited(effects: Effects, prepared: Iterable[Prepared], ours: Ours) -> Effects:
    """The effects of a resumed commit. What is gone was done before the run was cut off, if its object is as
    that run left it. In an object that somebody changed since, the person may still be: its edits have no
    effect that is known. An object that is not there has nobody in it."""
    strange: list[tuple[str, Locator]] = []
    absent: list[tuple[str, Locator]] = []
    for one in prepared:
        places = [(edit.collection, edit.locator) for edit in one.edits]
        if one.aside is None and one.object is not None and one.version is None:
            absent += [place for place in places if set(place[1]) != {"object"}]
        elif one.aside is None and one.version not in (None, one.becomes):
            strange += [] if ours.made(one.object, one.version) else places
    done = [place for place in effects.gone if place not in strange and place not in absent]
    return replace(effects, deleted=(*effects.deleted, *done), gone=tuple(absent))


def returned(connector: Connector, records: Sequence[Touched], ours: Ours) -> list[Touched]:
    """The records that are again as they were before they were purged. An object that is as the purge left it
    is not read."""
    held = any("object" in record.locator for record in records)
    objects = [part for part in connector.partitions() if part.names_object] if held else []
    names = {p.object for p in objects}
    again = [r for r in records if set(r.locator) == {"object"} and r.locator["object"] in names]
    changed = {p.object: p.collection for p in objects if not ours.made(p.object, p.version)}
    asked = list(_by_content(records, changed))
    now = _digests(connector, asked)
    return again + [r for r in asked if now.get(_mark(r.collection, r.locator)) == r.digest != r.after]


def _by_content(records: Iterable[Touched], there: Mapping[str | None, str]) -> Iterator[Touched]:
    """Those that only their content tells. An object's collection may have another name by now."""
    for record in records:
        name = record.locator.get("object")
        if "object" not in record.locator:
            yield record
        elif name in there and len(record.locator) > 1:
            yield replace(record, collection=there[name])


def _digests(connector: Connector, records: Iterable[Touched]) -> dict[Mark, str]:
    """The digests of those records that are there."""
    places: dict[Place, list[Touched]] = defaultdict(list)
    for record in records:
        places[record.collection, tuple(sorted(record.locator))].append(record)
    return {mark: found for place, some in places.items() for mark, found in _found(connector, place, some)}


def _found(connector: Connector, place: Place, records: Sequence[Touched]) -> Iterator[tuple[Mark, str]]:
    collection, parts = place
    marks = {_mark(collection, record.locator) for record in records}
    wanted = [[record.locator[part] for part in parts] for record in records]
    for batch in connector.find(collection, parts, wanted):
        if isinstance(batch, Gap):
            raise Refused(connector.settings.name, collection, batch.reason)
        origin = origin_of(batch)
        for row in range(batch.num_rows):
            mark = _mark(collection, locator(batch, row, origin))
            if mark not in marks:
                raise Refused(connector.settings.name, collection, "a locator does not lead to its record")
            yield mark, digest(batch, row)


def _mark(collection: str, where: Locator) -> Mark:
    return collection, *(f"{part}={where[part]}" for part in sorted(where))
