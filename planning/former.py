"""What a person was called before a change: the ``old.email`` beside a ``new.email`` that is theirs.

A former address may be somebody else's by now. So it links no record and erases none; it goes into the case,
that the sweep may say where it still stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from vestige.matching.roles import changed_field
from vestige.planning.atlas import Chart
from vestige.planning.identity import Sign, sign_of
from vestige.planning.model import Identifier
from vestige.planning.record import Context, Row, identified
from vestige.planning.signs import Signs

Change = dict[Sign, Identifier]
"""The values, before and after, of one thing that a record says was changed."""

_KINDS = frozenset({"EMAIL_ADDRESS", "PHONE_NUMBER"})


def changes(context: Context, chart: Chart, row: Row) -> Iterator[Change]:
    """The changes of addresses and phones that a record tells of."""
    told: dict[tuple[str, str], Change] = {}
    for cell in row.cells:
        what = changed_field(cell.field) if cell.kind != "null" else None
        found = identified(context, chart, cell) if what is not None else None
        sign = sign_of(found) if found is not None else None
        if what is not None and found is not None and sign is not None and found.entity in _KINDS:
            told.setdefault((what, found.entity), {})[sign] = found
    return (change for change in told.values() if len(change) > 1)


def former(signs: Signs, told: Collection[Change]) -> tuple[Identifier, ...]:
    """Of the changes in a subject's records the values that the subject bore, also several changes ago, and
    that are nobody else's now, as far as identity sources tell."""
    known: Change = {}
    size = -1
    while size != len(known):
        size = len(known)
        for change in told:
            if any(sign in known or signs.is_mine(sign) for sign in change):
                known |= {s: i for s, i in change.items() if not signs.is_mine(s) and not signs.is_others(s)}
    return tuple(replace(identifier, former=True) for identifier in known.values())
