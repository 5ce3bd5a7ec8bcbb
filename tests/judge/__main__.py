"""``python -m tests.judge run --seed N --language de --domain shop --people 5``: Vestige against the truth.

Builds an estate, drives the real command line, judges what it said and did, prints figures and errors, and
exits 1 when a figure is below the bars.
"""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

from tests import servers
from tests.judge.judge import Score, Snapshot, judge_fields, judge_locate, judge_purge, snapshot
from tests.judge.power import Plant, Planter, Tally, hide_keys, named, rows_of, trial
from tests.judge.words import DOMAINS, LANGUAGES
from tests.judge.writing import build

AT_LEAST = {
    "recall": 0.98,
    "precision": 0.99,
    "field P": 0.95,
    "field R": 0.95,
    "pair P": 0.85,
    "pair R": 0.85,
}
AT_LEAST["verdict"] = 1
AT_MOST = dict.fromkeys(("survivors", "harmed", "exit", "leaks", "second purge"), 0)
VESTIGE = Path(__file__).parents[2] / ".venv/bin/vestige"


class Broken(Exception):
    """A command ended as no command may: nothing that follows would mean anything."""


class Estate:
    """An estate's folder and the command line run in it."""

    def __init__(self, folder: Path, arguments: Mapping[str, Any], command: Sequence[str]) -> None:
        self.folder, self.arguments, self.command = folder, arguments, command
        self.truth = build(folder, **arguments)
        self.kept = folder.with_name(f"{folder.name}-kept")

    def vestige(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [*self.command, *words]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=1800)
        if done.returncode not in (0, 2, 3, 4):
            raise Broken("\n".join([" ".join(words), *done.stderr.strip().splitlines()[-12:]]))
        return done

    def keep(self) -> None:
        """Remember the estate with its catalog, as it is after the scan."""
        shutil.copytree(self.folder, self.kept)

    def restore(self) -> None:
        """The estate as it was kept; servers are filled anew."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder)
        if self.arguments["postgresql"] or self.arguments["redis_url"]:
            self._refill()

    def _refill(self) -> None:
        import psycopg
        import redis

        if url := self.arguments["postgresql"]:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        if url := self.arguments["redis_url"]:
            with redis.Redis.from_url(url) as client:
                client.flushdb()
        with tempfile.TemporaryDirectory() as spare:
            build(Path(spare), **self.arguments)


class Report:
    """Figures with their bars, and what is wrong."""

    def __init__(self, most: int) -> None:
        self.most, self.failed = most, False

    def add(self, what: str, score: Score) -> None:
        for name, value in score.figures.items():
            bad = value < AT_LEAST.get(name, value) or value > AT_MOST.get(name, value)
            self.failed |= bad
            sign = "✗" if bad else "✓" if name in AT_LEAST | AT_MOST else " "
            print(f"{sign} {what:44} {name:14} {value:8.3f}", flush=True)
        for error in score.errors[: self.most]:
            print(f"      {error}")
        if len(score.errors) > self.most:
            print(f"      … and {len(score.errors) - self.most} more")


def ran(done: subprocess.CompletedProcess[str], allowed: Sequence[int] = (0,)) -> Score:
    """A command's exit as a score."""
    fine = done.returncode in allowed
    lines = [] if fine else [f"exit {done.returncode}", *done.stderr.strip().splitlines()[-6:]]
    return Score({"exit": 0 if fine else float(done.returncode) or 1.0}, lines)


def parsed(done: subprocess.CompletedProcess[str]) -> Any:
    try:
        return json.loads(done.stdout)
    except ValueError:
        return None


def run(estate: Estate, people: int, report: Report) -> None:
    """The whole road."""
    began = time.monotonic()
    scan = estate.vestige("scan")
    report.add("scan", Score({"seconds": time.monotonic() - began} | ran(scan).figures, ran(scan).errors))
    fields = estate.vestige("catalog", "fields", "--json")
    report.add("catalog fields", judge_fields(estate.truth, parsed(fields) or []))
    report.add("files of Vestige", leaks(estate))
    estate.keep()
    chosen = choose(estate.truth, people)
    for person in chosen:
        locate(estate, person, report)
    for person in chosen:
        purge(estate, person, report)
        estate.restore()


def choose(truth: Mapping[str, Any], number: int) -> list[Mapping[str, Any]]:
    """People with traps first: e-mail within another, twice registered, homonym, key 17, retained bills, …"""
    people = [one for one in truth["people"] if one["space"] == "person"]
    seventeen = [one["number"] for one in people if "17" in one["keys"]]
    kept = [one["number"] for one in people if any(record["class"] == "stub" for record in one["records"])]
    order = dict.fromkeys([5, 0, *seventeen, *kept[:1], 3, 6, 1, 2, 7, *range(8, len(people))])
    return [people[at] for at in list(order)[:number]]


def locate(estate: Estate, person: Mapping[str, Any], report: Report) -> None:
    """By each identifier that the person alone has; errors that an earlier one gave are not told again."""
    told: set[str] = set()
    for kind, identifier in person["ids"].items():
        if identifier:
            began = time.monotonic()
            done = estate.vestige("locate", identifier, "--records", "--json")
            score = judge_locate(estate.truth, person, parsed(done) or [])
            score.figures["seconds"] = time.monotonic() - began
            score.errors = [error for error in score.errors if error not in told]
            told.update(score.errors)
            report.add(f"locate #{person['number']} by {kind}", merged(score, ran(done, (0, 4))))


def merged(first: Score, second: Score) -> Score:
    return Score(first.figures | second.figures, first.errors + second.errors)


def purge(estate: Estate, person: Mapping[str, Any], report: Report) -> None:
    name, before = f"#{person['number']}", snapshot(estate.truth)
    plan = estate.vestige("plan", "purge", person["ids"]["email"], "--out", "plan.json", "--accept-defaults")
    report.add(f"plan {name}", ran(plan))
    report.add(f"purge {name}", ran(estate.vestige("purge", "plan.json", "--yes")))
    after = snapshot(estate.truth)
    score = judge_purge(estate.truth, person, before, after)
    report.add(f"purge {name}", score)
    verify = estate.vestige("verify", "plan.json", "--json")
    verdict = (parsed(verify) or {}).get("verdict")
    clean = not score.errors
    report.add(
        f"verify {name} says {verdict}",
        merged(Score({"verdict": float((verdict == "pass") == clean)}), ran(verify)),
    )
    again = estate.vestige("purge", "plan.json", "--yes")
    report.add(f"purge {name} again", second(again, after, snapshot(estate.truth)))
    report.add(f"files of Vestige, {name}", leaks(estate))


def power(estate: Estate, people: int, rounds: int, hide: bool, most: int) -> bool:
    """Plant survivors after purges and see which are caught; whether all were."""
    truth, rng, tally = estate.truth, Random(str(estate.arguments)), Tally()
    hidden = hide_keys(truth, rng) if hide else []
    estate.vestige("scan")
    for person in choose(truth, people):
        person = {**person, "rows": rows_of(truth, person)}
        estate.vestige("plan", "purge", person["ids"]["email"], "--out", "plan.json", "--accept-defaults")
        estate.vestige("purge", "plan.json", "--yes")

        ledger = estate.folder / "ledger.db"
        kept = ledger.read_bytes()  # a verdict destroys the case: each verification gets it anew

        def verify(ledger: Path = ledger, kept: bytes = kept) -> Any:
            for path in ledger.parent.glob("ledger.db-*"):
                path.unlink()
            ledger.write_bytes(kept)
            return parsed(estate.vestige("verify", "plan.json", "--json"))

        document = verify()
        clean = not any(trace["meaning"] in ("survivor", "unknown") for trace in document["traces"])
        print(f"#{person['number']}: {document['verdict']} before anything is planted", flush=True)
        tally.false += not clean and not hide
        for kind, collection, still in hidden:
            if still(person):
                store = kind.rpartition("/")[2]
                at = named(document, store)
                found = any(one == collection or store in ("logs", "redis") for one in at)
                tally.add(Plant(kind, store, collection, dict), found and document["verdict"] != "pass")
        if not hide:
            planter = Planter(truth, person, rng)
            trial(planter.all(), verify, rng, rounds, tally)
    return tally.told(most)


def second(done: subprocess.CompletedProcess[str], first: Snapshot, then: Snapshot) -> Score:
    """A second run changes nothing and says so."""
    changed = [f"{store} changed" for store in first if first[store] != then[store]]
    said = [] if "already erased" in done.stdout + done.stderr else ["does not say 'already erased'"]
    return merged(Score({"second purge": float(len(changed + said))}, changed + said), ran(done))


def leaks(estate: Estate) -> Score:
    """Readable identifiers in files that Vestige wrote: catalog, ledger, plans, reports, logs."""
    planted = {"main.db", "second.db", "truth.json", "vestige.yaml", "policy.yaml", "vestige.key"}
    texts = [
        (one["number"], text.lower())
        for one in estate.truth["people"]
        for text in (*one["emails"], *one["names"], *one["phones"])
    ]
    found = []
    for path in sorted(path for path in estate.folder.rglob("*") if path.is_file()):
        name = path.relative_to(estate.folder)
        if name.parts[0] not in planted | {"files", "cache", "logs", "exports"}:
            raw = "\n".join(readable(path)).lower()
            found += [f"{name}: a text of #{number}" for number, text in texts if text in raw]
    return Score({"leaks": float(len(found))}, found)


def readable(path: Path) -> Iterator[str]:
    """A file's bytes as text; of a database also its values, which may lie compressed."""
    import duckdb

    yield path.read_bytes().decode(errors="replace")
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            for (table,) in connection.execute("SELECT table_name FROM information_schema.tables").fetchall():
                yield str(connection.execute(f'SELECT * FROM "{table}"').fetchall())  # noqa: S608


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.judge", description=__doc__)
    parser.add_argument("command", choices=["run", "build", "power"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.add_argument("--domain", choices=list(DOMAINS), default="shop")
    parser.add_argument("--people", type=int, default=5, help="how many are located and purged")
    parser.add_argument("--size", type=int, default=300, help="people in the estate")
    parser.add_argument("--main", choices=["sqlite", "duckdb", "postgresql"], default="sqlite")
    parser.add_argument("--second", choices=["sqlite", "duckdb"], default="duckdb")
    parser.add_argument("--redis", action="store_true", help="with a Redis server as one more store")
    parser.add_argument("--folder", type=Path, help="keep the estate here")
    parser.add_argument("--vestige", default=str(VESTIGE), help="the command under judgement")
    parser.add_argument("--rounds", type=int, default=40, help="power: at most so many rounds of plants")
    parser.add_argument("--hide", action="store_true", help="power: keys in fields that no scan can place")
    parser.add_argument("--most", type=int, default=12, help="errors printed of each kind")
    options = parser.parse_args(words)
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "estate"
        postgresql = stack.enter_context(servers.postgresql()) if options.main == "postgresql" else None
        redis_url = stack.enter_context(servers.redis()) if options.redis else None
        arguments = {
            name: getattr(options, name) for name in ("seed", "language", "domain", "size", "main", "second")
        }
        estate = Estate(
            folder,
            arguments | {"postgresql": postgresql, "redis_url": redis_url},
            shlex.split(options.vestige),
        )
        print(f"estate: {estate.truth['seed']}", flush=True)
        if options.command == "build":
            return 0
        if options.command == "power":
            return int(not power(estate, options.people, options.rounds, options.hide, options.most))
        report = Report(options.most)
        try:
            run(estate, options.people, report)
        except Broken as broken:
            report.failed = True
            print(f"✗ vestige {broken}")
    print("below the bars" if report.failed else "all bars are met")
    return int(report.failed)


if __name__ == "__main__":
    sys.exit(main())
