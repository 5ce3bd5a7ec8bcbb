"""The judge: compares what Vestige says and does with the truth, and reads every store by itself.

Nothing of Vestige is imported here. In a snapshot, the order of the records counts for files.
"""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import duckdb
import psycopg
import pyarrow.parquet as pq
import redis

Truth = Mapping[str, Any]
STAYS = ("shared", "mention", "actor", "reference", "log")
KEPT = ("retained", "review")
OPTIONAL = ("reference", "review")
PROSE = {"EMAIL_ADDRESS", "PERSON", "PHONE_NUMBER", "LOCATION", "URL", "IP_ADDRESS", "USER_ID", "USERNAME"}


class Record(NamedTuple):
    """A record as the judge reads it: its place in words, and its fields as text ("" for null)."""

    place: str
    fields: dict[str, str]


Snapshot = dict[str, dict[str, list[Record]]]


@dataclass
class Score:
    """Figures and the list of what is wrong."""

    figures: dict[str, float] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


# reading ------------------------------------------------------------------------------------------------


def snapshot(truth: Truth) -> Snapshot:
    """All records of all stores."""
    readers = {
        "sqlite": _sql,
        "duckdb": _sql,
        "postgresql": _sql,
        "redis": _redis,
        "file": _files,
        "logs": _files,
    }
    return {store: readers[url.partition(":")[0]](url, store, truth) for store, url in truth["urls"].items()}


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)


def place(locator: Mapping[str, Any]) -> str:
    """A locator in words. An element's index stands for its path; a whole document has none."""
    parts = {name: str(value).lower() for name, value in locator.items() if name not in ("version", "member")}
    if "path" in parts:
        index = re.search(r"\[(\d+)\]$", parts.pop("path"))
        parts |= {"path": index[1]} if index else {}
    return " ".join(f"{name}={parts[name]}" for name in sorted(parts))


def _sql(url: str, store: str, truth: Truth) -> dict[str, list[Record]]:
    scheme, _, path = url.partition("://")
    if scheme == "sqlite":
        connection: Any = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    else:
        connection = psycopg.connect(url) if scheme == "postgresql" else duckdb.connect(path, read_only=True)
        schema = "public" if scheme == "postgresql" else "main"
        names = f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}'"  # noqa: S608
    try:
        tables = [name for (name,) in connection.execute(names).fetchall()]
        return {name: _rows(connection, name, truth["keys"].get(f"{store}/{name}", [])) for name in tables}
    finally:
        connection.close()


def _rows(connection: Any, table: str, key: Sequence[str]) -> list[Record]:
    cursor = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [Record(place({k: row[k] for k in key}), {n: _text(v) for n, v in row.items()}) for row in rows]


def _redis(url: str, *_: object) -> dict[str, list[Record]]:
    with redis.Redis.from_url(url, decode_responses=True) as client:
        return {str(key): [_entry(client, str(key))] for key in sorted(client.scan_iter())}


def _entry(client: Any, key: str) -> Record:
    value = client.hgetall(key) if client.type(key) == "hash" else {"$": client.get(key)}
    return Record(f"key={key.lower()}", {**value, "(expires)": str(client.ttl(key) > 0)})


def _files(url: str, store: str, truth: Truth) -> dict[str, list[Record]]:
    root = Path(url.partition("://")[2])
    found = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()}
    return {
        name: list(_objects(name, path.read_bytes(), truth["media"], store)) for name, path in found.items()
    }


def _objects(name: str, raw: bytes, media: Mapping[str, Any], store: str) -> Iterator[Record]:
    raw = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    known = media.get(f"{store}/{name}", {"medium": "documents"})
    medium = known["medium"]
    if medium == "parquet":
        rows = pq.read_table(io.BytesIO(raw)).to_pylist()
        texts = [{k: _text(v) for k, v in row.items()} for row in rows]
    elif medium == "csv":
        reader = csv.DictReader(io.StringIO(raw.decode(), newline=""), delimiter=known["delimiter"])
        texts = [{str(k): _text(v) for k, v in row.items()} for row in reader]
    elif medium == "json":
        texts = [{"$": _text(one)} for one in json.loads(raw or b"[]")]
    elif medium == "documents":
        texts = [{"$": raw.decode()}]
    else:
        texts = [{"line": line} for line in raw.decode().split("\n")[:-1]]
    unit = {"json": "path", "text": "line", "log": "line"}.get(medium, "row")
    for n, fields in enumerate(texts):
        number = {} if medium == "documents" else {unit: f"[{n}]" if unit == "path" else n + 1}
        yield Record(place({"object": name} | number), fields)


# locate -------------------------------------------------------------------------------------------------


def judge_locate(truth: Truth, person: Mapping[str, Any], located: Iterable[Mapping[str, Any]]) -> Score:
    """Recall over what must be found, precision over all that was named; both lists of what is wrong."""
    classes = {_spot(truth, record): record["class"] for record in person["records"]}
    required = {spot for spot, kind in classes.items() if kind not in OPTIONAL}
    named = {_spot(truth, record) for record in located}
    missed, false = required - named, named - classes.keys()
    figures = {
        "recall": _share(len(required) - len(missed), len(required)),
        "precision": _share(len(named) - len(false), len(named)),
    }
    errors = [f"missed {classes[spot]}: {' '.join(spot)}" for spot in sorted(missed)]
    return Score(figures, errors + [f"not theirs: {' '.join(spot)}" for spot in sorted(false)])


def _spot(truth: Truth, record: Mapping[str, Any]) -> tuple[str, str, str]:
    """Objects and keys name themselves; a table is named by its collection."""
    is_table = truth["urls"].get(record["store"], "").partition(":")[0] in ("sqlite", "duckdb", "postgresql")
    return record["store"], record["collection"] if is_table else "", place(record["locator"])


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


# fields -------------------------------------------------------------------------------------------------


def judge_fields(truth: Truth, catalog: Iterable[Mapping[str, Any]]) -> Score:
    """Precision and recall of personal fields, and of (field, entity) pairs."""
    said: dict[int, set[str]] = {}
    unknown = []
    for entry in catalog:
        if entry["verdict"] != "personal":
            continue
        at = [n for n, real in enumerate(truth["fields"]) if _same_field(real, entry)]
        for n in at:
            said.setdefault(n, set()).add(entry["entity"])
        if not at and not re.match(r"(line|object)~|object$|key$", entry["field"]):
            where = ".".join(entry[part] for part in ("store", "collection", "field"))
            unknown.append(f"no such field: {where} {entry['entity']}")
    personal = {n for n, real in enumerate(truth["fields"]) if real["entity"]}
    wrong = {n for n in said if truth["fields"][n]["entity"] == ""}
    right = personal & said.keys()
    pairs = {n for n in personal if truth["fields"][n]["entity"] != "*"}
    good = {n for n in pairs if truth["fields"][n]["entity"] in said.get(n, ())}
    bad = [(n, e) for n in said for e in said[n] if not _fits(truth["fields"][n]["entity"], e)]
    named = sum(len(said.get(n, ())) for n in pairs | wrong)
    figures = {
        "field P": _share(len(right), len(right) + len(wrong) + len(unknown)),
        "field R": _share(len(right), len(personal)),
        "pair P": _share(named - len([n for n, _ in bad if n in pairs | wrong]), named),
        "pair R": _share(len(good), len(pairs)),
    }
    errors = [f"missed field: {_label(truth, n)}" for n in sorted(personal - right)]
    errors += [f"not personal: {_label(truth, n)} said {sorted(said[n])}" for n in sorted(wrong)]
    errors += [f"wrong entity: {_label(truth, n)} said {e}" for n, e in sorted(bad) if n in personal]
    unnamed = sorted((pairs & said.keys()) - good)
    errors += [f"entity not named: {_label(truth, n)} said {sorted(said[n])}" for n in unnamed]
    return Score(figures, errors + unknown)


def _same_field(real: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    if real["store"] != entry["store"] or real["field"] != entry["field"].split("~")[0]:
        return False
    pattern = re.sub(r"\{\w+\}", "*", re.sub(r"~\d+$", "", entry["collection"]))
    return any(name == entry["collection"] or fnmatchcase(name, pattern) for name in real["collections"])


def _fits(entity: str | None, said: str) -> bool:
    return entity is None or entity == said or (entity == "*" and said in PROSE)


def _label(truth: Truth, number: int) -> str:
    real = truth["fields"][number]
    return f"{real['store']}.{real['collections'][0]}.{real['field']} ({real['entity'] or 'not personal'})"


# purge --------------------------------------------------------------------------------------------------


def judge_purge(truth: Truth, person: Mapping[str, Any], before: Snapshot, after: Snapshot) -> Score:
    """Survivors: what is left of the person. Harmed: what was done to anybody or anything else."""
    records = {_spot(truth, record): record for record in person["records"]}
    trial = _Trial(truth, person, records)
    for store in truth["urls"]:
        for collection in sorted(before[store].keys() | after[store].keys()):
            old, new = (side[store].get(collection, []) for side in (before, after))
            trial.compare(store, collection, old, new)
    return Score(
        {"survivors": len(trial.survivors), "harmed": len(trial.harmed)}, [*trial.survivors, *trial.harmed]
    )


class _Trial:
    """The comparison of two snapshots for one person, collection by collection."""

    def __init__(
        self, truth: Truth, person: Mapping[str, Any], records: Mapping[tuple[str, str, str], Any]
    ) -> None:
        self.truth, self.records = truth, records
        self.survivors: list[str] = []
        self.harmed: list[str] = []
        own = [*person["words"], *person["emails"], *person["names"], *person["others"]]
        self.own_words = set(_words(" ".join(own)))
        self.needles = [(form, bounded(text), text.lower()) for form, text in forms(person)]
        self.needles += [("phone", _digits(phone), "") for phone in person["phones"]]

    def compare(self, store: str, collection: str, old: Sequence[Record], new: Sequence[Record]) -> None:
        where = f"{store}.{collection}"
        spot = _spot(self.truth, {"store": store, "collection": collection, "locator": {}})[:2]
        kinds = [(self.records.get((*spot, record.place)), record) for record in old]
        if self.truth["urls"][store].partition(":")[0] in ("file", "logs"):
            self._in_order(where, kinds, new)
        else:
            self._by_key(where, kinds, {record.place: record for record in new})
        kept = {_whole(record) for known, record in kinds if known and known["class"] in KEPT}
        stubs = {record.place: known["keys"] for known, record in kinds if known and known["class"] == "stub"}
        self._search(where, [record for record in new if _whole(record) not in kept], stubs)

    def _by_key(self, where: str, kinds: Sequence[tuple[Any, Record]], new: dict[str, Record]) -> None:
        for known, record in kinds:
            left, kind = new.pop(record.place, None), known["class"] if known else "other"
            at = f"{where} {record.place}"
            if kind == "owned":
                self.survivors += [f"{at}: the record is still there"] if left else []
            elif left is None:
                self.harmed += [] if kind == "stub" else [f"{at}: {kind} record was deleted"]
            elif kind in STAYS or kind == "stub":
                self._changed(at, known, record, left)
            elif left != record:
                changed = [name for name in record.fields if left.fields.get(name) != record.fields[name]]
                self.harmed.append(f"{at}: {kind} record changed in {changed}")
        self.harmed += [f"{where} {spot}: appeared" for spot in new]

    def _in_order(self, where: str, kinds: Sequence[tuple[Any, Record]], new: Sequence[Record]) -> None:
        """Records of files have no key: what nobody touched must be there, in its order; the rest follows."""
        same = [_whole(record) for known, record in kinds if not known or known["class"] in KEPT]
        untouched = Counter(same)
        lost = untouched - Counter(_whole(record) for record in new)
        self.harmed += [
            f"{where}: {n} records of others deleted or changed: {t[:90]}" for t, n in lost.items()
        ]
        kept, rest = [], []
        for record in new:
            is_same = untouched[_whole(record)] > 0
            untouched[_whole(record)] -= is_same
            (kept if is_same else rest).append(record)
        if not lost and [_whole(record) for record in kept] != same:
            self.harmed.append(f"{where}: the order changed")
        owned = {_whole(record) for known, record in kinds if known and known["class"] == "owned"}
        left = [record for record in rest if _whole(record) in owned]
        self.survivors += [f"{where} {record.place}: the record is still there" for record in left]
        self._edited(where, kinds, [record for record in rest if _whole(record) not in owned])

    def _edited(self, where: str, kinds: Sequence[tuple[Any, Record]], rest: Sequence[Record]) -> None:
        """What is neither as before nor gone: the records that stay without the person, in their order."""
        rest = [
            one for one in rest if any(text not in ("", "{}", "null", "[]") for text in one.fields.values())
        ]
        changed = [(known, record) for known, record in kinds if known and known["class"] in STAYS]
        for known, record in changed[len(rest) :]:
            self.harmed.append(f"{where} {record.place}: {known['class']} record was deleted")
        for (known, record), now in zip(changed, rest, strict=False):
            self._changed(f"{where} {record.place}", known, record, now)
        self.harmed += [f"{where} {record.place}: appeared" for record in rest[len(changed) :]]

    def _changed(self, at: str, known: Any, old: Record, new: Record) -> None:
        """A record that stays: the person's texts are gone, every other word is there."""
        kind = known["class"]
        for name, text in old.fields.items():
            spans = [] if kind == "stub" and name in known["keys"] else _spans(known, name)
            left = new.fields.get(name, "")
            still = [span for span in spans if bounded(span).search(left)]
            self.survivors += [f"{at}: {name} still has a text of the person ({kind})" for _ in still]
            lost = Counter(_words(_without(text, spans))) - Counter(_words(left))
            foreign = sorted(word for word in lost if word not in self.own_words)
            if kind != "stub" and (foreign or (text != left and not spans and not lost)):
                self.harmed.append(f"{at}: {kind} record changed in {name}, lost {foreign[:5]}")

    def _search(self, where: str, new: Sequence[Record], stubs: Mapping[str, Sequence[str]]) -> None:
        """The person's identifiers, in every spelling, in every record that is not kept on purpose."""
        for record in new:
            keys = stubs.get(record.place, ())
            place_ = "" if record.place in stubs else record.place
            text = "\n".join([place_, *(v for name, v in record.fields.items() if name not in keys)])
            text += _unescaped(text)
            lower = text.lower()
            self.survivors += [
                f"{where} {record.place}: a {form} of the person"
                for form, needle, clue in self.needles
                if clue in lower and needle.search(text)
            ]


def _spans(known: Mapping[str, Any], name: str) -> list[str]:
    """The person's texts in a field as it is read: a document or a line holds those of all its paths."""
    whole = name in ("$", "line")
    return [
        text for path, own in known["spans"].items() if whole or path.split(".")[0] == name for text in own
    ]


def forms(person: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every spelling and encoding of what points at the person alone."""
    for email in person["emails"]:
        normal = email.lower()
        yield "e-mail", email
        yield "percent-encoded e-mail", quote(email, safe="")
        for text in {email, normal}:
            yield "base64 e-mail", base64.b64encode(text.encode()).decode().rstrip("=")
        for kind in ("md5", "sha1", "sha256"):
            made = hashlib.new(kind, normal.encode())
            yield f"{kind} of the e-mail", made.hexdigest()
            yield f"{kind} of the e-mail in base64", base64.b64encode(made.digest()).decode()
    yield from (("name", name) for name in person["names"])
    yield from (("key", key) for key in person["keys"] if re.search(r"[^\d]", key))
    yield from (("other identifier", text) for text in person["others"])


@cache
def bounded(text: str) -> re.Pattern[str]:
    """The text where it is not part of a longer word, number or address."""
    address = "@" in text or "%40" in text
    before = r"(?<![\w.+-])" if address else r"(?<!\w)" if text[:1].isalnum() else ""
    after = r"(?![\w-]|\.\w)" if address else r"(?!\w)" if text[-1:].isalnum() else ""
    return re.compile(before + re.escape(text) + after, re.IGNORECASE)


def _digits(phone: str) -> re.Pattern[str]:
    """A number by its last digits, however it is grouped."""
    return re.compile(r"(?<!\d)[\d+]*" + r"[\s().\-/]*".join(re.sub(r"\D", "", phone)[-8:]) + r"(?!\d)")


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _without(text: str, spans: Iterable[str]) -> str:
    for span in sorted(spans, key=len, reverse=True):
        text = bounded(span).sub(" ", text)
    return text


def _whole(record: Record) -> str:
    return json.dumps(record.fields, ensure_ascii=False, sort_keys=True)


def _unescaped(text: str) -> str:
    """JSON's escapes resolved, so that an escaped spelling is found too."""
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text) if "\\u" in text else ""
