"""Small random worlds in SQLite with a catalog written by hand, and what each row must be after a purge.

What is drawn: overlapping keys of two kinds of people (0 among them, numbers or text), somebody registered
twice, which tables there are, declared or undeclared references, owners, shared rows, actors, references to
rows and to people, polymorphic pairs, composite keys, rows known by an address alone, retained rows.

The truth is kept apart from Vestige's rules: each cell knows whose it is, each row whom it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from tests.planning.shop import relation
from vestige.catalog.model import Relation

FIRST = ("Anna", "Bruno", "Clara", "Dario", "Elena", "Felix", "Greta", "Henrik", "Ines", "Jonas")
LAST = ("Abel", "Brandt", "Conti", "Dietz", "Ekman", "Ferro", "Gruber", "Holm", "Ivers", "Jansen")
Part = Literal["self", "owner", "participant", "actor", "reference", "prose", ""]
Told = tuple[str, int | None]
"""A piece of prose, and whose it is."""


@dataclass(frozen=True)
class Cell:
    """A value: whose it is and what part they play; the record that it refers to; prose in pieces."""

    value: Any
    who: int | None = None
    part: Part = ""
    to: Row | None = None
    told: tuple[Told, ...] = ()


@dataclass(eq=False)
class Row:
    """A record. ``parent``: the one that it is a part of."""

    table: str
    cells: dict[str, Cell]
    parent: Row | None = None

    @property
    def owners(self) -> set[int]:
        own = {
            c.who
            for c in self.cells.values()
            if c.part in ("self", "owner", "participant") and c.who is not None
        }
        return own | (self.parent.owners if self.parent and not own else set())


@dataclass(frozen=True)
class Person:
    number: int
    table: str
    keys: tuple[Any, ...]
    name: str
    email: str

    @property
    def texts(self) -> tuple[str, ...]:
        return self.email, self.name


@dataclass
class World:
    """``tables``: column definitions by table; ``retained``: tables that a policy keeps."""

    seed: int
    tables: dict[str, list[str]] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    personal: list[tuple[str, str, str]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    retained: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        self.declared, self.textual = self.rng.random() < 0.5, self.rng.random() < 0.3
        self.kind = "TEXT" if self.textual else "INTEGER"
        self._people()
        self._deals()
        makers = [self._lines, self._letters, self._tickets, self._subscribers, self._gifts, self._bills]
        for make in self.rng.sample(makers, self.rng.randint(2, len(makers))):
            make()

    def script(self) -> str:
        """The database: tables, then rows; constraints hold only at the end."""
        lines = ["BEGIN; PRAGMA defer_foreign_keys = ON;"]
        lines += [f"CREATE TABLE {name} ({', '.join(columns)});" for name, columns in self.tables.items()]
        for row in self.rows:
            values = ", ".join(_literal(cell.value) for cell in row.cells.values())
            names = ", ".join(row.cells)
            lines.append(f"INSERT INTO {row.table} ({names}) VALUES ({values});")  # noqa: S608
        return "\n".join([*lines, "COMMIT;"])

    def of(self, table: str) -> list[Row]:
        return [row for row in self.rows if row.table == table]

    def customers(self) -> list[Person]:
        return [p for p in self.people if p.table == "users"]

    # making

    def _make(self, name: str, columns: Sequence[str], personal: Mapping[str, str], *more: str) -> None:
        """``columns``: ``name TYPE …``; what follows `` -> `` is a reference, declared or not."""
        self.tables[name] = [c if self.declared else c.partition(" REFERENCES")[0] for c in columns]
        self.tables[name] += [one for one in more if self.declared or "FOREIGN" not in one]
        self.personal += [(name, column, entity) for column, entity in personal.items()]

    def _add(self, table: str, parent: Row | None = None, **cells: Cell) -> Row:
        row = Row(table, cells, parent)
        self.rows.append(row)
        return row

    def _key(self, number: int) -> Any:
        return f"K-{number:04}" if self.textual else number

    def _any(self) -> Person:
        return self.rng.choice(self.customers())

    def _ref(self, person: Person, part: Part) -> Cell:
        return Cell(self.rng.choice(person.keys), person.number, part)

    def _maybe(self, cell: Cell, chance: float = 0.6) -> Cell:
        return cell if self.rng.random() < chance else Cell(None)

    def _prose(self, owner: int | None = None) -> Cell:
        """Words, at times with somebody else's name and address; never the owner's own."""
        other = self.rng.choice(self.people)
        if self.rng.random() < 0.5 or other.number == owner:
            return Cell("please call back")
        told = (("ask ", None), (other.name, other.number), (" at ", None), (other.email, other.number))
        return Cell("".join(text for text, _ in told), told=told)

    def _people(self) -> None:
        rng = self.rng
        for table in ("users", "staff"):
            null = "NOT NULL" if rng.random() < 0.5 else ""
            columns = [f"id {self.kind} PRIMARY KEY", f"email TEXT {null}", "name TEXT", "grade INTEGER"]
            sponsor = [f"referred_by {self.kind} REFERENCES users(id)"] if table == "users" else []
            self._make(
                table, [*columns, *sponsor], {"id": "USER_ID", "email": "EMAIL_ADDRESS", "name": "PERSON"}
            )
        names = rng.sample([f"{a} {b}" for a, b in zip(FIRST, rng.sample(LAST, 10), strict=True)], 8)
        numbers = rng.sample(range(7), 6)
        for number, name in enumerate(names):
            table = "users" if number < 5 else "staff"
            keys = (numbers[number] if table == "users" else numbers[number - 5],)
            keys += (numbers[5],) if number == 0 else ()
            email = f"{name.lower().replace(' ', '.')}@example.com"
            self.people.append(Person(number, table, tuple(map(self._key, keys)), name, email))
        self.relations.append(relation("users.referred_by", "users.id", "reference", dependent=False))
        for person in self.people:
            self._accounts(person)

    def _accounts(self, person: Person) -> None:
        for nth, key in enumerate(person.keys):
            own = {"id": key, "email": person.email.upper() if nth else person.email, "name": person.name}
            cells = {name: Cell(value, person.number, "self") for name, value in own.items()}
            cells["grade"] = Cell(self.rng.randint(0, 6))
            if person.table == "users":
                sponsor = self.rng.choice([p for p in self.customers() if p is not person])
                cells["referred_by"] = self._maybe(self._ref(sponsor, "reference"), 0.4)
            self._add(person.table, **cells)

    def _deals(self) -> None:
        self._make(
            "deals",
            [
                "id INTEGER PRIMARY KEY",
                f"owner {self.kind} NOT NULL REFERENCES users(id)",
                f"clerk {self.kind} REFERENCES staff(id)",
                "note TEXT",
            ],
            {"owner": "USER_ID", "clerk": "USER_ID"},
        )
        self.relations += [relation("deals.owner", "users.id"), relation("deals.clerk", "staff.id", "actor")]
        staff = [p for p in self.people if p.table == "staff"]
        for number in range(self.rng.randint(4, 8)):
            owner, clerk = self._any(), self.rng.choice(staff)
            self._add(
                "deals",
                id=Cell(number),
                owner=self._ref(owner, "owner"),
                clerk=self._maybe(self._ref(clerk, "actor")),
                note=self._prose(owner.number),
            )

    def _lines(self) -> None:
        columns = ["deal INTEGER NOT NULL", "n INTEGER NOT NULL", "sku TEXT", "PRIMARY KEY (deal, n)"]
        self._make("lines", columns, {}, "FOREIGN KEY (deal) REFERENCES deals(id)")
        self._make("parts", ["id INTEGER PRIMARY KEY", "deal INTEGER", "n INTEGER", "what TEXT"], {},
                   "FOREIGN KEY (deal, n) REFERENCES lines(deal, n)")  # fmt: skip
        self.relations += [
            relation("lines.deal", "deals.id"),
            relation("parts.deal", "lines.deal", composite=(("n", "n"),)),
        ]
        for deal in self.of("deals"):
            for n in range(self.rng.randint(0, 2)):
                line = self._add("lines", deal, deal=deal.cells["id"], n=Cell(n), sku=Cell("A-1"))
                number = Cell(len(self.of("parts")))
                self._add("parts", line, id=number, deal=deal.cells["id"], n=Cell(n), what=Cell("bolt"))

    def _letters(self) -> None:
        self._make(
            "letters",
            [
                "id INTEGER PRIMARY KEY",
                f"sender {self.kind} REFERENCES users(id)",
                f"recipient {self.kind} REFERENCES users(id)",
                "reply_to INTEGER REFERENCES letters(id)",
                "body TEXT",
            ],
            {"sender": "USER_ID", "recipient": "USER_ID"},
        )
        self.relations += [
            relation("letters.sender", "users.id", "participant"),
            relation("letters.recipient", "users.id", "participant"),
            relation("letters.reply_to", "letters.id", "reference", dependent=False),
        ]
        for number in range(self.rng.randint(3, 8)):
            a, b = self._any(), self._any()
            earlier = self.rng.choice([*self.of("letters"), None])
            first = (a.name.split()[0], a.number), (b.name.split()[0], b.number)
            told = (("Dear ", None), first[1], (", yours ", None), first[0])
            self._add(
                "letters",
                id=Cell(number),
                sender=self._ref(a, "participant"),
                recipient=self._maybe(self._ref(b, "participant"), 0.8),
                reply_to=Cell(earlier.cells["id"].value, part="reference", to=earlier)
                if earlier
                else Cell(None),
                body=Cell("".join(text for text, _ in told), told=told),
            )
            last = self.rows[-1].cells
            if last["recipient"].who is None:  # nobody else is in a letter that nobody gets
                last["body"] = Cell("note to myself")

    def _tickets(self) -> None:
        self._make(
            "tickets",
            ["id INTEGER PRIMARY KEY", "kind TEXT", "target TEXT", "body TEXT"],
            {"target": "USER_ID"},
        )
        self.relations += [
            relation("tickets.target", "users.id", when=("kind", "user")),
            relation("tickets.target", "deals.id", when=("kind", "deal")),
        ]
        for number in range(self.rng.randint(3, 7)):
            deal = self.rng.choice(self.of("deals"))
            parent = None if self.rng.random() < 0.5 else deal
            owner = self.people[min(deal.owners)] if parent else self._any()
            key = deal.cells["id"].value if parent else self.rng.choice(owner.keys)
            self._add(
                "tickets",
                parent,
                id=Cell(number),
                kind=Cell("deal" if parent else "user"),
                target=Cell(str(key)) if parent else Cell(str(key), owner.number, "owner"),
                body=self._prose(owner.number),
            )

    def _subscribers(self) -> None:
        self._make("subscribers", ["email TEXT PRIMARY KEY", "topic TEXT"], {"email": "EMAIL_ADDRESS"})
        for person in self.rng.sample(self.people, 4):
            spelled = self.rng.choice([person.email, person.email.upper()])
            self._add("subscribers", email=Cell(spelled, person.number, "owner"), topic=Cell("news"))

    def _gifts(self) -> None:
        columns = ["id INTEGER PRIMARY KEY", "sender_email TEXT", "recipient_email TEXT", "what TEXT"]
        self._make("gifts", columns, dict.fromkeys(("sender_email", "recipient_email"), "EMAIL_ADDRESS"))
        for number in range(self.rng.randint(2, 5)):
            a, b = self.rng.sample(self.people, 2)
            self._add("gifts", id=Cell(number), sender_email=Cell(a.email, a.number, "participant"),
                      recipient_email=Cell(b.email, b.number, "participant"), what=Cell("book"))  # fmt: skip

    def _bills(self) -> None:
        parent = self.rng.choice(["users", "deals"])
        kind = self.kind if parent == "users" else "INTEGER"
        self._make(
            "bills",
            ["id INTEGER PRIMARY KEY", f"target {kind} NOT NULL REFERENCES {parent}(id)", "name TEXT"],
            {"name": "PERSON"},
        )
        self.relations.append(relation("bills.target", f"{parent}.id"))
        self.retained.add("bills")
        for number, row in enumerate(self.rng.sample(self.of(parent), 3)):
            owner = self.people[min(row.owners)]
            target = Cell(row.cells["id"].value, owner.number, "owner")
            self._add(
                "bills", row, id=Cell(number), target=target, name=Cell(owner.name, owner.number, "owner")
            )

    # truth

    def stubs(self, gone: Set[int]) -> set[Row]:
        """Rows of people who are gone that retained rows refer to, and what these refer to."""
        kept = {row.parent for row in self.rows if row.table in self.retained and gone & row.owners}
        kept = {row for row in kept if row is not None}
        keys = {row.cells["owner"].value for row in kept if row.table == "deals"}
        return kept | {row for row in self.of("users") if row.cells["id"].value in keys}

    def goes(self, row: Row, gone: Set[int]) -> bool:
        """Whether the last of a row's owners is gone."""
        theirs = bool(row.owners) and row.owners <= gone
        return row.table not in self.retained and theirs and row not in self.stubs(gone)

    def after(self, row: Row, gone: Set[int]) -> dict[str, Any]:
        """The values that a row that stays must have; :data:`GONE` where a person's own must not be."""
        if row.table in self.retained:
            return {name: cell.value for name, cell in row.cells.items()}
        keeping = row.owners if row in self.stubs(gone) else frozenset()
        return {name: self._after(name, cell, gone, keeping) for name, cell in row.cells.items()}

    def _after(self, name: str, cell: Cell, gone: Set[int], keeping: Set[int]) -> Any:
        """``keeping``: whose keys a row that a retained one needs keeps."""
        if cell.told:
            return "".join(text for text, whose in cell.told if whose not in gone)
        if cell.to is not None and self.goes(cell.to, gone):
            return None
        if cell.part == "self" and cell.who in keeping & gone:
            return cell.value if name == "id" else GONE
        return None if cell.who in gone - keeping else cell.value


GONE = object()


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
