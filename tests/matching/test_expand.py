"""The sweep's own search: every planted spelling is found in any surroundings, near misses are not."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Callable
from urllib.parse import quote
from uuid import UUID

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vestige.connectors.protocol import Origin, column, with_origin
from vestige.matching.expand import KeyPlace, Needles
from vestige.matching.literal import Literals
from vestige.planning.model import Identifier, Subject

ANN = "ann.o'hara@example.com"
ID = "6f9619ff-8b86-4011-b42d-00cf4fc964ff"
PHONE = "+12025550142"


def email(address: str) -> Identifier:
    return Identifier("EMAIL_ADDRESS", address, address.casefold(), True)


def person(*identifiers: Identifier) -> Subject:
    return Subject("someone", (), identifiers)


def uuid(value: str = ID) -> Identifier:
    return Identifier("USER_ID", value, str(UUID(value)), True)


def phone(value: str = PHONE) -> Identifier:
    return Identifier("PHONE_NUMBER", value, value, False)


def key(value: str, space: str = "shop.users.id") -> Identifier:
    return Identifier("USER_ID", value, value, True, space)


def batch(**columns: pa.Array | list[str | None]) -> pa.RecordBatch:
    arrays = {n: c if isinstance(c, pa.Array) else pa.array(c, pa.string()) for n, c in columns.items()}
    origin = Origin("shop", "notes", unit="row")
    return with_origin(pa.record_batch(list(arrays.values()), list(arrays)), origin)


def documents(*texts: str) -> pa.RecordBatch:
    schema = pa.schema([column("$", pa.string(), is_json=True)])
    return with_origin(pa.record_batch([pa.array(texts)], schema=schema), Origin("shop", "x", unit="row"))


def rows(needles: Needles, *texts: str) -> list[int]:
    return sorted({hit.row for hit in needles.search(batch(note=list(texts)))})


def hexed(name: str, text: str) -> str:
    return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


def packed(name: str, text: str) -> bytes:
    return hashlib.new(name, text.encode(), usedforsecurity=False).digest()


EMAIL_SPELLINGS: dict[str, Callable[[str], str]] = {
    "clear": str,
    "upper": str.upper,
    "title": str.title,
    "percent": lambda a: a.replace("@", "%40"),
    "percent, all": lambda a: quote(a, safe=""),
    "percent twice": lambda a: quote(quote(a, safe=""), safe=""),
    "json": lambda a: a.replace("@", "\\u0040"),
    "json, all": lambda a: "".join(f"\\u{ord(c):04x}" for c in a),
    "html": lambda a: a.replace("@", "&#64;"),
    "html, hexadecimal": lambda a: a.replace("@", "&#x40;"),
    "html, named": lambda a: html.escape(a).replace("@", "&commat;"),
    "mailto": lambda a: f"mailto:{a}",
    "base64": lambda a: base64.b64encode(a.encode()).decode(),
    "base64, safe": lambda a: base64.urlsafe_b64encode(a.encode()).decode().rstrip("="),
    "base64, other case": lambda a: base64.b64encode(a.swapcase().encode()).decode(),
    "base64 of a pair": lambda a: base64.b64encode(f"user={a};".encode()).decode(),
    "base64 of a pair, shifted": lambda a: base64.b64encode(f"u={a};".encode()).decode(),
    "md5": lambda a: hexed("md5", a),
    "sha1, upper": lambda a: hexed("sha1", a).upper(),
    "sha256": lambda a: hexed("sha256", a),
    "sha256, base64": lambda a: base64.b64encode(packed("sha256", a)).decode(),
    "md5, base64, safe": lambda a: base64.urlsafe_b64encode(packed("md5", a)).decode().rstrip("="),
    "tagged": lambda a: a.replace("@", "+news.letter@"),
    "percent, tagged": lambda a: quote(a.replace("@", "+x@"), safe=""),
    "base64 inside percent": lambda a: quote(base64.b64encode(a.encode()).decode(), safe=""),
    "json inside json": lambda a: json.dumps(json.dumps({"e": a.replace("@", "\u0040")})),
}
AROUND = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)
APART = st.sampled_from([" ", "\n", '"', "<", ">", ",", ";", "(", "=", ": ", "|", "、", "邮箱", "\t"])


@pytest.mark.parametrize("spelling", EMAIL_SPELLINGS)
@settings(max_examples=25, deadline=None)
@given(before=AROUND, after=AROUND, left=APART, right=APART)
def test_every_spelling_of_an_address_is_found(
    spelling: str, before: str, after: str, left: str, right: str
) -> None:
    text = f"{before}{left}{EMAIL_SPELLINGS[spelling](ANN)}{right}{after}"
    assert rows(_ANN, "nothing", text, "nothing") == [1]


_ANN = Needles([person(email(ANN))])

NEAR_EMAILS = [
    "joann.o'hara@example.com",
    "x-ann.o'hara@example.com",
    "first.ann.o'hara@example.com",
    "ann.o'hara@example.com.au",
    "ann.o'hara@example.community",
    "ann.o'hara@example.co",
    "ann.o'hara@example.com-shop.example",
    "ann.ohara@example.com",
    "ann.o'hara@examples.com",
    "ann.o'hara at example.com",
    "zoë_ann.o'hara@example.com",
    "éann.o'hara@example.com",
    "ann.o'hara+x@example.com.au",
    "ann.o'hara+x y@example.com",
]


@pytest.mark.parametrize("near", NEAR_EMAILS)
def test_a_neighbour_of_an_address_is_not_found(near: str) -> None:
    spelled = [make(near) for name, make in EMAIL_SPELLINGS.items() if "tagged" not in name]
    assert rows(_ANN, *spelled) == []


def test_an_object_may_be_named_after_an_address() -> None:
    assert rows(_ANN, f"exports/{ANN}.json", f"{ANN}_2026.csv", f"{ANN}-2026.csv", f"a/{ANN}/b") == [
        0,
        1,
        2,
        3,
    ]


def test_an_address_in_another_script_is_found_in_each_case() -> None:
    needles = Needles([person(email("jörg.müller@bücher.example"))])
    found = [
        "JÖRG.MÜLLER@BÜCHER.EXAMPLE",
        "jo\u0308rg.mu\u0308ller@xn--bcher-kva.example",
        "Jörg.Müller@bücher.example",
    ]
    assert rows(needles, *found, json.dumps(found[2]), quote(found[2])) == [0, 1, 2, 3, 4]


UUID_SPELLINGS = [
    ID,
    ID.upper(),
    "{" + ID + "}",
    ID.replace("-", ""),
    f"urn:uuid:{ID}",
    f"user_{ID}.png",
    f"/users/{ID}/avatar",
    base64.b64encode(f"id={ID}".encode()).decode(),
    hexed("sha256", ID),
]


@settings(max_examples=50, deadline=None)
@given(before=AROUND, after=AROUND, spelling=st.sampled_from(UUID_SPELLINGS))
def test_every_spelling_of_a_uuid_is_found(before: str, after: str, spelling: str) -> None:
    assert rows(Needles([person(uuid())]), f"{before} {spelling} {after}") == [0]


def test_a_neighbour_of_a_uuid_is_not_found() -> None:
    near = [ID[:-1] + "0", "a" + ID, ID.replace("-", "") + "00", ID[:-1]]
    assert rows(Needles([person(uuid())]), *near) == []


PHONE_SPELLINGS = [
    "+12025550142",
    "+1 202 555 0142",
    "+1 (202) 555-0142",
    "(202) 555-0142",
    "202.555.0142",
    "2025550142",
    "0012025550142",
    "011 1 202 555 0142",
    "12025550142",
    "1-202-555-0142",
    "202\u00a0555\u20110142",
    "tel:+1-202-555-0142",
    "call 202-555-0142.",
    "2025550142x12",
    hexed("sha256", PHONE),
    quote(PHONE, safe=""),
]


@settings(max_examples=60, deadline=None)
@given(before=AROUND, after=AROUND, spelling=st.sampled_from(PHONE_SPELLINGS))
def test_every_spelling_of_a_phone_is_found(before: str, after: str, spelling: str) -> None:
    assert rows(Needles([person(phone())]), f"{before}: {spelling} ; {after}") == [0]


def test_a_neighbour_of_a_phone_is_not_found() -> None:
    near = [
        "120255501429",
        "32025550142",
        "202-555-01421",
        "SKU-202-555-0142",
        "202-555-0142-7",
        "202-555-0143",
    ]
    near += ["+442025550142", "0.2025550142", "1.2025550142", "A2025550142", "202 apples, 555 pears, 0142"]
    assert rows(Needles([person(phone())]), *near) == []


def test_a_national_number_is_found_with_its_trunk_prefix() -> None:
    needles = Needles([person(phone("+493023125014"))])
    found = ["030 23125014", "+49 (0)30 23125-014", "004930/23125014", "(030) 23125014", "30 23125014"]
    assert rows(needles, *found, "130 23125014", "030 231250145") == [0, 1, 2, 3, 4]


def test_a_phone_kept_as_a_number_is_found() -> None:
    numbers = batch(phone=pa.array([12025550142, 2025550142, 2025550143, None], pa.int64()))
    assert {hit.row for hit in Needles([person(phone())]).search(numbers)} == {0, 1}


USERS = "shop.users.id"


def keyed(records: pa.RecordBatch, place: KeyPlace, value: str = "17") -> list[int]:
    return sorted({hit.row for hit in Needles([person(key(value))]).search(records, [place])})


@pytest.mark.parametrize(
    "column",
    [
        pa.array([17, 170, 117, None, 17]),
        pa.array(["17", "170", "017", None, " 17 "]),
        pa.array([17.0, 17.5, 1.7, None, 17.0]),
        pa.array(["17", "x17", "17a", None, "17"]).dictionary_encode(),
        pa.array(["17.00", "17.01", "", None, "17"]),
    ],
)
def test_a_key_is_found_in_the_fields_of_its_space_alone(column: pa.Array) -> None:
    records = batch(user_id=column, staff_id=column)
    assert keyed(records, KeyPlace("user_id", USERS)) == [0, 4]
    assert keyed(records, KeyPlace("user_id", "shop.staff.id")) == []
    assert not list(Needles([person(key("17"))]).search(records))


def test_key_zero_is_a_key() -> None:
    assert keyed(batch(user_id=pa.array([0, None, 10])), KeyPlace("user_id", USERS), "0") == [0]


def test_a_key_is_found_at_a_path() -> None:
    found = ['{"user": {"id": 17}, "n": 1}', '{"user": {"id": "17"}}', '{"user": [{"id": 1}, {"id": 17}]}']
    missed = ['{"user": {"id": 170}}', '{"staff": {"id": 17}}', "17"]
    assert keyed(documents(*found, *missed), KeyPlace("user.id", USERS)) == [0, 1, 2]


def test_a_key_of_a_polymorphic_pair_is_found_with_its_type_alone() -> None:
    records = batch(owner_id=pa.array([17, 17, 18]), owner_type=["User", "staff", "user"])
    assert keyed(records, KeyPlace("owner_id", USERS, ("owner_type", "user"))) == [0]


def test_a_key_is_found_beside_its_marker() -> None:
    found = ["user_id=17 ok", "GET /?user_id=17&x=1", '{"user_id": 17}', "user_id: '17'", "USER_ID%3D17"]
    found += ["userId=17", "User-ID: 17", '{"user": {"id": 17, "x": 1}}', '{"m": "{\\"user_id\\": 17}"}']
    missed = ["user_id=170", "staff_user_id2=17", "xuser_id=17", "user_id=1 17", "id=17", "user_ids=17"]
    missed += ["user_id=17.5", "user_id=17@example.com", "user_id=a17", "user_id=17-2"]
    place = KeyPlace("line~user_id", USERS)
    assert keyed(batch(line=found + missed), place) == list(range(len(found)))
    words = ["user #17", "user 17 left", "user id 17", "user 170", "superuser 17", "17 user"]
    assert keyed(batch(line=words), KeyPlace("line~user", USERS)) == [0, 1, 2]
    paths = batch(**{"@object": ["users/17/avatar.png", "users/170/a.png", "staff/17.png"]})
    assert keyed(paths, KeyPlace("object~users", USERS)) == [0]


def names(text: str, *spoken: str) -> set[str]:
    identifiers = [Identifier("PERSON", name, " ".join(sorted(name.split())), False) for name in spoken]
    needles = Needles([person(*identifiers)])
    return {hit.form for hit in needles.called(batch(note=["nobody", text]), {1: [0]})}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zoë Åström called", {"full name"}),
        ("ASTROM, ZOE", {"full name"}),
        ("Dear Zoe,", {"given name"}),
        ("Thanks Zoë", {"given name"}),
        ("ZOE wrote", {"given name"}),
        ("zoe wrote", set()),
        ("Zoe Miller wrote", set()),
        ("Anna-Zoe wrote", set()),
        ("Zoela wrote", set()),
        ("Mr Åström", set()),
    ],
)
def test_names_are_found_in_the_rows_asked_for(text: str, expected: set[str]) -> None:
    assert names(text, "Zoë Åström") == expected


def test_a_name_without_spaces_is_found_in_running_text() -> None:
    assert names("昨日、山田花子様から電話", "山田花子") == {"full name"}


def test_columns_are_searched_to_their_edges_and_not_beyond() -> None:
    needles = Needles([person(email("ann@example.com"))])
    split = batch(a=["ann@exam", "ple.com"], b=["ann@example.com", "x"])
    assert [hit[:5] for hit in needles.search(split)] == [(0, "b", 0, "EMAIL_ADDRESS", "clear")]
    sliced = batch(a=["ann@example.com", "", None, "ann@example.com"]).slice(1)
    assert [hit.row for hit in needles.search(sliced)] == [2]
    raw = batch(line=pa.array([b"\xff ann@example.com \xfe", None], pa.large_binary()))
    assert [hit.row for hit in needles.search(raw)] == [0]


def test_many_people_are_told_apart() -> None:
    people = [person(email(f"user{n}@example.com"), key(str(n))) for n in range(3000)]
    texts = [f"from user{n}@example.com to user{n + 1}@example.com" for n in range(0, 3000, 7)]
    hits = list(Needles(people).search(batch(note=texts)))
    assert {(h.row, h.subject) for h in hits} == {
        (row, n + i) for row, n in enumerate(range(0, 3000, 7)) for i in (0, 1) if n + i < 3000
    }


@settings(max_examples=200, deadline=None)
@given(
    needles=st.lists(st.binary(min_size=3, max_size=12), min_size=1, max_size=6, unique=True),
    data=st.binary(max_size=200),
    picks=st.lists(st.integers(0, 5), max_size=5),
)
def test_literals_finds_what_a_plain_search_finds(
    needles: list[bytes], data: bytes, picks: list[int]
) -> None:
    needles = list({needle.lower() for needle in needles})
    for pick in picks:
        data += needles[pick % len(needles)].upper() + data[:3]
    expected = {
        (at, index)
        for index, needle in enumerate(needles)
        for at in range(len(data))
        if data.lower().startswith(needle, at)
    }
    assert set(Literals(needles).find(data)) == expected


def test_literals_finds_across_its_blocks() -> None:
    data = b"." * ((1 << 18) - 4) + b"ann@example.com" + b"." * 100 + b"ann@example.com"
    found = list(Literals([b"ann@example.com"]).find(data))
    assert [start for start, _ in found] == [(1 << 18) - 4, (1 << 18) + 111]
