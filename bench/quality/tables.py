"""Single tables: sets (b), as on the open web, and (c), in which there is nobody."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from bench.quality import estates, people, sheets, values
from bench.quality.estates import Column, Table, Truth
from bench.quality.people import Person

_ROWS = (14, 22, 35, 60, 120)
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def web(seed: int, held: bool) -> Iterator[Callable[[Path], Truth]]:
    """Tables with people in them, in untidy files and databases."""
    yield partial(_written, Random(f"web/{seed}/{held}"), sheets.WEB, held, True)


def things(seed: int, held: bool) -> Iterator[Callable[[Path], Truth]]:
    """Tables without people: whatever is called personal is wrong."""
    yield partial(_written, Random(f"things/{seed}/{held}"), sheets.THINGS, held, False)


def _written(rng: Random, text: str, held: bool, messy: bool, folder: Path) -> Truth:
    truth, homes = Truth(), dict[tuple[str, str], list[Table]]()
    for name, language, columns in _read(text, held):
        medium = rng.choice(("csv", "csv", "jsonl", "sqlite"))
        headers = list(columns) if medium == "jsonl" or not messy else _headers(rng, list(columns))
        entities, made = _table(rng, name, language, dict(zip(headers, columns.values(), strict=True)))
        homes.setdefault((medium, language), []).append(made)
        store, collection = f"{medium}_{language}", name if medium == "sqlite" else f"{name}.{medium}"
        truth.fields |= {(store, collection, header): entity for header, entity in entities.items()}
        truth.labels[store] = language
    stores = {f"{m}_{lang}": _save(rng, folder, m, lang, found) for (m, lang), found in homes.items()}
    estates.settings(folder, stores)
    return truth


def _read(text: str, held: bool) -> Iterator[tuple[str, str, dict[str, str]]]:
    for line in text.strip().splitlines():
        head, _, rest = line.partition(": ")
        name, language = head.split()
        if name.startswith("+") == held:
            columns = (one.split("=", 1) for one in rest.split("; "))
            yield name.lstrip("+"), language, {header.strip(): what.strip() for header, what in columns}


def _headers(rng: Random, names: list[str]) -> list[str]:
    """As people leave them: none at all, or decorated, or as they are."""
    way = rng.choice(("as is", "as is", "as is", "none", "none", "unnamed", "decorated", "upper", "slug"))
    if way in ("none", "unnamed"):
        form = "Unnamed: {}" if way == "unnamed" else rng.choice(("c{}", "Column{}", "field_{}"))
        return [form.format(at) for at in range(1, len(names) + 1)]
    if way == "decorated":
        return [one + rng.choice(("", "", ":", " *", " (optional)", " [1]")) for one in names]
    if way == "slug":
        return [
            "_".join("".join(c if c.isalnum() else " " for c in people.ascii_of(one)).split()).lower()
            for one in names
        ]
    return [one.upper() if way == "upper" else one for one in names]


def _table(
    rng: Random, name: str, language: str, columns: dict[str, str]
) -> tuple[dict[str, str | None], Table]:
    truth: dict[str, str | None] = {}
    makers: list[values.Make] = []
    for header, what in columns.items():
        what, _, told = what.partition("=")
        kind = _EXTRA_KINDS.get(what, what)
        truth[header] = told or values.ENTITIES.get(kind, "")
        makers.append(_maker(what, rng, language))
    rows = []
    gaps = rng.choice((0, 0, 0.05, 0.15))
    for number in range(rng.choice(_ROWS)):
        one = people.person(rng, language, number)
        row = [make(one, number) for make in makers]
        rows.append([rng.choice(("", "-", "n/a")) if rng.random() < gaps else value for value in row])
    return truth, Table(name, False, [Column(header, "") for header in truth], rows)


_EXTRA_KINDS = dict.fromkeys(("upper", "reverse", "initials", "manifest", "commaupper"), "full") | {
    "handle": "username"
}
_EXTRA: dict[str, Callable[[Person], str]] = {
    "upper": lambda p: f"{p.first} {p.last}".upper(),
    "reverse": lambda p: f"{p.last} {p.first}",
    "initials": lambda p: f"{p.first[0]}. {p.last}",
    "manifest": lambda p: f"{p.last}, Mr. {p.first}",
    "commaupper": lambda p: f"{p.last}, {p.first}".upper(),
    "handle": lambda p: p.username,
}


def _maker(what: str, rng: Random, language: str) -> values.Make:
    """A column's values: of people, or in the little language of the sheets."""
    if what in _EXTRA:
        return lambda p, _n: _EXTRA[what](p)
    if what.startswith("~"):
        return lambda _p, _n: "".join(_sign(rng, one) for one in what[1:])
    if "|" in what:
        labels = what.split("|")
        return lambda _p, _n: rng.choice(labels)
    if ".." in what:
        return _between(rng, *what.split(".."))
    found = _PLAIN.get(what)
    return (lambda _p, n: found(rng, n)) if found else values.maker(_ALIASES.get(what, what), rng, language)


def _sign(rng: Random, sign: str) -> str:
    if sign == "#":
        return str(rng.randrange(10))
    return rng.choice(_LETTERS) if sign == "A" else rng.choice("0123456789abcdef") if sign == "x" else sign


def _between(rng: Random, low: str, high: str) -> values.Make:
    if "." in low + high:
        return lambda _p, _n: round(rng.uniform(float(low), float(high)), 2)
    return lambda _p, _n: rng.randrange(int(low), int(high) + 1)


_ALIASES = {"text": "description"}
_PLAIN: dict[str, Callable[[Random, int], Any]] = {
    "seq": lambda _rng, n: n + 1,
    "date": lambda rng, _n: str(date(2018, 1, 1) + timedelta(days=rng.randrange(2900))),
    "stamp": lambda rng, _n: str(datetime(2024, 1, 1) + timedelta(seconds=rng.randrange(6 * 10**7))),
    "epoch": lambda rng, n: 1_735_000_000 + 37 * n + rng.randrange(30),
    "uuid": lambda rng, _n: people.unique(rng),
    "either": lambda rng, _n: rng.choice(("FRA", "ESP", "SWE")),
}


def _save(rng: Random, folder: Path, medium: str, language: str, tables: list[Table]) -> str:
    """Write the tables of one store; its URL."""
    if medium == "sqlite":
        estates.write(folder / f"{language}.db", tables, declared=False)
        return f"sqlite:///{language}.db"
    home = folder / f"{medium}_{language}"
    home.mkdir()
    for table in tables:
        names = [one.name for one in table.columns]
        with (home / f"{table.name}.{medium}").open("w", encoding="utf-8", newline="") as out:
            if medium == "csv":
                csv.writer(out, delimiter=rng.choice(",;\t")).writerows([names, *table.rows])
            else:
                lines = (dict(zip(names, row, strict=True)) for row in table.rows)
                out.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in lines)
    return f"file://{home.resolve()}"
