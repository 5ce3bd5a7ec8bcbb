"""People and their values, all of them made up: reserved domains, fictitious telephone ranges, test cards."""

from __future__ import annotations

import hashlib
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from bench.quality import names

_PHONES = {
    "en": ("020 7946 0{:03}", "07700 900{:03}", "(212) 555-01{:02}", "+44 1632 960{:03}"),
    "de": ("030 23125{:03}", "069/90009{:03}", "+49 40 66969{:03}", "0176 040690{:02}"),
    "fr": ("01 99 00 {:02} {:02}", "06.39.98.{:02}.{:02}", "+33 2 61 91 {:02} {:02}"),
    "sv": ("08-465 004 {:02}", "+46 31 390 06 {:02}", "070-174 06 {:02}"),
    "": ("+44 7700 900{:03}", "+1 303 555 01{:02}", "+49 30 23125{:03}", "+33 1 99 00 {:02} {:02}"),
}
_STREETS = {
    "en": (
        "{} Station Road",
        "{} Mill Lane",
        "{} Church Street",
        "Flat 2, {} Park Avenue",
        "{} Oakfield Drive",
    ),
    "de": ("Bahnhofstraße {}", "Am Mühlbach {}", "Gartenweg {}a", "Lindenallee {}", "Schillerplatz {}"),
    "fr": ("{} rue des Lilas", "{} avenue Jean Moulin", "{} bis boulevard Carnot", "{}, place de la Mairie"),
    "es": ("Calle Mayor, {}", "Avda. de la Constitución {}", "C/ del Olmo {}, 2º B", "Plaza España {}"),
    "it": ("Via Garibaldi {}", "Corso Italia, {}", "Viale dei Pini {}/A", "Piazza Dante {}"),
    "nl": ("Dorpsstraat {}", "Molenweg {}", "Prinsengracht {}-II", "Kerklaan {}"),
    "pl": ("ul. Lipowa {}", "ul. Kościuszki {}/4", "al. Niepodległości {}", "os. Słoneczne {}"),
    "pt": ("Rua da Escola, {}", "Av. da Liberdade {}, 3º Esq", "Travessa do Carmo {}", "Largo da Sé {}"),
    "sv": ("Storgatan {}", "Björkvägen {}", "Kungsgatan {} B", "Ringvägen {}"),
    "da": ("Nørregade {}", "Skovvej {}, 1. tv", "Østerbrogade {}", "Møllevej {}"),
}
_CITIES = {
    "en": "Leeds Norwich Bristol Swindon Exeter Cardiff Reading York Bath Ipswich Luton Dundee",
    "de": "Kassel Ulm Bielefeld Münster Rostock Erfurt Aachen Trier Jena Mainz Celle Passau",
    "fr": "Rennes Dijon Angers Nîmes Limoges Amiens Metz Brest Tours Pau Lorient Colmar",
    "es": "Zaragoza Murcia Burgos Cádiz Logroño Oviedo Huesca Girona Ávila Jaén Lugo Soria",
    "it": "Bergamo Parma Ancona Lecce Trento Pisa Siena Modena Udine Cagliari Ferrara Novara",
    "nl": "Zwolle Breda Leiden Arnhem Delft Gouda Assen Venlo Haarlem Alkmaar Tilburg Hoorn",
    "pl": "Kielce Gdynia Radom Opole Toruń Rzeszów Olsztyn Lublin Tarnów Płock Słupsk Koszalin",
    "pt": "Braga Évora Faro Coimbra Aveiro Viseu Leiria Setúbal Beja Guarda Portimão Tomar",
    "sv": "Umeå Örebro Kalmar Gävle Växjö Luleå Borås Skövde Falun Lund Visby Karlstad",
    "da": "Odense Vejle Randers Horsens Kolding Viborg Herning Esbjerg Roskilde Svendborg Hobro Thisted",
}
_ZIPS = {
    "en": ("LS{} {}AB", "NR{} {}QX", "BS{} {}TJ"),
    "de": ("{:02}{:03}",),
    "fr": ("{:02}{:03}",),
    "es": ("{:02}{:03}",),
    "it": ("{:02}{:03}",),
    "nl": ("{:02}{:02} XK", "{:02}{:02}ZB"),
    "pl": ("{:02}-{:03}",),
    "pt": ("{:02}00-{:03}",),
    "sv": ("{:03} {:02}",),
    "da": ("{:02}{:02}",),
}
_GENDERS = (("F", "M"), ("f", "m", "d"), ("female", "male"), ("W", "M"), ("0", "1", "2"), ("K", "M"))
_GENDER_WORDS = {
    "de": ("weiblich", "männlich", "divers"),
    "fr": ("femme", "homme"),
    "es": ("mujer", "hombre"),
    "it": ("femmina", "maschio"),
    "nl": ("vrouw", "man"),
    "pl": ("kobieta", "mężczyzna"),
    "pt": ("feminino", "masculino"),
    "sv": ("kvinna", "man"),
    "da": ("kvinde", "mand"),
}
_ILLS = {
    "en": ("asthma", "type 2 diabetes", "hypertension", "migraine", "fractured wrist", "none"),
    "de": ("Asthma bronchiale", "Diabetes mellitus", "Hypertonie", "Migräne", "Unterarmfraktur", "o.B."),
    "fr": ("asthme", "diabète", "hypertension", "migraine", "fracture du poignet"),
    "es": ("asma", "diabetes", "hipertensión", "migraña", "fractura de muñeca"),
    "it": ("asma", "diabete", "ipertensione", "emicrania", "frattura del polso"),
    "nl": ("astma", "suikerziekte", "hoge bloeddruk", "migraine", "polsbreuk"),
    "pl": ("astma", "cukrzyca", "nadciśnienie", "migrena", "złamanie nadgarstka"),
    "pt": ("asma", "diabetes", "hipertensão", "enxaqueca", "fratura do punho"),
    "sv": ("astma", "diabetes", "högt blodtryck", "migrän", "handledsfraktur"),
    "da": ("astma", "diabetes", "forhøjet blodtryk", "migræne", "håndledsbrud"),
}
_CODES = ("J45.9", "E11.9", "I10", "G43.0", "S52.5", "M54.5", "F32.1", "K21.0")
_BLOOD = ("A+", "A-", "B+", "0+", "0-", "AB+", "O+")
_RELIGIONS = ("rk", "ev", "muslim", "none", "jewish", "hindu", "catholic", "protestant", "buddhist")
_ETHNICITIES = ("White British", "Asian", "Black African", "Mixed", "Roma", "Other", "Hispanic")
_CARDS = (
    "4111111111111111",
    "4242424242424242",
    "5555555555554444",
    "5105105105105100",
    "378282246310005",
    "6011111111111117",
    "4000056655665556",
    "2223003122003222",
)
_IBANS = {
    "de": ("DE", 18),
    "fr": ("FR", 23),
    "es": ("ES", 20),
    "it": ("IT", 0),
    "pl": ("PL", 24),
    "": ("GB", 0),
}
_HOSTS = ("example.com", "example.org", "example.net", "mail.example", "post.example")


_LETTERS = str.maketrans("łŁøØæı", "lLoOai", "") | {ord("ß"): "ss"}


@dataclass(frozen=True)
class Person:
    """One made-up person. ``key`` is theirs in their own table."""

    key: int
    first: str
    last: str
    email: str
    username: str
    phone: str
    mobile: str
    birth: date
    language: str


def ascii_of(text: str) -> str:
    """Without accents, as addresses and old systems write."""
    return unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode()


def person(rng: Random, language: str, key: int) -> Person:
    first, last = names.given(rng, language), names.family(rng, language)
    a, b = (ascii_of(one).lower().replace(" ", "").replace("'", "") for one in (first, last))
    forms = (f"{a}.{b}", f"{a[0]}{b}", f"{b}.{a[0]}", f"{a}{rng.randrange(60, 99)}", f"{b}_{a}")
    return Person(
        key,
        first,
        last,
        f"{rng.choice(forms)}{rng.choice(('', rng.randrange(999)))}@{rng.choice(_HOSTS)}",
        rng.choice((*forms, f"{a[:3]}{b[:4]}{rng.randrange(99)}", f"x{b[:5]}")),
        phone(rng, language),
        phone(rng, language),
        date(1940, 1, 1) + timedelta(days=rng.randrange(24_000)),
        language,
    )


def phone(rng: Random, language: str) -> str:
    form = rng.choice(_PHONES.get(language, _PHONES[""]))
    width = 999 if ":03" in form else 99
    low = 40 if "174 06" in form or "390 06" in form else 0
    return form.format(rng.randrange(low, width), rng.randrange(99))


def street(rng: Random, language: str) -> str:
    return rng.choice(_STREETS[language]).format(rng.randrange(1, 180))


def city(rng: Random, language: str) -> str:
    return rng.choice(_CITIES[language].split())


def postal(rng: Random, language: str) -> str:
    form = rng.choice(_ZIPS[language])
    first = rng.randrange(100, 999) if form.startswith("{:03}") else rng.randrange(10, 97)
    return form.format(
        first, rng.randrange(1, 9) if "AB" in form or "QX" in form or "TJ" in form else rng.randrange(10, 99)
    )


def genders(rng: Random, language: str) -> tuple[str, ...]:
    """The values of one column of genders."""
    return rng.choice((*_GENDERS, _GENDER_WORDS.get(language, _GENDERS[2])))


def ills(rng: Random, language: str) -> tuple[str, ...]:
    """The values of one column about health: words, or codes."""
    return rng.choice((_ILLS[language], _ILLS[language], _CODES, _BLOOD))


def religions(rng: Random) -> tuple[str, ...]:
    return tuple(rng.sample(_RELIGIONS, 5))


def ethnicities(rng: Random) -> tuple[str, ...]:
    return tuple(rng.sample(_ETHNICITIES, 5))


def card(rng: Random, grouped: bool) -> str:
    text = rng.choice(_CARDS)
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4)) if grouped else text


def iban(rng: Random, language: str) -> str:
    """A valid form over a bank code that no bank has."""
    country, digits = _IBANS.get(language, _IBANS[""])
    if digits:
        basic = "".join(["9" * 6, *(str(rng.randrange(10)) for _ in range(digits - 6))])
    else:
        basic = ("X99999" if country == "IT" else "NONE") + "".join(
            str(rng.randrange(10)) for _ in range(17 if country == "IT" else 14)
        )
    number = int("".join(str(int(sign, 36)) for sign in f"{basic}{country}00"))
    return f"{country}{98 - number % 97:02}{basic}"


def address(rng: Random) -> str:
    """An IP of the ranges for documentation."""
    return f"{rng.choice(('192.0.2', '198.51.100', '203.0.113'))}.{rng.randrange(1, 255)}"


def token(rng: Random) -> str:
    return hashlib.sha256(rng.randbytes(16)).hexdigest()[: rng.choice((40, 64))]


def unique(rng: Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))
