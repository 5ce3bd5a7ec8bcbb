"""Random estates with a known truth: languages, spellings of names, and number ranges that overlap.

Each has people, staff, things that refer to them, and traps: numbers of another space beside an e-mail that
disagrees, counts and types that lie within a key's range, polymorphic pairs.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.scanners.stores import sqlite
from vestige.connectors.protocol import StoreSettings

Style = Callable[[list[str]], str]

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "person": "user", "staff": "employee", "order": "order", "line": "order line",
        "product": "product", "ticket": "ticket", "message": "message", "id": "id",
        "first": "first name", "last": "last name", "mail": "email", "sender": "sender",
        "recipient": "recipient", "by": "created by", "type": "type", "count": "count", "note": "note",
        "log": "audit log", "subject": "subject", "assigned": "assigned to", "plural": "s",
    },
    "de": {
        "person": "kunde", "staff": "mitarbeiter", "order": "bestellung", "line": "bestell position",
        "product": "artikel", "ticket": "anfrage", "message": "nachricht", "id": "nr",
        "first": "vorname", "last": "nachname", "mail": "email", "sender": "absender",
        "recipient": "empfaenger", "by": "bearbeiter", "type": "typ", "count": "anzahl",
        "note": "bemerkung", "log": "protokoll", "subject": "objekt", "assigned": "sachbearbeiter",
        "plural": "",
    },
    "fr": {
        "person": "client", "staff": "employe", "order": "commande", "line": "ligne commande",
        "product": "produit", "ticket": "demande", "message": "message", "id": "id", "first": "prenom",
        "last": "nom", "mail": "courriel", "sender": "expediteur", "recipient": "destinataire",
        "by": "cree par", "type": "type", "count": "nombre", "note": "remarque", "log": "journal",
        "subject": "objet", "assigned": "agent", "plural": "s",
    },
    "es": {
        "person": "usuario", "staff": "empleado", "order": "pedido", "line": "linea pedido",
        "product": "producto", "ticket": "solicitud", "message": "mensaje", "id": "id",
        "first": "nombre", "last": "apellido", "mail": "correo", "sender": "remitente",
        "recipient": "destinatario", "by": "creado por", "type": "tipo", "count": "cantidad",
        "note": "observacion", "log": "historial", "subject": "objeto", "assigned": "asignado a",
        "plural": "s",
    },
    "it": {
        "person": "cliente", "staff": "dipendente", "order": "ordine", "line": "riga ordine",
        "product": "prodotto", "ticket": "reclamo", "message": "messaggio", "id": "id", "first": "nome",
        "last": "cognome", "mail": "email", "sender": "mittente", "recipient": "destinatario",
        "by": "creato da", "type": "tipo", "count": "numero articoli", "note": "osservazione",
        "log": "storico", "subject": "oggetto", "assigned": "operatore", "plural": "",
    },
    "nl": {
        "person": "klant", "staff": "medewerker", "order": "bestelling", "line": "bestelling regel",
        "product": "product", "ticket": "melding", "message": "bericht", "id": "id",
        "first": "voornaam", "last": "achternaam", "mail": "email", "sender": "afzender",
        "recipient": "ontvanger", "by": "aangemaakt door", "type": "soort", "count": "aantal",
        "note": "opmerking", "log": "logboek", "subject": "object", "assigned": "behandelaar",
        "plural": "en",
    },
    "pl": {
        "person": "klient", "staff": "pracownik", "order": "zamowienie", "line": "pozycja zamowienie",
        "product": "produkt", "ticket": "zgloszenie", "message": "wiadomosc", "id": "id",
        "first": "imie", "last": "nazwisko", "mail": "email", "sender": "nadawca",
        "recipient": "odbiorca", "by": "opiekun", "type": "typ", "count": "liczba", "note": "uwaga",
        "log": "historia", "subject": "obiekt", "assigned": "operator", "plural": "y",
    },
    # No list of words knows these two: only the names of the tables themselves help.
    "id": {
        "person": "pelanggan", "staff": "pegawai", "order": "pesanan", "line": "rincian pesanan",
        "product": "barang", "ticket": "tiket", "message": "pesan", "id": "id", "first": "first name",
        "last": "last name", "mail": "email", "sender": "pelanggan", "recipient": "penerima",
        "by": "pegawai", "type": "type", "count": "jumlah", "note": "catatan", "log": "riwayat",
        "subject": "objek", "assigned": "pegawai", "plural": "",
    },
    "et": {
        "person": "ostja", "staff": "teenindaja", "order": "tellimus", "line": "tellimus rida",
        "product": "toode", "ticket": "teade", "message": "kiri", "id": "id", "first": "eesnimi",
        "last": "perenimi", "mail": "email", "sender": "ostja", "recipient": "saaja",
        "by": "teenindaja", "type": "type", "count": "kogus", "note": "tekst", "log": "ajalugu",
        "subject": "objekt", "assigned": "teenindaja", "plural": "",
    },
}  # fmt: skip
UNKNOWN = frozenset({"id", "et"})
"""Languages in which words for parts (a recipient) cannot be known, so that such fields may be left alone."""
FIRST = "Anna Ben Carla David Eva Frank Gina Hugo Ida Jan Karl Lena Max Nora Olaf Paula".split()  # noqa: SIM905
LAST = "Abel Brandt Conrad Dietz Ernst Fuchs Graf Hahn Iser Jung Keller Lang Maier Noll".split()  # noqa: SIM905


def snake(words: list[str]) -> str:
    return "_".join(words)


def camel(words: list[str]) -> str:
    return words[0] + "".join(word.title() for word in words[1:])


def upper(words: list[str]) -> str:
    return "_".join(words).upper()


def pascal(words: list[str]) -> str:
    return "".join(word.title() for word in words)


@dataclass
class Made:
    """``truth``: child ``collection.field`` → parent ``collection.field``; ``hard`` ones need not be found.
    ``legs``: (child, type) → parent. ``shown``: what was made."""

    stores: list[StoreSettings]
    shown: str
    truth: dict[str, str] = field(default_factory=dict)
    hard: set[str] = field(default_factory=set)
    legs: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass
class Maker:
    folder: Path
    chance: random.Random
    tables: dict[str, tuple[str, list[tuple[Any, ...]]]] = field(default_factory=dict)
    keys: dict[str, list[Any]] = field(default_factory=dict)
    people: dict[str, dict[Any, tuple[str, str, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.language = self.chance.choice(sorted(WORDS))
        self.words = WORDS[self.language]
        self.style: Style = self.chance.choice([snake, camel, upper, pascal])
        self.prefix = self.chance.choice(["", "", "", "tbl", "app", "crm"])
        self.plural = self.chance.random() < 0.7
        self.made = Made([], f"{self.language} {self.style.__name__} {self.prefix}")

    def table(self, word: str) -> str:
        words = self.words[word].split()
        words[-1] += self.words["plural"] if self.plural and not words[-1].endswith("s") else ""
        return self.style([self.prefix, *words] if self.prefix else words)

    def column(self, *words: str) -> str:
        return self.style([part for word in words for part in self.words.get(word, word).split()])

    def ids(self, count: int) -> list[Any]:
        kind = self.chance.choice(["dense", "dense", "dense", "offset", "sparse", "uuid", "number"])
        if kind == "dense":
            return list(range(1, count + 1))
        if kind == "offset":
            return list(range(1000, 1000 + count))
        if kind == "sparse":
            return sorted(self.chance.sample(range(1, 6 * count), count))
        if kind == "uuid":
            return [str(UUID(int=self.chance.getrandbits(128), version=4)) for _ in range(count)]
        return [f"K-{self.chance.randrange(10**7):07d}" for _ in range(count)]

    def add(self, name: str, columns: list[str], rows: list[tuple[Any, ...]], key: str | None = None) -> None:
        kinds = {
            i: "INTEGER" if rows and isinstance(rows[0][i], int) else "TEXT" for i in range(len(columns))
        }
        declared = [
            f'"{column}" {kinds[i]}' + (" PRIMARY KEY" if column == key else "")
            for i, column in enumerate(columns)
        ]
        self.tables[name] = (", ".join(declared), rows)

    def humans(self, word: str, count: int, domain: str) -> None:
        name, key = self.table(word), self.column("id")
        ids = self.ids(count)
        people = {
            one: (
                first := self.chance.choice(FIRST),
                last := self.chance.choice(LAST),
                f"{first}.{last}{i}@{domain}".lower(),
            )
            for i, one in enumerate(ids)
        }
        columns = [key, self.column("first"), self.column("last"), self.column("mail")]
        rows = [(one, *who) for one, who in people.items()]
        if word == "staff" and self.chance.random() < 0.5:
            columns.append(self.style(["manager", self.words["id"]]))
            rows = [(*row, self.chance.choice(ids)) for row in rows]
            self.made.truth[f"{name}.{columns[-1]}"] = f"{name}.{key}"
        self.add(name, columns, rows, key)
        self.keys[word], self.people[word] = ids, people

    def things(self, word: str, count: int) -> None:
        self.keys[word] = self.ids(count)
        rows = [(one, f"{self.words[word]} {i}") for i, one in enumerate(self.keys[word])]
        self.add(self.table(word), [self.column("id"), self.column("note")], rows, self.column("id"))

    def pick(self, word: str, count: int) -> list[Any]:
        some = self.keys[word]
        if self.chance.random() < 0.25:
            some = self.chance.sample(some, max(5, len(some) // 3))
        return [self.chance.choice(some) for _ in range(count)]

    def refer(self, table: str, column: str, word: str) -> None:
        self.made.truth[f"{table}.{column}"] = f"{self.table(word)}.{self.column('id')}"

    def records(
        self, word: str, count: int, fields: dict[str, tuple[str, list[Any]]], extra: dict[str, list[Any]]
    ) -> None:
        """``fields``: column → (the word it refers to, values)."""
        name, key = self.table(word), self.column("id")
        self.keys[word] = self.ids(count)
        columns = [key, *fields, *extra]
        rows = list(zip(self.keys[word], *(v for _, v in fields.values()), *extra.values(), strict=True))
        self.add(name, columns, rows, key)
        for column, (parent, _) in fields.items():
            self.refer(name, column, parent)
            if self.language in UNKNOWN and column == self.column("recipient", "id"):
                self.made.hard.add(f"{name}.{column}")

    def write(self) -> Made:
        self.made.stores.append(sqlite(self.folder / "shop.db", self.tables))
        return self.made


def estate(folder: Path, seed: int) -> Made:
    """One random estate in a SQLite file."""
    make = Maker(folder, random.Random(seed))
    chance = make.chance
    make.humans("person", chance.randint(80, 300), "example.com")
    make.humans("staff", chance.randint(8, 40), "example.org")
    make.things("product", chance.randint(30, 150))
    _orders(make)
    _messages(make)
    _tickets(make)
    _traps(make)
    if chance.random() < 0.7:
        _polymorphic(make)
    return make.write()


def _orders(make: Maker) -> None:
    count, chance = make.chance.randint(150, 500), make.chance
    buyer = make.column("person", "id") if chance.random() < 0.8 else make.column("person")
    fields = {buyer: ("person", make.pick("person", count))}
    if chance.random() < 0.6:
        fields[make.column("by")] = ("staff", make.pick("staff", count))
    extra = {make.column("count"): [chance.randint(1, 9) for _ in range(count)]}
    make.records("order", count, fields, extra)
    lines = 2 * count
    make.records(
        "line",
        lines,
        {
            make.column("order", "id"): ("order", make.pick("order", lines)),
            make.column("product", "id"): ("product", make.pick("product", lines)),
        },
        {},
    )


def _messages(make: Maker) -> None:
    count = make.chance.randint(80, 300)
    fields = {
        make.column("sender", "id"): ("person", make.pick("person", count)),
        make.column("recipient", "id"): ("person", make.pick("person", count)),
    }
    extra = {make.column("note"): ["a few words to somebody about something else"] * count}
    make.records("message", count, fields, extra)


def _tickets(make: Maker) -> None:
    count = make.chance.randint(60, 200)
    who = make.pick("person", count)
    fields = {
        make.column("person", "id"): ("person", who),
        make.column("assigned"): ("staff", make.pick("staff", count)),
    }
    extra: dict[str, list[Any]] = {}
    if make.chance.random() < 0.5:
        extra[make.column("mail")] = [make.people["person"][one][2] for one in who]
    make.records("ticket", count, fields, extra)


def _traps(make: Maker) -> None:
    """What lies within a key's range and refers to nothing."""
    chance, count = make.chance, 150
    strangers = [f"guest{i}@example.net" for i in range(count)]
    known = [chance.choice(list(make.people["person"].values()))[2] for _ in range(count)]
    table = make.style(["legacy", "import"])
    columns = [make.column("id"), make.column("person", "id"), make.column("mail")]
    numbers = [chance.randint(1, 60) for _ in range(count)]
    mails = known if chance.random() < 0.5 else strangers
    make.add(table, columns, list(zip(range(1, count + 1), numbers, mails, strict=True)), columns[0])
    table = make.style(["weekly", "figures"])
    names = [
        make.column("id"), make.column("person", "type", "id"), make.column("person", "count"),
        make.style(["flag"]), make.column("order", "count"), make.style(["week", "no"]),
    ]  # fmt: skip
    rows = [
        (
            i,
            chance.randint(1, 4),
            chance.randint(1, 30),
            chance.randint(0, 1),
            chance.randint(1, 80),
            i % 52 + 1,
        )
        for i in range(1, count + 1)
    ]
    make.add(table, names, rows, names[0])


def _polymorphic(make: Maker) -> None:
    chance, count = make.chance, 240
    words = ["person", "order", "product"]
    kind, key = make.column("subject", "type"), make.column("subject", "id")
    if make.language == "en" and chance.random() < 0.5:
        kind, key = make.style(["table", "name"]), make.style(["row", "id"])
        spell = {word: make.table(word) for word in words}
    else:
        spell = {
            word: chance.choice([make.words[word], make.words[word].title(), make.table(word)])
            for word in words
        }
    table = make.table("log")
    rows = []
    for i in range(1, count + 1):
        word = chance.choice(words)
        rows.append((i, spell[word], str(chance.choice(make.keys[word])), "changed"))
    make.add(table, [make.column("id"), kind, key, "action"], rows, make.column("id"))
    for word in words:
        make.made.legs[f"{table}.{key}", spell[word]] = f"{make.table(word)}.{make.column('id')}"
