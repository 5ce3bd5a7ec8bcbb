"""Fresh estates with their ground truth. Nothing here knows Vestige's code: only the contracts of its design.

Everything that could be told apart by a rule tuned to one data set varies with the seed: language, style of
names, kind of keys, declared or undeclared references, forms of values, which tables there are, codecs.

The truth of a record for a person is one class: ``owned`` (goes); ``shared``, ``mention``, ``actor``,
``reference``, ``log`` (stay, without the person's texts); ``stub`` (parent of a retained row); ``retained``;
``review`` (a name alone: never acted upon).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

from tests.judge import words as data

# kind of a column → the entity that a catalog should name; "" not personal, None either, "*" prose
KINDS: dict[str, str | None] = {
    **dict.fromkeys(("key", "owner", "actor", "uuid", "ref"), "USER_ID"),
    **dict.fromkeys(("first", "last", "name"), "PERSON"),
    **dict.fromkeys(("street", "city", "zip"), "ADDRESS"),
    **dict.fromkeys(("plain", "stamp", "epoch", "int", "real"), ""),
    "email": "EMAIL_ADDRESS",
    "phone": "PHONE_NUMBER",
    "birth": "DATE_OF_BIRTH",
    "username": "USERNAME",
    "ip": "IP_ADDRESS",
    "gender": "GENDER",
    "health": "HEALTH",
    "token": "SESSION_TOKEN",
    "iban": "IBAN_CODE",
    "hash": "EMAIL_HASH",
    "prose": "*",
    "mixed": None,
}
OWN = ("street", "city", "zip", "birth", "username", "gender", "health", "ip", "token", "iban", "uuid")


class Cell(NamedTuple):
    """A value, and whose it is: (person, the text that is theirs, role)."""

    value: Any
    links: tuple[tuple[int, str, str], ...] = ()


@dataclass(eq=False)
class Row:
    cells: dict[str, Cell]
    owners: set[int] = field(default_factory=set)
    stub: bool = False


@dataclass
class Table:
    """A table, or the like: ``kinds`` by column (dots: paths of JSON); ``medium``: how it is written."""

    store: str
    name: str
    medium: str
    kinds: dict[str, str]
    names: dict[str, str]
    key: tuple[str, ...] = ()
    references: dict[str, tuple[str, str]] = field(default_factory=dict)
    retained: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def at(self, row: Row, concept: str) -> Any:
        return row.cells[self.names[concept]].value


@dataclass
class Lines:
    """Text: lines with the texts that are somebody's."""

    store: str
    name: str
    medium: str
    rows: list[Cell] = field(default_factory=list)


@dataclass
class Person:
    number: int
    space: str
    first: str
    last: str
    full: str
    email: str
    keys: list[Any]
    phone: tuple[str, str]
    values: dict[str, str]
    emails: set[str] = field(default_factory=set)
    unique_name: bool = True
    shared_phone: bool = False

    @property
    def key(self) -> Any:
        return self.keys[0]


def mine(person: Person, text: Any, role: str = "self") -> Cell:
    return Cell(text, ((person.number, str(text), role),))


class World:
    """One estate, drawn from a seed."""

    def __init__(self, seed: int, language: str, domain: str, size: int, redis: bool) -> None:
        self.rng = Random(f"{seed}/{language}/{domain}")
        self.language, self.domain, self.redis = language, domain, redis
        self.person_word, self.thing_word, self.deal_word, self.special = data.DOMAINS[domain]
        self.phrases = data.PHRASES[language]
        self.styles = {
            store: self._style() for store in ("main", "second", "files", "logs", "cache", "redis")
        }
        self.keys = self.rng.choice(["int", "int", "int", "uuid", "number"])
        self.key_concept = "number" if self.keys == "number" else "id"
        self.declared = self.rng.random() < 0.5
        self.name_form = self.rng.choice(["split", "split", "full", "comma"])
        self.name_columns = "first:first last:last" if self.name_form == "split" else "name:name"
        self.uuid_column = self.keys != "uuid" and self.rng.random() < 0.5
        self.hash_kind, self.hash_base64 = self.rng.choice(["md5", "sha1", "sha256"]), self.rng.random() < 0.3
        self.prefix = self.rng.choice("CKMPX")
        self.phone_counts = dict.fromkeys(data.PHONES, 0)
        self.tables: list[Table] = []
        self.lines: list[Lines] = []
        numbers = self.rng.sample(range(1, size + 1), size)
        self.people = [self._person(at, "person", self._key(n)) for at, n in enumerate(numbers)]
        self.staff = [self._person(size + n, "staff", n + 1, "staff.example") for n in range(25)]
        self.everybody = [*self.people, *self.staff]
        self._traps(size)

    # names of tables and columns
    def _style(self) -> tuple[str, bool, str]:
        """Way of writing, whether accents are kept, language (some write English at home)."""
        way = self.rng.choice(["snake", "snake", "camel", "pascal", "legacy", "short", "prefixed"])
        return way, self.rng.random() < 0.15, self.rng.choice([self.language] * 4 + ["en"])

    def concept(self, concept: str) -> str:
        own = {"person": self.person_word, "thing": self.thing_word, "deal": self.deal_word}
        return own.get(concept, concept)

    def word(self, store: str, concept: str, plural: bool = False) -> str:
        return data.words(self.styles[store][2])[self.concept(concept)][plural]

    def slug(self, store: str, concept: str, plural: bool = False) -> str:
        return data.ascii_of(self.word(store, concept, plural).replace(" ", "-")).lower()

    def column(self, store: str, concept: str) -> str:
        """The name of a column: ``person#`` is a reference to a person, dots part a path."""
        if "." in concept:
            return ".".join(self.column(store, part) for part in concept.split("."))
        text = self.word(store, concept.rstrip("#"))
        return self._write(store, f"{text} {self.word(store, 'id')}" if concept.endswith("#") else text)

    def _write(self, store: str, text: str, table: bool = False) -> str:
        way, accents, _ = self.styles[store]
        tokens = [token if accents and store != "files" else data.ascii_of(token) for token in text.split()]
        if way in ("camel", "pascal"):
            joined = "".join(token.capitalize() for token in tokens)
            return joined if way == "pascal" else joined[0].lower() + joined[1:]
        if way == "legacy":
            return ("T_" if table else "") + "_".join(token[:8].upper() for token in tokens)
        if way == "short":
            return "_".join(token[:5] if len(token) > 7 else token for token in tokens).lower()
        return ("tbl_" if way == "prefixed" and table else "") + "_".join(tokens).lower()

    def table(
        self, store: str, concept: str, columns: str, medium: str = "sql", name: str = "", **more: Any
    ) -> Table:
        """``columns``: ``concept:kind`` apart by spaces; the first is the key unless ``key`` says else."""
        kinds = dict(
            part.split(":") for part in columns.format(names=self.name_columns, id=self.key_concept).split()
        )
        names = {c: self.column(store, c) for c in kinds}
        for c in [c for c in names if list(names.values()).count(names[c]) > 1][1:]:
            names[c] += "2"
        key = tuple(names[c] for c in more.pop("key", (next(iter(kinds)),)))
        references = {names[c]: (t.name, t.key[0]) for c, t in more.pop("references", {}).items()}
        label = name or self._write(store, self.word(store, concept, plural=True), table=True)
        label += "_2" * (medium == "sql" and any((t.store, t.name) == (store, label) for t in self.tables))
        by_name = {names[c]: k for c, k in kinds.items()}
        made = Table(store, label, medium, by_name, names, key, references, **more)
        self.tables.append(made)
        return made

    # people
    def _key(self, n: int) -> Any:
        if self.keys == "uuid":
            return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        return n if self.keys == "int" else f"{self.prefix}-{10000 + n}"

    def _person(self, number: int, space: str, key: Any, host: str = "") -> Person:
        rng = self.rng
        culture = rng.choice([self.language] * 6 + data.CULTURES)
        (first, f), (last, el) = (rng.choice(names) for names in data.names(culture))
        full = last + first if culture == "zh" else f"{first} {last}"
        host = host or rng.choice(["north.example", "example.com", "post.example", "mail.example.net"])
        local = rng.choice([f"{f}.{el}", f"{f[0]}{el}", f"{el}_{f}", f"{f}{el}"]) + str(number)
        street, cities, postal = data.PLACES[self.language]
        width = int(re.findall(r"{:0(\d)}", postal)[0])
        values = {
            "street": f"{rng.choice(street.split('|'))} {rng.randint(1, 199)}",
            "city": rng.choice(cities.split("|")),
            "zip": postal.format(rng.randrange(10 ** (width - 1), 10**width)),
            "birth": f"{rng.randint(1940, 2006)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
            "username": f"{f}_{el[:3]}{number}u",
            "gender": rng.choice("fmfmx"),
            "ip": f"{rng.choice(['192.0.2', '198.51.100', '203.0.113'])}.{rng.randint(1, 249)}",
            "token": rng.randbytes(16).hex(),
            "uuid": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            "iban": _iban(number),
            "health": f"{rng.choice('EFGIJKM')}{rng.randint(10, 99)}.{rng.randint(0, 9)}",
        }
        return Person(number, space, first, last, full, f"{local}@{host}", [key], self._phone(), values)

    def _phone(self) -> tuple[str, str]:
        own = self.language if self.language in data.PHONES else "en"
        region = next(r for r in (own, "de", "fr", "en") if self.phone_counts[r] < data.PHONES[r][2])
        abroad, home, _ = data.PHONES[region]
        number = self.phone_counts[region]
        self.phone_counts[region] += 1
        return abroad.format(number), home.format(number)

    def _traps(self, size: int) -> None:
        """E-mails inside others, homonyms, a person twice, a household."""
        p = self.people
        local = p[0].email.partition("@")[0]
        for at, email in enumerate(
            (f"{local}@north.example", f"jo{local}@north.example", f"{local}@north.example.com")
        ):
            p[at].email = email
        p[4].first, p[4].last, p[4].full = p[3].first, p[3].last, p[3].full
        p[5].keys.append(self._key(size + 1))
        p[7].phone, p[7].values["street"] = p[6].phone, p[6].values["street"]
        p[6].shared_phone = p[7].shared_phone = True
        for person in self.everybody:
            person.emails.add(person.email)
            person.unique_name = sum(other.full == person.full for other in self.everybody) == 1

    def some(self, share: float) -> list[Person]:
        """A share of the people, each once."""
        return self.rng.sample(self.people, int(len(self.people) * share))

    def often(self, share: float) -> list[Person]:
        """So many people, some twice, some never."""
        return self.rng.choices(self.people, k=int(len(self.people) * share))

    # values
    def put(self, table: Table, p: Person, parents: Sequence[Row] = (), **given: Any) -> Row:
        """Add a row about a person: what is not given is made up by the kind of the column."""
        cells: dict[str, Cell] = {}
        for concept, name in table.names.items():
            made = given[concept] if concept in given else self._value(table, concept, table.kinds[name], p)
            cells[name] = made if isinstance(made, Cell) else Cell(made)
        owners = {who for cell in cells.values() for who, _, role in cell.links if role in ("self", "owner")}
        row = Row(cells, owners.union(*(parent.owners for parent in parents)))
        table.rows.append(row)
        return row

    def _value(self, table: Table, concept: str, kind: str, p: Person) -> Any:
        rng = self.rng
        if kind in OWN:
            return mine(p, p.values[kind])
        if kind == "actor":
            clerk = rng.choice(self.staff)
            return mine(clerk, clerk.key, "actor")
        makers: dict[str, Callable[[], Any]] = {
            "key": lambda: mine(p, p.key),
            "owner": lambda: mine(p, p.key, "owner"),
            "first": lambda: mine(p, p.first),
            "last": lambda: mine(p, p.last),
            "name": lambda: mine(p, self._name(p)),
            "email": lambda: mine(p, rng.choice([p.email] * 8 + [p.email.upper(), p.email.capitalize()])),
            "hash": lambda: self._hash(p),
            "phone": lambda: mine(p, p.phone[rng.random() < 0.2 and self.language in data.PHONES]),
            "stamp": self.when,
            "epoch": lambda: 1_704_000_000 + rng.randint(0, 70_000_000),
            "int": lambda: len(table.rows) + 1,
            "real": lambda: round(rng.uniform(1, 900), 2),
            "prose": lambda: self._prose(p),
            "plain": lambda: self._plain(concept.rpartition(".")[2]),
        }
        return makers[kind]()

    def _plain(self, concept: str) -> str:
        """What is nobody's: order numbers that pass Luhn, product codes shaped like phones, words."""
        n = self.rng.randint(1_000_000, 9_999_999)
        if concept == "number":
            digits = f"{n}{n * 7 % 10**8:08}"
            return next(digits + str(d) for d in range(10) if _luhn(digits + str(d)))
        if concept == "code":
            return self.rng.choice(
                [f"{n // 10000:03}-{n % 1000:03}-{n % 10000:04}", f"A{n}", f"0{n % 100:02}/{n}"]
            )
        lists = {"status": "open paid sent", "campaign": "spring summer winter"}
        return self.rng.choice(lists.get(concept, "nova delta orion").split())

    def _name(self, p: Person) -> str:
        in_order = self.name_form != "comma" or p.first not in p.full.split()
        return p.full if in_order else f"{p.last}, {p.first}"

    def when(self) -> str:
        return (datetime(2024, 1, 1) + timedelta(minutes=self.rng.randint(0, 1_200_000))).isoformat(sep=" ")

    def _hash(self, p: Person) -> Cell:
        digest = hashlib.new(self.hash_kind, p.email.encode())
        text = base64.b64encode(digest.digest()).decode() if self.hash_base64 else digest.hexdigest()
        return mine(p, text, "owner")

    def _prose(self, owner: Person) -> Cell:
        """A sentence that mentions nobody, or somebody else with name and e-mail, or by name alone."""
        chance, other = self.rng.random(), self.rng.choice(self.people)
        if chance < 0.65 or other is owner:
            return Cell(self.rng.choice(self.phrases[:2]))
        if chance < 0.95:
            text = self.phrases[2].format(name=other.full, email=other.email)
            return Cell(text, ((other.number, other.full, "prose"), (other.number, other.email, "prose")))
        return Cell(self.phrases[3].format(name=other.full), ((other.number, other.full, "review"),))

    # stores
    def fill(self) -> None:
        self._main()
        for part in self.rng.sample(
            [self._messages, self._tickets, self._comments, self._audit, self._settings], 4
        ):
            part()
        self._second()
        self._files()
        self._logs()
        self._caches()

    def _main(self) -> None:
        extra = " ".join(
            f"{kind}:{kind}" for kind in (*self.special, *(["uuid"] if self.uuid_column else []))
        )
        columns = f"{{id}}:key {{names}} email:email phone:phone street:street zip:zip city:city {extra}"
        self.person = self.table(
            "main", "person", f"{columns} created:stamp deleted:stamp referred:ref status:plain"
        )
        for p in self.people:
            sponsor = self.rng.choice([q for q in self.people if q is not p])
            referred = mine(sponsor, sponsor.key, "ref") if self.rng.random() < 0.2 else None
            self.put(self.person, p, email=mine(p, p.email), referred=referred, deleted=None)
            for key in p.keys[1:]:
                again = {self.key_concept: mine(p, key), "email": mine(p, p.email.upper())}
                own = {"uuid": mine(p, self._key_uuid())} if self.uuid_column else {}
                self.put(self.person, p, **again, **own, referred=None, deleted=self.when())
        staff = self.table("main", "staff", "id:key name:name email:email title:plain")
        for s in self.staff:
            self.put(staff, s)
        thing = self.table("main", "thing", "id:int code:plain title:plain amount:real created:epoch")
        for _ in range(40):
            self.put(thing, self.people[0])
        deal = "id:int number:plain person#:owner creator:actor created:stamp status:plain amount:real"
        self.deal = self.table("main", "deal", f"{deal} note:prose", references={"person#": self.person})
        line = self.table(
            "main", "line", "deal#:int quantity:int code:plain amount:real",
            key=("deal#", "quantity"), references={"deal#": self.deal},
        )  # fmt: skip
        for p in self.often(1.1):
            row = self.put(self.deal, p, **{"person#": mine(p, self.rng.choice(p.keys), "owner")})
            for n in range(self.rng.randint(0, 3)):
                self.put(line, p, [row], **{"deal#": self.deal.at(row, "id")}, quantity=n + 1)
        columns = "number:plain person#:owner name:name email:email amount:real created:stamp"
        bill = self.table("main", "invoice", columns, retained=True, references={"person#": self.person})
        billed = {p.key: self.put(bill, p) for p in self.rng.sample(self.people[1:], len(self.people) // 5)}
        for row in self.person.rows:
            row.stub = self.person.at(row, self.key_concept) in billed

    def _key_uuid(self) -> str:
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def _messages(self) -> None:
        columns = "id:int sender:owner recipient:owner body:prose created:stamp"
        both = {"sender": self.person, "recipient": self.person}
        table = self.table("main", "message", columns, references=both)
        for a in self.often(0.5):
            b = self.rng.choice([p for p in self.people if p is not a])
            text = self.phrases[4].format(first=b.first, own=a.first)
            body = Cell(text, ((b.number, b.first, "prose"), (a.number, a.first, "prose")))
            self.put(table, a, recipient=mine(b, b.key, "owner"), body=body)

    def _comments(self) -> None:
        table = self.table("main", "comment", "id:int author:owner reply:int body:prose created:epoch")
        for p in self.often(0.5):
            to = self.rng.choice(table.rows) if table.rows and self.rng.random() < 0.4 else None
            number = table.at(to, "id") if to else None
            owners = to.owners if to else ()
            self.put(table, p, reply=Cell(number, tuple((who, str(number), "ref") for who in owners)))

    def _audit(self) -> None:
        images = "old.email:email old.phone:phone new.email:email new.phone:phone"
        columns = f"id:int type:plain entity:mixed {images} changed:stamp creator:actor"
        table = self.table("main", "audit", columns)
        for p in self.some(0.2):
            former = f"old.{p.email}"
            p.emails.add(former)
            given = {"old.email": mine(p, former), "new.email": mine(p, p.email)}
            self.put(table, p, type=self.person.name, entity=mine(p, p.key, "owner"), **given)

    def _settings(self) -> None:
        columns = "id:int settings.person#:owner settings.email:email settings.title:plain"
        table = self.table("main", "preference", columns)
        for p in self.some(0.4):
            self.put(table, p)

    def _tickets(self) -> None:
        """A polymorphic pair: people, and deals of people."""
        columns = "id:int type:plain entity:mixed assigned:actor number:plain body:prose created:stamp"
        table = self.table("main", "ticket", columns)
        form = self.rng.choice(["singular", "plural", "table", "english"])
        for p in self.often(0.6):
            to_person = self.rng.random() < 0.55
            concept, target = ("person", self.person) if to_person else ("deal", self.deal)
            what = {
                "singular": self.word("main", concept),
                "plural": self.word("main", concept, plural=True),
                "table": target.name,
                "english": data.words("en")[self.concept(concept)][0],
            }[form]
            if to_person:
                self.put(table, p, type=what, entity=mine(p, p.key, "owner"))
            else:
                deal = self.rng.choice(self.deal.rows)
                owner = self.everybody[min(deal.owners)]
                self.put(table, owner, [deal], type=what, entity=self.deal.at(deal, "id"))

    def _second(self) -> None:
        own_id = self.rng.choice(["id:key ", ""])
        table = self.table("second", "subscriber", f"{own_id}email:email name:name created:stamp")
        for n, p in enumerate([self.people[0], *(q for q in self.some(0.6) if q is not self.people[0])]):
            tagged = {"email": mine(p, p.email.replace("@", "+news@"))} if n in (3, 4) else {}
            row = self.put(table, p, **tagged, **({"id": mine(p, n + 1)} if own_id else {}))
            p.emails.add(str(table.at(row, "email")))
        opening = self.table(
            "second", "opening", "hash:hash campaign:plain created:stamp", key=("hash", "campaign")
        )
        for p in self.some(0.5):
            for campaign in self.rng.sample(["spring", "summer", "winter"], self.rng.randint(1, 2)):
                self.put(opening, p, campaign=campaign)
        survey = self.table("second", "survey", "id:int settings.email:email settings.score:int note:prose")
        for p in self.some(0.2):
            self.put(survey, p)

    def _files(self) -> None:
        rng, person = self.rng, self.slug("files", "person")
        gz = rng.choices(["", ".gz"], k=6)
        order = "number:plain person#:owner email:email street:street body:prose created:stamp"
        for month in range(3):
            name = f"{self.slug('files', 'deal', plural=True)}/2026-{month + 1:02}.jsonl{gz[month]}"
            self._simple("files", "deal", order, self.often(0.3), "jsonl", name)
        mailing = "email:email name:name city:city phone:phone created:stamp"
        options = {"delimiter": rng.choice(",;|\t")}
        self._simple(
            "files", "subscriber", mailing, self.some(0.5), "csv", f"mailing/list.csv{gz[3]}", options=options
        )
        event = "person#:owner code:plain ip:ip created:epoch"
        self._simple("files", "event", event, self.often(1), "parquet", "events/part-0.parquet")
        profile = "{id}:key email:email {names} birth:birth"
        self._simple("files", "person", profile, self.some(0.15), "documents", f"{person}/{{}}.json")
        self._simple(
            "files",
            "contact",
            "name:name email:email phone:phone",
            self.some(0.2),
            "json",
            f"contacts.json{gz[4]}",
        )
        name = f"letters/{rng.choice(['notes', 'brief', 'post'])}.txt{gz[5]}"
        self.lines.append(Lines("files", name, "text", [self._prose(p) for p in self.often(0.3)]))

    def _simple(
        self,
        store: str,
        concept: str,
        columns: str,
        people: Sequence[Person],
        medium: str,
        name: str,
        **more: Any,
    ) -> None:
        table = self.table(store, concept, columns, medium, name, **more)
        for p in people:
            self.put(table, p)

    def _logs(self) -> None:
        path = self.slug("logs", "person", plural=True)
        marker = self.rng.choice(["user_id", "userId", "uid", self.column("logs", "person#")])
        for at, ending in enumerate(("", ".1", ".2.gz")):
            access = [self._access(p, path) for p in self.often(0.5)]
            app = [self._app(p, marker, plain=at == 2) for p in self.often(0.5)]
            self.lines.append(Lines("logs", f"access.log{ending}", "log", access))
            self.lines.append(Lines("logs", f"app.log{ending}" if at < 2 else "worker.log", "log", app))

    def _access(self, p: Person, path: str) -> Cell:
        encoded, percent = base64.b64encode(p.email.encode()).decode(), quote(p.email, safe="")
        targets = [
            (f"/{path}/{p.key}/orders", f"/{path}/{p.key}"),
            (f"/unsubscribe?email={percent}", percent),
            (f"/track?e={encoded}", encoded),
            ("/health", ""),
            (f"/item/{self.rng.randint(1, 300)}", ""),
        ]
        target, text = self.rng.choice(targets)
        ip, at = p.values["ip"] if text else "192.0.2.250", self.rng.randint(10, 59)
        line = f'{ip} - - [12/Mar/2026:10:11:{at} +0000] "GET {target} HTTP/1.1" 200 {at * 97} "-" "curl/8"'
        return Cell(line, ((p.number, text, "log"),) if text else ())

    def _app(self, p: Person, marker: str, plain: bool) -> Cell:
        kind, number, own = self.rng.random(), self.rng.randint(1, 300), ((p.number, str(p.key), "log"),)
        if kind < 0.25:
            return Cell(f"{self.when()} INFO queue depth {number}, job {self._plain('number')}")
        if kind < 0.35:
            return Cell(f"{self.when()} INFO clerk_id={self.rng.choice(self.staff).key} opened the desk")
        if kind < 0.55:
            return Cell(f"{self.when()} WARN mail to <{p.email}> bounced", ((p.number, p.email, "log"),))
        if plain:
            return Cell(f"{self.when()} level=info {marker}={p.key} action=sync ms={number + 300}", own)
        return Cell(
            json.dumps({"at": self.when(), marker: p.key, "action": "login", "ms": number + 300}), own
        )

    def _caches(self) -> None:
        session = "token:token person#:owner ip:ip created:epoch"
        self._simple("cache", "session", session, self.some(0.3), "kv", "sessions.jsonl")
        if self.redis:
            profile = "{id}:key email:email {names}"
            self._simple(
                "redis", "person", profile, self.some(0.3), "hash", f"{self.slug('redis', 'person')}:{{}}"
            )
            self._simple(
                "redis",
                "session",
                "token:token person#:owner amount:real",
                self.some(0.3),
                "string",
                "sess:{}",
            )


def _luhn(digits: str) -> bool:
    doubled = [int(d) * (1 + at % 2) for at, d in enumerate(reversed(digits))]
    return sum(d - 9 * (d > 9) for d in doubled) % 10 == 0


def _iban(number: int) -> str:
    account = f"TEST000000{number:08}"
    digits = "".join(str(int(char, 36)) for char in f"{account}GB00")
    return f"GB{98 - int(digits) % 97:02}{account}"
