"""One record opened, and the references it makes: by key, by value, by marker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import pyarrow as pa

from vestige.catalog.estate import Estate
from vestige.catalog.model import Relation, Role
from vestige.connectors.protocol import origin_of
from vestige.matching import forms
from vestige.matching.extract import Extractor, Span, markers
from vestige.matching.roles import role_of
from vestige.matching.views import Cell
from vestige.planning.atlas import Chart, Home, child_fields, compares_values, is_bond, parent_fields
from vestige.planning.doubts import Doubts, is_telling
from vestige.planning.identity import MERGING, WEAK, Sign, identify, sign_of
from vestige.planning.model import Identifier
from vestige.planning.ownership import Ref
from vestige.planning.policy import Policy
from vestige.planning.signs import Key, Keys, Signs, State


@dataclass(frozen=True, slots=True)
class Context:
    """All that judging a record needs."""

    estate: Estate
    policy: Policy
    charts: Mapping[Home, Chart]
    signs: Signs
    keys: Keys
    extractor: Extractor
    doubts: Doubts


@dataclass(frozen=True)
class Row:
    """One record: a batch of one row, where it is, its cells, and the spans in it that are the subject's."""

    batch: pa.RecordBatch
    where: dict[str, Any]
    cells: tuple[Cell, ...]
    spans: tuple[Span, ...]

    @cached_property
    def values(self) -> dict[str, list[str]]:
        """Filled values by field."""
        found: dict[str, list[str]] = {}
        for cell in self.cells:
            if cell.kind != "null" and cell.text.strip():
                found.setdefault(cell.field, []).append(cell.text)
        return found

    @cached_property
    def is_line(self) -> bool:
        """Whether the record is a line of text or of a log, in which nothing is a field."""
        return origin_of(self.batch).unit == "line"

    def keys(self, fields: tuple[str, ...]) -> Iterator[Key]:
        """The keys that these fields hold together; several where a field is an array or a line's marker."""
        columns = [[forms.key(text) for text in self._held(name)] for name in fields]
        for combination in product(*columns):
            if None not in combination:
                yield tuple(part for part in combination if part is not None)

    def _held(self, name: str) -> list[str]:
        field, _, marker = name.partition("~")
        if not marker:
            return self.values.get(name, [])
        return [
            value for text in self.values.get(field, []) for m, value, _, _ in markers(text) if m == marker
        ]


def own_spans(context: Context, batch: pa.RecordBatch) -> list[Span]:
    """The subject's spans in a batch; not one inside a longer reading of the text that is somebody else's."""
    mine, others = [], []
    for span in context.extractor.spans(batch):
        if context.signs.is_mine(span_sign(span)):
            mine.append(span)
        elif span.entity == "EMAIL_ADDRESS":
            others.append(span)
    rows = {span.row for span in mine}
    others = [span for span in others if span.row in rows]
    return [
        m for m in mine if not any(_holds(o, m) and context.signs.is_others(span_sign(o)) for o in others)
    ]


def _holds(longer: Span, span: Span) -> bool:
    """Whether one span lies inside another, of the same value."""
    same = (longer.row, longer.column) == (span.row, span.column)
    return same and longer.start <= span.start and span.end <= longer.end


def span_sign(span: Span) -> Sign:
    """What a span is matched by."""
    return forms.kind(span.entity, span.normal), span.normal


def parent_of(relation: Relation) -> tuple[Home, tuple[str, ...]]:
    """Where a relation leads: the collection and its key fields."""
    return (relation.parent.store, relation.parent.collection), parent_fields(relation)


def is_account(context: Context, chart: Chart, row: Row) -> bool:
    """Whether the record is the subject's own row of an identity source."""
    if chart.source is None:
        return False
    fields = (chart.source.key,)
    return any(context.keys.state(chart.home, fields, key) == "account" for key in row.keys(fields))


def references(context: Context, chart: Chart, row: Row) -> Iterator[Ref]:
    """Every structured reference that the record makes to a person, or to a record that is the subject's."""
    active = [relation for relation in chart.refers if relation.status == "active"]
    by_value = {
        r.child.field: r.role for r in active if compares_values(r, context.charts[parent_of(r)[0]].source)
    }
    keyed = {field for r in active if r.child.field not in by_value for field in child_fields(r)}
    for relation in active:
        if relation.child.field in keyed:
            yield from _by_key(context, relation, row)
    for cell in row.cells:
        if cell.kind != "null" and cell.field not in keyed and not row.is_line:
            yield from _by_value(context, chart, cell, by_value.get(cell.field) or role_of(cell.field))


def bonds(context: Context, chart: Chart) -> list[Relation]:
    """A collection's relations by which records hold together; see :func:`vestige.planning.atlas.is_bond`."""
    return [r for r in chart.refers if is_bond(r, context.charts[parent_of(r)[0]].source)]


def _by_key(context: Context, relation: Relation, row: Row) -> Iterator[Ref]:
    if not _applies(relation, row):
        return
    home, fields = parent_of(relation)
    via = f"{relation.child.field} → {home[0]}.{home[1]}"
    person = context.charts[home].source is not None
    for key in row.keys(child_fields(relation)):
        state = context.keys.state(home, fields, key)
        if state == "account":
            yield Ref(relation.child.field, "USER_ID", "mine", relation.role, via, value=key[0])
        elif state is not None:
            through, dependent = _THROUGH[state], relation.dependent
            yield Ref(relation.child.field, "", "mine", relation.role, via, False, through, dependent, key[0])
        elif person:
            yield Ref(relation.child.field, "USER_ID", "other", relation.role, via)


def doubtful(context: Context, chart: Chart, row: Row) -> Iterator[Ref]:
    """Fields of a record held by the subject that may lead to somebody else; see :mod:`.doubts`."""
    active = [r for r in chart.refers if r.status == "active"]
    for relation in chart.refers:
        if relation.status == "review" and context.charts[parent_of(relation)[0]].source is not None:
            held = row.keys(child_fields(relation)) if _applies(relation, row) else ()
            if any(_is_others_key(context, relation, key) for key in held):
                yield Ref(relation.child.field, "USER_ID", "other", relation.role, "")
    holders = [r for r in active if _holds_subject(context, r, row)]
    for name, texts in row.values.items():
        if holders and context.doubts.is_open(chart, name):
            keys = [(key,) for text in texts if (key := forms.key(text)) is not None]
            near = [r for r in holders if any(_is_others_key(context, r, key) for key in keys)]
            if any(is_telling(key[0]) for key in keys if near) or context.doubts.is_twin(chart, name, near):
                yield Ref(name, "USER_ID", "other", "participant", "")


def _applies(relation: Relation, row: Row) -> bool:
    """Whether a relation of a polymorphic pair holds for a record."""
    return relation.when is None or relation.when[1] in row.values.get(relation.when[0], [])


def _is_others_key(context: Context, relation: Relation, key: Key) -> bool:
    home, fields = parent_of(relation)
    mine = context.keys.state(home, fields, key) is not None
    return not mine and len(key) == 1 and context.doubts.is_key(relation.parent, key[0])


def _holds_subject(context: Context, relation: Relation, row: Row) -> bool:
    """Whether a relation makes the record the subject's, by the key of an account."""
    if relation.role not in ("owner", "participant") or relation.composite or not _applies(relation, row):
        return False
    home, fields = parent_of(relation)
    return any(context.keys.state(home, fields, k) == "account" for k in row.keys(child_fields(relation)))


_THROUGH: Mapping[State, Any] = {"erased": "erased", "shared": "shared", "retained": "retained"}


def _by_value(context: Context, chart: Chart, cell: Cell, role: Role) -> Iterator[Ref]:
    found = identified(context, chart, cell)
    if found is None:
        return
    sign, weak = sign_of(found), found.entity in WEAK
    if sign is None:
        return
    mine = context.signs.is_mine(sign)
    if mine and not (weak and sign in context.signs.contested):
        yield Ref(
            cell.field,
            found.entity,
            "mine",
            role,
            f"{cell.field}: same {found.entity}",
            weak,
            value=cell.text,
        )
    elif not mine and context.signs.is_others(sign):
        yield Ref(cell.field, found.entity, "other", role, "", weak)
    elif not mine and found.entity in MERGING:
        yield Ref(cell.field, found.entity, "unknown", role, "")


def identified(context: Context, chart: Chart, cell: Cell) -> Identifier | None:
    """The linking identifier that a cell is as a whole, by its field's verdict or by its own shape."""
    entity = chart.structured.get(cell.field) or _evident(cell.text)
    if entity is None or entity in ("PERSON", "ADDRESS"):
        return None
    found = identify(entity, cell.text, ".".join((*chart.home, cell.field)), context.estate.regions)
    return None if found is None or found.space else found


def _evident(text: str) -> str | None:
    if "@" in text and forms.email(text):
        return "EMAIL_ADDRESS"
    return "USER_ID" if len(text) >= 32 and forms.uuid(text) else None
