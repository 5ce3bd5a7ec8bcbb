"""Relational estates with their truth: set (a) of the bench of fields."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from bench.quality import people, values, words
from bench.quality.domains import DOMAINS, SCHEMAS
from bench.quality.people import Person

ROWS = 150


@dataclass(frozen=True)
class Column:
    """``refers``: the table whose key it holds. ``kind`` is then that of a key."""

    name: str
    kind: str
    refers: str = ""


@dataclass
class Table:
    """``people``: whether its rows are people. The first column is its key."""

    name: str
    people: bool
    columns: list[Column]
    rows: list[list[Any]] = field(default_factory=list)

    def entity(self, column: Column, sources: frozenset[str]) -> str | None:
        """What a catalog should say of it: "" nothing personal, None either."""
        if column.refers:
            return "USER_ID" if column.refers in sources else ""
        if self.people and column.kind in ("id", "number"):
            return "USER_ID"
        return values.ENTITIES.get(column.kind, "")


@dataclass
class Truth:
    """By (store, collection, field) the entity; relations as (store, collection, field, parent), sources as
    (store, collection). ``labels``: what a store is of, to count by."""

    fields: dict[tuple[str, str, str], str | None] = field(default_factory=dict)
    relations: set[tuple[str, str, str, str]] = field(default_factory=set)
    sources: set[tuple[str, str]] = field(default_factory=set)
    labels: dict[str, str] = field(default_factory=dict)

    def add(self, store: str, tables: list[Table], label: str) -> None:
        sources = frozenset(one.name for one in tables if one.people)
        self.labels[store] = label
        self.sources |= {(store, one) for one in sources}
        for table in tables:
            for column in table.columns:
                self.fields[store, table.name, column.name] = table.entity(column, sources)
                if column.refers:
                    self.relations.add((store, table.name, column.name, column.refers))


def chosen(rng: Random, held: bool) -> Iterator[tuple[str, str]]:
    """(domain or schema, language), each domain and schema once."""
    open_languages = [one for one in words.LANGUAGES if one not in words.HELD_LANGUAGES]
    spoken = rng.sample(words.LANGUAGES if held else open_languages, len(open_languages))
    every = [one for one in (*DOMAINS, *SCHEMAS) if one.startswith("+") == held]
    for at, one in enumerate(every):
        yield one, spoken[at % len(spoken)]


def build(rng: Random, name: str, language: str) -> list[Table]:
    """The tables of one estate, filled."""
    held = name.startswith("+")
    spell = _Spelling(rng, language, held) if name in DOMAINS else _literal
    tables = list(_tables((DOMAINS | SCHEMAS)[name], spell))
    keys = _Keys(rng)
    made = {table.name: keys.make(table) for table in tables}
    persons = {
        table.name: {key: people.person(rng, language, at) for at, key in enumerate(made[table.name])}
        for table in tables
        if table.people
    }
    for table in tables:
        _fill(rng, table, language, made[table.name], keys, persons if name in SCHEMAS else {})
    return tables


class _Spelling:
    """How one estate writes its concepts: a language, a way, perhaps a prefix of the table."""

    def __init__(self, rng: Random, language: str, held: bool) -> None:
        self.language, self.held = language, held
        self.way = rng.choice(("snake", "snake", "camel", "pascal", "upper", "joined", "spaced"))
        self.accents = rng.random() < 0.2
        self.prefixed = rng.random() < 0.2
        self.hungarian = rng.random() < 0.1
        self.plural = rng.random() < 0.7
        self.picks = Random(rng.random())
        self._taken: dict[str, float] = {}

    def __call__(self, table: str, concept: str) -> str:
        """The name of a table (no concept), or of a column."""
        if not concept:
            return self._write(words.table(table, self.language, self.plural))
        pick = self._taken.setdefault(concept, self.picks.random())
        if words.is_table(concept):
            key = words.column("id", self.language, 0, self.held and concept in ("vehicle", "item"))
            return self._write(f"{words.table(concept, self.language, False)} {key}")
        text = words.column(concept, self.language, pick, self.held)
        owner = words.table(table, self.language, False)
        if self.prefixed:
            text = f"{owner[:4]} {text}"
        return self._write(f"{'dat' if concept == 'birth' else 'str'} {text}" if self.hungarian else text)

    def _write(self, text: str) -> str:
        tokens = (text if self.accents else people.ascii_of(text)).split()
        if self.way in ("camel", "pascal"):
            joined = "".join(one.capitalize() for one in tokens)
            return joined if self.way == "pascal" else joined[:1].lower() + joined[1:]
        sign = {"joined": "", "spaced": " "}.get(self.way, "_")
        joined = sign.join(tokens)
        return joined.upper() if self.way == "upper" else joined.lower()


def _literal(table: str, concept: str) -> str:
    return concept or table


def _tables(text: str, spell: Any) -> Iterator[Table]:
    for line in text.strip().splitlines():
        name, _, rest = line.strip().partition(":")
        label = name.rstrip("*")
        columns: dict[str, Column] = {}
        for part in rest.split():
            concept, _, kind = part.partition(":")
            if concept.startswith("@"):
                concept, kind = concept[1:], concept
            refers = spell(kind[1:], "") if kind.startswith("@") else ""
            column = spell(label, concept)
            while column.lower() in (one.lower() for one in columns):
                column += "2"
            columns[column] = Column(column, "id" if refers else kind or concept, refers)
        yield Table(spell(label, ""), name.endswith("*"), list(columns.values()))


class _Keys:
    """Keys of one estate's tables: rising numbers, numbers from somewhere, codes or UUIDs."""

    def __init__(self, rng: Random) -> None:
        self._rng, self._of = rng, dict[str, list[Any]]()
        self._way = rng.choice(("rising", "rising", "rising", "offset", "uuid", "code"))

    def make(self, table: Table) -> list[Any]:
        size = ROWS if table.people or len(table.columns) > 4 else 24
        if table.people and len(self._of) > 2:
            size = 40
        start = 1 if self._way in ("rising", "uuid") else self._rng.randrange(1000, 90_000)
        way = self._way if table.columns[0].kind == "id" or self._way == "rising" else "code"
        made: list[Any] = list(range(start, start + size))
        if way == "uuid":
            made = [people.unique(self._rng) for _ in made]
        elif way == "code":
            made = [f"{table.name[:2].upper()}{one:06}" for one in made]
        self._of[table.name] = made
        return made

    def some(self, table: str) -> Any:
        return self._rng.choice(self._of[table])


def _fill(
    rng: Random,
    table: Table,
    language: str,
    own: list[Any],
    keys: _Keys,
    persons: dict[str, dict[Any, Person]],
) -> None:
    """``persons``: of tables of people, who is meant by a key; elsewhere a record names somebody else."""
    makers = [values.maker(one.kind, rng, language) for one in table.columns]
    for number, key in enumerate(own):
        refers = {at: keys.some(one.refers) for at, one in enumerate(table.columns) if one.refers}
        meant = [
            persons[table.columns[at].refers].get(to)
            for at, to in refers.items()
            if table.columns[at].refers in persons
        ]
        one = (
            persons.get(table.name, {}).get(key)
            or next(iter(meant), None)
            or people.person(rng, language, number)
        )
        row = [refers.get(at, make(one, number)) for at, make in enumerate(makers)]
        row[0] = key
        for at, column in enumerate(table.columns):
            if column.kind in ("card", "phone", "mobile", "ip") and at and rng.random() < 0.05:
                row[at] = None
        table.rows.append(row)


def write(path: Path, tables: list[Table], declared: bool) -> None:
    """One SQLite file; ``declared``: with primary and foreign keys."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in tables:
            parts = [f'"{one.name}" {_type(table, at)}' for at, one in enumerate(table.columns)]
            if declared:
                parts[0] += " PRIMARY KEY"
                parts += [
                    f'FOREIGN KEY ("{one.name}") REFERENCES "{one.refers}"'
                    for one in table.columns
                    if one.refers
                ]
            connection.execute(f'CREATE TABLE "{table.name}" ({", ".join(parts)})')
            marks = ", ".join("?" * len(table.columns))
            connection.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', table.rows)  # noqa: S608


def _type(table: Table, at: int) -> str:
    kinds = {type(row[at]) for row in table.rows} - {type(None)}
    return "INTEGER" if kinds == {int} else "REAL" if kinds == {float} else "TEXT"


def settings(folder: Path, stores: dict[str, str]) -> None:
    """A configuration beside a key that is only for this run (JSON is YAML too)."""
    (folder / "vestige.key").write_text("a key of the bench, and for nothing else but the bench")
    body = {
        "version": 1,
        "catalog": "catalog.duckdb",
        "ledger": "sqlite:///ledger.db",
        "key": "file:vestige.key",
    }
    (folder / "vestige.yaml").write_text(
        json.dumps(body | {"stores": {k: {"url": v} for k, v in stores.items()}})
    )


def relational(seed: int, held: bool) -> Iterator[Callable[[Path], Truth]]:
    """Set (a): one estate after the other, each the whole of a company."""
    rng = Random(f"{seed}/{held}")
    for name, language in chosen(rng, held):
        yield partial(_written, rng, name, language)


def _written(rng: Random, name: str, language: str, folder: Path) -> Truth:
    truth, store = Truth(), name.lstrip("+")
    tables = build(rng, name, language)
    write(folder / f"{store}.db", tables, declared=rng.random() < 0.4)
    truth.add(store, tables, language)
    settings(folder, {store: f"sqlite:///{store}.db"})
    return truth
