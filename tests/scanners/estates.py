"""Small estates in several languages, with the truth of every column written next to the column."""

from __future__ import annotations

import hashlib
import random
import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Make = Callable[["Random"], object]


class Random(random.Random):
    """Random values of the kinds that columns have. Reserved names and numbers only."""

    given = (
        *(
            "Anna",
            "Luis",
            "Marie",
            "Jan",
            "Olga",
            "Peter",
            "Ewa",
            "Sven",
            "Giulia",
            "Tomasz",
            "Ingrid",
            "Carlos",
        ),
        *("Chloé", "Jürgen", "Zoë", "Bjørn", "Łucja", "Sofia", "Paul"),
    )
    family = (
        *("Berg", "Ortega", "Dubois", "Novák", "Sokolova", "Olsen", "Kowalska", "Lindqvist", "Ferrari"),
        *("Nowak", "Müller", "García", "Lefèvre", "Schäfer", "Janssen"),
    )
    words = (
        *(
            "blue",
            "oak",
            "lamp",
            "table",
            "chair",
            "garden",
            "set",
            "large",
            "small",
            "steel",
            "wood",
            "glass",
        ),
        *("red", "bottle", "paper", "box", "light", "cable"),
    )
    cities = (
        *("Berlin", "Paris", "Madrid", "Warszawa", "Utrecht", "Malmö", "Milano", "Porto", "Leeds", "Köln"),
        *("Lyon", "Sevilla"),
    )
    streets = (
        "Example Street {}",
        "Musterstraße {}",
        "{} rue du Modèle",
        "Calle Ejemplo {}",
        "ul. Przykładowa {}",
    )
    serial = 0

    def next(self) -> int:
        self.serial += 1
        return self.serial

    def first(self) -> str:
        return self.choice(self.given)

    def last(self) -> str:
        return self.choice(self.family)

    def full(self) -> str:
        return f"{self.first()} {self.last()}"

    def email(self) -> str:
        return (
            f"u{self.randrange(10**6)}.{self.choice('abcdef')}@example.{self.choice(('com', 'org', 'net'))}"
        )

    def phone(self) -> str:
        return f"+1 202-555-01{self.randrange(100):02d}"

    def street(self) -> str:
        return self.choice(self.streets).format(self.randrange(1, 99))

    def zip(self) -> str:
        return f"{self.randrange(10000, 99999)}"

    def date(self, low: int = 2020, high: int = 2025) -> str:
        return f"{self.randrange(low, high)}-{self.randrange(1, 13):02d}-{self.randrange(1, 29):02d}"

    def moment(self) -> str:
        return f"{self.date()} {self.randrange(24):02d}:{self.randrange(60):02d}:{self.randrange(60):02d}"

    def sku(self) -> str:
        return f"{self.randrange(100, 999)}-{self.randrange(100, 999)}-{self.randrange(1000, 9999)}"

    def phrase(self, count: int = 2) -> str:
        return " ".join(self.choice(self.words) for _ in range(count)).capitalize()

    def prose(self) -> str:
        late, broken = self.phrase(3).lower(), self.phrase(2).lower()
        return f"{self.phrase(6)}. The {late} came late, and the {broken} broke."

    def ip(self) -> str:
        return f"{self.choice(('192.0.2', '198.51.100', '203.0.113'))}.{self.randrange(1, 255)}"

    def uuid(self) -> str:
        return str(uuid.UUID(int=self.getrandbits(128), version=4))

    def token(self) -> str:
        return hashlib.sha256(self.randbytes(8)).hexdigest()[:40]

    def isbn(self) -> str:
        return f"978-{self.randrange(10)}-{self.randrange(1000, 9999)}-{self.randrange(1000, 9999)}-1"

    def swedish(self) -> str:
        return f"{self.date(1940, 2004).replace('-', '')}-{self.randrange(1000, 9999)}"

    def letter(self) -> str:
        return self.prose() + (f" Write to {self.email()}." if self.random() < 0.2 else "")

    def version(self) -> str:
        return ".".join(str(self.randrange(9)) for _ in range(4))

    def order(self) -> str:
        return str(4 * 10**15 + self.randrange(10**14))


Column = tuple[str, str, Make, str | None]
"""Name, SQL type, values, entity (None: not personal)."""


@dataclass(frozen=True)
class Table:
    name: str
    rows: int
    columns: tuple[Column, ...]
    key: str | None = None


def serial(r: Random) -> object:
    return r.next()


def people(r: Random) -> object:
    return r.randrange(1, 61)


def one_of(*values: object) -> Make:
    return lambda r: r.choice(values)


NONE = None
ESTATES: dict[str, tuple[Table, ...]] = {
    "de": (
        Table("kunden", 60, (
            ("kd_nr", "INTEGER PRIMARY KEY", serial, "USER_ID"),
            ("vorname", "TEXT", Random.first, "PERSON"),
            ("nachname", "TEXT", Random.last, "PERSON"),
            ("e_mail", "TEXT", Random.email, "EMAIL_ADDRESS"),
            ("tel_privat", "TEXT", Random.phone, "PHONE_NUMBER"),
            ("geb_dat", "DATE", lambda r: r.date(1940, 2004), "DATE_OF_BIRTH"),
            ("strasse", "TEXT", Random.street, "ADDRESS"),
            ("plz", "TEXT", Random.zip, "ADDRESS"),
            ("ort", "TEXT", lambda r: r.choice(r.cities), "ADDRESS"),
            ("anrede", "TEXT", one_of("Herr", "Frau"), "GENDER"),
            ("angelegt_am", "TEXT", Random.moment, NONE),
            ("kundengruppe", "TEXT", one_of("A", "B", "C"), NONE),
            ("umsatz", "REAL", lambda r: round(r.random() * 1000, 2), NONE),
        )),
        Table("artikel", 80, (
            ("art_nr", "TEXT", Random.sku, NONE),
            ("bezeichnung", "TEXT", Random.phrase, NONE),
            ("preis", "REAL", lambda r: round(r.random() * 100, 2), NONE),
            ("hersteller", "TEXT", one_of("Lampen GmbH", "Holz AG", "Glas KG"), NONE),
        )),
        Table("auftraege", 200, (
            ("auftragsnr", "TEXT", Random.order, NONE),
            ("kunde", "INTEGER", people, "USER_ID"),
            ("bestellt_am", "INTEGER", lambda r: 1_700_000_000 + r.randrange(10**7), NONE),
            ("status", "TEXT", one_of("offen", "bezahlt", "storniert"), NONE),
            ("liefer_strasse", "TEXT", Random.street, "ADDRESS"),
            ("liefer_ort", "TEXT", lambda r: r.choice(r.cities), "ADDRESS"),
            ("bemerkung", "TEXT", Random.prose, NONE),
        )),
        Table("filialen", 20, (
            ("filial_nr", "INTEGER PRIMARY KEY", serial, NONE),
            ("name", "TEXT", lambda r: "Filiale " + r.choice(r.cities), NONE),
            ("strasse", "TEXT", Random.street, NONE),
            ("ort", "TEXT", lambda r: r.choice(r.cities), NONE),
        )),
    ),
    "fr": (
        Table("adherents", 60, (
            ("num_adherent", "INTEGER PRIMARY KEY", serial, "USER_ID"),
            ("nom", "TEXT", Random.last, "PERSON"),
            ("prenom", "TEXT", Random.first, "PERSON"),
            ("courriel", "TEXT", Random.email, "EMAIL_ADDRESS"),
            ("portable", "TEXT", Random.phone, "PHONE_NUMBER"),
            ("date_naissance", "DATE", lambda r: r.date(1940, 2004), "DATE_OF_BIRTH"),
            ("adresse", "TEXT", Random.street, "ADDRESS"),
            ("code_postal", "TEXT", Random.zip, "ADDRESS"),
            ("ville", "TEXT", lambda r: r.choice(r.cities), "ADDRESS"),
            ("sexe", "TEXT", one_of("H", "F"), "GENDER"),
            ("date_inscription", "DATE", Random.date, NONE),
            ("actif", "INTEGER", one_of(0, 1), NONE),
        )),
        Table("emprunts", 150, (
            ("id_emprunt", "INTEGER PRIMARY KEY", serial, NONE),
            ("id_adherent", "INTEGER", people, "USER_ID"),
            ("id_livre", "INTEGER", lambda r: r.randrange(1, 40), NONE),
            ("date_retour", "DATE", Random.date, NONE),
        )),
        Table("livres", 40, (
            ("id_livre", "INTEGER PRIMARY KEY", serial, NONE),
            ("titre", "TEXT", lambda r: r.phrase(3), NONE),
            ("isbn", "TEXT", Random.isbn, NONE),
            ("date_parution", "DATE", lambda r: r.date(1950, 2020), NONE),
        )),
    ),
    "es": (
        Table("empleados", 60, (
            ("legajo", "TEXT", lambda r: f"E-{1000 + r.next()}", "USER_ID"),
            ("nombre", "TEXT", Random.first, "PERSON"),
            ("apellidos", "TEXT", lambda r: f"{r.last()} {r.last()}", "PERSON"),
            ("correo", "TEXT", Random.email, "EMAIL_ADDRESS"),
            ("movil", "TEXT", Random.phone, "PHONE_NUMBER"),
            ("dni", "TEXT", lambda r: f"{r.randrange(10**7, 10**8)}{r.choice('ABCDEFGH')}", "ES_NIF"),
            ("fecha_nacimiento", "DATE", lambda r: r.date(1950, 2002), "DATE_OF_BIRTH"),
            ("religion", "TEXT", one_of("católica", "ninguna", "judía"), "RELIGION"),
            ("puesto", "TEXT", one_of("analista", "director", "técnico"), NONE),
            ("salario", "INTEGER", lambda r: r.randrange(20000, 90000), NONE),
            ("fecha_alta", "DATE", Random.date, NONE),
        )),
        Table("proyectos", 30, (
            ("codigo", "TEXT", lambda r: f"PRJ-{r.next():03d}", NONE),
            ("nombre", "TEXT", Random.phrase, NONE),
            ("presupuesto", "REAL", lambda r: round(r.random() * 10**5, 2), NONE),
        )),
    ),
    "pl": (
        Table("pacjenci", 60, (
            ("id", "INTEGER PRIMARY KEY", serial, "USER_ID"),
            ("imie", "TEXT", Random.first, "PERSON"),
            ("nazwisko", "TEXT", Random.last, "PERSON"),
            ("email", "TEXT", Random.email, "EMAIL_ADDRESS"),
            ("nr_tel", "TEXT", Random.phone, "PHONE_NUMBER"),
            ("data_urodzenia", "TEXT", lambda r: r.date(1940, 2010), "DATE_OF_BIRTH"),
            ("ulica", "TEXT", Random.street, "ADDRESS"),
            ("kod_pocztowy", "TEXT", lambda r: f"{r.randrange(10, 99)}-{r.randrange(100, 999)}", "ADDRESS"),
            ("miasto", "TEXT", lambda r: r.choice(r.cities), "ADDRESS"),
            ("plec", "TEXT", one_of("K", "M"), "GENDER"),
            ("grupa_krwi", "TEXT", one_of("A+", "0-", "B+"), "HEALTH"),
            ("utworzono", "TEXT", Random.moment, NONE),
        )),
        Table("wizyty", 150, (
            ("id", "INTEGER PRIMARY KEY", serial, NONE),
            ("pacjent_id", "INTEGER", people, "USER_ID"),
            ("data_wizyty", "TEXT", Random.moment, NONE),
            ("rozpoznanie", "TEXT", one_of("grypa", "astma", "migrena"), "HEALTH"),
            ("gabinet", "INTEGER", lambda r: r.randrange(1, 9), NONE),
        )),
        Table("leki", 40, (
            ("id", "INTEGER PRIMARY KEY", serial, NONE),
            ("nazwa", "TEXT", Random.phrase, NONE),
            ("dawka", "TEXT", one_of("10 mg", "20 mg"), NONE),
        )),
    ),
    "nl_sv": (
        Table("klanten", 60, (
            ("klantnummer", "INTEGER PRIMARY KEY", serial, "USER_ID"),
            ("voornaam", "TEXT", Random.first, "PERSON"),
            ("tussenvoegsel", "TEXT", one_of("van", "de", None), "PERSON"),
            ("achternaam", "TEXT", Random.last, "PERSON"),
            ("mailadres", "TEXT", Random.email, "EMAIL_ADDRESS"),
            ("mobiel", "TEXT", Random.phone, "PHONE_NUMBER"),
            ("geboortedatum", "TEXT", lambda r: r.date(1940, 2004), "DATE_OF_BIRTH"),
            ("straatnaam", "TEXT", Random.street, "ADDRESS"),
            ("huisnummer", "INTEGER", lambda r: r.randrange(1, 200), "ADDRESS"),
            ("postcode", "TEXT", lambda r: f"{r.randrange(1000, 9999)} AB", "ADDRESS"),
            ("woonplaats", "TEXT", lambda r: r.choice(r.cities), "ADDRESS"),
            ("iban", "TEXT", one_of("NL91ABNA0417164300", "DE89370400440532013000"), "IBAN_CODE"),
        )),
        Table("medlemmar", 60, (
            ("medlemsnr", "INTEGER PRIMARY KEY", serial, "USER_ID"),
            ("fornamn", "TEXT", Random.first, "PERSON"),
            ("efternamn", "TEXT", Random.last, "PERSON"),
            ("epost", "TEXT", Random.email, "EMAIL_ADDRESS"),
            ("mobilnummer", "TEXT", Random.phone, "PHONE_NUMBER"),
            ("personnummer", "TEXT", Random.swedish, "NATIONAL_ID"),
            ("gatuadress", "TEXT", Random.street, "ADDRESS"),
            ("postnr", "TEXT", Random.zip, "ADDRESS"),
            ("ort", "TEXT", lambda r: r.choice(r.cities), "ADDRESS"),
            ("skapad", "TEXT", Random.moment, NONE),
            ("niva", "TEXT", one_of("guld", "silver", "brons"), NONE),
        )),
    ),
    "it_pt": (
        Table("ospiti", 60, (
            ("codice_ospite", "TEXT", lambda r: f"G{r.next():05d}", "USER_ID"),
            ("cognome", "TEXT", Random.last, "PERSON"),
            ("nome", "TEXT", Random.first, "PERSON"),
            ("indirizzo_email", "TEXT", Random.email, "EMAIL_ADDRESS"),
            ("cellulare", "TEXT", Random.phone, "PHONE_NUMBER"),
            ("data_nascita", "TEXT", lambda r: r.date(1940, 2004), "DATE_OF_BIRTH"),
            ("citta", "TEXT", lambda r: r.choice(r.cities), "ADDRESS"),
            ("cap", "TEXT", Random.zip, "ADDRESS"),
            ("camera", "INTEGER", lambda r: r.randrange(100, 400), NONE),
            ("check_in", "TEXT", Random.date, NONE),
        )),
        Table("utilizadores", 60, (
            ("id_utilizador", "TEXT", Random.uuid, "USER_ID"),
            ("nome_completo", "TEXT", Random.full, "PERSON"),
            ("nome_utilizador", "TEXT", lambda r: f"{r.choice('abcdef')}user{r.next()}", "USERNAME"),
            ("correio_eletronico", "TEXT", Random.email, "EMAIL_ADDRESS"),
            ("telemovel", "TEXT", Random.phone, "PHONE_NUMBER"),
            ("morada", "TEXT", Random.street, "ADDRESS"),
            ("localidade", "TEXT", lambda r: r.choice(r.cities), "ADDRESS"),
            ("genero", "TEXT", one_of("M", "F"), "GENDER"),
            ("palavra_passe_hash", "TEXT", Random.token, NONE),
            ("ultimo_acesso", "TEXT", Random.moment, NONE),
        )),
        Table("quartos", 30, (
            ("numero", "INTEGER", serial, NONE),
            ("andar", "INTEGER", lambda r: r.randrange(1, 5), NONE),
            ("preco", "REAL", lambda r: round(r.random() * 100, 2), NONE),
        )),
    ),
    "en": (
        Table("app_users", 60, (
            ("id", "INTEGER PRIMARY KEY", serial, "USER_ID"),
            ("uuid", "TEXT", Random.uuid, "USER_ID"),
            ("handle", "TEXT", lambda r: f"{r.choice('abcdef')}user{r.next()}", "USERNAME"),
            ("displayName", "TEXT", Random.full, "PERSON"),
            ("emailAddr", "TEXT", Random.email, "EMAIL_ADDRESS"),
            ("emailVerified", "INTEGER", one_of(0, 1), NONE),
            ("pwHash", "TEXT", Random.token, NONE),
            ("signup_ip", "TEXT", Random.ip, "IP_ADDRESS"),
            ("createdAt", "TEXT", Random.moment, NONE),
            ("locale", "TEXT", one_of("en_US", "de_DE"), NONE),
            ("timezone", "TEXT", one_of("Europe/Berlin", "UTC"), NONE),
            ("plan", "TEXT", one_of("free", "pro"), NONE),
        )),
        Table("sessions", 120, (
            ("id", "TEXT", Random.token, "SESSION_TOKEN"),
            ("user_id", "INTEGER", people, "USER_ID"),
            ("ip", "TEXT", Random.ip, "IP_ADDRESS"),
            ("user_agent", "TEXT", one_of("Mozilla/5.0 (X11; Linux x86_64)", "curl/8.0"), NONE),
            ("device_id", "TEXT", Random.uuid, "DEVICE_ID"),
            ("expires", "INTEGER", lambda r: 1_700_000_000 + r.randrange(10**7), NONE),
        )),
        Table("tickets", 100, (
            ("ticket_no", "TEXT", lambda r: f"T-{r.next():06d}", NONE),
            ("requester_id", "INTEGER", people, "USER_ID"),
            ("assignee", "TEXT", Random.full, "PERSON"),
            ("subject", "TEXT", lambda r: r.phrase(4), NONE),
            ("body", "TEXT", Random.letter, "EMAIL_ADDRESS"),
            ("priority", "TEXT", one_of("low", "high"), NONE),
            ("sla_minutes", "INTEGER", lambda r: r.randrange(10, 999), NONE),
        )),
        Table("products", 60, (
            ("sku", "TEXT", Random.sku, NONE),
            ("name", "TEXT", Random.phrase, NONE),
            ("brand", "TEXT", one_of("Marie Lamps", "Jan Oak", "Anna Glass"), NONE),
            ("serial_range", "TEXT", lambda r: f"{r.randrange(10**9, 10**10)}", NONE),
            ("image_md5", "TEXT", lambda r: hashlib.md5(r.randbytes(4)).hexdigest(), NONE),
            ("released", "TEXT", lambda r: r.date(1990, 2010), NONE),
        )),
        Table("releases", 30, (
            ("version", "TEXT", Random.version, NONE),
            ("commit_sha", "TEXT", Random.token, NONE),
            ("notes", "TEXT", Random.prose, NONE),
        )),
        Table("newsletter", 60, (
            ("addr_sha256", "TEXT", lambda r: hashlib.sha256(r.email().encode()).hexdigest(), NONE),
            ("subscribed_at", "TEXT", Random.moment, NONE),
        )),
    ),
}  # fmt: skip


def build(name: str, folder: Path) -> tuple[Path, dict[tuple[str, str], str | None]]:
    """Make one estate as a SQLite file; returns it and the truth: (table, column) → entity."""
    r, path, truth = Random(name), folder / f"{name}.sqlite", {}
    with sqlite3.connect(path) as connection:
        for table in ESTATES[name]:
            r.serial = 0
            columns = ", ".join(f'"{column}" {kind}' for column, kind, _, _ in table.columns)
            connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
            marks = ", ".join("?" * len(table.columns))
            for _ in range(table.rows):
                r_serial = r.serial
                row = []
                for _, _, make, _ in table.columns:
                    r.serial = r_serial
                    row.append(make(r))
                r.serial = r_serial + 1
                connection.execute(f'INSERT INTO "{table.name}" VALUES ({marks})', row)  # noqa: S608
            truth |= {(table.name, column): entity for column, _, _, entity in table.columns}
    connection.close()
    return path, truth
