"""Running a plan: preflight of all stores, then store by store, journalled; repeatable from wherever it was
cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from vestige.catalog.estate import Estate
from vestige.catalog.store import Catalog
from vestige.connectors.errors import Moved, StoreError, Unavailable
from vestige.connectors.protocol import Connector, Delete, Edit, Prepared, Residue
from vestige.ledger.errors import CaseEnded
from vestige.ledger.journal import Journal
from vestige.ledger.plans import Tombstone
from vestige.ledger.store import Ledger
from vestige.planning.atlas import charts
from vestige.planning.codec import case_from_bytes
from vestige.planning.draw import basis_digest, hold_reason
from vestige.planning.errors import Stale, Stopped
from vestige.planning.identity import signs
from vestige.planning.model import Case, Outcome, Plan, Touched
from vestige.planning.policy import Policy
from vestige.planning.restored import stone
from vestige.purgers.outcomes import kept_outcomes, receipt_of, residue_outcomes, written_outcomes
from vestige.purgers.resume import Ours, credited, remaining, returned

Records = Mapping[str, list[Touched]]
"""By store: the records of a case that are to be edited."""
Progress = Callable[[str], None]
Baseline = Callable[[], Mapping[str, Any]]

_ORDER = {"postgresql": 0, "mariadb": 0, "sqlite": 0, "duckdb": 0, "file": 2, "redis": 3, "logs": 4}
"""Stores in order: truth, then objects, then caches, histories last. What is not named comes between."""


@dataclass(frozen=True, slots=True)
class Run:
    """How a purge ended. ``already``: it had been finished before; nothing was done. What came back since, or
    could not be looked at again, is unknown then."""

    outcomes: tuple[Outcome, ...]
    already: bool = False


@dataclass(frozen=True, slots=True)
class _Job:
    """Everything that one run needs at hand."""

    estate: Estate
    journal: Journal
    case: Case
    plan: Plan
    policy: Policy
    rank: Mapping[tuple[str, str], int]
    resumed: bool
    progress: Progress

    def stores(self) -> list[str]:
        """Stores with something to do, in the order in which they are purged."""
        return sorted(_edited(self.case), key=lambda n: (_ORDER.get(self.estate.settings(n).scheme, 1), n))

    def records(self, store: str) -> list[Touched]:
        return _edited(self.case)[store]


def purge(
    estate: Estate,
    catalog: Catalog,
    ledger: Ledger,
    policy: Policy,
    plan: Plan,
    *,
    baseline: Baseline = dict,
    progress: Progress = lambda _: None,
) -> Run:
    """Do what the plan says, or finish doing it. ``baseline`` is measured once, before anything is changed.

    Raises Stale (the catalog, policy or holds moved), Stopped (a guard; nothing was committed), Busy (another
    worker has it), CaseEnded. A store that fails half-way leaves outcomes ``unknown``: run the same plan
    again.
    """
    with ledger.lock(f"subject:{plan.subject}"), ledger.lock(f"plan:{plan.id}") as lease:
        journal = ledger.journal(plan.id, lease)
        state = journal.state()
        if state == "finished":
            return Run(tuple(_looked_again(estate, ledger, journal, plan)), already=True)
        case = case_from_bytes(ledger.open_case(plan.case))
        rank = {home: place for place, home in enumerate(charts(catalog))}
        job = _Job(estate, journal, case, plan, policy, rank, state == "begun", progress)
        if state == "new":
            _check_basis(catalog, ledger, job)
            _preflight(job)
            journal.done("baseline", "", dict(baseline()))  # first: a run that has begun must have one
        journal.begin()
        found = tuple(outcome for store in job.stores() for outcome in _purge_store(job, store))
        outcomes = (*found, *kept_outcomes(plan))
        if all(outcome.outcome != "unknown" for outcome in outcomes):
            _bury(ledger, estate, job)
            journal.finish([asdict(outcome) for outcome in outcomes])
        return Run(outcomes)


def _edited(case: Case) -> Records:
    found: dict[str, list[Touched]] = {}
    for record in case.records:
        if record.edits:
            found.setdefault(record.store, []).append(record)
    return found


def _looked_again(estate: Estate, ledger: Ledger, journal: Journal, plan: Plan) -> Iterator[Outcome]:
    """The outcomes of a finished run, each postcondition checked again. After the verdict the case has ended,
    and nobody knows any more where to look."""
    outcomes = [Outcome(**one) for one in journal.outcomes() or ()]
    try:
        case = case_from_bytes(ledger.open_case(plan.case))
    except CaseEnded:
        return iter(outcomes)
    faults = {step: reason for one in _edited(case).items() for step, reason in _back(estate, journal, *one)}
    return (
        replace(one, outcome="unknown", reason=faults[one.step]) if one.step in faults else one
        for one in outcomes
    )


def _back(
    estate: Estate, journal: Journal, store: str, records: Sequence[Touched]
) -> Iterator[tuple[str, str]]:
    """Steps whose records are there again, or cannot be looked for, each with the reason."""
    try:
        with estate.open(store) as connector:
            found = returned(connector, records, _ours(estate, journal, store))
    except StoreError as error:
        reason = f"it could not be looked at again: {error.reason}"
        return iter({record.step: reason for record in records}.items())
    back = Counter(record.step for record in found)
    return ((step, f"{n} of its records came back; run vestige plan purge again") for step, n in back.items())


def _ours(estate: Estate, journal: Journal, store: str) -> Ours:
    receipts = journal.receipts(_step(store))
    return Ours(estate.hasher, {one for receipt in receipts for one in receipt.get("versions", ())})


def _step(store: str) -> str:
    """A store's name in the journal, where other steps have names too."""
    return f"store:{store}"


def _check_basis(catalog: Catalog, ledger: Ledger, job: _Job) -> None:
    held = hold_reason(ledger, job.plan.subject)
    if basis_digest(catalog, job.policy, job.case.records, held) != job.plan.basis_digest:
        raise Stale("the catalog, the policy or a hold moved since the plan was drawn; draw it again")


def _preflight(job: _Job) -> None:
    """Every store is asked whether it can do all of it, before the first one does any of it."""
    for store in job.stores():
        job.progress(f"preflight {store}")
        try:
            with job.estate.open(store, writable=True) as connector:
                _check_caps(job, connector, store)
                with _prepared(connector, _edits(job, job.records(store))) as prepared:
                    _check_there(prepared)
        except Moved as error:
            raise Stale(f"{error}; draw the plan again: vestige plan purge") from error
        except StoreError as error:
            raise Stopped(f"{error}; nothing was changed in any store") from error


@contextmanager
def _prepared(connector: Connector, edits: Sequence[Edit]) -> Iterator[list[Prepared]]:
    """What is written aside holds people's data: it does not outlive the block. If the process is killed, the
    next attempt removes it."""
    prepared = connector.prepare(edits)
    try:
        yield prepared
    finally:
        connector.discard(prepared)


def _check_there(prepared: Iterable[Prepared]) -> None:
    """In a store where nothing was done yet, an object without its records is one that somebody changed: the
    person may still be in it."""
    for one in prepared:
        if one.object is not None and one.version is not None and one.aside is None:
            raise Moved(one.store, one.collection, "a record is not what it was")


def _check_caps(job: _Job, connector: Connector, store: str) -> None:
    erased = Counter(record.collection for record in job.records(store) if record.action == "erase")
    for collection, number in erased.items():
        cap = job.policy.cap(store, collection)
        if reason := cap.passed(store, collection, number, partial(count, connector, collection)):
            raise Stopped(f"{reason}; nothing was changed in any store")


def count(connector: Connector, collection: str) -> int:
    """Records of a collection as the store counts them; partitions that it cannot count are left out."""
    return sum(connector.count(p) or 0 for p in connector.partitions(collection) if p.skip is None)


def _edits(job: _Job, records: Iterable[Touched]) -> list[Edit]:
    """What stays is redacted first; what goes, goes children first."""
    kept = [e for r in records for e in r.edits if not isinstance(e, Delete)]
    gone = [(r, e) for r in records for e in r.edits if isinstance(e, Delete)]
    gone.sort(key=lambda pair: -job.rank.get((pair[0].store, pair[0].collection), 0))
    return [*kept, *(edit for _, edit in gone)]


def _purge_store(job: _Job, store: str) -> list[Outcome]:
    """One store's part: intended, done, verified. What is done already is not done again."""
    records, journal, step = job.records(store), job.journal, _step(store)
    done = journal.step(step)
    if done in ("done", "verified"):
        return [Outcome(**o) for receipt in journal.receipts(step) for o in receipt.get("outcomes", ())]
    job.progress(f"purge {store}")
    try:
        with job.estate.open(store, writable=True) as connector:
            outcomes = _commit(job, connector, records, resumed=done is not None)
    except StoreError as error:
        retry = "run the same command again" if isinstance(error, Unavailable) else "see vestige doctor"
        return [
            _unknown(job, name, f"{error.reason}; {retry}") for name in dict.fromkeys(r.step for r in records)
        ]
    if all(outcome.outcome != "unknown" for outcome in outcomes):
        journal.done(step, store, receipt_of(outcomes))
        journal.verified(step, store)
    return outcomes


def _commit(job: _Job, connector: Connector, records: Sequence[Touched], *, resumed: bool) -> list[Outcome]:
    collections = sorted({record.collection for record in records})
    before = {name: count(connector, name) for name in collections}
    store = connector.settings.name
    todo = remaining(connector, records) if resumed else list(records)
    ours = _ours(job.estate, job.journal, store)
    with _prepared(connector, _edits(job, todo)) as prepared:
        if not resumed:
            _check_there(prepared)
        job.journal.intend(_step(store), store, {"versions": ours.hashed(prepared)})
        effects = connector.commit(prepared)
    if resumed:
        effects = credited(effects, prepared, ours)
    left: list[Residue] = connector.settle(collections)
    after = {name: count(connector, name) for name in collections}
    written = written_outcomes(job.plan, records, todo, effects, before, after)
    return [*written, *residue_outcomes(left)]


def _unknown(job: _Job, step: str, reason: str) -> Outcome:
    one = next(s for s in job.plan.steps if s.id == step)
    return Outcome(step, one.store, one.collection, "unknown", one.records, reason)


def _bury(ledger: Ledger, estate: Estate, job: _Job) -> None:
    """Remember, by keyed hashes alone, what was erased."""
    stones = [
        Tombstone(kind, estate.hasher.hash(kind, normal))
        for identifier in job.case.subject.identifiers
        if not identifier.former
        for kind, normal in signs(identifier)
    ]
    stones += [stone(estate, record) for record in job.case.records if record.edits]
    ledger.tombstones.add(job.plan.id, job.plan.subject, stones)
