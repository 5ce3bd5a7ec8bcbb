"""Spans: what is planted is found where it stands; what only looks like it is not."""

from __future__ import annotations

import base64
import hashlib
import json
import pickle
import re
import uuid as uuids
from collections.abc import Callable
from urllib.parse import quote

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vestige.connectors.protocol import column
from vestige.matching import forms
from vestige.matching.extract import SPAN_SCHEMA, Extractor, Span, to_arrow
from vestige.matching.hits import Hit

EVERYWHERE = Extractor(["DE", "US", "GB", "FR"])


def line_batch(*lines: str) -> pa.RecordBatch:
    return pa.record_batch([pa.array([line.encode() for line in lines], pa.large_binary())], names=["line"])


def found(text: str, entity: str | None = None, extractor: Extractor = EVERYWHERE) -> list[tuple[str, str]]:
    """(raw text, normal form) of the spans in a line."""
    raw = text.encode()
    return [
        (raw[span.start : span.end].decode(), span.normal)
        for span in extractor.spans(line_batch(text))
        if entity in (None, span.entity)
    ]


def normals(text: str, entity: str, extractor: Extractor = EVERYWHERE) -> set[str]:
    return {normal for _, normal in found(text, entity, extractor)}


ADDRESSES = st.sampled_from(
    [
        "anna@example.com",
        "o'brien@example.com",
        "x_1.y-z+tag@mail.example.org",
        "José@Bücher.example",
        "я@пример.test",
    ]
)
PLANTED: list[tuple[str, str, str]] = [
    ("EMAIL_ADDRESS", "Anna.K@Example.com", "anna.k@example.com"),
    ("EMAIL_ADDRESS", "josé@bücher.example", "josé@xn--bcher-kva.example"),
    ("USER_ID", "550E8400-E29B-41D4-A716-446655440000", "550e8400-e29b-41d4-a716-446655440000"),
    ("PHONE_NUMBER", "+49 30 23125 123", "+493023125123"),
    ("PHONE_NUMBER", "+1 (202) 555-0143", "+12025550143"),
    (
        "EMAIL_HASH",
        hashlib.sha256(b"a@example.com").hexdigest(),
        hashlib.sha256(b"a@example.com").hexdigest(),
    ),
    (
        "EMAIL_HASH",
        hashlib.md5(b"a@example.com").hexdigest().upper(),
        hashlib.md5(b"a@example.com").hexdigest(),
    ),
    ("IP_ADDRESS", "192.0.2.17", "192.0.2.17"),
    ("IP_ADDRESS", "2001:db8::8a2e:370:7334", "2001:db8::8a2e:370:7334"),
    ("MAC_ADDRESS", "00:00:5E:00:53:AF", "00:00:5e:00:53:af"),
    ("CREDIT_CARD", "4111 1111 1111 1111", "4111111111111111"),
    ("IBAN_CODE", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    ("URL", "https://example.com/a?b=1", "https://example.com/a?b=1"),
]
ENCODINGS: list[tuple[str, Callable[[str], str]]] = [
    ("clear", str),
    ("percent", lambda text: quote(text, safe="")),
    ("json", lambda text: json.dumps(text)[1:-1]),
    ("base64", lambda text: base64.b64encode(text.encode()).decode()),
    ("base64", lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")),
]
BEFORE = st.sampled_from(["", "x ", "mail=", "(", "<", '"', "'", "é: ", "\t", "[", "a,", ">", "a|"])
AFTER = st.sampled_from(["", " x", ".", ",", ")", ">", '"', "'", "; y", "!", "?", "]", "\t", " é"])


@settings(max_examples=400)
@given(st.sampled_from(PLANTED), st.sampled_from(ENCODINGS), BEFORE, AFTER)
def test_a_planted_identifier_is_cut_out_exactly(
    planted: tuple[str, str, str], encoding: tuple[str, Callable[[str], str]], left: str, right: str
) -> None:
    entity, value, normal = planted
    encoded = encoding[1](value)
    raw = f"{left}{encoded}{right}".encode()
    spans = [
        span
        for span in EVERYWHERE.spans(pa.record_batch([pa.array([raw])], names=["note"]))
        if (span.entity, span.normal) == (entity, normal)
    ]
    cuts = {raw[: span.start] + raw[span.end :] for span in spans}
    assert f"{left}{right}".encode() in cuts


@given(ADDRESSES, st.booleans(), BEFORE.map(lambda text: text.replace('"', "")), AFTER)
def test_a_json_document_stays_one_when_spans_are_cut(
    address: str, ascii_only: bool, left: str, right: str
) -> None:
    value = {"a": {"note": f"{left}{address}{right}", "n": 17}, address: [address, None]}
    raw = json.dumps(value, ensure_ascii=ascii_only).encode()
    batch = pa.record_batch(
        [pa.array([raw.decode()])], schema=pa.schema([column("$", pa.string(), is_json=True)])
    )
    normal = forms.email(address)
    places = [(span.start, span.end) for span in EVERYWHERE.spans(batch) if span.normal == normal]
    assert len(places) == 3
    for start, end in sorted(places, reverse=True):
        raw = raw[:start] + raw[end:]
    assert json.loads(raw) == {"a": {"note": left + right, "n": 17}, "": ["", None]}


@given(ADDRESSES, ADDRESSES, st.sampled_from([" ", ",", ";", "\n", "><", "|", "/"]))
def test_two_addresses_side_by_side(one: str, other: str, between: str) -> None:
    expected = [(address, forms.email(address)) for address in (one, other)]
    assert found(f"<{one}{between}{other}>", "EMAIL_ADDRESS") == expected


@given(st.lists(ADDRESSES | st.sampled_from(["", "no address", "@", "a@b", "030 23125 123"]), max_size=8))
def test_a_page_of_cells_gives_what_each_cell_gives(texts: list[str]) -> None:
    together = [(s.row, s.start, s.end, s.normal) for s in EVERYWHERE.spans(line_batch(*texts))]
    alone = [
        (row, s.start, s.end, s.normal)
        for row, text in enumerate(texts)
        for s in EVERYWHERE.spans(line_batch(text))
    ]
    assert sorted(together) == sorted(alone)


@given(st.text(st.sampled_from("anAN19._-+@ ,<>'éж中%\\=/"), max_size=40))
def test_addresses_as_a_plain_reading_of_the_grammar_finds_them(text: str) -> None:
    """A slow and simple judge: the longest address between characters that can be in none."""
    simple = re.compile(r"(?<![\w.+'%\\/=-])[a-zA-Z0-9é]+@(?:[a-zA-Z]{2,9}\.)+[a-zA-Z]{2,9}(?![\w.@/-])")
    expected = {forms.email(match.group()) for match in simple.finditer(text)}
    assert expected <= normals(text, "EMAIL_ADDRESS")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("joann@example.com", "ann@example.com"),
        ("x.ann@example.com", "ann@example.com"),
        ("news+ann@example.com", "ann@example.com"),
        ("a-ann@example.com", "ann@example.com"),
        ("o'ann@example.com", "ann@example.com"),
        ("ann@example.com.au", "ann@example.com"),
        ("ann@example.community", "ann@example.com"),
        ("ann@example.com-x.org", "ann@example.com"),
        ("ann@mail.example.com1", "ann@mail.example"),
        ("joann%40example.com", "ann@example.com"),
        ("éann@example.com", "ann@example.com"),
        ("e\u0301ann@example.com", "ann@example.com"),
        (r"x\nanna@example.com", "nanna@example.com"),
        ("%3Aanna@example.com", "3aanna@example.com"),
        (r"\u003canna@example.com", "u003canna@example.com"),
        ("?e=news%2Bann%40example.com", "ann@example.com"),
        ("?e=news+ann@example.com", "ann@example.com"),
        (r"{\"e\": \"jo\u0061nn@example.com\"}", "ann@example.com"),
    ],
)
def test_an_address_inside_another_is_not_found(text: str, address: str) -> None:
    assert address not in normals(text, "EMAIL_ADDRESS")
    assert normals(text.replace("1", ""), "EMAIL_ADDRESS")


@pytest.mark.parametrize(
    "text",
    [
        "user=anna@example.com",
        "to:anna@example.com...",
        "mailto:anna@example.com?subject=x",
        "'anna@example.com'",
        "anna@example.com's",
        "/users/anna@example.com/orders",
        r"x\nanna@example.com",
        r"\u003canna@example.com\u003e",
        "%3Canna@example.com%3E",
        "请联系anna@example.com。",
        "anna@example.comに送信",
        "exports/anna@example.com.csv.gz",
        "anna@example.com.Thanks",
        "anna@example.com_2026",
        "anna@example.com-2026",
        "anna@example.com.1",
        "ANNA＠example.com",
        "q=hello+anna%40example.com+bye",
        "anna&#64;example&#46;com",
        "a@b@anna@example.com",
    ],
)
def test_an_address_is_found_in_its_surroundings(text: str) -> None:
    assert "anna@example.com" in normals(text, "EMAIL_ADDRESS")


def test_an_odd_address_that_is_the_whole_cell() -> None:
    assert "a&b/c=d@example.com" in normals("a&b/c=d@example.com", "EMAIL_ADDRESS")


@pytest.mark.parametrize(
    "text",
    [
        "mail me @example or a@b, x@localhost",
        "@anna and @bob.example",
        "user@",
        "a@.com b@-x.com c@x..com",
        "npm i @scope/pkg@1.2.3",
        "git@192.0.2.1",
    ],
)
def test_no_address(text: str) -> None:
    assert found(text, "EMAIL_ADDRESS") == []


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("ruf an: 030 23125 123.", "030 23125 123"),
        ("Tel.030/23125-123", "030/23125-123"),
        ("phone=03023125123", "03023125123"),
        ('{"mobile": 15112345678, "x": 1}', "15112345678"),
        ("(202) 555-0143", "(202) 555-0143"),
        ("reach us on 202.555.0143, thanks", "202.555.0143"),
        ("0049 30 23125 123", "0049 30 23125 123"),
        ("+49-30-23125-123", "+49-30-23125-123"),
        ("+1 202-555-0143 2 times", "+1 202-555-0143"),
        ("call 555-0143", "555-0143"),
        ("電話 +49 30 23125 123", "+49 30 23125 123"),
        ("01 99 00 12 34", "01 99 00 12 34"),
        ("cell:+12025550143,home:none", "+12025550143"),
        ("(+49 30 23125 123)", "+49 30 23125 123"),
        ("(+49) 30 23125 123", "(+49) 30 23125 123"),
        ("(030 23125 123)", "030 23125 123"),
        ("+49 30 23125123 oder +49 30 23125124", "+49 30 23125124"),
    ],
)
def test_a_phone_in_a_text(text: str, phone: str) -> None:
    assert phone in [raw for raw, _ in found(text, "PHONE_NUMBER")]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-15 10:22:33",
        "2026-01-15T10:22:33.123456+02:00",
        "15.01.2026 10:22",
        "01/15/2026 02/16/2026",
        "20260115 102233",
        "05/06/26 10 30",
        "1768472553 1768472553123",
        "order 0302 312 5123",
        "Bestellung Nr. 030 2312 5123",
        "invoice 202-555-0143",
        "SKU-030-2312512",
        "sku 555-0143",
        "192.0.2.17 198.51.100.245",
        "550e8400-e29b-41d4-a716-446655440000",
        "4111 1111 1111 1111",
        "DE89 3704 0044 0532 0130 00",
        "v1.202.555.0143",
        "$ 202 555 014 €",
        "1,234,567.89 and 0.1234567890",
        '"GET / HTTP/1.1" 200 15343 "-"',
        "2025550143",
        "id=2025550143",
        "0x49302312512",
        "diff +1234567 -7654321",
        "lat 52.520008 13.404954",
        "978-3-16-148410-0",
        "17 170 1700 17000 170000",
    ],
)
def test_no_phone(text: str) -> None:
    assert found(text, "PHONE_NUMBER") == []


def test_without_regions_only_numbers_with_a_country_code() -> None:
    text = "tel 030 23125 123, (202) 555-0143, +49 30 23125 124"
    assert normals(text, "PHONE_NUMBER", Extractor()) == {"+493023125124"}


@pytest.mark.parametrize(
    ("text", "entity", "wrong"),
    [
        ("72.169.28.245", "IP_ADDRESS", "72.169.28.2"),
        ("172.169.28.2", "IP_ADDRESS", "72.169.28.2"),
        ("1.192.0.2.17", "IP_ADDRESS", "192.0.2.17"),
        ("192.0.2.17.5", "IP_ADDRESS", "192.0.2.17"),
    ],
)
def test_an_identifier_inside_a_longer_token(text: str, entity: str, wrong: str) -> None:
    assert wrong not in normals(text, entity)


@pytest.mark.parametrize(
    "text", ["10:22:33", "std::vector", "a::b", "1.2.3", "256.1.1.1", "v::x", "00:11:22:33"]
)
def test_no_network_address(text: str) -> None:
    assert not normals(text, "IP_ADDRESS")
    assert not normals(text, "MAC_ADDRESS")


@pytest.mark.parametrize(
    "text",
    ["4111 1111 1111 1112", "1768472553123", "41111111111111110", "41 1111 1111111111", "0000000000000000"],
)
def test_no_card(text: str) -> None:
    assert not normals(text, "CREDIT_CARD")


def test_a_card_without_gaps_or_context_is_doubtful() -> None:
    scores = [
        s.score for s in EVERYWHERE.spans(line_batch("order 4111111111111111", "card 4111111111111111"))
    ]
    assert scores == [0.5, 0.9]


@given(st.uuids(), st.sampled_from(["{}", "user-{}", "/u/{}/x", "{{{}}}", "sess:{}", "uid={};"]))
def test_a_uuid_in_its_surroundings(value: uuids.UUID, around: str) -> None:
    assert (str(value), str(value)) in found(around.format(value), "USER_ID")
    assert found(f"a{value}", "USER_ID") == found(f"{value}0", "USER_ID") == []


@given(st.binary(min_size=32, max_size=32))
@example(bytes(4) + b"\x0f\x88" + b"\x08" * 5 + b"1 \0" + b"\x08" * 4 + b">" + bytes(13))
def test_digests_in_every_writing(raw: bytes) -> None:
    token = base64.b64encode(raw).decode()
    assert (raw.hex(), raw.hex()) in found(f"h={raw.hex()};", "EMAIL_HASH")
    if any(c.islower() for c in token) and any(c.isupper() for c in token):
        assert (token, raw.hex()) in found(f"h={token} x", "EMAIL_HASH")
    assert found(f"{raw.hex()}0", "EMAIL_HASH") == []


def test_spans_name_field_column_and_view() -> None:
    batch = pa.record_batch(
        [
            pa.array([1]),
            pa.array(['{"to": {"mail": "jos\\u00e9@example.com"}}']),
            pa.array(["x%40example.com"]),
        ],
        schema=pa.schema(
            [
                column("@rowid", pa.int64()),
                column("prefs", pa.string(), is_json=True),
                column("note", pa.string()),
            ]
        ),
    )
    spans = list(Extractor().spans(batch))
    assert [(s.field, s.column, s.view, s.start, s.end, s.form, s.normal) for s in spans] == [
        ("prefs.to.mail", "prefs", "raw", 17, 38, "clear", "josé@example.com"),
        ("note", "note", "percent", 0, 15, "percent", "x@example.com"),
    ]
    assert [s.field for s in Extractor().spans(batch, {"note"})] == ["note"]


def test_to_arrow_holds_hashes_and_no_value() -> None:
    hasher = forms.Hasher(b"k" * 32)
    lines = ["anna@example.com", "550e8400-e29b-41d4-a716-446655440000", "ANNA@example.com"]
    batch = to_arrow(EVERYWHERE.spans(line_batch(*lines)), hasher)
    assert batch.schema == SPAN_SCHEMA
    assert batch.column("row").to_pylist() == [0, 1, 2]
    mail = hasher.hash("EMAIL_ADDRESS", "anna@example.com")
    assert batch.column("hash").to_pylist() == [mail, hasher.hash("UUID", lines[1]), mail]
    assert "anna" not in str(batch.to_pydict())
    assert to_arrow([], hasher).schema == SPAN_SCHEMA


def test_an_extractor_travels_and_a_span_hides_its_value() -> None:
    extractor = pickle.loads(pickle.dumps(EVERYWHERE))
    (span,) = extractor.spans(line_batch("x anna@example.com"))
    assert isinstance(span, Span)
    assert "anna" not in repr(span)
    assert "anna" not in repr(Hit(0, 16, "EMAIL_ADDRESS", 1.0, "clear", "anna@example.com"))
