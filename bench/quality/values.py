# ruff: noqa: E501
"""The values of a column, by its kind, and the entity that a catalog should name for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from bench.quality import people
from bench.quality.people import Person

ANY = "*"
"""Text in which people are mentioned: any entity is right."""

ENTITIES: dict[str, str | None] = {
    **dict.fromkeys(("first", "last", "full", "comma", "titled"), "PERSON"),
    **dict.fromkeys(("street", "city", "zip", "place"), "ADDRESS"),
    **dict.fromkeys(("phone", "mobile"), "PHONE_NUMBER"),
    **dict.fromkeys(("secret", "mixed", "country", "region", "job", "company", "age", "either"), None),
    **dict.fromkeys(("createdby", "handler"), "PERSON"),
    "email": "EMAIL_ADDRESS",
    "birth": "DATE_OF_BIRTH",
    "username": "USERNAME",
    "gender": "GENDER",
    "health": "HEALTH",
    "religion": "RELIGION",
    "ethnicity": "ETHNICITY",
    "ip": "IP_ADDRESS",
    "iban": "IBAN_CODE",
    "card": "CREDIT_CARD",
    "token": "SESSION_TOKEN",
    "device": "DEVICE_ID",
    "emailhash": "EMAIL_HASH",
    "notes": ANY,
}
"""None: either is right. A kind that is not here is not personal; keys depend on their table."""

_NOTES = {
    "en": (
        "{first} {last} called about the delay, please ring back on {phone}.",
        "Spoke to Mrs {last}; she will write from {email}.",
    ),
    "de": (
        "{first} {last} hat angerufen, bitte zurückrufen unter {phone}.",
        "Frau {last} schreibt uns noch von {email}.",
    ),
    "fr": (
        "{first} {last} a appelé hier, merci de rappeler au {phone}.",
        "Madame {last} nous écrira depuis {email}.",
    ),
    "es": (
        "{first} {last} llamó ayer, devolver la llamada al {phone}.",
        "La señora {last} escribirá desde {email}.",
    ),
    "it": (
        "{first} {last} ha chiamato ieri, richiamare al {phone}.",
        "La signora {last} scriverà da {email}.",
    ),
    "nl": (
        "{first} {last} heeft gebeld, graag terugbellen op {phone}.",
        "Mevrouw {last} mailt ons nog vanaf {email}.",
    ),
    "pl": (
        "{first} {last} dzwonił wczoraj, proszę oddzwonić na {phone}.",
        "Pani {last} napisze z adresu {email}.",
    ),
    "pt": (
        "{first} {last} telefonou ontem, ligar de volta para {phone}.",
        "A senhora {last} vai escrever de {email}.",
    ),
    "sv": ("{first} {last} ringde i går, ring tillbaka på {phone}.", "Fru {last} skriver från {email}."),
    "da": ("{first} {last} ringede i går, ring tilbage på {phone}.", "Fru {last} skriver fra {email}."),
}
_TEXTS = {
    "en": (
        "Checked on arrival, no visible damage.",
        "Replaced the seal and tested it twice.",
        "Needs a new battery soon.",
    ),
    "de": (
        "Bei Ankunft geprüft, kein sichtbarer Mangel.",
        "Dichtung ersetzt und zweimal getestet.",
        "Batterie bald fällig.",
    ),
    "fr": (
        "Contrôlé à l'arrivée, aucun dommage visible.",
        "Joint remplacé puis testé deux fois.",
        "Pile à changer bientôt.",
    ),
    "es": (
        "Revisado a la llegada, sin daños visibles.",
        "Junta sustituida y probada dos veces.",
        "Falta cambiar la pila pronto.",
    ),
    "it": (
        "Controllato all'arrivo, nessun danno visibile.",
        "Guarnizione sostituita e provata due volte.",
        "Batteria da cambiare.",
    ),
    "nl": (
        "Bij aankomst gecontroleerd, geen zichtbare schade.",
        "Afdichting vervangen en tweemaal getest.",
        "Batterij bijna leeg.",
    ),
    "pl": (
        "Sprawdzono przy odbiorze, brak widocznych uszkodzeń.",
        "Wymieniono uszczelkę i sprawdzono dwa razy.",
        "Bateria do wymiany.",
    ),
    "pt": (
        "Verificado à chegada, sem danos visíveis.",
        "Vedante substituído e testado duas vezes.",
        "Pilha a mudar em breve.",
    ),
    "sv": (
        "Kontrollerad vid ankomst, inga synliga skador.",
        "Packningen bytt och provad två gånger.",
        "Batteriet byts snart.",
    ),
    "da": (
        "Kontrolleret ved ankomst, ingen synlige skader.",
        "Pakningen skiftet og afprøvet to gange.",
        "Batteriet skiftes snart.",
    ),
}
_THINGS = {
    "en": "Oak Shelf|Steel Bracket|Basic Bundle|Garden Hose|Winter Offer|Ceramic Mug|Night Tariff|Cotton Cloth",
    "de": "Eichenregal|Stahlwinkel|Grundpaket|Gartenschlauch|Winteraktion|Keramikbecher|Nachttarif|Tuch Baumwolle",
    "fr": "Étagère chêne|Équerre acier|Offre de base|Tuyau d'arrosage|Offre hiver|Tasse grès|Tarif nuit|Torchon coton",
    "es": "Estante roble|Escuadra acero|Paquete básico|Manguera|Oferta invierno|Taza cerámica|Tarifa nocturna|Paño algodón",
    "it": "Mensola rovere|Staffa acciaio|Pacchetto base|Tubo giardino|Offerta inverno|Tazza ceramica|Tariffa notte|Panno cotone",
    "nl": "Eiken plank|Stalen beugel|Basispakket|Tuinslang|Winteractie|Keramische mok|Nachttarief|Katoenen doek",
    "pl": "Półka dębowa|Kątownik stalowy|Pakiet podstawowy|Wąż ogrodowy|Oferta zimowa|Kubek ceramiczny|Taryfa nocna|Ściereczka",
    "pt": "Prateleira carvalho|Esquadro aço|Pacote base|Mangueira|Oferta inverno|Caneca cerâmica|Tarifa noturna|Pano algodão",
    "sv": "Ekhylla|Stålvinkel|Baspaket|Trädgårdsslang|Vintererbjudande|Keramikmugg|Nattaxa|Bomullsduk",
    "da": "Egehylde|Stålbeslag|Basispakke|Haveslange|Vintertilbud|Keramikkrus|Nattarif|Bomuldsklud",
}
_FIRMS = (
    "Northgate Ltd",
    "Brücke GmbH",
    "Lumière SARL",
    "Alba S.p.A.",
    "Delta Holding BV",
    "Sierra Foods Inc",
    "Nordlys A/S",
)
_STATUS = (
    ("open", "closed", "pending"),
    ("A", "I"),
    ("NEW", "OK", "ERR"),
    ("1", "2", "3"),
    ("active", "void", "draft"),
)
_TYPES = (
    ("standard", "premium"),
    ("A1", "B2", "C3"),
    ("web", "shop", "partner"),
    ("X", "Y", "Z"),
    ("temp", "humidity"),
)

Make = Callable[[Person, int], Any]
"""From the person a row is about and its number to the value."""


def maker(kind: str, rng: Random, language: str) -> Make:
    """A column's values; what is chosen once (its date format, its set of labels) is the same in all rows."""
    found = _of_person(kind, rng) or _of_choice(kind, rng, language) or _of_thing(kind, rng)
    if found is None:
        raise KeyError(kind)
    return found


def _of_person(kind: str, rng: Random) -> Make | None:
    form, grouped = rng.choice(("%Y-%m-%d", "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y%m%d")), rng.random() < 0.4
    role = rng.choice(("full", "full", "username"))
    made: dict[str, Make] = {
        "first": lambda p, _: p.first,
        "last": lambda p, _: p.last,
        "full": lambda p, _: f"{p.first} {p.last}",
        "comma": lambda p, _: f"{p.last}, {p.first}",
        "titled": lambda p, _: f"{rng.choice(('Dr. ', 'Prof. ', '', '', 'Dipl.-Ing. '))}{p.first} {p.last}",
        "email": lambda p, _: p.email,
        "phone": lambda p, _: p.phone,
        "mobile": lambda p, _: p.mobile,
        "username": lambda p, _: p.username,
        "birth": lambda p, _: p.birth.strftime(form),
        "street": lambda p, _: people.street(rng, p.language),
        "city": lambda p, _: people.city(rng, p.language),
        "zip": lambda p, _: people.postal(rng, p.language),
        "place": lambda p, _: f"{people.postal(rng, p.language)} {people.city(rng, p.language)}",
        "iban": lambda p, _: people.iban(rng, p.language),
        "card": lambda _p, _n: people.card(rng, grouped),
        "ip": lambda _p, _n: people.address(rng),
        "token": lambda _p, _n: people.token(rng),
        "device": lambda _p, _n: people.unique(rng),
        "emailhash": lambda p, _: hashlib.sha256(p.email.encode()).hexdigest(),
        "secret": lambda _p, _n: f"$2b$12${people.token(rng)[:40]}",
        "notes": lambda p, n: _note(rng, p, n),
        "mixed": lambda p, n: rng.choice((p.first, p.email, str(n), "en", "true", "")),
        "createdby": lambda p, _: f"{p.first} {p.last}" if role == "full" else f"{p.first} {p.last[0]}.",
        "age": lambda p, _: 2026 - p.birth.year,
    }
    made["handler"] = made["createdby"]
    return made.get(kind)


def _note(rng: Random, one: Person, number: int) -> str | None:
    if rng.random() < 0.3:
        return None
    if number % 3:
        return rng.choice(_TEXTS[one.language])
    return rng.choice(_NOTES[one.language]).format(
        first=one.first, last=one.last, phone=one.phone, email=one.email
    )


def _of_choice(kind: str, rng: Random, language: str) -> Make | None:
    sets: dict[str, Callable[[], tuple[str, ...]]] = {
        "gender": lambda: people.genders(rng, language),
        "health": lambda: people.ills(rng, language),
        "religion": lambda: people.religions(rng),
        "ethnicity": lambda: people.ethnicities(rng),
        "status": lambda: rng.choice(_STATUS),
        "type": lambda: rng.choice(_TYPES),
        "category": lambda: rng.choice(_TYPES),
        "currency": lambda: ("EUR", "USD", "SEK"),
        "unit": lambda: ("kWh", "m3", "pcs", "kg"),
        "lang": lambda: (language, "en"),
        "country": lambda: ("DE", "FR", "GB", "PL"),
        "region": lambda: ("North", "South", "East"),
        "job": lambda: ("analyst", "manager", "clerk", "engineer", "trainee"),
        "company": lambda: _FIRMS,
        "active": lambda: rng.choice((("0", "1"), ("Y", "N"), ("true", "false"))),
        "name": lambda: tuple(
            f"{one}{tail}" for one in _THINGS[language].split("|") for tail in ("", " 2", " XL", " Plus")
        ),
        "description": lambda: _TEXTS[language],
        "version": lambda: ("1.0.3", "1.1.0", "2.0.0-rc1", "2.4.11"),
        "website": lambda: tuple(f"https://shop{n}.example" for n in range(40)),
    }
    if kind not in sets:
        return None
    chosen = sets[kind]()
    return lambda _p, _n: rng.choice(chosen)


def _of_thing(kind: str, rng: Random) -> Make | None:
    prefix, base = rng.choice("ABCKRZ"), rng.choice((10_000, 200_000, 7_000_000))
    stamp = rng.choice(("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"))
    made: dict[str, Make] = {
        "id": lambda _p, n: n,
        "number": lambda _p, n: f"{prefix}{base + n}",
        "code": lambda _p, _n: f"{prefix}{rng.choice('LMTX')}-{rng.randrange(100, 9999)}",
        "serial": lambda _p, _n: f"{rng.choice('STQ')}N{rng.randrange(10**7, 10**8)}",
        "amount": lambda _p, _n: round(rng.uniform(3, 900), 2),
        "price": lambda _p, _n: round(rng.uniform(1, 90), 2),
        "value": lambda _p, _n: round(rng.uniform(0, 40), 3),
        "weight": lambda _p, _n: round(rng.uniform(0.1, 30), 1),
        "quantity": lambda _p, _n: rng.randrange(1, 20),
        "either": lambda _p, n: f"{prefix}{base + n}",
        "small": lambda _p, _n: rng.randrange(1, 12),
        "year": lambda _p, _n: rng.randrange(2015, 2026),
        "epoch": lambda _p, n: 1_700_000_000 + 60 * n,
    }
    for one in ("created", "updated"):
        made[one] = lambda _p, _n: (
            datetime(2019, 1, 1) + timedelta(minutes=rng.randrange(3_000_000))
        ).strftime(stamp)
    for one in ("date", "start", "end"):
        made[one] = lambda _p, _n: str(date(2020, 1, 1) + timedelta(days=rng.randrange(2200)))
    return made.get(kind)
