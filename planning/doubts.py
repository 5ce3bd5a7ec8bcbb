"""What may lead to somebody else though no active relation says so. A record in doubt is never deleted: a
wrong delete costs somebody else their data, a wrong cut only leaves a row behind that a person can look at.

Three doubts: a relation that waits for review; a field nothing is known about whose values are keys of the
same people as the subject's own reference in the record, as often and as widely (a *twin*); and a value that
is as a whole somebody's telling key (``K-10017``).
"""

from __future__ import annotations

from collections.abc import Sequence

from vestige.catalog.estate import Estate
from vestige.catalog.model import Place, Relation
from vestige.catalog.store import Catalog
from vestige.planning.atlas import Chart, child_fields

INCLUDED, AS_WIDE, ENOUGH = 0.98, 0.6, 3
"""A twin's values are keys in this share, as many as in this share of the known field's, and so many."""


class Doubts:
    """The catalog, asked for fields and values that may lead to other people. Answers are kept."""

    def __init__(self, estate: Estate, catalog: Catalog) -> None:
        self._estate, self._catalog = estate, catalog
        self._related = {
            Place(relation.child.store, relation.child.collection, name)
            for relation in catalog.relations()
            for name in child_fields(relation)
        }
        self._twins: dict[tuple[Place, Place], bool] = {}
        self._known: dict[tuple[Place, str], bool] = {}

    def is_key(self, place: Place, key: str) -> bool:
        """Whether a key was seen in a field of keys."""
        if (place, key) not in self._known:
            seen = self._catalog.occurrences([self._estate.hasher.hash("KEY", key)])
            self._known[place, key] = any(occurrence.place == place for occurrence in seen)
        return self._known[place, key]

    def is_open(self, chart: Chart, name: str) -> bool:
        """Whether a field is no key itself, and no relation of it was ever found, confirmed or rejected."""
        described = chart.described
        alone = {u[0] for u in described.unique if len(u) == 1} if described else set()
        own = {*chart.unique_key, *alone, *((chart.source.key,) if chart.source else ())}
        return name not in own and Place(*chart.home, name) not in self._related

    def is_twin(self, chart: Chart, name: str, holders: Sequence[Relation]) -> bool:
        """Whether a field looks like one of those that ``holders`` lead to a person by."""
        child = Place(*chart.home, name)
        for relation in holders:
            if (child, relation.parent) not in self._twins:
                self._twins[child, relation.parent] = self._compared(child, relation)
        return any(self._twins[child, relation.parent] for relation in holders)

    def _compared(self, child: Place, relation: Relation) -> bool:
        pairs = [(relation.child, relation.parent), (child, relation.parent)]
        counted = {one.child: one for one in self._catalog.inclusions(pairs)}
        known, found = counted.get(relation.child), counted.get(child)
        if known is None or found is None:
            return False
        wide = found.child_distinct >= max(ENOUGH, AS_WIDE * known.child_distinct)
        return wide and found.shared >= INCLUDED * found.child_distinct


def is_telling(key: str) -> bool:
    """Whether a key coincides with another by no accident: letters and digits, not a bare number."""
    return 4 <= len(key) <= 64 and any(c.isdigit() for c in key) and any(c.isalpha() for c in key)
