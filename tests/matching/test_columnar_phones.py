"""Phones in blocks are those that Presidio's own recogniser finds: no more, no less, in any regions."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType
from presidio_analyzer.predefined_recognizers import PhoneRecognizer

from vestige.matching.columnar.block import Block
from vestige.matching.columnar.numbering import FIRST, language
from vestige.matching.columnar.phones import PhoneFinder
from vestige.matching.columnar.reading import numbers

DEFAULT = ("US", "GB", "DE", "FR", "IL", "IN", "CA", "BR")
REGION_SETS = (
    DEFAULT,
    ("DE",),
    ("GB", "GG", "JE", "IM"),
    ("AG", "CA", "KY", "US"),
    ("AR", "BR", "MX"),
    ("IT", "SM", "VA"),
    ("AU", "CC", "CX", "NF"),
    ("KZ", "RU"),
    ("JP", "GA", "MG"),
    ("FI", "AX", "NO", "SJ"),
    ("US",),
    ("ZZ",),
    tuple(sorted(phonenumbers.SUPPORTED_REGIONS))[::31],
)
FINDERS = {regions: PhoneFinder(regions) for regions in REGION_SETS}
EXAMPLES = sorted(
    {
        (region, phonenumbers.format_number(number, PhoneNumberFormat.E164))
        for region in phonenumbers.SUPPORTED_REGIONS
        for kind in PhoneNumberType.values()
        if (number := phonenumbers.example_number_for_type(region, kind))
    }
)
BY_REGION = {region: [e164 for r, e164 in EXAMPLES if r == region] for region, _ in EXAMPLES}
FORMATS = (
    PhoneNumberFormat.E164,
    PhoneNumberFormat.INTERNATIONAL,
    PhoneNumberFormat.NATIONAL,
    PhoneNumberFormat.RFC3966,
)
GAPS = (
    "",
    " ",
    "-",
    ".",
    "/",
    "  ",
    " - ",
    "--",
    ". ",
    "~",
    "x",
    "xx",
    "\u2013",
    "\u00a0",
    "\uff0d",
    ") ",
    " (",
    "     ",
)
LABELS = (
    " ext. ", "ext", " x", "x", "#", " # ", ";ext=", ", ext ", " int ", " int. ", "int", "~", " anexo ",
    " \u0434\u043e\u0431 ", "\uff58", ",,", ";", "      x ", " extensi\u00f3n ", " - ", "     ",
)  # fmt: skip
LEADS = (
    "",
    "+",
    "(",
    "[",
    "+(",
    "++",
    "\uff0b",
    "00",
    "0",
    "011",
    "0011",
    "+0",
    "(+",
    "$",
    "a",
    "\u00e9",
    "%",
    "\u20ac",
    "x",
    "/",
    "=",
    "\u4e2d",
    "#",
)
ENDS = (
    "",
    "#",
    ")",
    "]",
    "%",
    "$",
    "b",
    "x",
    "\u00e9",
    ":00",
    ":42:16",
    ".",
    "\u0301",
    "\u4e2d",
    "/x12",
    " x/x3",
    "\n",
    "e5",
)
NOISE = (
    "192.168.28.2",
    "10.0.113.7",
    "212.234.56.78",
    "2026-11-23 18",
    "2026-11-23 18:42:16,123",
    "1763900001483",
    "[23/Nov/2026:18:42:16 +0000]",
    "3/10/2011",
    "31/10/96",
    "211-227 (2003)",
    "12(3): 211-227 (2003)",
    "0.532",
    "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
    "0x7ffd1234",
    "1920x1080",
    "3a90293197551d1a2b51",
    "12345678901234567890123456",
    "$5,000.00",
    " ".join(map(str, range(1, 26))),
)
SCRIPTS = (
    "0123456789",
    "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19",
    "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669",
)


@st.composite
def written(draw: st.DrawFn, regions: Sequence[str]) -> str:
    """A number as somebody may write it, now and then with another digit."""
    own = [e164 for region in regions for e164 in BY_REGION.get(region, [])]
    number = phonenumbers.parse(
        draw(
            st.sampled_from(own)
            if own and draw(st.booleans())
            else st.sampled_from(EXAMPLES).map(lambda e: e[1])
        )
    )
    text = phonenumbers.format_number(number, draw(st.sampled_from(FORMATS)))
    match draw(st.integers(0, 6)):
        case 0:
            text = draw(st.sampled_from(LEADS)) + "".join(c for c in text if c.isdigit())
        case 1:
            text = draw(st.sampled_from(GAPS)).join(text.split(" "))
        case 2:
            trunk = draw(st.sampled_from(("(0)", "0", "00", "(00)", "0-", "1", "8", "15")))
            text = f"+{number.country_code}{draw(st.sampled_from(GAPS))}{trunk}{number.national_number}"
        case 3:
            digits = str(number.national_number)
            cut = draw(st.integers(0, len(digits)))
            text = draw(st.sampled_from(LEADS)) + digits[:cut] + draw(st.sampled_from(GAPS)) + digits[cut:]
        case 4:
            at = draw(st.integers(0, len(text) - 1))
            text = text[:at] + draw(st.sampled_from("0123456789 x+(")) + text[at + 1 :]
        case 5:
            text = text.translate(str.maketrans(SCRIPTS[0], draw(st.sampled_from(SCRIPTS))))
    if draw(st.booleans()):
        return text
    return text + draw(st.sampled_from(LABELS)) + draw(st.text("0123456789", min_size=1, max_size=12))


def parts(regions: Sequence[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        written(regions),
        written(regions),
        st.sampled_from(NOISE),
        st.text("0123456789", min_size=1, max_size=14),
        st.text("0123456789 .-/()x+#~[]", max_size=16),
        st.text(max_size=3),
    )


@st.composite
def values(draw: st.DrawFn, regions: Sequence[str]) -> str:
    """A few numbers, and what else has digits, with all kinds of neighbours."""
    around = st.sampled_from((*LEADS, *GAPS, *LABELS, *ENDS, ", ", "; ", ": ", " and ", "\t"))
    return "".join(
        draw(around) + part + draw(st.sampled_from(ENDS))
        for part in draw(st.lists(parts(regions), min_size=1, max_size=4))
    )


cases = st.sampled_from(REGION_SETS).flatmap(
    lambda regions: st.tuples(st.just(regions), st.lists(values(regions), min_size=1, max_size=6))
)


def block(texts: Sequence[str]) -> Block:
    raw = [text.encode() for text in texts]
    return Block(b"".join(raw), np.cumsum([0, *map(len, raw)], dtype=np.int64))


def ours(regions: tuple[str, ...], texts: Sequence[str]) -> list[list[tuple[int, int]]]:
    found: list[list[tuple[int, int]]] = [[] for _ in texts]
    phones = FINDERS[regions].find(block(texts))
    for row, start, end in zip(*(column.tolist() for column in phones), strict=True):
        found[row].append((start, end))
    return found


def theirs(regions: tuple[str, ...], texts: Sequence[str]) -> list[list[tuple[int, int]]]:
    recognizer = PhoneRecognizer(supported_regions=regions, leniency=1)
    found = [recognizer.analyze(text, ["PHONE_NUMBER"]) for text in texts]
    return [
        [(len(text[: r.start].encode()), len(text[: r.end].encode())) for r in results]
        for text, results in zip(texts, found, strict=True)
    ]


@given(cases)
@example((DEFAULT, ["+4900301234567", "+49 00 30 230125900", "\uff0b49 30 230125900"]))
@example((DEFAULT, ["\u0664\u0669 30 230125900 (415) 555-2671"]))
@example((DEFAULT, ["650 253 4 int. 12"]))
@example((DEFAULT, ["650-253-00 #1234567896502530000", "id 12 #0151 23456789"]))
@example((DEFAULT, ["650 253 0000", "0000", "", "6502530000b"]))
@example((DEFAULT, ["2026-11-23 18:42:16", "2026-11-23 18", "2012-01-02 08:00 650 253 0000"]))
def test_a_block_has_what_presidio_finds(case: tuple[tuple[str, ...], list[str]]) -> None:
    regions, texts = case
    assert ours(regions, texts) == theirs(regions, texts)


def test_a_matcher_that_is_tired_out_finds_no_more() -> None:
    phone = "(415) 555-2671, "
    texts = [phone + "1.1.1.1.1.1.1.1.1.1.1.1, " * 5_300 + phone, phone * 500]
    assert ours(("US",), texts) == theirs(("US",), texts)
    assert [len(found) for found in ours(("US",), texts)] == [1, 500]


@given(st.data(), st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)))
def test_bare_digits_are_read_as_the_parser_reads_them(data: st.DataObject, region: str) -> None:
    tables = PhoneMetadata.metadata_for_region(region)
    prefixes = ("", tables.national_prefix or "", "00", "011", "0", "1", str(tables.country_code), "8", "90")
    home = data.draw(st.sampled_from([region, region, "US", "DE"]))
    number = phonenumbers.parse(data.draw(st.sampled_from(BY_REGION[home])))
    country = data.draw(st.sampled_from(("", str(number.country_code))))
    text = "".join(data.draw(st.lists(st.sampled_from(prefixes), max_size=2))) + country
    text += phonenumbers.national_significant_number(number)[data.draw(st.integers(0, 1)) :]
    at = data.draw(st.integers(0, len(text)))
    text = text[:at] + data.draw(st.sampled_from(("", " ", ".", "-", "/", " - ", "0", "7"))) + text[at:]
    matches = phonenumbers.PhoneNumberMatcher(text, region)
    assert numbers(text, [region]) == {(match.start, match.end) for match in matches}


@pytest.mark.parametrize(
    "pattern", ["[2-4]5?|6(?:7[89]){1,2}", r"(0|11)\d{2,3}", "8{2}|9", "(?!5)[5-7]0", ""]
)
def test_a_language_has_what_its_pattern_matches(pattern: str) -> None:
    spoken = language(pattern)
    words = [f"{n:0{length}}" for length in range(1, 6) for n in range(10**length)] + [""]
    matched = {(len(w), w[:FIRST]) for w in words if re.fullmatch(pattern, w)}
    begun = [(n, i) for n, flags in spoken.items() for i in np.flatnonzero(flags).tolist()]
    told = {(n, f"{i:0{min(n, FIRST)}}" if n else "") for n, i in begun}
    assert matched <= told if "?!" in pattern else matched == told
