"""The verifier's power: survivors planted after a purge, of many kinds, in every store; is each caught?

``python -m tests.judge power --seed N --language de --domain shop``. Nothing of Vestige is imported here.
A plant is *caught* when ``verify`` does not say pass and names the place: one more trace (survivor or
unknown) or part that was not read than without it, in the plant's store (for tables: in its table). Plants
of one round stand in different places, so that each must be named by itself; then they are taken out again.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import html
import io
import json
import os
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import redis

from tests.judge.writing import connect

Truth = Mapping[str, Any]
Undo = Callable[[], None]
Person = Mapping[str, Any]
SQL = ("sqlite", "duckdb", "postgresql")
WEAK = ("phone", "phone without spaces", "e-mail with a tag")
REFUSALS = (duckdb.Error, psycopg.Error, OSError, ValueError)


@dataclass(frozen=True)
class Plant:
    """A survivor: its kind, where it is, and how it gets there; ``put`` returns how it is taken out."""

    kind: str
    store: str
    collection: str
    put: Callable[[], Undo] = field(repr=False)


@dataclass
class Tally:
    """Plants and catches by kind, and what was missed."""

    planted: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)
    false: int = 0
    """Purges after which something was called a survivor or unknown though nothing was planted."""

    def told(self, most: int) -> bool:
        """Print the table; whether every plant was caught."""
        for kind in sorted(self.planted):
            print(f"  {kind:44} {self.caught[kind]:5} of {self.planted[kind]:5}")
        total, caught = self.planted.total(), self.caught.total()
        print(f"{caught} of {total} caught; verdicts {dict(self.verdicts)}; false alarms {self.false}")
        for place in self.missed[:most]:
            print(f"      missed: {place}")
        return caught == total and not self.false

    def add(self, plant: Plant, caught: bool) -> None:
        self.planted[plant.kind] += 1
        self.caught[plant.kind] += caught
        if not caught:
            self.missed.append(f"{plant.kind} in {plant.store}.{plant.collection}")


def spellings(person: Person, rng: Random) -> Iterator[tuple[str, str]]:
    """(kind, text) of everything that points at the person alone."""
    email = rng.choice(person["emails"])
    normal = email.lower()
    local, _, domain = normal.partition("@")
    yield "e-mail", email
    yield "e-mail in capitals", email.upper()
    yield "e-mail percent-encoded", quote(email, safe="")
    yield "e-mail in base64", base64.b64encode(email.encode()).decode()
    yield "e-mail escaped as in JSON", email.replace("@", "\\u0040")
    yield "e-mail with an HTML entity", html.escape(email).replace("@", "&#64;")
    yield "e-mail with a tag", f"{local}+news@{domain}"
    for name in ("md5", "sha1", "sha256"):
        made = hashlib.new(name, normal.encode(), usedforsecurity=False)
        yield f"{name} of the e-mail", made.hexdigest()
    yield "sha256 in base64", base64.b64encode(hashlib.sha256(normal.encode()).digest()).decode()
    for phone in person["phones"][:1]:
        yield "phone", phone
        yield "phone without spaces", phone.replace(" ", "").replace("/", "")
    if uuid := person["ids"]["uuid"]:
        yield "UUID", uuid
        yield "UUID without hyphens", uuid.replace("-", "").upper()
    for key in person["keys"]:
        if not key.isdigit():
            yield "telling key", key


def wrapped(text: str, rng: Random) -> str:
    """The text as it may stand in a cell."""
    return rng.choice(["{}", "see {} please", "<{}>", "u={};x=1", '{{"v": "{}"}}', "a\n{}\nb"]).format(text)


class Planter:
    """Makes the plants for one person in one estate."""

    def __init__(self, truth: Truth, person: Person, rng: Random) -> None:
        self.truth, self.person, self.rng = truth, person, rng
        self.kinds = {name: url.partition(":")[0] for name, url in truth["urls"].items()}
        self._others = {
            (r["store"], r["collection"], json.dumps(r["locator"]))
            for r in person["records"]
            if r["class"] in ("retained", "review", "stub")
        }
        self._number = 0

    def all(self) -> list[Plant]:
        found = []
        accounts = {
            (f["store"], name)
            for f in self.truth["fields"]
            for name in f["collections"]
            if f["entity"] == "EMAIL_ADDRESS"
        }
        for kind, text in spellings(self.person, self.rng):
            # A phone or a tagged address in somebody's account is theirs too: it points at nobody alone.
            weak = accounts if kind in WEAK else set()
            homes = [home for home in self._tables() if home not in weak]
            found += [Plant(kind, *home, self._update(*home, text)) for home in homes]
            found += list(self._in_files(kind, text))
            found += [Plant(kind, "logs", "", self._line(text, name)) for name in ("app.log", "old.log.1.gz")]
            found += list(self._in_redis(kind, text))
        found += list(self._keys())
        found += list(self._files())
        found += list(self._restored())
        found += list(self._appeared())
        return found

    # tables

    def _tables(self) -> list[tuple[str, str]]:
        return [tuple(name.split("/", 1)) for name in self.truth["keys"]]  # type: ignore[misc]

    def _url(self, store: str) -> str:
        return str(self.truth["urls"][store])

    def _update(self, store: str, table: str, text: str) -> Callable[[], Undo]:
        """A text cell of somebody else's row."""
        rng = Random(self.rng.random())

        def put() -> Undo:
            key = self.truth["keys"][f"{store}/{table}"]
            with connect(self._url(store)) as connection:
                names, rows = _read(connection, table)
                foreign = {
                    f["field"]
                    for f in self.truth["fields"]
                    if table in f["collections"] and f["entity"] == "USER_ID"
                }
                columns = [
                    n
                    for i, n in enumerate(names)
                    if n not in key and n not in foreign
                    and all(isinstance(row[i], str | None) for row in rows)
                    and any(row[i] and not row[i][:4].isdigit() for row in rows)
                ]  # fmt: skip
                rows = [row for row in rows if not self._is_kept(store, table, key, names, row)]
                if not columns or not rows:
                    raise ValueError("no text here")
                column, row = rng.choice(columns), rng.choice(rows)
                old = row[names.index(column)]
                where = [(name, row[names.index(name)]) for name in key]
                new = (
                    wrapped(text, rng) if old is None or not old.startswith("{") else json.dumps({"q": text})
                )
                _set(connection, self._url(store), table, column, new, where)

            def undo() -> None:
                with connect(self._url(store)) as connection:
                    _set(connection, self._url(store), table, column, old, where)

            return undo

        return put

    def _is_kept(self, store: str, table: str, key: Sequence[str], names: Sequence[str], row: Any) -> bool:
        where = {name: row[names.index(name)] for name in key}
        return (store, table, json.dumps(where, default=str)) in self._others

    def _keys(self) -> Iterator[Plant]:
        """The person's key in a column of keys that the scan knows."""
        if self.person["space"] != "person":
            return
        # Where the truth says that keys of these people stand, somebody else's of the same number do not.
        held: dict[tuple[str, str, str], set[str]] = {}
        for spot, locator in (
            ((record["store"], record["collection"], name), json.dumps(record["locator"], default=str))
            for one in self.truth["people"]
            if one["space"] == "person"
            for record in one["records"]
            for name, texts in record["spans"].items()
            if set(texts) & set(one["keys"]) and record["class"] != "actor"
        ):
            held.setdefault(spot, set()).add(locator)
        for (store, table, column), rows in sorted(held.items()):
            own = self.truth["keys"].get(f"{store}/{table}", [column])
            if column not in own and "." not in column:
                put = self._key(store, table, column, rows)
                yield Plant("key in a known column", store, table, put)

    def _key(self, store: str, table: str, column: str, among: Collection[str]) -> Callable[[], Undo]:
        rng = Random(self.rng.random())

        def put() -> Undo:
            key = self.truth["keys"][f"{store}/{table}"]
            with connect(self._url(store)) as connection:
                names, rows = _read(connection, table)
                at = names.index(column)
                rows = [
                    row for row in rows
                    if row[at] is not None and not self._is_kept(store, table, key, names, row)
                    and json.dumps({name: row[names.index(name)] for name in key}, default=str) in among
                ]  # fmt: skip
                if not rows:
                    raise ValueError("nobody's key stands here")
                row = rng.choice(rows)
                old, where = row[at], [(name, row[names.index(name)]) for name in key]
                new = type(old)(rng.choice(self.person["keys"]))
                _set(connection, self._url(store), table, column, new, where)

            def undo() -> None:
                with connect(self._url(store)) as connection:
                    _set(connection, self._url(store), table, column, old, where)

            return undo

        return put

    def _restored(self) -> Iterator[Plant]:
        """A row of the person's own, back from a backup. Where a database refuses it, it is no survivor."""
        for store, table, row in self.person["rows"]:
            yield Plant("restored row", store, table, self._insert(store, table, row))

    def _insert(self, store: str, table: str, row: Mapping[str, Any]) -> Callable[[], Undo]:
        def put() -> Undo:
            key = self.truth["keys"][f"{store}/{table}"]
            holes = ", ".join(_holes(self._url(store), len(row)))
            names = ", ".join(f'"{name}"' for name in row)
            with connect(self._url(store)) as connection:
                made = [json.dumps(v) if isinstance(v, dict | list) else v for v in row.values()]
                connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({holes})', made)  # noqa: S608

            def undo() -> None:
                terms = " AND ".join(
                    f'"{n}" = {h}' for n, h in zip(key, _holes(self._url(store), len(key)), strict=True)
                )
                with connect(self._url(store)) as connection:
                    connection.execute(f'DELETE FROM "{table}" WHERE {terms}', [row[n] for n in key])  # noqa: S608

            return undo

        return put

    def _appeared(self) -> Iterator[Plant]:
        """Tables and columns that were not there when the scan was made."""
        for store, kind in self.kinds.items():
            if kind in SQL:
                for holds, value in (("e-mail", self.person["emails"][0]), ("key", self.person["keys"][0])):
                    yield Plant(f"new table with the {holds}", store, "zz_new", self._create(store, value))

    def _create(self, store: str, value: str) -> Callable[[], Undo]:
        def put() -> Undo:
            with connect(self._url(store)) as connection:
                connection.execute('CREATE TABLE "zz_new" (a INTEGER, b VARCHAR(200))')
                connection.execute(f"INSERT INTO \"zz_new\" VALUES (1, '{value}')")  # noqa: S608

            def undo() -> None:
                with connect(self._url(store)) as connection:
                    connection.execute('DROP TABLE "zz_new"')

            return undo

        return put

    # files, logs, caches

    def _write(self, store: str, name: str, raw: bytes) -> Callable[[], Undo]:
        path = Path(self._url(store).partition("://")[2]) / name

        def put() -> Undo:
            if path.exists():
                raise ValueError("it is there already")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)
            return path.unlink

        return put

    def _line(self, text: str, name: str) -> Callable[[], Undo]:
        self._number += 1
        line = f"2026-05-0{self.rng.randint(1, 9)}T10:00:00Z INFO job={self._number} {text} done\n".encode()
        raw = b"nothing here\n" * self.rng.randint(0, 40) + line
        return self._write("logs", f"p{self._number}-{name}", gzip.compress(raw) if "gz" in name else raw)

    def _in_files(self, kind: str, text: str) -> Iterator[Plant]:
        for ending in self.rng.sample(["txt", "csv", "json", "jsonl", "jsonl.gz", "parquet", "bin.bz2"], 3):
            self._number += 1
            name, store = f"p{self._number}.{ending}", self.rng.choice(["files", "cache"])
            yield Plant(kind, store, name, self._write(store, name, _encoded(ending, text)))

    def _in_redis(self, kind: str, text: str) -> Iterator[Plant]:
        url = self.truth["urls"].get("redis")
        for shape in ("string", "hash", "list", "set", "key") if url else ():
            self._number += 1
            yield Plant(f"{kind}", "redis", shape, _entry(url, shape, f"p:{self._number}", text))

    def _files(self) -> Iterator[Plant]:
        """What hides an address by where it is, not by how it is spelled."""
        email = self.person["emails"][0]
        raw = f"{email}\n".encode()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inner.txt", raw)
        shapes: dict[str, tuple[str, bytes]] = {
            "object's name": (f"{email}.txt", b"nothing\n"),
            "dot file": (".p", raw),
            "copy left aside": (".vestige-p.aside", raw),
            "gzip in gzip": ("p.gz", gzip.compress(gzip.compress(raw))),
            "bzip2": ("p.bz2", bz2.compress(raw)),
            "zip": ("p.zip", packed.getvalue()),
            "UTF-16": ("p16.txt", f"{email}\n".encode("utf-16")),
            "Latin-1": ("p1.txt", f"gr\u00fc\u00df {email}\n".encode("latin-1")),
            "unknown binary": ("p.dat", os.urandom(600) + raw + os.urandom(600)),
            "deep folder": ("a/b/c/d/e/f/p.txt", raw),
            "no ending": ("p", raw),
            "broken JSON": ("broken.json", b'{"a": "' + raw),
            "long line": ("long.txt", b"x" * 3_000_000 + b" " + raw),
        }
        for kind, (name, content) in shapes.items():
            for store in ("files", "cache"):
                yield Plant(kind, store, name, self._write(store, name, content))


def _read(connection: Any, table: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    cursor = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608
    return [column[0] for column in cursor.description], [tuple(row) for row in cursor.fetchall()]


def _holes(url: str, number: int) -> list[str]:
    return ["%s" if url.startswith("postgresql") else "?"] * number


def _set(
    connection: Any, url: str, table: str, column: str, value: Any, where: Sequence[tuple[str, Any]]
) -> None:
    hole = _holes(url, 1)[0]
    terms = " AND ".join(f'"{name}" = {hole}' for name, _ in where)
    connection.execute(
        f'UPDATE "{table}" SET "{column}" = {hole} WHERE {terms}',  # noqa: S608
        [value, *(value for _, value in where)],
    )


def _encoded(ending: str, text: str) -> bytes:
    rows = [{"n": n, "v": text if n == 7 else f"item {n}"} for n in range(12)]
    plain = {
        "txt": "".join(f"{row['v']}\n" for row in rows),
        "csv": "n,v\n" + "".join(f'{row["n"]},"{row["v"]}"\n' for row in rows),
        "json": json.dumps(rows),
    }
    if ending == "parquet":
        sink = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows), sink)
        return sink.getvalue()
    raw = plain.get(ending, "".join(json.dumps(row) + "\n" for row in rows)).encode()
    return gzip.compress(raw) if ending.endswith("gz") else bz2.compress(raw) if "bz2" in ending else raw


def _entry(url: str, shape: str, key: str, text: str) -> Callable[[], Undo]:
    def put() -> Undo:
        name = f"{key}:{text}" if shape == "key" else key
        with redis.Redis.from_url(url) as client:
            if shape == "hash":
                client.hset(name, mapping={"a": "1", "b": text})
            elif shape == "list":
                client.rpush(name, "x", text)
            elif shape == "set":
                client.sadd(name, "x", text)
            else:
                client.set(name, "nothing" if shape == "key" else json.dumps({"v": text}))

        def undo() -> None:
            with redis.Redis.from_url(url) as client:
                client.delete(name)

        return undo

    return put


# keys where no scan looks -----------------------------------------------------------------------------


def hide_keys(truth: Truth, rng: Random) -> list[tuple[str, str, Callable[[Person], bool]]]:
    """Keys of people under names that say nothing, before the scan. Returns (kind and store, collection,
    whether a person's key is still there) of each."""
    people = [p for p in truth["people"] if p["space"] == "person"]
    keys = [key for p in people for key in p["keys"]]
    drawn = [*keys, *rng.choices(keys, k=2 * len(keys))]
    rng.shuffle(drawn)
    number = int if all(key.isdigit() for key in keys) else str
    column = "BIGINT" if number is int else "VARCHAR(64)"
    places: list[tuple[str, str, Callable[[Person], bool]]] = []
    for store, url in truth["urls"].items():
        if url.partition(":")[0] in SQL:
            with connect(url) as connection:
                for table, kind in (("qx7", column), ("qx8", "VARCHAR(64)")):
                    connection.execute(
                        f"CREATE TABLE {table} (r INTEGER PRIMARY KEY, c3 {kind}, t VARCHAR(9))"
                    )
                    for n, key in enumerate(drawn):
                        value = f"'{key}'" if number is str or table == "qx8" else key
                        connection.execute(f"INSERT INTO {table} VALUES ({n}, {value}, 'x{n % 7}')")  # noqa: S608
                connection.execute("CREATE TABLE qx9 (r INTEGER PRIMARY KEY, d TEXT)")
                for n, key in enumerate(drawn):
                    document = json.dumps({"a": {"q7": number(key)}, "n": n})
                    connection.execute(f"INSERT INTO qx9 VALUES ({n}, '{document}')")  # noqa: S608
            for table, kind in (("qx7", "column"), ("qx8", "column of text"), ("qx9", "path of JSON")):
                places.append((f"key in a nameless {kind}/{store}", table, _still(url, table)))
    root = Path(truth["urls"]["files"].partition("://")[2])
    rows = [{"f1": n, "f2": number(key), "f3": f"y{n % 5}"} for n, key in enumerate(drawn)]
    (root / "qx.csv").write_text("f1,f2,f3\n" + "".join(f"{r['f1']},{r['f2']},{r['f3']}\n" for r in rows))
    (root / "qx.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    pq.write_table(pa.Table.from_pylist(rows), root / "qx.parquet")
    logs = Path(truth["urls"]["logs"].partition("://")[2])
    (logs / "qx.log").write_text(
        "".join(f"2026-05-01T10:00:00Z job qz={key} took {n} ms\n" for n, key in enumerate(drawn))
    )
    for name in ("qx.csv", "qx.jsonl", "qx.parquet"):
        places.append((f"key in a nameless field of {name[3:]}/files", name, _in_file(root / name)))
    places.append(("key beside a nameless marker/logs", "qx.log", _in_file(logs / "qx.log")))
    if url := truth["urls"].get("redis"):
        with redis.Redis.from_url(url) as client:
            for key in keys:
                client.set(f"qz:{key}", "1")
        places.append(("key in a nameless entry's name/redis", "qz:*", _in_redis(url)))
    return places


def _still(url: str, table: str) -> Callable[[Person], bool]:
    def check(person: Person) -> bool:
        with connect(url) as connection:
            _, rows = _read(connection, table)
        texts = [str(row[1]) for row in rows]
        keys = set(person["keys"])
        if table == "qx9":
            return any(str(json.loads(text)["a"]["q7"]) in keys for text in texts)
        return any(text in keys for text in texts)

    return check


def _in_file(path: Path) -> Callable[[Person], bool]:
    def check(person: Person) -> bool:
        if path.suffix == ".parquet":
            held = {str(one) for one in pq.read_table(path)["f2"].to_pylist()}
        elif path.suffix == ".csv":
            held = {line.split(",")[1] for line in path.read_text().splitlines()}
        elif path.suffix == ".jsonl":
            held = {str(json.loads(line)["f2"]) for line in path.read_text().splitlines()}
        else:
            held = {line.split("qz=")[1].split()[0] for line in path.read_text().splitlines()}
        return bool(held & set(person["keys"]))

    return check


def _in_redis(url: str) -> Callable[[Person], bool]:
    def check(person: Person) -> bool:
        with redis.Redis.from_url(url) as client:
            return any(client.exists(f"qz:{key}") for key in person["keys"])

    return check


# the trial --------------------------------------------------------------------------------------------


def rows_of(truth: Truth, person: Person) -> list[tuple[str, str, dict[str, Any]]]:
    """The person's own rows as the databases hold them, to be restored later."""
    found = []
    for record in person["records"]:
        name = f"{record['store']}/{record['collection']}"
        if record["class"] == "owned" and name in truth["keys"]:
            with connect(truth["urls"][record["store"]]) as connection:
                names, rows = _read(connection, record["collection"])
            for row in rows:
                made = dict(zip(names, row, strict=True))
                if all(str(made[n]) == str(v) for n, v in record["locator"].items()):
                    found.append((record["store"], record["collection"], made))
    return found


def named(document: Mapping[str, Any], store: str = "") -> list[str]:
    """The collections of a store in which something keeps a verdict from being a pass."""
    traces = [t for t in document["traces"] if t["meaning"] in ("survivor", "unknown")]
    gaps = [c for c in document["coverage"] if c["status"] != "COMPLETE"]
    found = [one["collection"] for one in (*traces, *gaps) if one["store"] == store]
    orphans = [o["relation"] for o in document["orphans"] if (o["after"] or 0) > (o["before"] or 0)]
    return found + [one.split(".")[1] for one in orphans if one.split(".")[0] == store]


def rounds(plants: Sequence[Plant], rng: Random) -> Iterator[list[Plant]]:
    """Plants in different places: one a store, one a table."""
    left = list(plants)
    rng.shuffle(left)
    while left:
        taken: dict[tuple[str, str], Plant] = {}
        for plant in left:
            taken.setdefault(_spot(plant), plant)
        yield list(taken.values())
        left = [plant for plant in left if plant not in taken.values()]


def _spot(plant: Plant) -> tuple[str, str]:
    return plant.store, plant.collection if plant.store in ("main", "second") else ""


def trial(
    plants: Sequence[Plant], verify: Callable[[], Mapping[str, Any]], rng: Random, most: int, tally: Tally
) -> None:
    """Plant, verify, take out, round after round."""
    before = verify()
    for chosen in list(rounds(plants, rng))[:most]:
        put: list[tuple[Plant, Undo]] = []
        for plant in chosen:
            with suppress(*REFUSALS):
                put.append((plant, plant.put()))
        document = verify()
        tally.verdicts[document["verdict"]] += 1
        for plant, undo in put:
            named_more = _count(plant, document) > _count(plant, before)
            tally.add(plant, document["verdict"] != "pass" and named_more)
            undo()


def _count(plant: Plant, document: Mapping[str, Any]) -> int:
    store, collection = _spot(plant)
    return sum(not collection or one == collection for one in named(document, store))
