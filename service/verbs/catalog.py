"""``catalog``: what the scan found, and what people decided about it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vestige.service.failures import INCOMPLETE, OK, STOPPED, Refusal
from vestige.service.session import Session
from vestige.service.verb import verb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vestige.catalog.model import Finding, Place, Relation
    from vestige.catalog.store import Catalog, Decision
    from vestige.service.shapes import FieldEntry


def register(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    group = typer.Typer(help="What the scan found, and your decisions.")
    for function in (fields, relations, subjects, coverage, review, accept, reject, diff):
        verb(group)(function)
    app.add_typer(group, name="catalog")


def fields(
    session: Session,
    every: Annotated[bool, typer.Option("--all", help="Also the fields that are not personal.")] = False,
) -> int:
    """The fields, what they hold, and the evidence.

    JSON always has all of them.

    Example:

      vestige catalog fields --json
    """
    with session.catalog() as catalog:
        entries = _folded(catalog.findings())
    session.emit(entries)
    shown = [one for one in entries if every or one["verdict"] != "not_personal"]
    rows = [
        (f"{e['store']}.{e['collection']}", e["field"], e["entity"], e["verdict"])
        + (f"{e['confidence']:.2f}", "; ".join(e["evidence"]))
        for e in shown
    ]
    session.table("Fields", ("collection", "field", "entity", "verdict", "confidence", "evidence"), rows)
    return OK


def _folded(findings: Iterable[Finding]) -> list[FieldEntry]:
    """One entry a (field, entity): markers are told as the field they stand in, its surest finding first."""
    found: dict[tuple[str, ...], FieldEntry] = {}
    for finding in sorted(findings, key=lambda one: (_VERDICTS.index(one.verdict), -one.confidence)):
        entry = _entry(finding)
        entry["field"] = entry["field"].partition("~")[0]
        key = (entry["store"], entry["collection"], entry["field"], entry["entity"])
        if key in found:
            found[key]["evidence"] += [e for e in entry["evidence"] if e not in found[key]["evidence"]]
        else:
            found[key] = entry
    return [found[key] for key in sorted(found)]


_VERDICTS = ("personal", "review", "not_personal")


def _entry(finding: Finding) -> FieldEntry:
    return {
        "store": finding.place.store,
        "collection": finding.place.collection,
        "field": finding.place.field,
        "entity": finding.entity,
        "confidence": finding.confidence,
        "verdict": finding.verdict,
        "evidence": list(finding.evidence),
    }


def relations(session: Session) -> int:
    """Which field refers to which, and how that is known.

    Example:

      vestige catalog relations
    """
    with session.catalog() as catalog:
        found = catalog.relations()
    session.emit([asdict(relation) for relation in found])
    rows = [(spell(r), r.role, r.origin, r.status, "; ".join(r.evidence)) for r in found]
    session.table("Relations", ("relation", "role", "origin", "status", "evidence"), rows)
    return OK


def spell(relation: Relation) -> str:
    """A relation as people name it: ``shop.orders.user_id->shop.users.id``."""
    return f"{relation.child}->{relation.parent}"


def subjects(session: Session) -> int:
    """The collections whose rows are people, and what identifies them.

    Example:

      vestige catalog subjects
    """
    with session.catalog() as catalog:
        found = catalog.sources()
    session.emit([asdict(source) for source in found])
    rows = [
        (s.name, s.key, ", ".join(f"{field} ({entity})" for field, entity in s.identifiers), s.origin)
        for s in found
    ]
    session.table("People", ("collection", "key", "identified by", "origin"), rows)
    return OK


def coverage(session: Session) -> int:
    """What was read, and what not and why.

    Exit 4: something was not read whole.

    Example:

      vestige catalog coverage
    """
    with session.catalog() as catalog:
        lines = list(catalog.coverage())
    session.emit([asdict(line) for line in lines])
    rows = [(line.store, line.label, line.status, line.records, line.reason) for line in lines]
    session.table("Coverage", ("store", "what", "status", "records", "reason"), rows)
    return OK if lines and all(line.status == "COMPLETE" for line in lines) else INCOMPLETE


def review(session: Session) -> int:
    """Uncertain fields and relations that wait for you.

    Examples:

      vestige catalog review

      vestige catalog accept shop.users.alias USERNAME
    """
    with session.catalog() as catalog:
        open_fields = [finding for finding in catalog.findings() if finding.verdict == "review"]
        open_relations = [relation for relation in catalog.relations() if relation.status == "review"]
    session.emit(
        {"fields": [_entry(one) for one in open_fields], "relations": [asdict(one) for one in open_relations]}
    )
    rows = [(str(one.place), one.entity, "; ".join(one.evidence)) for one in open_fields]
    rows += [(spell(one), one.role, "; ".join(one.evidence)) for one in open_relations]
    session.table("To decide", ("what", "as", "evidence"), rows)
    return OK


What = Annotated[
    str, typer.Argument(metavar="WHAT", help="A field (shop.users.email) or a relation (a.b.c->d.e.f).")
]
Entity = Annotated[str | None, typer.Argument(help="What the field holds; needed if it is not clear.")]


def accept(session: Session, what: What, entity: Entity = None) -> int:
    """A field does hold this, or a relation does hold. Kept over rescans.

    Examples:

      vestige catalog accept shop.users.alias USERNAME

      vestige catalog accept 'shop.orders.user_id->shop.users.id'
    """
    return _decide(session, what, entity, "accepted")


def reject(session: Session, what: What, entity: Entity = None) -> int:
    """A field does not hold this, or a relation does not hold. Kept over rescans.

    Example:

      vestige catalog reject shop.products.code PHONE_NUMBER
    """
    return _decide(session, what, entity, "rejected")


def diff(
    session: Session,
    earlier: Annotated[
        Path, typer.Argument(metavar="CATALOG", help="A copy of the catalog, from before the last scan.")
    ],
) -> int:
    """What the last scan tells differently: personal fields, relations, people, what is not read.

    Exit 3: something is different, so that a pipeline stops until somebody looked.

    Example:

      cp catalog.duckdb before.duckdb && vestige scan && vestige catalog diff before.duckdb
    """
    from vestige.catalog.diff import differences
    from vestige.catalog.store import Catalog

    with session.catalog() as now, Catalog.open(earlier) as before:
        found = differences(before, now)
    session.emit([asdict(one) for one in found])
    rows = [(one.kind, one.what, one.before or "", one.now or "") for one in found]
    session.table("Different", ("kind", "what", "before", "now"), rows)
    session.say(f"{len(found)} different" if found else "nothing is different")
    return STOPPED if found else OK


def _decide(session: Session, what: str, entity: str | None, decision: Decision) -> int:
    from vestige.catalog.store import decide_field, decide_relation

    path = session.settings.catalog
    with session.catalog() as catalog:
        relation = next((one for one in catalog.relations() if spell(one) == what.replace(" ", "")), None)
        if relation is None:
            where, held = _field(catalog, what, entity)
    if relation is not None:
        decide_relation(path, relation, decision)
    else:
        decide_field(path, where, held, decision)
    session.say(f"{decision}: {what}")
    session.emit({"what": what, "decision": decision})
    return OK


def _field(catalog: Catalog, what: str, entity: str | None) -> tuple[Place, str]:
    """The field that a person names; the entity may be left out where the catalog knows but one."""
    known = {(one.place, one.entity) for one in catalog.findings() if str(one.place) == what}
    chosen = [pair for pair in known if entity is None or pair[1] == entity.upper()]
    if len(chosen) == 1:
        return chosen[0]
    if entity is not None and (where := _described(catalog, what)):
        return where, entity.upper()
    said = ", ".join(sorted(held for _, held in known))
    raise Refusal(f"{what}: say what it holds: {said}" if said else f"the catalog knows no {what}")


def _described(catalog: Catalog, what: str) -> Place | None:
    """A field of a collection that was scanned, though the scan found nothing in it."""
    from vestige.catalog.model import Place

    for one in catalog.collections():
        before = f"{one.store}.{one.name}."
        if what.startswith(before):
            return Place(one.store, one.name, what.removeprefix(before))
    return None
