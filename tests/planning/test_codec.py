import json
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestige.connectors.protocol import Delete, Patch, SetField
from vestige.planning.codec import (
    Unreadable,
    case_from_bytes,
    case_to_bytes,
    plan_from_json,
    plan_schema,
    plan_to_json,
    sign,
    verify_signature,
)
from vestige.planning.model import Case, Identifier, Plan, Step, Subject, Touched

SECRET = b"s" * 32
WORDS = st.text(max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | WORDS
    | st.binary(max_size=8)
    | st.datetimes()
    | st.dates()
    | st.times()
    | st.decimals(allow_nan=False)
)
LOCATORS = st.dictionaries(
    WORDS, st.recursive(SCALARS, lambda s: st.dictionaries(WORDS, s, max_size=2)), max_size=3
)
MAYBE = st.none() | WORDS
PIECES = st.lists(st.tuples(st.integers(0), st.integers(0), st.binary(max_size=8)), max_size=3).map(tuple)
EDITS = (
    st.builds(Delete, WORDS, LOCATORS, MAYBE)
    | st.builds(
        SetField,
        WORDS,
        LOCATORS,
        WORDS,
        st.none() | WORDS | st.integers() | st.floats(allow_nan=False),
        MAYBE,
    )
    | st.builds(Patch, WORDS, LOCATORS, WORDS, PIECES, MAYBE)
)
PAIRS = st.lists(st.tuples(WORDS, WORDS), max_size=3).map(tuple)
SUBJECTS = st.builds(
    Subject,
    WORDS,
    PAIRS,
    st.lists(st.builds(Identifier, WORDS, WORDS, WORDS, st.booleans(), MAYBE), max_size=3).map(tuple),
)
ACTIONS = st.sampled_from(["erase", "redact", "retain", "review", "pseudonymise"])
RECORDS = st.builds(
    Touched,
    WORDS,
    WORDS,
    LOCATORS,
    WORDS,
    st.sampled_from(["owner", "shared", "mention"]),
    PAIRS,
    WORDS,
    ACTIONS,
    st.lists(EDITS, max_size=3).map(tuple),
    WORDS,
    MAYBE,
    MAYBE,
)
CASES = st.builds(Case, SUBJECTS, st.lists(RECORDS, max_size=3).map(tuple))
STEPS = st.builds(
    Step, WORDS, WORDS, WORDS, ACTIONS, st.integers(0), PAIRS, WORDS, object=MAYBE, basis=MAYBE, until=MAYBE
)
PLANS = st.builds(
    Plan,
    WORDS,
    st.sampled_from(["purge", "export"]),
    WORDS,
    WORDS,
    WORDS,
    WORDS,
    st.lists(STEPS, max_size=3).map(tuple),
    PAIRS,
    st.integers(0),
    st.dictionaries(WORDS, st.integers(0), max_size=3),
    st.lists(WORDS, max_size=2).map(tuple),
)


@given(CASES)
def test_a_case_comes_back_as_it_was(case):
    data = case_to_bytes(case)
    assert case_from_bytes(data) == case
    assert case_to_bytes(case_from_bytes(data)) == data


def test_integers_and_text_of_a_locator_stay_apart():
    records = tuple(
        Touched("s", "c", {"id": key}, "d", "owner", (), "v", "erase", (Delete("c", {"id": key}),))
        for key in (17, "17", 17.5, b"17", 2**80, True)
    )
    found = case_from_bytes(case_to_bytes(Case(Subject("s", (), ()), records)))
    assert [type(r.locator["id"]) for r in found.records] == [int, str, float, bytes, int, bool]
    assert found.records == records


@given(PLANS)
def test_a_plan_comes_back_as_it_was_and_fits_its_schema(plan):
    document = json.loads(json.dumps(plan_to_json(plan)))
    jsonschema.validate(document, plan_schema())
    assert plan_from_json(document) == plan


@given(PLANS, st.binary(min_size=32, max_size=40))
def test_a_signature_holds_for_this_plan_and_this_key(plan, secret):
    signed = sign(plan, secret)
    assert verify_signature(plan_from_json(plan_to_json(signed)), secret)
    assert sign(signed, secret) == signed
    assert not verify_signature(signed, secret + b"x")
    assert not verify_signature(replace(signed, undecided=signed.undecided + 1), secret)
    assert not verify_signature(
        replace(signed, steps=(*signed.steps, Step("x", "s", "c", "erase", 1, (), ""))), secret
    )


PLAN = plan_to_json(
    sign(Plan("p", "purge", "now", "s", "c", "d", (Step("1", "s", "c", "erase", 1, (), "b"),)), SECRET)
)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("basis_digest"),
        lambda d: d.update(extra=1),
        lambda d: d["steps"][0].update(extra=1),
        lambda d: d["steps"][0].update(action="burn"),
        lambda d: d.update(undecided="0"),
        lambda d: d.update(right="import"),
    ],
)
def test_a_plan_of_another_form_is_refused(change):
    document = json.loads(json.dumps(PLAN))
    change(document)
    with pytest.raises(Unreadable):
        plan_from_json(document)


@pytest.mark.parametrize("document", [None, [], "plan", {}])
def test_what_is_no_plan_is_refused(document):
    with pytest.raises(Unreadable):
        plan_from_json(document)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'{"version": 2}', b'{"version": 1, "subject": {}}', b"\xff"]
)
def test_what_is_no_case_is_refused(data):
    with pytest.raises(Unreadable):
        case_from_bytes(data)
