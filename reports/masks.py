"""Names of places as a report may show them: nothing in them that names a person."""

from __future__ import annotations

import json
import re

from vestige.catalog.estate import Estate
from vestige.catalog.store import Catalog
from vestige.matching.called import Names
from vestige.planning.model import Subject

_PERSONAL = re.compile(
    r"[^\s/]*(?:@|%40)[^\s/]*|[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}|\+?\d{5,}"
)


class Masks:
    """Knows objects by the labels that the scan gave them; others by their keyed hash."""

    def __init__(self, estate: Estate, catalog: Catalog, subject: Subject) -> None:
        self._hasher = estate.hasher
        self._labels = {line.object_id: line.label for line in catalog.coverage() if line.object_id}
        self._names = Names(subject.identifiers)

    def object(self, store: str, name: str | None) -> str | None:
        """An object's name: its label, or what is left of it."""
        if name is None:
            return None
        identity = self._hasher.hash("OBJECT", f"{store}/{name}")
        label = self._labels.get(identity, _PERSONAL.sub("{…}", name))
        if next(self._names.search(re.sub(r"[/._-]+", " ", label)), None):
            return f"{{object {identity[:8]}}}"
        return label

    def collection(self, store: str, name: str) -> str:
        """A collection's name, which may be an object's."""
        return self.object(store, name) or ""

    def record(self, store: str, collection: str, locator: str) -> str:
        """A keyed hash by which two reports can be compared, and nobody can be found."""
        return self._hasher.hash("LOCATOR", json.dumps([store, collection, locator]))[:16]
