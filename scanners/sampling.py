"""A look at live records, where hashes do not tell: a few child records, and the parents that they name.

Values stay in memory, are compared, and are forgotten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import pyarrow as pa

from vestige.catalog.estate import Estate
from vestige.catalog.model import Place
from vestige.connectors.errors import StoreError
from vestige.connectors.protocol import Gap
from vestige.matching import forms
from vestige.matching.extract import Extractor, markers
from vestige.matching.markers import of_name
from vestige.matching.views import cells

ROWS = 500
PARTITIONS = 12

Record = dict[str, list[str]]
"""Field → its values in one record. Markers are fields too (``line~user_id``)."""


@dataclass(slots=True)
class Sampler:
    """Reads samples, each once; a store that does not answer gives none."""

    estate: Estate
    _extractor: Extractor = field(init=False, repr=False)
    _samples: dict[tuple[str, str, frozenset[str]], list[Record]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._extractor = Extractor(self.estate.regions)

    def records(self, store: str, collection: str, fields: Collection[str], rows: int = ROWS) -> list[Record]:
        """Up to ``rows`` records from the start of up to 12 partitions, with only the given fields."""
        name = (store, collection, frozenset(fields))
        if name not in self._samples:
            self._samples[name] = list(islice(self._read(store, collection, fields, rows), rows))
        return self._samples[name]

    def lookup(self, parent: Place, values: Iterable[str], fields: Collection[str]) -> dict[str, Record]:
        """Key of the parent (canonical) → its record, for those of ``values`` that exist."""
        wanted = {*fields, parent.field}
        found: dict[str, Record] = {}
        for batch in self._find(parent, sorted(set(values))):
            for record in _records(batch, wanted, None):
                for value in record.get(parent.field, ()):
                    found[canonical(value)] = record
        return found

    def _read(self, store: str, collection: str, fields: Collection[str], rows: int) -> Iterator[Record]:
        try:
            with self.estate.open(store) as connector:
                readable = (one for one in connector.partitions(collection) if one.skip is None)
                partitions = list(islice(readable, PARTITIONS))
                for partition in partitions:
                    found = self._of(connector.read(partition), fields, partition.object)
                    yield from islice(found, max(rows // len(partitions), 40))
        except StoreError:
            return

    def _of(
        self, batches: Iterable[pa.RecordBatch | Gap], fields: Collection[str], name: str | None
    ) -> Iterator[Record]:
        for batch in batches:
            if not isinstance(batch, Gap):
                for record in _records(batch.slice(0, ROWS), fields, self._extractor):
                    yield record | _object_markers(name, fields)

    def _find(self, parent: Place, values: list[str]) -> Iterator[pa.RecordBatch]:
        try:
            with self.estate.open(parent.store) as connector:
                for batch in connector.find(parent.collection, [parent.field], [(one,) for one in values]):
                    if not isinstance(batch, Gap):
                        yield batch
        except StoreError:
            return


def _records(batch: pa.RecordBatch, fields: Collection[str], extractor: Extractor | None) -> Iterator[Record]:
    columns = {name.partition("~")[0] for name in fields}
    made: list[Record] = [{} for _ in range(batch.num_rows)]
    for cell in cells(batch, columns):
        if cell.kind == "null" or not cell.text.strip():
            continue
        if cell.field in fields:
            made[cell.row].setdefault(cell.field, []).append(cell.text)
        for name, value in _marked(cell.field, cell.text, fields):
            made[cell.row].setdefault(name, []).append(value)
    if extractor is not None and ADDRESSES & set(fields):
        _addresses(batch, extractor, made)
    yield from made


ADDRESSES = frozenset({"line~@"})
"""The pseudo-field under which a log line's e-mail addresses come."""


def _addresses(batch: pa.RecordBatch, extractor: Extractor, made: list[Record]) -> None:
    for span in extractor.spans(batch, {"line"}):
        if span.entity == "EMAIL_ADDRESS":
            made[span.row].setdefault("line~@", []).append(span.normal)


def _marked(name: str, text: str, fields: Collection[str]) -> Iterator[tuple[str, str]]:
    if any(one.startswith(f"{name}~") for one in fields):
        for marker, value, _, _ in markers(text):
            if f"{name}~{marker}" in fields:
                yield f"{name}~{marker}", value


def _object_markers(name: str | None, fields: Collection[str]) -> Record:
    made: Record = {}
    for marked, value in _marked("object", of_name(name), fields) if name else ():
        made.setdefault(marked, []).append(value)
    return made


def canonical(text: str) -> str:
    """One text for all spellings of a key: the address in its normal form, else the key."""
    return forms.email(text) or forms.key(text) or text
