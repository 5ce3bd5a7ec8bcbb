"""The scan: describe and read every store, decide what each field holds and whose it is, publish."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from vestige.catalog.estate import Estate
from vestige.catalog.model import CoverageLine, Finding, IdentitySource, Place, Relation, Scan
from vestige.catalog.store import Catalog, CatalogWriter, NoCatalog
from vestige.connectors.errors import StoreError
from vestige.connectors.protocol import Collection, Partition, Since
from vestige.engines import local
from vestige.matching.presidio import installed
from vestige.scanners import nouns, regions, relations, sources
from vestige.scanners.crawl import ScanTask, scan_partition
from vestige.scanners.profile import FieldProfile
from vestige.scanners.sink import Sink
from vestige.scanners.verdicts import RULE_VERSION, decide, merged

PROFILE_VERSION = "4"
"""Changes when profiles are made differently: then nothing is carried over from the last catalog."""

Progress = Callable[[CoverageLine, int, int], None]
"""Told of each partition that was read or skipped: its coverage, how many are done, how many there are."""


class Run(Protocol):
    """The signature that every engine has."""

    def __call__(
        self,
        function: Callable[[ScanTask], Iterator[pa.RecordBatch]],
        tasks: Iterable[ScanTask],
        *,
        workers: int,
    ) -> Iterator[pa.RecordBatch]: ...


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan did. ``incomplete``: what was not read, by name and with its reason; if there is anything,
    the scan is no proof that nothing else exists. ``new``: personal findings that the last one had not."""

    scan: Scan
    records: int
    partitions: int
    carried: int
    findings: tuple[Finding, ...]
    relations: tuple[Relation, ...]
    sources: tuple[IdentitySource, ...]
    new: tuple[Finding, ...]
    incomplete: tuple[str, ...]


@dataclass(slots=True)
class _Survey:
    """What the stores show before anything is read."""

    collections: list[Collection] = field(default_factory=list)
    partitions: list[Partition] = field(default_factory=list)
    tasks: list[ScanTask] = field(default_factory=list)
    carried: list[tuple[str, str, str | None]] = field(default_factory=list)
    unreachable: list[CoverageLine] = field(default_factory=list)


def scan(
    estate: Estate,
    catalog_path: Path,
    *,
    full: bool = False,
    sample: int | None = None,
    workers: int = 2,
    progress: Progress | None = None,
    run: Run = local.run,
) -> ScanResult:
    """Read all stores and publish a new catalog in place of the old one, whose reviews it keeps.

    Partitions that their store attests unchanged are carried over unless ``full``. ``sample``: at most so
    many records a partition, which is then never complete. A store that fails is a line of the coverage.
    Interrupted, the scan leaves the old catalog as it was. Raises OtherKey, OtherSchema for a catalog that it
    cannot replace, NotInstalled for a model that is not there.
    """
    started = _now()
    installed(estate.model)
    with CatalogWriter(catalog_path, estate.hasher.key_id) as writer:
        with _Previous(catalog_path, estate.hasher.key_id, _profile_version(estate)) as previous:
            known = previous.personal()
            survey = _survey(estate, writer, None if full or sample else previous.since(estate))
            estate = _regional(estate, survey)
            same = not full and sample is None and previous.regions() == estate.regions
            _share_out(survey, estate, previous.versions if same else _none, sample)
        _read(writer, survey, run, workers, progress)
        found = _decided(estate, writer, survey.collections)
        record = Scan(
            str(uuid.uuid4()),
            started,
            _now(),
            "full" if sample is None else "sample",
            f"{_profile_version(estate)}.{RULE_VERSION}",
            estate.hasher.key_id,
            estate.regions,
        )
        lines = list(writer.segment().coverage())
        writer.publish(record)
    return _result(record, survey, found, lines, known)


class _Previous:
    """The last catalog, if there is one."""

    def __init__(self, path: Path, key_id: str, profile_version: str) -> None:
        self._profile_version = profile_version
        try:
            self._catalog: Catalog | None = Catalog.open(path, key_id)
        except NoCatalog:
            self._catalog = None

    def __enter__(self) -> _Previous:
        return self

    def __exit__(self, *_: object) -> None:
        if self._catalog is not None:
            self._catalog.close()

    def versions(self, store: str, collection: str) -> dict[str | None, str]:
        """Object id → version of what was read whole by these very rules."""
        last = self._catalog.scan() if self._catalog else None
        if self._catalog is None or last is None or last.rule_version.split(".")[0] != self._profile_version:
            return {}
        return self._catalog.versions(store, collection)

    def since(self, estate: Estate) -> Since | None:
        """When the last scan began, and what each partition was then."""
        last = self._catalog.scan() if self._catalog else None
        if last is None:
            return None
        known = cache(self.versions)
        return Since(
            datetime.fromisoformat(last.started).timestamp(),
            lambda one: known(one.store, one.collection).get(estate.object_id(one)),
        )

    def regions(self) -> tuple[str, ...]:
        """The countries in which national phone numbers were read."""
        last = self._catalog.scan() if self._catalog else None
        return last.regions if last else ()

    def personal(self) -> frozenset[tuple[Place, str]]:
        """What was found personal, or decided by a person."""
        found = self._catalog.findings() if self._catalog else []
        decided = ("accepted by a person", "rejected by a person")
        return frozenset(
            (one.place, one.entity)
            for one in found
            if one.verdict == "personal" or any(words in decided for words in one.evidence)
        )


def _profile_version(estate: Estate) -> str:
    """That of our own profiles, and of the user's recognisers and model if there are any."""
    own = estate.recognizers.read_bytes() if estate.recognizers else b""
    told = own + estate.model.encode()
    return f"{PROFILE_VERSION}-{hashlib.sha256(told).hexdigest()[:8]}" if told else PROFILE_VERSION


def _none(_store: str, _collection: str) -> dict[str | None, str]:
    return {}


Versions = Callable[[str, str], dict[str | None, str]]


def _survey(estate: Estate, writer: CatalogWriter, since: Since | None) -> _Survey:
    survey = _Survey()
    for settings in estate.stores:
        try:
            with estate.open(settings.name) as store:
                description = store.describe()
                partitions = list(store.partitions(since=since))
        except StoreError as error:
            survey.unreachable.append(
                CoverageLine(settings.name, "", settings.name, None, "SKIPPED", error.reason)
            )
            continue
        writer.describe(settings.name, description)
        survey.collections += description.collections
        survey.partitions += partitions
    return survey


def _regional(estate: Estate, survey: _Survey) -> Estate:
    """The estate with the countries of its phone numbers, where the configuration names none."""
    if estate.regions:
        return estate
    return replace(estate, regions=regions.infer(estate, survey.collections, survey.partitions))


def _share_out(survey: _Survey, estate: Estate, versions: Versions, sample: int | None) -> None:
    """Each partition is read, or carried over where the store attests the version that was read last time."""
    declared = {
        (one.store, one.name): tuple((each.name, str(each.type)) for each in one.fields)
        for one in survey.collections
    }
    vocabulary = nouns.vocabulary(one.name for one in survey.collections if one.kind in ("table", "view"))
    homes = {(one.store, one.collection) for one in survey.partitions}
    known = {home: versions(*home) for home in homes}
    ids = [(one.store, one.collection, estate.object_id(one)) for one in survey.partitions]
    for one, place in zip(survey.partitions, ids, strict=True):
        home = (one.store, one.collection)
        if one.version is not None and known[home].get(place[2]) == one.version:
            survey.carried.append(place)
        else:
            survey.tasks.append(ScanTask(estate, one, declared.get(home, ()), sample, vocabulary))


def _read(writer: CatalogWriter, survey: _Survey, run: Run, workers: int, progress: Progress | None) -> None:
    """Run the crawl and write what it hands back."""
    writer.coverage(survey.unreachable)
    if survey.carried:
        writer.carry(survey.carried)
    done, total = len(survey.carried), len(survey.carried) + len(survey.tasks)
    sink = Sink(writer)
    for batch in run(scan_partition, survey.tasks, workers=min(workers, len(survey.tasks))):
        for line in sink.take(batch):
            done += 1
            if progress is not None:
                progress(line, done, total)
    sink.flush()


_Decided = tuple[list[Finding], list[Relation], list[IdentitySource]]


def _decided(estate: Estate, writer: CatalogWriter, collections: list[Collection]) -> _Decided:
    """Findings, relations and sources, decided from what is written so far, and written too."""
    segment = writer.segment()
    profiles = merged(FieldProfile.from_json(body) for _, _, body in segment.profiles())
    first = decide(profiles, collections, provisional=True)
    people = sources.infer(estate, collections, profiles, first)
    links = relations.infer(estate, collections, profiles, first, people, segment)
    findings = decide(profiles, collections, links, people)
    writer.findings(findings)
    writer.relations(links)
    writer.sources(people)
    return findings, links, people


def _result(
    record: Scan,
    survey: _Survey,
    found: _Decided,
    lines: list[CoverageLine],
    known: frozenset[tuple[Place, str]],
) -> ScanResult:
    findings, links, people = found
    return ScanResult(
        record,
        sum(line.records or 0 for line in lines),
        len(lines) - len(survey.unreachable),
        len(survey.carried),
        tuple(findings),
        tuple(links),
        tuple(people),
        tuple(one for one in findings if one.verdict == "personal" and (one.place, one.entity) not in known),
        tuple(_incomplete(lines, record.mode == "sample")),
    )


def _incomplete(lines: list[CoverageLine], sampled: bool) -> Iterator[str]:
    """What was not read. In a sample, what was cut short on purpose does not count."""
    for line in lines:
        on_purpose = sampled and (line.reason or "").startswith("a sample of")
        if line.status != "COMPLETE" and not on_purpose:
            place = f"{line.store}: {line.label}" if line.collection else line.store
            yield f"{place}: {line.reason or line.status.lower()}"
    if not any(line.records for line in lines):
        yield "there was nothing at all to read"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
