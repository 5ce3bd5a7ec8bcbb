"""Every record that concerns a subject, found live: by value, by key, through parents, and in prose.

The collections are walked parents first, and again where keys came to light after a collection was read,
until nothing new appears. A partition is passed over only where its store attests that it is what the scan
read, and the catalog holds none of the subject's signs or keys for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import pyarrow as pa

from vestige.catalog.estate import Estate, OpenStores
from vestige.catalog.store import Catalog
from vestige.connectors.errors import StoreError
from vestige.connectors.protocol import LINE, Connector, Delete, Gap, Partition, locator, origin_of
from vestige.matching import forms
from vestige.matching.extract import Extractor, Span, markers
from vestige.matching.markers import of_name
from vestige.matching.views import Cell, cells
from vestige.planning.atlas import Chart, Home, charts, child_fields, parent_fields
from vestige.planning.doubts import Doubts
from vestige.planning.former import Change, changes, former
from vestige.planning.identity import Resolved, sign_of
from vestige.planning.judgement import judge
from vestige.planning.model import Identifier, Touched
from vestige.planning.policy import Policy
from vestige.planning.record import Context, Row, identified, is_account, own_spans, parent_of, span_sign
from vestige.planning.signs import Keys, Signs, State
from vestige.planning.stubs import record_id, with_stubs

Progress = Callable[[str], None]


@dataclass(slots=True)
class Attribution:
    """What was found: the records, records read per ``store.collection``, what could not be read, and what
    the subject was called in former days."""

    records: list[Touched] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    uncovered: list[tuple[str, str]] = field(default_factory=list)
    former: tuple[Identifier, ...] = ()


def attribute(
    estate: Estate,
    catalog: Catalog,
    resolved: Resolved,
    policy: Policy,
    progress: Progress = lambda _: None,
) -> Attribution:
    """Walk the estate for one subject. Stores that cannot be read become lines of ``uncovered``."""
    signs = Signs(estate, catalog, resolved)
    extractor, doubts = Extractor(estate.regions), Doubts(estate, catalog)
    context = Context(estate, policy, charts(catalog), signs, Keys(), extractor, doubts)
    with OpenStores(estate) as stores:
        walk = _Walk(context, stores, catalog, progress)
        walk.run()
        walk.result.former = former(signs, walk.changes)
        walk.result.records = with_stubs(context, stores, list(walk.found.values()))
    return walk.result


class _Walk:
    def __init__(self, context: Context, stores: OpenStores, catalog: Catalog, progress: Progress) -> None:
        self.result = Attribution()
        self.found: dict[str, Touched] = {}
        self.changes: list[Change] = []
        self._context, self._stores, self._catalog, self._progress = context, stores, catalog, progress
        self._versions = {(c.store, c.collection, c.object_id): c.version for c in catalog.coverage()}
        self._seen = self._partitions_with(context.signs.hashes())
        self._whole: set[tuple[str, str, str]] = set()
        """Objects that go as a whole."""
        for chart in context.charts.values():
            if chart.source is not None:
                for source, key in context.signs.subject.accounts:
                    if source == chart.source.name:
                        context.keys.add(chart.home, (chart.source.key,), (key,), "account")

    def run(self) -> None:
        pending = list(self._context.charts)
        while pending:
            grown = {home for home in pending if self._grows(home)}
            order = {home: place for place, home in enumerate(self._context.charts)}
            pending = [
                home
                for home, chart in self._context.charts.items()
                if any(order[home] <= order[parent] for parent in grown & _parents(chart))
            ]

    def _grows(self, home: Home) -> bool:
        """Read a collection; whether keys came to light."""
        before = self._context.keys.size
        self._progress(".".join(home))
        self._read(self._context.charts[home])
        return self._context.keys.size != before

    def _read(self, chart: Chart) -> None:
        store, collection = chart.home
        try:
            connector = self._stores[store]
            read = [self._read_partition(chart, connector, p) for p in connector.partitions(collection)]
            self.result.totals[f"{store}.{collection}"] = sum(read)
        except StoreError as error:
            self._uncovered(chart, error.reason)

    def _uncovered(self, chart: Chart, reason: str) -> None:
        line = (".".join(chart.home), reason)
        if line not in self.result.uncovered:
            self.result.uncovered.append(line)

    def _read_partition(self, chart: Chart, connector: Connector, partition: Partition) -> int:
        whole = (*chart.home, str(partition.object)) in self._whole
        if partition.names_object and (whole or self._named_after_subject(chart, connector, partition)):
            return 1
        if whole:
            return 0
        if partition.skip is not None:
            self._uncovered(chart, partition.skip)
            return 0
        if self._may_pass(chart, partition):
            return 0
        records = 0
        for batch in connector.read(partition):
            if isinstance(batch, Gap):
                self._uncovered(chart, batch.reason)
            else:
                records += batch.num_rows
                self._read_batch(chart, batch)
        return records

    def _partitions_with(self, hashes: Iterable[str]) -> set[tuple[str, str, str | None]]:
        seen = self._catalog.occurrences(set(hashes))
        return {(o.place.store, o.place.collection, o.object_id) for o in seen}

    def _may_pass(self, chart: Chart, partition: Partition) -> bool:
        """Whether a partition, attested unchanged since the scan, holds nothing of the subject."""
        if partition.version is None or partition.object is None:
            return False
        hasher = self._context.estate.hasher
        identity = (*chart.home, self._context.estate.object_id(partition))
        if self._versions.get(identity) != partition.version or identity in self._seen:
            return False
        keys = {part for r in chart.refers for key in self._context.keys.of(*parent_of(r)) for part in key}
        return identity not in self._partitions_with(hasher.hash("KEY", key) for key in keys)

    def _read_batch(self, chart: Chart, batch: pa.RecordBatch) -> None:
        spans = own_spans(self._context, batch)
        rows = {s.row for s in spans} | self._rows_pointed_at(chart, batch)
        for row in sorted(rows):
            one = batch.slice(row, 1)
            mine = tuple(s._replace(row=0) for s in spans if s.row == row)
            self._judge(chart, Row(one, locator(batch, row), tuple(cells(one)), mine))

    def _judge(self, chart: Chart, row: Row) -> None:
        touched = judge(self._context, chart, row)
        if touched is None:
            return
        self.found[record_id(touched)] = touched
        if touched.standing == "owner":
            self.changes += changes(self._context, chart, row)
        state = _state(touched)
        if state is not None:
            _freeze_keys(self._context, chart, row, state)

    def _rows_pointed_at(self, chart: Chart, batch: pa.RecordBatch) -> set[int]:
        """Rows that a key, a whole identifier, a marker or a name points at."""
        refers = {name for r in chart.refers for name in child_fields(r)}
        points = self._line_points if origin_of(batch).unit == "line" else self._cell_points
        rows: set[int] = set()
        for cell in cells(batch):
            if cell.kind != "null" and cell.row not in rows and points(chart, cell, refers):
                rows.add(cell.row)
        return rows

    def _line_points(self, chart: Chart, cell: Cell, _: set[str]) -> bool:
        return self._marked(chart, cell.text) or bool(self._context.signs.names.full(cell.text))

    def _cell_points(self, chart: Chart, cell: Cell, refers: set[str]) -> bool:
        if cell.field in refers and self._leads(chart, cell.field, cell.text):
            return True
        if chart.source is not None and cell.field == chart.source.key:
            key = (forms.key(cell.text) or "",)
            if self._context.keys.state(chart.home, (cell.field,), key) == "account":
                return True
        if cell.field in chart.structured:
            found = identified(self._context, chart, cell)
            if found is not None and (sign := sign_of(found)) and self._context.signs.is_mine(sign):
                return True
        return cell.kind == "text" and bool(self._context.signs.names.full(cell.text))

    def _leads(self, chart: Chart, name: str, text: str) -> bool:
        """Whether a key that this field may refer by is held (of a composite key: this part of it)."""
        key = forms.key(text)
        for relation in chart.refers:
            if name in child_fields(relation):
                at = child_fields(relation).index(name)
                if any(held[at] == key for held in self._context.keys.of(*parent_of(relation))):
                    return True
        return False

    def _marked(self, chart: Chart, text: str) -> bool:
        held = {part for r in chart.refers for key in self._context.keys.of(*parent_of(r)) for part in key}
        if not any(part in text for part in held):
            return False
        return any(self._leads(chart, f"{LINE}~{name}", value) for name, value, _, _ in markers(text))

    def _named_after_subject(self, chart: Chart, connector: Connector, partition: Partition) -> bool:
        """An object whose name carries the subject's key or identifier, and whose content names nobody else,
        goes as a whole."""
        via = self._name_leads(chart, str(partition.object))
        if via is None or self._names_others(connector, replace(partition, bounds=None)):
            return False
        where = {"object": partition.object}
        touched = Touched(
            *chart.home, where, "", "owner", (("object", "USER_ID"),), via, "erase",
            (Delete(chart.home[1], where),),
        )  # fmt: skip
        decision = self._context.policy.decide(*chart.home, partition.object)
        if decision.action == "retain":
            touched = replace(touched, action="retain", edits=(), basis=decision.basis, until=decision.until)
        self.found[record_id(touched)] = touched
        self._whole.add((*chart.home, str(partition.object)))
        return True

    def _name_leads(self, chart: Chart, name: str) -> str | None:
        for marker, value, _, _ in markers(of_name(name)):
            if self._leads(chart, f"object~{marker}", value):
                return f"object name: {marker}"
        whole = pa.record_batch({LINE: pa.array([name.encode()], pa.large_binary())})
        mine = (s for s in self._context.extractor.spans(whole) if self._context.signs.is_mine(span_sign(s)))
        found: Span | None = next(mine, None)
        return None if found is None else f"object name: {found.entity} {found.form}"

    def _names_others(self, connector: Connector, partition: Partition) -> bool:
        if partition.skip is not None:
            return False
        return any(
            self._context.signs.is_others(span_sign(span))
            for batch in connector.read(partition)
            if not isinstance(batch, Gap)
            for span in self._context.extractor.spans(batch)
        )


def _parents(chart: Chart) -> set[Home]:
    return {parent_of(relation)[0] for relation in chart.refers}


def _state(touched: Touched) -> State | None:
    if touched.action == "retain":
        return "retained"
    if touched.standing == "owner":
        return "erased"
    return "shared" if touched.standing == "shared" else None


def _freeze_keys(context: Context, chart: Chart, row: Row, state: State) -> None:
    """Remember the keys by which other records may refer to this one."""
    own = is_account(context, chart, row)
    for relation in chart.referred:
        for key in row.keys(parent_fields(relation)):
            context.keys.add(chart.home, parent_fields(relation), key, "account" if own else state)
