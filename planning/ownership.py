"""Whose record is it? Pure rules over the references that one record makes (DESIGN.md section 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Literal

from vestige.catalog.model import Role
from vestige.planning.model import Standing

Whose = Literal["mine", "other", "unknown"]


@dataclass(frozen=True, slots=True)
class Ref:
    """One structured reference of a record: a field that leads to a person, or to a record of a person.

    ``whose``: the subject's, another known person's, or an identifier that no known person bears. ``weak``:
    by a phone or username, which needs a second sign. ``through``: by way of a parent record (an order line's
    order). ``value``: the key or identifier as the record writes it.
    """

    field: str
    entity: str
    whose: Whose
    role: Role
    via: str
    weak: bool = False
    through: Literal["", "erased", "shared", "retained"] = ""
    dependent: bool = True
    value: str = attribute(default="", repr=False)


def standing(refs: Sequence[Ref], *, own_account: bool, others_account: bool) -> Standing | None:
    """How a record stands to the subject; None if its references do not concern them.

    ``own_account``: a row of an identity source that is the subject; ``others_account``: one that is somebody
    else.
    """
    if own_account:
        return "owner"
    mine = [r for r in refs if r.whose == "mine"]
    if not mine:
        return None
    if others_account:
        return "reference"
    holders = [r for r in mine if r.role in ("owner", "participant") and not r.through]
    others = [r for r in refs if r.whose != "mine" and _rivals(r, holders)]
    if any(not r.weak for r in holders):
        return "shared" if others else "owner"
    return _without_holder(mine, others, bool(holders))


def _without_holder(mine: Sequence[Ref], others: Sequence[Ref], weakly_held: bool) -> Standing:
    if any(r.through in ("erased", "retained") and r.dependent for r in mine) and not others:
        return "owner"
    if weakly_held:
        return "shared" if others else "owner"
    if any(r.through == "shared" for r in mine):
        return "mention"
    return "actor" if any(r.role == "actor" for r in mine) else "reference"


def _rivals(ref: Ref, holders: Sequence[Ref]) -> bool:
    """Whether a reference to somebody else makes the record theirs as well.

    Actors own nothing. An address that no known person bears counts only where it plays a part of its own
    (a message's recipient), for else it may be the subject's second address.
    """
    if ref.role == "actor" or ref.role == "reference" or ref.through:
        return False
    if ref.whose == "other":
        return True
    return ref.role == "participant" and all(ref.field != h.field for h in holders)
