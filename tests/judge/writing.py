"""Writes a world into real stores, and its truth beside them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import redis

from tests.judge.worlds import KINDS, Cell, Lines, Person, Row, Table, World

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Placed = tuple[str, dict[str, Any]]
"""Collection and locator of a record."""


def build(
    folder: Path,
    seed: int,
    language: str,
    domain: str,
    size: int = 300,
    main: str = "sqlite",
    second: str = "duckdb",
    postgresql: str | None = None,
    redis_url: str | None = None,
) -> dict[str, Any]:
    """Make an estate in the folder; returns (and writes) its truth. Equal arguments give equal estates."""
    folder.mkdir(parents=True, exist_ok=True)
    world = World(seed, language, domain, size, redis_url is not None)
    world.fill()
    urls = {
        "main": postgresql or f"{main}:///main.db",
        "second": f"{second}:///second.db",
        "files": "file:///files",
        "cache": "file:///cache",
        "logs": "logs:///logs",
    }
    if redis_url:
        urls["redis"] = redis_url
    urls = {name: url.replace(":///", f"://{folder}/") for name, url in urls.items()}
    places = {id(made): list(_write(world, made, folder, urls)) for made in (*world.tables, *world.lines)}
    _settings(world, folder, urls)
    truth = _truth(world, urls, places)
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False))
    return truth


def _write(world: World, made: Table | Lines, folder: Path, urls: Mapping[str, str]) -> Iterator[Placed]:
    """Write one table or text; where each of its rows is."""
    if isinstance(made, Lines):
        text = "\n".join(str(cell.value) for cell in made.rows) + "\n"
        _save(folder / made.store / made.name, text.encode())
        yield from ((made.name, {"object": made.name, "line": n + 1}) for n in range(len(made.rows)))
    elif made.medium == "sql":
        with connect(urls[made.store]) as connection:
            _insert(connection, urls[made.store], made, world.declared)
        for row in made.rows:
            yield made.name, {name: row.cells[name].value for name in made.key}
    elif made.medium in ("hash", "string"):
        yield from _entries(made, urls["redis"])
    elif made.medium == "documents":
        for row in made.rows:
            name = made.name.format(row.cells[made.key[0]].value)
            _save(folder / made.store / name, json.dumps(nested(made, row), ensure_ascii=False).encode())
            yield name, {"object": name}
    else:
        _save(folder / made.store / made.name, _encoded(made))
        unit = "path" if made.medium == "json" else "row"
        for n in range(len(made.rows)):
            yield made.name, {"object": made.name, unit: f"$[{n}]" if unit == "path" else n + 1}


def nested(table: Table, row: Row) -> dict[str, Any]:
    """A row as a document: dots in names are levels."""
    whole: dict[str, Any] = {}
    for name in table.kinds:
        at, *_, leaf = [whole, *name.split(".")] if "." not in name else [whole, name.split(".")[-1]]
        for part in name.split(".")[:-1]:
            at = at.setdefault(part, {})
        at[leaf] = row.cells[name].value if name in row.cells else None
    return whole


def _save(path: Path, raw: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(raw, mtime=0) if path.suffix == ".gz" else raw)


def _encoded(table: Table) -> bytes:
    documents = [nested(table, row) for row in table.rows]
    if table.medium == "kv":
        first = next(iter(table.kinds))
        documents = [{"key": f"session:{one.pop(first)}", "value": one} for one in documents]
    if table.medium in ("jsonl", "kv"):
        return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in documents).encode()
    if table.medium == "json":
        return json.dumps(documents, ensure_ascii=False, indent=1).encode()
    if table.medium == "parquet":
        sink = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(documents), sink, row_group_size=100)
        return sink.getvalue()
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=table.options["delimiter"], lineterminator="\r\n")
    writer.writerows([list(table.kinds), *(list(one.values()) for one in documents)])
    return text.getvalue().encode("utf-8")


def _entries(table: Table, url: str) -> Iterator[Placed]:
    with redis.Redis.from_url(url) as client:
        for number, row in enumerate(table.rows):
            document = nested(table, row)
            key = table.name.format(document.pop(next(iter(table.kinds))))
            if table.medium == "hash":
                client.hset(key, mapping=document)
            else:
                client.set(key, json.dumps(document, ensure_ascii=False))
            if number % 2:
                client.expire(key, 86_400)
            yield key, {"key": key}


def connect(url: str) -> Any:
    scheme, _, path = url.partition("://")
    if scheme == "postgresql":
        return psycopg.connect(url)
    return duckdb.connect(path) if scheme == "duckdb" else _Sqlite(path)


class _Sqlite:
    """A connection that commits and closes at the end of its block, as the others do."""

    def __init__(self, path: str) -> None:
        self.inner = sqlite3.connect(path)

    def __enter__(self) -> sqlite3.Connection:
        return self.inner

    def __exit__(self, *_: object) -> None:
        self.inner.commit()
        self.inner.close()


def _insert(connection: Any, url: str, table: Table, declared: bool) -> None:
    documents = [nested(table, row) for row in table.rows]
    columns = list(documents[0]) if documents else []
    types = {name: _type(url, name, [one[name] for one in documents], table) for name in columns}
    parts = [f'"{name}" {types[name]}' for name in columns]
    parts.append(f"PRIMARY KEY ({', '.join(_quoted(table.key))})")
    for name, (target, key) in table.references.items() if declared else ():
        parts.append(f'FOREIGN KEY ("{name}") REFERENCES "{target}" ("{key}")')
    connection.execute(f'CREATE TABLE "{table.name}" ({", ".join(parts)})')
    holes = ", ".join(["%s" if url.startswith("postgresql") else "?"] * len(columns))
    rows = [[_literal(one[name], types[name]) for name in columns] for one in documents]
    names = ", ".join(_quoted(columns))
    cursor = connection.cursor() if url.startswith("postgresql") else connection
    cursor.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({holes})', rows)  # noqa: S608


def _quoted(names: Iterable[str]) -> list[str]:
    return [f'"{name}"' for name in names]


def _type(url: str, name: str, values: list[Any], table: Table) -> str:
    present = [value for value in values if value is not None]
    rich = not url.startswith("sqlite")
    if any(isinstance(value, dict) for value in present):
        return "JSON" if rich else "TEXT"
    if table.kinds.get(name) == "stamp":
        return "TIMESTAMP"
    if present and all(isinstance(value, int) for value in present):
        return "BIGINT" if rich else "INTEGER"
    if present and all(isinstance(value, float) for value in present):
        return "DOUBLE PRECISION"
    return "UUID" if rich and present and all(_UUID.fullmatch(str(value)) for value in present) else "TEXT"


def _literal(value: Any, kind: str) -> Any:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value) if kind == "TEXT" and value is not None else value


def _settings(world: World, folder: Path, urls: Mapping[str, str]) -> None:
    bill = next(table for table in world.tables if table.retained)
    written = {name: re.sub(r"^((?:sqlite|duckdb)://).*/", r"\1/", url) for name, url in urls.items()}
    stores = "".join(f"  {name}: {{url: {json.dumps(url)}}}\n" for name, url in written.items())
    (folder / "vestige.yaml").write_text(
        "version: 1\ncatalog: catalog.duckdb\nledger: sqlite:///ledger.db\nkey: file:vestige.key\n"
        f"policy: policy.yaml\nstores:\n{stores}"
    )
    rule = {
        "store": "main",
        "collection": bill.name,
        "action": "retain",
        "basis": "tax law",
        "until": "2036-12-31",
    }
    (folder / "policy.yaml").write_text(f"rules:\n  - {json.dumps(rule, ensure_ascii=False)}\n")
    (folder / "vestige.key").write_text(Random(world.language).randbytes(32).hex())


# truth ------------------------------------------------------------------------------------------------


def _truth(world: World, urls: Mapping[str, str], places: Mapping[int, list[Placed]]) -> dict[str, Any]:
    records: dict[int, list[dict[str, Any]]] = {person.number: [] for person in world.everybody}
    for made in (*world.tables, *world.lines):
        for row, (collection, locator) in zip(made.rows, places[id(made)], strict=True):
            for who, record in _records(made, row):
                records[who].append(
                    record | {"store": made.store, "collection": collection, "locator": locator}
                )
    everything = (*world.tables, *world.lines)
    media = {f"{m.store}/{m.name}": {"medium": m.medium} | getattr(m, "options", {}) for m in everything}
    seed = {name: getattr(world, name) for name in ("language", "domain", "keys", "declared", "name_form")}
    return {
        "seed": seed,
        "urls": dict(urls),
        "media": media,
        "keys": {f"{t.store}/{t.name}": list(t.key) for t in world.tables if t.medium == "sql"},
        "fields": list(_fields(world, places)),
        "people": [_person(world, p) | {"records": records[p.number]} for p in world.everybody],
    }


def _records(made: Table | Lines, row: Row | Cell) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each person whom a row concerns, with the class of the record and the texts that are theirs."""
    cells = {"line": row} if isinstance(row, Cell) else row.cells
    owners = row.owners if isinstance(row, Row) else set()
    links = [(name, who, text, role) for name, cell in cells.items() for who, text, role in cell.links]
    for who in sorted(owners | {who for _, who, _, _ in links}):
        roles = {role for _, other, _, role in links if other == who}
        spans: dict[str, list[str]] = {}
        for name, other, text, _ in links:
            if other == who:
                spans.setdefault(name, []).append(text)
        table = isinstance(made, Table)
        keep = [name for name, other, _, _ in links if table and other == who and made.kinds[name] == "key"]
        yield who, {"class": _class(made, row, who, owners, roles), "spans": spans, "keys": keep}


def _class(made: Table | Lines, row: Row | Cell, who: int, owners: set[int], roles: set[str]) -> str:
    if who in owners and isinstance(row, Row) and isinstance(made, Table):
        if made.retained:
            return "retained"
        return "shared" if len(owners) > 1 else "stub" if row.stub else "owned"
    order = {"log": "log", "actor": "actor", "prose": "mention", "ref": "reference", "review": "review"}
    return next(name for role, name in order.items() if role in roles)


def _person(world: World, person: Person) -> dict[str, Any]:
    table = world.person if person.space == "person" else world.tables[1]
    names = {person.full, f"{person.last}, {person.first}", f"{person.last} {person.first}"}
    return {
        "number": person.number,
        "space": person.space,
        "ids": {
            "email": person.email,
            "phone": None if person.shared_phone or person.space == "staff" else person.phone[0],
            "uuid": person.values["uuid"] if world.uuid_column and person.space == "person" else None,
            "key": f"main.{table.name}:{person.key}",
        },
        "keys": [str(key) for key in person.keys],
        "emails": sorted(person.emails),
        "names": sorted(names) if person.unique_name else [],
        "phones": [] if person.shared_phone or person.space == "staff" else list(person.phone),
        "others": [
            person.values["token"],
            person.values["uuid"],
            person.values["iban"],
            person.values["username"],
        ],
        "words": [person.first, person.last, *map(str, person.phone), *map(str, person.values.values())],
    }


def _fields(world: World, places: Mapping[int, list[Placed]]) -> Iterator[dict[str, Any]]:
    """Each field once: its entity, "" if not personal, "*" for prose with mentions, null: either will do."""
    for made in (*world.tables, *world.lines):
        collections = sorted({collection for collection, _ in places[id(made)]})[:3]
        kinds = (
            made.kinds if isinstance(made, Table) else {"line": "prose" if made.medium == "text" else "log"}
        )
        first = next(iter(kinds))
        for name, kind in kinds.items():
            field = name
            if made.medium == "kv":
                field = "key" if name == first else f"value.{name}"
            elif made.medium in ("hash", "string") and name == first:
                field = "key"
            entity = "*" if kind == "log" else KINDS[kind]
            if field == "key" or (kind == "prose" and _mentions(made, name) < 0.1):
                entity = None
            yield {"store": made.store, "collections": collections, "field": field, "entity": entity}


def _mentions(made: Table | Lines, name: str) -> float:
    cells = [row if isinstance(row, Cell) else row.cells.get(name, Cell(None)) for row in made.rows]
    return sum(bool(cell.links) for cell in cells) / max(1, len(cells))
