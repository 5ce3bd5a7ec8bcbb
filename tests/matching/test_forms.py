"""Normal forms: two spellings of one identifier meet, two identifiers never do."""

from __future__ import annotations

import base64
import hashlib
import pickle
import unicodedata
import uuid as uuids
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestige.matching import forms

LOCAL = st.from_regex(r"[a-z0-9äéßøñжя]([a-z0-9äéßøñжя.+_-]{0,12}[a-z0-9äéßøñжя])?", fullmatch=True)
DOMAIN = st.sampled_from(
    ["example.com", "mail.example.org", "bücher.example", "пример.example", "xn--bcher-kva.test"]
)
ADDRESSES = st.builds("{}@{}".format, LOCAL, DOMAIN)


@given(ADDRESSES)
def test_every_spelling_of_an_address_has_one_form(address: str) -> None:
    normal = forms.email(address)
    assert normal is not None
    assert forms.email(normal) == normal
    decomposed = unicodedata.normalize("NFD", address)
    for spelling in (f"  {address}\n", f"<{address}>", f"mailto:{address}", decomposed, address.title()):
        assert forms.email(spelling) == normal
    if address.isascii():
        assert forms.email(address.upper()) == normal


@given(LOCAL, LOCAL, DOMAIN)
def test_addresses_of_different_letters_stay_apart(one: str, other: str, domain: str) -> None:
    if unicodedata.normalize("NFKC", one).casefold() != unicodedata.normalize("NFKC", other).casefold():
        assert forms.email(f"{one}@{domain}") != forms.email(f"{other}@{domain}")


def test_a_domain_and_its_a_labels_are_one() -> None:
    assert forms.email("a@bücher.example") == forms.email("A@XN--BCHER-KVA.example")
    assert forms.email("a@straße.example") != forms.email("a@strasse.example")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "Anna <anna@example.com>",
        "anna@example.com, bob@example.com",
        "anna@localhost",
        "anna@example.c",
        "anna@example.123",
        "anna@-example.com",
        "anna@exa_mple.com",
        ".anna@example.com",
        "anna.@example.com",
        "an na@example.com",
        "anna@@example.com",
        "anna@example..com",
    ],
)
def test_no_address(text: str) -> None:
    assert forms.email(text) is None


def test_the_base_of_a_tagged_address() -> None:
    assert forms.email_base("anna+news+x@example.com") == "anna@example.com"
    assert forms.email_base("+news@example.com") == "+news@example.com"
    assert forms.email_base("anna@example.com") == "anna@example.com"


@pytest.mark.parametrize(
    ("text", "regions", "normal"),
    [
        ("+49 30 23125 123", (), "+493023125123"),
        ("+49 (0)30 / 23125-123", (), "+493023125123"),
        ("0049 30 23125123", ("US",), "+493023125123"),
        ("030 23125 123", ("DE",), "+493023125123"),
        ("030 23125 123", ("US", "DE"), "+493023125123"),
        ("020 7946 0123", ("GB",), "+442079460123"),
        ("(202) 555-0143", ("US",), "+12025550143"),
        ("202.555.0143", ("US",), "+12025550143"),
        ("+1 202-555-0143 ext. 17", (), "+12025550143"),
        ("+1 202-555-0143 x17", (), "+12025550143"),
        ("tel:+1-202-555-0143", (), "+12025550143"),
        ("555-0143", ("US",), "+15550143"),
        ("１２０２５５５０１４３", ("US",), "+12025550143"),
        ("+٤٩٣٠٢٣١٢٥١٢٣", (), "+493023125123"),
        ("01 99 00 12 34", ("FR",), "+33199001234"),
        ("0491 570 156", ("AU",), "+61491570156"),
        ("493023125123", ("US",), "+493023125123"),
        ("442079460123", ("DE",), "+442079460123"),
        ("15012345678", ("CN",), "+8615012345678"),
        ("030 23125 123", (), None),
        ("12345", ("DE",), None),
        ("2026-01-15", ("DE",), None),
        ("15.01.2026", ("DE",), None),
        ("192.0.2.17", ("DE", "US"), None),
        ("call 030 23125 123", ("DE",), None),
        ("1-800-FLOWERS", ("US",), None),
        ("", ("DE",), None),
    ],
)
def test_phone(text: str, regions: tuple[str, ...], normal: str | None) -> None:
    assert forms.phone(text, regions) == normal
    if normal:
        assert forms.phone(normal, ()) == normal


@given(st.uuids())
def test_every_spelling_of_a_uuid_has_one_form(value: uuids.UUID) -> None:
    for spelling in (str(value), str(value).upper(), value.hex, f"{{{value}}}", value.urn, f" {value} "):
        assert forms.uuid(spelling) == forms.key(spelling) == str(value)
    assert forms.key(value) == str(value)
    assert forms.uuid(f"{value}0") is None
    assert forms.uuid(str(value).replace("-", "", 1)) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        ("0", "0"),
        (-0.0, "0"),
        ("-0", "0"),
        (17, "17"),
        ("17", "17"),
        (" 17 ", "17"),
        (17.0, "17"),
        ("17.0", "17"),
        (Decimal("17.00"), "17"),
        (b"17", "17"),
        (-3, "-3"),
        ("017", "017"),
        ("17.5", "17.5"),
        (10**30, "1" + "0" * 30),
        ("C-10017", "C-10017"),
        (None, None),
        ("", None),
        ("  ", None),
        (True, None),
        (float("nan"), None),
        (Decimal("NaN"), None),
        (float("inf"), None),
    ],
)
def test_key(value: object, text: str | None) -> None:
    assert forms.key(value) == text


@given(st.integers())
def test_a_number_and_its_text_are_one_key(value: int) -> None:
    assert forms.key(value) == forms.key(str(value)) == forms.key(f"{value}.0") == str(value)
    assert forms.key(value) != forms.key(value * 10 + 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Müller", "MÜLLER, Anna"),
        ("Dr. Anna Müller", "Anna Mu\u0308ller"),
        ("Prof. Dr. med. Jürgen Groß", "Gross, Jürgen"),
        ("Séan O’Brien", "sean o'brien"),
        ("Łukasz Żółć", "Lukasz Zolc"),
        ("Søren Ødegård", "Soren Odegard"),
        ("Æsa Þórsdóttir", "Aesa Thorsdottir"),
        ("Işıl Yılmaz", "ISIL YILMAZ"),
        ("İbrahim Şahin", "ibrahim sahin"),
        ("Пётр Иванов", "Иванов, Петр"),
        ("г-н Иванов", "Иванов"),
        ("Γιώργος Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ ΓΙΩΡΓΟΣ"),
        ("أحمد السعيد", "احمد السعيد"),
        ("山田 太郎様", "山田太郎"),
        ("王小明先生", "王小明"),
        ("Mrs Jane Doe, Ph.D.", "Jane Doe"),
        ("Mme Anne-Marie Curie", "Curie Anne Marie"),
        ("Señora María Núñez", "maria nunez"),
        ("John Smith Jr.", "Smith, John"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert forms.same_name(one, other)
    assert forms.normal("PERSON", one) == forms.normal("PERSON", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Müller", "Anna Möller"),
        ("Anna Müller", "Anna"),
        ("Anna Müller", "Anna Müller Schmidt"),
        ("Don Smith", "Smith"),
        ("がく", "かく"),
        ("", ""),
        ("Anna Anna", "Anna"),
    ],
)
def test_names_that_differ(one: str, other: str) -> None:
    assert not forms.same_name(one, other)


@given(st.text(max_size=40))
def test_folding_a_name_is_stable(text: str) -> None:
    tokens = forms.name(text)
    assert forms.same_name(" ".join(tokens), text) or not tokens or forms.name(" ".join(tokens)) != tokens


def test_a_title_alone_is_a_name() -> None:
    assert forms.name("Dr.") == ("dr",)


@given(ADDRESSES)
def test_a_hashed_address_is_found_by_its_digest(address: str) -> None:
    found = forms.hashed_forms("EMAIL_ADDRESS", address.upper())
    normal = forms.email(address.upper())
    assert normal is not None
    for algorithm in ("md5", "sha1", "sha256"):
        for spelling in (normal, address.upper(), address.upper().lower()):
            digest = hashlib.new(algorithm, spelling.encode())
            assert found[digest.hexdigest()] == algorithm
            assert found[digest.hexdigest().upper()] == algorithm
            assert found[base64.b64encode(digest.digest()).decode()] == f"{algorithm}/base64"
    assert {forms.digest(text) for text in found} <= set(found)


def test_a_hashed_phone_is_found_with_and_without_plus() -> None:
    found = forms.hashed_forms("PHONE_NUMBER", "030 23125 123", ["DE"])
    for spelling in ("+493023125123", "493023125123", "03023125123", "030 23125 123"):
        assert found[hashlib.sha256(spelling.encode()).hexdigest()] == "sha256"


@given(st.binary(min_size=16, max_size=32).filter(lambda raw: len(raw) in (16, 20, 32)))
def test_a_digest_has_one_form_in_hex_and_base64(raw: bytes) -> None:
    for text in (raw.hex(), raw.hex().upper(), base64.b64encode(raw).decode()):
        assert forms.digest(text) == raw.hex()
    assert forms.digest(base64.urlsafe_b64encode(raw).decode().rstrip("=")) == raw.hex()
    assert forms.digest(raw.hex()[:-1]) is None


@pytest.mark.parametrize(
    ("entity", "text", "normal"),
    [
        ("EMAIL_ADDRESS", "A@Example.com", "a@example.com"),
        ("USER_ID", 17, None),
        ("USERNAME", " @Anna_K ", "anna_k"),
        ("ADDRESS", "Hauptstraße 5,  Köln", "hauptstrasse 5 koln"),
        ("IP_ADDRESS", "2001:DB8:0:0::1", "2001:db8::1"),
        ("IP_ADDRESS", "192.0.2.300", None),
        ("MAC_ADDRESS", "0000.5E00.53AF", "00:00:5e:00:53:af"),
        ("CREDIT_CARD", "4111 1111-1111 1111", "4111111111111111"),
        ("IBAN_CODE", "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("HEALTH", "  Asthma  bronchiale ", "asthma bronchiale"),
        ("HEALTH", " ", None),
    ],
)
def test_normal_dispatches_by_entity(entity: str, text: str, normal: str | None) -> None:
    assert forms.normal(entity, str(text)) == (str(text) if entity == "USER_ID" else normal)


def test_hashes_are_keyed_and_kinds_apart() -> None:
    one, other = forms.Hasher(b"k" * 32), forms.Hasher(b"l" * 32)
    assert one.key_id == hashlib.sha256(b"k" * 32).hexdigest()[:8]
    hashes = {hasher.hash(kind, "17") for hasher in (one, other) for kind in ("KEY", "UUID", "EMAIL_ADDRESS")}
    assert len(hashes) == 6
    assert all(len(text) == 32 and set(text) <= set("0123456789abcdef") for text in hashes)
    assert pickle.loads(pickle.dumps(one)).hash("KEY", "17") == one.hash("KEY", "17")
    assert "kkk" not in repr(one)
    assert one.key_id in repr(one)


def test_the_space_of_a_user_id() -> None:
    assert forms.kind("USER_ID", "17") == "KEY"
    assert forms.kind("USER_ID", "550e8400-e29b-41d4-a716-446655440000") == "UUID"
    assert forms.kind("PERSON", "anna") == "PERSON"
