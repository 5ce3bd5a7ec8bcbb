"""The policy: what happens to which data, by rules that people write (DESIGN.md section 5).

Order of precedence: a hold (kept in the ledger), a rule that retains, a rule on whole records, a rule on
fields. Among rules on whole records, and among rules on fields, the first that matches wins. A rule whose
retention has run out does not match any more.
"""

from __future__ import annotations

import glob
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    model_validator,
)

from vestige.connectors.protocol import Collection
from vestige.planning import periods, yamlfile
from vestige.planning.categories import category
from vestige.planning.sensitive import ACCEPTED, Sensitive, sensitivity

PolicyAction = Literal["erase", "redact", "null", "mask", "pseudonymise", "retain"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Strict):
    """One rule. Patterns are case-sensitive globs (``*`` crosses slashes); none given: anything matches."""

    store: str = "*"
    collection: str = "*"
    object: str | None = None
    field: str | None = None
    entity: Annotated[str, AfterValidator(str.upper)] | None = None
    data_category: str | None = Field(
        default=None, description="a fideslang key; it includes the keys below it"
    )
    action: PolicyAction
    basis: str | None = Field(default=None, description="why data is retained; needed by retain")
    until: date | None = None
    lasting: Annotated[str, AfterValidator(periods.period)] | None = Field(
        default=None, alias="for", description="30d, 6w, 18m, 10y"
    )
    start: str | None = Field(default=None, alias="from", description="the field that holds the first day")
    rounding: periods.Rounding | None = Field(default=None, alias="round")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        timed = self.until or self.lasting or self.start or self.rounding
        if self.action == "retain" and not self.basis:
            raise ValueError("retain needs a `basis`: the reason that reports will show")
        if self.action != "retain" and timed:
            raise ValueError("`until`, `for`, `from` and `round` go with the action retain only")
        if bool(self.lasting) != bool(self.start):
            raise ValueError("`for` and `from` go together: for how long, and from which field's day")
        if self.rounding and not self.lasting:
            raise ValueError("`round` needs `for` and `from`")
        if self.until and self.lasting:
            raise ValueError("`until` and `for` exclude each other")
        return self

    @property
    def whole(self) -> bool:
        """Whether the rule speaks of whole records."""
        return self.field is None and self.entity is None and self.data_category is None

    def covers(self, store: str, collection: str, object: str | None) -> bool:  # noqa: A002 (the policy's word)
        """Whether the rule speaks of this place at all."""
        here = fnmatchcase(store, self.store) and fnmatchcase(collection, self.collection)
        return here and (self.object is None or object is not None and fnmatchcase(object, self.object))

    def names(self, field: str, entity: str) -> bool:
        """Whether a rule on fields means this field."""
        return (
            (self.field is None or fnmatchcase(field, self.field))
            and (self.entity is None or fnmatchcase(entity, self.entity))
            and (self.data_category is None or f"{category(entity)}.".startswith(f"{self.data_category}."))
        )

    def ends(self, record: Mapping[str, Any] | None) -> date | None:
        """The last day of retention; None where it is open or the record does not tell."""
        if self.lasting is None or self.start is None:
            return self.until
        first = periods.day((record or {}).get(self.start))
        return periods.end(first, self.lasting, self.rounding) if first else None


class Retention(_Strict):
    """Soft-deleted rows of a collection are to be gone ``days`` after the day in ``soft_delete``."""

    store: str
    collection: str
    soft_delete: str
    days: PositiveInt


class Cap(_Strict):
    """A purge stops that would erase more than ``records`` *and* more than ``share`` of a collection."""

    store: str = "*"
    collection: str = "*"
    records: NonNegativeInt = 1_000
    share: Annotated[float, Field(ge=0, le=1)] = 0.2

    def passed(self, store: str, collection: str, number: int, total: Callable[[], int]) -> str | None:
        """Why ``number`` of ``total`` records may not be erased, and what to change; None if they may."""
        if number <= self.records or number <= self.share * (whole := total()):
            return None
        return (
            f"{store}.{collection}: the plan erases {number} of {whole} records, more than the cap of"
            f" {self.records} and {self.share:.0%}; if all of them are meant, raise it in the policy,"
            f" before other caps: {{store: {store}, collection: {json.dumps(glob.escape(collection))},"
            f" records: {number}}}"
        )


def _listed(value: Any) -> Any:
    """One cap alone is a list of one."""
    return [value] if isinstance(value, Mapping) else value


class PolicyFile(_Strict):
    """policy.yaml"""

    version: Literal[1] = 1
    rules: tuple[Rule, ...] = ()
    caps: Annotated[
        tuple[Cap, ...],
        BeforeValidator(_listed, json_schema_input_type=Cap | tuple[Cap, ...]),
        Field(description="one for all, or a list with patterns, of which the first that matches counts"),
    ] = ()
    retention: tuple[Retention, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy says. ``rule`` is the rule's number (from 1); None: no rule spoke, erase by default."""

    action: PolicyAction
    basis: str | None = None
    until: str | None = None
    rule: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in force."""

    rules: tuple[Rule, ...] = ()
    retention: tuple[Retention, ...] = ()
    caps: tuple[Cap, ...] = ()

    @classmethod
    def load(cls, path: Path | None) -> Policy:
        """Read a policy file; None is the empty policy. Raises Misconfigured, naming line, rule and key."""
        if path is None:
            return cls()
        read = yamlfile.load(path, PolicyFile)
        return cls(read.rules, read.retention, read.caps)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over everything that shapes a plan, for its basis. Caps do not: whoever raises one
        need not draw the plan again."""
        said = [part.model_dump(mode="json", by_alias=True) for part in (*self.rules, *self.retention)]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def decide(
        self,
        store: str,
        collection: str,
        object: str | None = None,  # noqa: A002 (the policy's word)
        field: str | None = None,
        entity: str | None = None,
        record: Mapping[str, Any] | None = None,
        *,
        fields: Sequence[tuple[str, str]] = (),
        today: date | None = None,
    ) -> Decision:
        """What happens to one record, or with ``field`` or ``entity`` to one field of it.

        ``record``: the record's values by field, for retention that starts on a day in it. ``fields``: its
        personal (field, entity) pairs; where only rules on fields speak of them, the record is redacted.
        """
        here = [(n, rule) for n, rule in enumerate(self.rules, 1) if rule.covers(store, collection, object)]
        whole = _first([one for one in here if one[1].whole], record, today)
        if whole and (whole.action in ("retain", "erase") or (field is None and entity is None)):
            return whole
        asked = [(field or "", entity or "")] if field is not None or entity is not None else fields
        part = _first([one for one in here if _speaks(one[1], asked)], record, today)
        if part and asked is fields:
            return Decision("redact", rule=part.rule) if part.action != "erase" else Decision("erase")
        return part or whole or Decision("erase")

    def cap(self, store: str, collection: str) -> Cap:
        """The cap on one collection."""
        here = (c for c in self.caps if fnmatchcase(store, c.store) and fnmatchcase(collection, c.collection))
        return next(here, Cap())

    def undecided(self, collections: Iterable[Collection]) -> list[Sensitive]:
        """Financial, consent and opt-out collections of which no rule speaks."""
        found = (sensitivity(collection) for collection in collections)
        return [one for one in found if one and not self._ruled(one.store, one.collection)]

    def accepting(self, undecided: Iterable[Sensitive]) -> Policy:
        """This policy with the defaults for sensitive collections, as the last rules."""
        return replace(self, rules=(*self.rules, *map(_default, undecided)))

    def _ruled(self, store: str, collection: str) -> bool:
        return any(rule.covers(store, collection, collection) for rule in self.rules)


def _speaks(rule: Rule, asked: Sequence[tuple[str, str]]) -> bool:
    return not rule.whole and any(rule.names(field, entity) for field, entity in asked)


def _first(
    rules: Iterable[tuple[int, Rule]], record: Mapping[str, Any] | None, today: date | None
) -> Decision | None:
    now = today or datetime.now(UTC).date()
    for number, rule in rules:
        until = rule.ends(record)
        if until is None or until >= now:
            return Decision(rule.action, rule.basis, until.isoformat() if until else None, number)
    return None


def _default(one: Sensitive) -> Rule:
    action, basis = ACCEPTED[one.kind]
    return Rule(
        store=glob.escape(one.store), collection=glob.escape(one.collection), action=action, basis=basis
    )
