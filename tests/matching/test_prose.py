"""Names and addresses in prose: what each rule takes, and what it leaves; spans that keep their places."""

from __future__ import annotations

import pickle
import re
from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vestige.matching import presidio
from vestige.matching.presidio import Presidio
from vestige.matching.prose import Found, Prose


class Silent(Presidio):
    """A model of English that sees nothing: what is found then is grammar's."""

    def named(self, texts: Sequence[str], language: str = "en") -> list[list[presidio.Found]]:  # noqa: ARG002
        return [[] for _ in texts]


GRAMMAR = Prose(model=Silent())


def said(text: str, *entities: str, prose: Prose = GRAMMAR) -> list[str]:
    (found,) = prose.find([text])
    return [text[one.start : one.end] for one in found if one.entity in entities]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Dear Mr Okonkwo, your parcel is here.", ["Okonkwo"]),
        ("Dear customer, your parcel is here.", []),
        ("My name is Zorica Vuković and this is my third letter.", ["Zorica Vuković"]),
        ("This is the third letter.", []),
        (
            "Please tell Oyelaran that it is done.\n\nKind regards,\nTeodora Brâncuș",
            ["Oyelaran", "Teodora Brâncuș"],
        ),
        ("Patient: Imre Szabados\nRoom: Garden View", ["Imre Szabados"]),
        ("It was Anna Thornquist's car in the yard.", ["Anna Thornquist"]),
        ("We met on Monday in the Green Room.", []),
        ("Prof. van der Meulen sent the slides.", ["van der Meulen"]),
        ("Witness J. Hallorann left at six.", ["J. Hallorann"]),
        ("Hallorann, Anna - overdue", ["Hallorann", "Anna"]),
        ("my name is anna hallorann and i want a refund", ["anna hallorann"]),
        ("FINAL NOTICE FOR ALL TENANTS", []),
        ("Hello ANNA HALLORANN, hello all.", ["ANNA HALLORANN"]),
        ("Anna: are you there?\nOyelaran: yes I am", ["Anna", "Oyelaran"]),
        ("Total: 14\nShipping: free", []),
        ("The lamp was sold by Anna Thornquist Ltd in May.", []),
        ("Your last name? Brâncuș", ["Brâncuș"]),
        ("He works for Thornquist & Sons.", []),
        ("We spoke with Anna, Tevita and Ms Oyelaran today.", ["Anna", "Tevita", "Oyelaran"]),
    ],
)
def test_people_in_english(text: str, people: list[str]) -> None:
    assert said(text, "PERSON") == people


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Sehr geehrte Frau Brinkhoff, vielen Dank für Ihr Schreiben.", ["Brinkhoff"]),
        ("Die Lieferung kommt am Montag mit der neuen Rechnung.", []),
        ("Mein Name ist Fritjof Brinkhoff und ich warte auf das Paket.", ["Fritjof Brinkhoff"]),
        ("Bonjour, je m'appelle Maëlys Courtecuisse et je suis à la maison.", ["Maëlys Courtecuisse"]),
        ("La réunion est reportée à lundi dans la salle bleue.", []),
        ("Me llamo Iñaki Echeverría y no puedo entrar en la cuenta.", ["Iñaki Echeverría"]),
        ("Il paziente Ottavio Brambilla è stato dimesso ieri.", ["Ottavio Brambilla"]),
        ("Mijn naam is Sjoukje van der Veen en ik heb het niet.", ["Sjoukje van der Veen"]),
        ("O cliente Valdemar Quintanilha não pode entrar.", ["Valdemar Quintanilha"]),
        ("Nazywam się Bogumiła Wrzesień i proszę o kontakt.", ["Bogumiła Wrzesień"]),
        ("Jag heter Torgny Sjöblad och jag har inte fått det.", ["Torgny Sjöblad"]),
        ("Mit navn er Thorkild Ravnsborg, og jeg har ikke fået det.", ["Thorkild Ravnsborg"]),
        ("Меня зовут Тимур Вележев, и я не могу войти.", ["Тимур Вележев"]),
    ],
)
def test_people_in_other_languages(text: str, people: list[str]) -> None:
    assert said(text, "PERSON") == people


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("I live at 14 Quarry Lane, Millbridge, 90210.", ["14 Quarry Lane, Millbridge, 90210"]),
        ("I bought 14 apples, a pear and 3 lamps.", []),
        ("Chapter 14 Quiet Evenings is the best.", []),
        (
            "It is Flat 3, 14 Quarry Terrace\nMillbridge LS1 4QX",
            ["Flat 3, 14 Quarry Terrace\nMillbridge LS1 4QX"],
        ),
        ("Send it to PO Box 114, Millbridge.", ["PO Box 114, Millbridge"]),
        ("The box 114 is empty.", []),
        ("Ich wohne in der Mühlenstraße 12a, 33199 Steinfeld.", ["Mühlenstraße 12a, 33199 Steinfeld"]),
        ("Der Ring 12 ist verloren.", []),
        ("J'habite au 12 bis, rue du Moulin, 21000 Dijon.", ["12 bis, rue du Moulin, 21000 Dijon"]),
        ("Vivo en la Calle Mayor 12, 2º B, 28013 Madrid.", ["Calle Mayor 12, 2º B, 28013 Madrid"]),
        ("Mieszkam przy ul. Lipowej 3/4, 26-100 Radom.", ["ul. Lipowej 3/4, 26-100 Radom"]),
        ("Ik woon op Lindelaan 149, 1234 AB Breda.", ["Lindelaan 149, 1234 AB Breda"]),
        ("Jag bor på Björkgatan 3, 341 55 Växjö.", ["Björkgatan 3, 341 55 Växjö"]),
        ("She is stationed at PSC 114, Box 20, APO AE 09012.", ["PSC 114, Box 20, APO AE 09012"]),
        ("My zip code is 90210, thanks.", ["90210"]),
        ("The invoice is 90210, thanks.", []),
        ("14 Quarry Lane, Anna Thornquist called.", ["14 Quarry Lane"]),
    ],
)
def test_addresses(text: str, addresses: list[str]) -> None:
    assert said(text, "ADDRESS") == addresses


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("She moved to Kyrgyzstan last year.", ["Kyrgyzstan"]),
        ("He was born in Oakhollow and never left.", ["Oakhollow"]),
        ("He was born in May and never left.", []),
        ("Location: Oakhollow", ["Oakhollow"]),
        ("The turkey was dry.", []),
    ],
)
def test_places(text: str, places: list[str]) -> None:
    assert said(text, "LOCATION") == places


@pytest.mark.parametrize(
    ("text", "entity", "expected"),
    [
        ("The patient is 34 years old.", "AGE", ["34"]),
        ("The lease is for 34 years.", "AGE", []),
        ("My brother just turned 34.", "AGE", ["34"]),
        ("Turn it by 34 degrees.", "AGE", []),
        ("Die Mieterin, 34 Jahre alt, ist da.", "AGE", ["34"]),
        ("She was born on 4 May 1971 in the north.", "DATE_OF_BIRTH", ["4 May 1971"]),
        ("Date of birth: 1971-05-04", "DATE_OF_BIRTH", ["1971-05-04"]),
        ("Date of delivery: 1971-05-04", "DATE_OF_BIRTH", []),
        ("geboren am 04.05.1971 in Ulm", "DATE_OF_BIRTH", ["04.05.1971"]),
        ("Call me on 555 01 99 today.", "PHONE_NUMBER", ["555 01 99"]),
        ("Order 555 01 99 is late.", "PHONE_NUMBER", []),
        ("Her licence is F5550199.", "US_DRIVER_LICENSE", ["F5550199"]),
        ("Her parcel is F5550199.", "US_DRIVER_LICENSE", []),
        ("The card 213100000000009 is lost.", "CREDIT_CARD", []),
    ],
)
def test_numbers_by_the_words_beside_them(text: str, entity: str, expected: list[str]) -> None:
    assert said(text, entity) == expected


def test_patterns_come_first() -> None:
    text = "Mail Anna Thornquist at anna.thornquist@example.com or 192.0.2.7."
    assert said(text, "EMAIL_ADDRESS", "IP_ADDRESS") == ["anna.thornquist@example.com", "192.0.2.7"]
    assert said(text, "PERSON") == ["Anna Thornquist"]


def test_a_model_is_believed_where_grammar_is_silent_and_corrected_where_it_is_not() -> None:
    class Wrong(Silent):
        def named(self, texts: Sequence[str], language: str = "en") -> list[list[presidio.Found]]:  # noqa: ARG002
            names = re.compile(r"Oyelaran|Quillfeather")
            return [[("LOCATION", *m.span(), 0.85) for m in names.finditer(text)] for text in texts]

    prose = Prose(model=Wrong())
    assert said("They saw Quillfeather on the hill.", "LOCATION", prose=prose) == ["Quillfeather"]
    assert said("Mr Oyelaran was not there.", "PERSON", prose=prose) == ["Oyelaran"]


def test_it_travels() -> None:
    assert pickle.loads(pickle.dumps(GRAMMAR)).find(["Dear Mr Okonkwo,"]) == GRAMMAR.find(
        ["Dear Mr Okonkwo,"]
    )


PIECES = (
    "Dear Mr Okonkwo,", "Anna", "Thornquist", "14 Quarry Lane", "Millbridge", "90210", "\n", ", ", ". ",
    "the", "and", "O'Neil's", "ul. Lipowa 3", "d'Arc", "PO Box 1", "anna@example.com", "(202) 555-0143", "ß",
    "İ", "’", "ﬁ", "12", "-", "called", "aged 34", "VAN DER", "日本", "😀", "e\u0301",
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=14).map(" ".join))
def test_spans_lie_inside_the_text_and_never_overlap(text: str) -> None:
    (found,) = GRAMMAR.find([text])
    assert all(0 <= one.start < one.end <= len(text) and text[one.start : one.end].strip() for one in found)
    assert all(left.end <= right.start for left, right in zip(found, found[1:], strict=False))


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=10).map(" ".join))
def test_a_text_is_read_alike_wherever_it_stands(text: str) -> None:
    before = "it is the one.\n\n" * 40  # in one language both times
    (near,) = GRAMMAR.find([f"{before}{text}"])
    (far,) = GRAMMAR.find([f"{before * 10}{text}"])
    shift = 9 * len(before)
    assert [Found(o.entity, o.start + shift, o.end + shift, o.score, o.why) for o in near] == far


@settings(deadline=None)
@given(st.lists(st.sampled_from(("Ab", "a", "Abc", "b\n", "x")), max_size=60).map(" ".join))
def test_chunks_lose_and_move_nothing(text: str) -> None:
    """Whatever the size of chunks, a model that looks at words alone sees the same words."""

    def process(texts: Sequence[str], *_: object, **__: object) -> list[tuple[str, SimpleNamespace]]:
        return [
            (one, SimpleNamespace(entities=_words(one), scores=[0.5] * len(_words(one)))) for one in texts
        ]

    with pytest.MonkeyPatch.context() as patch:
        engine = SimpleNamespace(process_batch=process, nlp={"en": object()})
        patch.setattr(presidio, "_engine", lambda _: engine)
        patch.setattr(presidio, "MAX_CHARACTERS", 12)
        (found,) = Presidio().named([text])
    assert [(start, end) for _, start, end, _ in found] == [(w.start_char, w.end_char) for w in _words(text)]


def _words(text: str) -> list[SimpleNamespace]:
    found = re.finditer(r"[A-Z]\w*", text)
    return [SimpleNamespace(label_="PERSON", start_char=m.start(), end_char=m.end()) for m in found]
