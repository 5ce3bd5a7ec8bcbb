"""A parent of a record that stays becomes a stub: its keys stay, its personal fields go."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from vestige.catalog.estate import OpenStores
from vestige.connectors.protocol import Gap, locator
from vestige.matching.views import cells
from vestige.planning.atlas import Chart, Home, child_fields
from vestige.planning.foresight import digest_after
from vestige.planning.judgement import cut_names, redaction_of
from vestige.planning.model import Touched
from vestige.planning.record import Context, Row, bonds, own_spans, parent_of
from vestige.planning.signs import Key

Need = tuple[Home, Key, Key]


def record_id(touched: Touched) -> str:
    """One text per record, to tell records apart; those of a view have no locator."""
    where = dict(touched.locator) or touched.digest
    return json.dumps([touched.store, touched.collection, where], sort_keys=True, default=str)


def with_stubs(context: Context, stores: OpenStores, found: Sequence[Touched]) -> list[Touched]:
    """The records, with those that others still need turned from erased into stubs; and what *they* need."""
    records = {record_id(touched): touched for touched in found}
    settled: set[Need] = set()
    while waiting := context.keys.needed - settled:
        need = min(waiting)
        settled.add(need)
        if context.keys.state(*need) is not None:
            for row, chart in _rows(context, stores, need):
                _keep(context, chart, row, records)
    return list(records.values())


def _rows(context: Context, stores: OpenStores, need: Need) -> Iterator[tuple[Row, Chart]]:
    (store, collection), fields, key = need
    for batch in stores[store].find(collection, fields, [key]):
        if isinstance(batch, Gap):
            continue
        for number in range(batch.num_rows):
            one = batch.slice(number, 1)
            row = Row(one, locator(batch, number), tuple(cells(one)), tuple(own_spans(context, one)))
            yield row, context.charts[store, collection]


def _keep(context: Context, chart: Chart, row: Row, records: dict[str, Touched]) -> None:
    where = json.dumps([*chart.home, row.where], sort_keys=True, default=str)
    touched = records.get(where)
    if touched is None or touched.action != "erase":
        return
    redaction, kept = redaction_of(chart, row), _kept(context, chart)
    personal = {name for name, _ in chart.personal}
    for cell in row.cells:
        if cell.kind != "null" and cell.field in personal - kept:
            redaction.drop(cell)
        elif cell.kind == "text" and cell.field not in kept:
            cut_names(context, cell, redaction)
    for span in row.spans:
        if span.field not in kept:
            redaction.cut_bytes(span.column, span.start, span.end)
    via = f"{touched.via}; kept as a stub: records that stay refer to it"
    if edits := redaction.edits():
        after = digest_after(row.batch, edits)
        records[where] = replace(touched, action="redact", edits=edits, via=via, after=after)
    else:
        basis = "records that stay refer to it; nothing but keys is in it"
        records[where] = replace(touched, action="retain", edits=(), via=via, basis=basis, after=None)
    for relation in bonds(context, chart):
        home, parents = parent_of(relation)
        context.keys.needed.update((home, parents, key) for key in row.keys(child_fields(relation)))


def _kept(context: Context, chart: Chart) -> set[str]:
    """The keys by which others refer to a collection's records, and its own references."""
    keys = {field for home, fields, _ in context.keys.needed if home == chart.home for field in fields}
    keys |= {field for relation in bonds(context, chart) for field in child_fields(relation)}
    return keys | set(chart.unique_key)
