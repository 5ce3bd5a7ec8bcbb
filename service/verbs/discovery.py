"""``scan`` and ``locate``: what is where, and whose it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from vestige.service.failures import INCOMPLETE, OK, STOPPED
from vestige.service.session import Session, identifier
from vestige.service.verb import verb
from vestige.service.window import Now, keep

if TYPE_CHECKING:
    from vestige.catalog.model import Finding
    from vestige.catalog.store import Catalog
    from vestige.planning.locate import Located

Identifier = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="An e-mail, phone, UUID, name, or a key as shop.users:17; - reads stdin, @file a file.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    verb(app)(scan)
    verb(app)(locate)


Full = Annotated[bool, typer.Option("--full", help="Read everything again, also what is unchanged.")]
Sample = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="A quick map from N records a place; no plan is drawn from it."),
]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes that read at once.")]
FailOn = Annotated[
    Literal["personal"] | None, typer.Option(help="Exit 3 if personal fields wait for acceptance.")
]


def scan(
    session: Session,
    full: Full = False,
    sample: Sample = None,
    workers: Workers = None,
    fail_on: FailOn = None,
    now: Now = False,
) -> int:
    """Read the stores and fill the catalog.

    Exit 4: something was not read, or a store's limits.window is shut and nothing was begun. With --fail-on
    personal, exit 3: fields that nobody accepted.

    Examples:

      vestige scan

      vestige scan --sample 1000

      vestige scan --fail-on personal --json
    """
    from vestige.scanners.scan import scan as run

    settings = session.settings
    if not now:
        keep(settings.estate.stores, INCOMPLETE)
    _tell_of_recognizers(session, settings.estate.recognizers)
    result = run(
        settings.estate,
        settings.catalog,
        full=full,
        sample=sample,
        workers=workers or len(os.sched_getaffinity(0)),
        progress=lambda line, done, total: session.progress(f"{done} of {total}: {line.store}.{line.label}"),
    )
    with session.catalog() as catalog:
        new, counts = _unaccepted(catalog), catalog.coverage_counts()
    session.emit(
        {"records": result.records, "coverage": counts, "unread": result.incomplete, "unaccepted": len(new)}
    )
    session.say(f"read {result.records} records in {result.partitions} parts ({result.carried} unchanged)")
    session.say(f"{len(new)} personal fields that nobody accepted yet: vestige catalog fields")
    session.warn(f"not read: {line}" for line in result.incomplete)
    if fail_on and new:
        return STOPPED
    return INCOMPLETE if result.incomplete else OK


def _tell_of_recognizers(session: Session, path: Path | None) -> None:
    """Refuse a file of recognisers that cannot be used, and name what in it will be slow."""
    if path is not None:
        from vestige.scanners.custom import engine

        slow = engine(path).fallbacks
        session.warn(f"recogniser {name} reads value by value: {reason}" for name, reason in slow)


def _unaccepted(catalog: Catalog) -> list[Finding]:
    from vestige.catalog.review import of_field

    accepted = {one.subject for one in catalog.reviews() if one.decision == "accepted"}
    return [
        finding
        for finding in catalog.findings()
        if finding.verdict == "personal"
        and of_field(finding.place, finding.entity, "accepted").subject not in accepted
    ]


def locate(
    session: Session,
    who: Identifier,
    records: Annotated[bool, typer.Option("--records", help="Every record with its locator.")] = False,
) -> int:
    """Where is this person?

    Exit 3: nobody found. Exit 4: found, but not everything was read.

    Examples:

      vestige locate mary.smith@example.com

      vestige locate shop.users:17 --records --json

      echo mary.smith@example.com | vestige locate -
    """
    from vestige.planning.errors import NotFound
    from vestige.planning.locate import locate as run

    asked = identifier(who)
    with session.catalog() as catalog:
        try:
            located = run(session.estate, catalog, asked, progress=session.progress)
            unread = [*located.uncovered, *_gaps(catalog)]
        except NotFound as error:
            session.emit([] if records else {"locations": [], "review": 0, "uncovered": _gaps(catalog)})
            session.warn([str(error), *_spelled(_gaps(catalog))])
            return STOPPED
    _show(session, located, unread, records)
    return INCOMPLETE if unread else OK


def _gaps(catalog: Catalog) -> list[tuple[str, str]]:
    lines = (line for line in catalog.coverage() if line.status != "COMPLETE")
    return [(f"{line.store}.{line.label}", line.reason or line.status) for line in lines]


def _spelled(unread: list[tuple[str, str]]) -> list[str]:
    return [f"not read: {where}: {reason}" for where, reason in dict.fromkeys(unread)]


def _show(session: Session, located: Located, unread: list[tuple[str, str]], records: bool) -> None:
    if records:
        session.emit(located.as_json())
        rows = [
            (r.store, r.collection, dict(r.locator), ", ".join(f for f, _ in r.fields), r.via)
            for r in located.records
        ]
        session.table("Records", ("store", "collection", "locator", "fields", "linked by"), rows)
    else:
        found = located.locations()
        session.emit({"locations": found, "review": located.review, "uncovered": unread})
        cells = [
            (e["store"], e["collection"], e["records"], ", ".join(e["fields"]), "; ".join(e["via"]))
            for e in found
        ]
        session.table("Locations", ("store", "collection", "records", "fields", "linked by"), cells)
    if located.review:
        session.say(f"{located.review} more records may concern this person: they need a person's look")
    session.warn(_spelled(unread))
