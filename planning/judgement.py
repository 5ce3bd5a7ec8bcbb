"""A record is judged: how it stands to the subject, what the policy says, and which edits follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from vestige.connectors.protocol import Delete, Edit, digest, is_json, origin_of
from vestige.matching import forms
from vestige.matching.extract import markers
from vestige.matching.json_tokens import elements
from vestige.matching.roles import stem_of
from vestige.matching.views import Cell
from vestige.planning.atlas import Chart, child_fields
from vestige.planning.foresight import digest_after
from vestige.planning.identity import WEAK
from vestige.planning.model import Action, Standing, Touched
from vestige.planning.ownership import Ref, standing
from vestige.planning.policy import Decision
from vestige.planning.record import (
    Context,
    Row,
    bonds,
    doubtful,
    is_account,
    parent_of,
    references,
    span_sign,
)
from vestige.planning.redaction import Redaction

Pairs = tuple[tuple[str, str], ...]


def judge(context: Context, chart: Chart, row: Row) -> Touched | None:
    """The record's part in the plan, or None if it does not concern the subject."""
    refs = list(references(context, chart, row))
    stands = _standing(context, chart, row, refs)
    if stands is None:
        return None
    pairs = _pairs(context, chart, row, refs, stands)
    decision = _decide(context, chart, row, pairs, stands)
    deed = _act(context, chart, row, refs, stands, decision)
    if deed is None:
        return None
    return Touched(
        store=chart.home[0],
        collection=chart.home[1],
        locator=row.where,
        digest=digest(row.batch, 0),
        standing=stands,
        fields=pairs,
        via=_via(row, refs, stands),
        action=deed.action,
        edits=deed.edits,
        basis=deed.basis,
        until=decision.until if deed.action == "retain" else None,
        after=digest_after(row.batch, deed.edits) if deed.edits else None,
    )


def _standing(context: Context, chart: Chart, row: Row, refs: Sequence[Ref]) -> Standing | None:
    own = is_account(context, chart, row)
    if not row.is_line:
        others = chart.source is not None and not own
        stands = standing(refs, own_account=own, others_account=others)
        if stands == "owner" and not own:
            stands = standing([*refs, *doubtful(context, chart, row)], own_account=own, others_account=others)
        if stands is not None:
            return stands
    linked = (_links(context, span.entity, span_sign(span)) for span in row.spans)
    if any(ref.whose == "mine" for ref in refs) or any(linked):
        return "mention"
    return "review" if _in_doubt(context, chart, row, refs) else None


def _links(context: Context, entity: str, sign: tuple[str, str]) -> bool:
    return entity not in WEAK or sign not in context.signs.contested


def _in_doubt(context: Context, chart: Chart, row: Row, refs: Sequence[Ref]) -> bool:
    """A homonym, a phone that others share, a relation nobody confirmed: unless the record is plainly
    another's.
    """
    if _named_in_prose(context, chart, row):
        return True
    if chart.source is not None:
        return False
    if _by_review_relation(context, chart, row):
        return True
    return all(r.whose != "other" for r in refs) and (bool(row.spans) or _named(context, row))


def _named_in_prose(context: Context, chart: Chart, row: Row) -> bool:
    prose = (c for c in row.cells if c.kind == "text" and c.field not in chart.structured)
    return any(context.signs.names.full(cell.text) for cell in prose)


def _named(context: Context, row: Row) -> bool:
    return any(c.kind == "text" and context.signs.names.full(c.text) for c in row.cells)


def _by_review_relation(context: Context, chart: Chart, row: Row) -> bool:
    for relation in chart.refers:
        if relation.status == "review":
            home, fields = parent_of(relation)
            if any(
                context.keys.state(home, fields, k) == "account" for k in row.keys(child_fields(relation))
            ):
                return True
    return False


def _pairs(context: Context, chart: Chart, row: Row, refs: Sequence[Ref], stands: Standing) -> Pairs:
    """The (field, entity) pairs of the record that are the subject's."""
    found = {(r.field.partition("~")[0], r.entity) for r in refs if r.whose == "mine" and r.entity}
    found |= {(s.field, s.entity) for s in row.spans}
    if stands == "owner":
        theirs = {r.field for r in refs if r.whose == "other"}
        found |= {pair for pair in chart.personal if pair[0] in row.values and pair[0] not in theirs}
    else:
        named = (c for c in row.cells if c.kind == "text" and context.signs.names.full(c.text))
        found |= {(c.field, "PERSON") for c in named}
    return tuple(sorted(found))


def _decide(context: Context, chart: Chart, row: Row, pairs: Pairs, stands: Standing) -> Decision:
    record = {name: texts[0] for name, texts in row.values.items()}
    name = origin_of(row.batch).object
    if stands == "review":
        return Decision("erase")
    return context.policy.decide(*chart.home, name, record=record, fields=pairs)


class _Deed(NamedTuple):
    action: Action
    edits: tuple[Edit, ...] = ()
    basis: str | None = None


def _act(
    context: Context, chart: Chart, row: Row, refs: Sequence[Ref], stands: Standing, decision: Decision
) -> _Deed | None:
    """What is done with the record; None if nothing in it is the subject's."""
    if chart.is_view:
        return _Deed("follow")
    if stands == "review":
        return _Deed("review")
    if decision.action == "retain" or any(r.through == "retained" and r.dependent for r in refs):
        _need(context, chart, row)
        return _Deed("retain", (), decision.basis or "part of a record that is retained")
    if stands == "owner" and decision.action == "erase":
        return _Deed("erase", (Delete(chart.home[1], row.where, digest(row.batch, 0)),))
    redaction = redaction_of(chart, row)
    if stands == "owner":
        _apply_field_rules(context, chart, row, redaction, decision)
    else:
        _take_out(context, chart, row, refs, stands, redaction)
    _need(context, chart, row, None if stands == "owner" else redaction.stuck)
    if edits := redaction.edits():
        return _Deed("pseudonymise" if decision.action == "pseudonymise" else "redact", edits)
    if redaction.stuck:
        return _Deed("retain", (), f"{', '.join(redaction.stuck)} may not be empty")
    return _Deed("retain", (), "nothing in it has to go") if stands == "owner" else None


def _need(context: Context, chart: Chart, row: Row, fields: Sequence[str] | None = None) -> None:
    """A record that stays needs its parents in its own store: all, or those that ``fields`` refer to."""
    for relation in bonds(context, chart):
        if fields is None or relation.child.field in fields:
            home, parents = parent_of(relation)
            for key in row.keys(child_fields(relation)):
                context.keys.needed.add((home, parents, key))


def redaction_of(chart: Chart, row: Row) -> Redaction:
    """An empty redaction of this record, knowing what its columns allow."""
    described = chart.described
    fields = described.fields if described else ()
    log = described is not None and described.kind == "log"
    return Redaction(
        row.batch,
        chart.home[1],
        row.where,
        digest(row.batch, 0),
        "mask" if log else "cut",
        types={f.name: f.type for f in fields},
        fixed=frozenset(f.name for f in fields if not f.nullable),
        keys=frozenset(chart.unique_key),
        unique=frozenset(u[0] for u in described.unique if len(u) == 1) if described else frozenset(),
    )


def _apply_field_rules(
    context: Context, chart: Chart, row: Row, redaction: Redaction, decision: Decision
) -> None:
    """The record stays by policy: each personal field as its rule says, else NULL; keys stay."""
    kept = chart.unique_key
    entities = dict(chart.personal)
    for cell in row.cells:
        if cell.field in entities and cell.kind != "null" and cell.column not in kept:
            rule = context.policy.decide(*chart.home, field=cell.field, entity=entities[cell.field])
            action = decision.action if rule.rule is None else rule.action
            if action == "mask":
                redaction.replace(cell, masked(cell.text))
            elif action == "pseudonymise":
                redaction.replace(cell, context.estate.hasher.hash("PSEUDONYM", cell.text)[:16])
            elif action != "retain":
                redaction.drop(cell)


def masked(text: str) -> str:
    """All letters and digits but the last four become stars."""
    return "".join("*" if c.isalnum() else c for c in text[:-4]) + text[-4:]


def _take_out(
    context: Context, chart: Chart, row: Row, refs: Sequence[Ref], stands: Standing, redaction: Redaction
) -> None:
    """The subject's references become NULL, what stands beside them goes, and their spans are cut."""
    mine = [r for r in refs if r.whose == "mine" and r.through != "shared"]
    dropped = _beside(chart, row, mine) if stands in ("shared", "actor") else set()
    for cell in row.cells:
        if cell.kind == "null":
            continue
        if cell in dropped or any(_is_ref(cell, ref) for ref in mine):
            redaction.drop(cell)
        elif cell.kind == "text":
            _cut_text(context, cell, stands, mine, redaction)
    for span in row.spans:
        redaction.cut_bytes(span.column, span.start, span.end)


def _is_ref(cell: Cell, ref: Ref) -> bool:
    return cell.field == ref.field and ref.value in (cell.text, forms.key(cell.text))


def _beside(chart: Chart, row: Row, mine: Sequence[Ref]) -> set[Cell]:
    """Personal fields named after one of the subject's references: ``sender_phone`` beside ``sender_id``. Of
    the members of an array, only those of the member that refers to the subject."""
    found = set()
    for ref in mine:
        if stem := stem_of(ref.field):
            names = {name for name, _ in chart.personal if stem_of(name) == stem}
            around = [_member(row, cell) for cell in row.cells if _is_ref(cell, ref)] or [None]
            found |= {c for c in row.cells if c.field in names and any(_within(c, one) for one in around)}
    return found


_Member = tuple[str, int, int]
"""An object in an array: its column, and its bytes there."""


def _member(row: Row, cell: Cell) -> _Member | None:
    """The member of an array that a cell is in, the innermost; None: it is in none."""
    raw = row.batch.column(cell.column)[0].as_py()
    if not is_json(row.batch.schema.field(cell.column)) or not isinstance(raw, str):
        return None
    spans = ((cell.column, *span) for span in elements(raw))
    return next((one for one in spans if _within(cell, one)), None)


def _within(cell: Cell, member: _Member | None) -> bool:
    return member is None or (cell.column == member[0] and member[1] <= cell.start and cell.end <= member[2])


def _cut_text(
    context: Context, cell: Cell, stands: Standing, mine: Sequence[Ref], redaction: Redaction
) -> None:
    if stands == "reference":
        for start, end in context.signs.names.full(cell.text):
            redaction.cut(cell, start, end)
    else:
        cut_names(context, cell, redaction)
    marked = {(r.field.partition("~")[2], r.value) for r in mine if "~" in r.field}
    for name, value, start, end in markers(cell.text) if marked else ():
        if (name, forms.key(value)) in marked:
            redaction.cut(cell, start, end)


def cut_names(context: Context, cell: Cell, redaction: Redaction) -> None:
    """Every spelling of the subject's names goes from a text of theirs, first name and user name included."""
    for start, end in context.signs.names.all(cell.text, context.signs.is_others_name):
        redaction.cut(cell, start, end)


def _via(row: Row, refs: Sequence[Ref], stands: Standing) -> str:
    """How the record was linked, in words."""
    mine = [r for r in refs if r.whose == "mine" and r.via]
    said = [r.via for r in mine]
    said += [f"{s.field}: {s.entity} {s.form}" for s in row.spans if all(s.field != r.field for r in mine)]
    return "; ".join(dict.fromkeys(said)) or ("own account" if stands == "owner" else "name")
