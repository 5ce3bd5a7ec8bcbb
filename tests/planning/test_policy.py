from datetime import date
from pathlib import Path

import pytest

from vestige.connectors.protocol import Collection, Field
from vestige.planning.policy import Decision, Policy
from vestige.planning.sensitive import Sensitive
from vestige.planning.yamlfile import Misconfigured

TODAY = date(2026, 6, 1)


def policy(tmp_path: Path, text: str) -> Policy:
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return Policy.load(path)


def collection(name, *fields, kind="table", store="shop"):
    return Collection(store, name, kind, tuple(Field(field) for field in fields))


def test_no_policy_erases_by_default():
    assert Policy.load(None).decide("shop", "users") == Decision("erase")


def test_the_first_matching_rule_wins(tmp_path):
    rules = policy(
        tmp_path,
        """
rules:
  - {store: media, object: "avatars/*", action: erase}
  - {store: media, object: "*", action: retain, basis: archive}
""",
    )
    assert rules.decide("media", "avatars/*", "avatars/17/me.png").action == "erase"
    assert rules.decide("media", "invoices", "invoices/2026/01.csv") == Decision("retain", "archive", None, 2)
    assert rules.decide("shop", "media") == Decision("erase")


def test_a_rule_on_records_beats_an_earlier_rule_on_fields(tmp_path):
    rules = policy(
        tmp_path,
        """
rules:
  - {store: shop, entity: credit_card, action: mask}
  - {store: shop, collection: invoices, action: retain, basis: tax law}
""",
    )
    assert rules.decide("shop", "invoices", field="card", entity="CREDIT_CARD").action == "retain"
    assert rules.decide("shop", "payments", field="card", entity="CREDIT_CARD") == Decision("mask", rule=1)
    assert rules.decide("shop", "payments", field="name", entity="PERSON") == Decision("erase")


def test_a_record_with_ruled_fields_is_redacted_instead_of_erased(tmp_path):
    rules = policy(tmp_path, "rules: [{store: shop, entity: CREDIT_CARD, action: mask}]")
    assert rules.decide("shop", "payments", fields=[("card", "CREDIT_CARD")]).action == "redact"
    assert rules.decide("shop", "users", fields=[("email", "EMAIL_ADDRESS")]).action == "erase"


def test_a_data_category_includes_those_below_it(tmp_path):
    rules = policy(tmp_path, "rules: [{data_category: user.financial, action: 'null'}]")
    assert rules.decide("s", "c", field="f", entity="IBAN_CODE").action == "null"
    assert rules.decide("s", "c", field="f", entity="EMAIL_ADDRESS").action == "erase"
    assert policy(tmp_path, "rules: [{data_category: user.fin, action: mask}]").decide(
        "s", "c", field="f", entity="IBAN_CODE"
    ) == Decision("erase")


@pytest.mark.parametrize(
    ("first_day", "until"),
    [
        ("2020-03-01", "2030-12-31"),
        (date(2020, 3, 1), "2030-12-31"),
        ("2020-03-01 10:00:00", "2030-12-31"),
        (1583020800, "2030-12-31"),
        ("1583020800000", "2030-12-31"),
        ("not a date", None),
        (None, None),
    ],
)
def test_retention_counts_from_a_day_in_the_record(tmp_path, first_day, until):
    rules = policy(
        tmp_path,
        "rules: [{collection: invoices, action: retain, basis: tax, for: 10y, from: day, round: year_end}]",
    )
    decision = rules.decide("shop", "invoices", record={"day": first_day}, today=TODAY)
    assert decision == Decision("retain", "tax", until, 1)


def test_retention_that_has_run_out_speaks_no_more(tmp_path):
    rules = policy(
        tmp_path, "rules: [{action: retain, basis: tax, for: 12m, from: day}, {action: erase, basis: over}]"
    )
    assert rules.decide("s", "c", record={"day": "2025-05-31"}, today=TODAY).action == "erase"
    last = rules.decide("s", "c", record={"day": "2025-06-01"}, today=TODAY)
    assert (last.action, last.until) == ("retain", "2026-06-01")


def test_until_is_a_last_day(tmp_path):
    rules = policy(tmp_path, "rules: [{action: retain, basis: tax, until: 2026-06-01}]")
    assert rules.decide("s", "c", today=TODAY).action == "retain"
    assert rules.decide("s", "c", today=date(2026, 6, 2)).action == "erase"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "rules:\n  - {action: erase}\n  - {action: ersae}",
            r"policy.yaml:3: rules\[2\].action should be 'erase'",
        ),
        (
            "rules:\n  - action: erase\n    colection: users",
            r":3: unknown key rules\[1\].colection; did you mean 'co",
        ),
        ("rules: [{action: retain}]", "retain needs a `basis`"),
        ("rules: [{store: shop}]", r"rules\[1\].action is missing"),
        (
            "rules: [{action: retain, basis: x, for: ten years, from: d}]",
            r"rules\[1\].for should be a number of days",
        ),
        ("rules: [{action: retain, basis: x, for: 10y}]", "`for` and `from` go together"),
        ("rules: [{action: erase, until: 2030-01-01}]", "go with the action retain only"),
        ("rules: [{action: erase, action: mask}]", r":1: rules\[1\].action is given twice"),
        (
            "caps: {records: 5, share: 20}",
            r"policy.yaml:1: caps\[1\].share should be less than or equal to 1",
        ),
        (
            "caps:\n  - {records: 5}\n  - {record: 5}",
            r":3: unknown key caps\[2\].record; did you mean 'records'",
        ),
        ("rules: [", "is not YAML"),
        ("", "is empty"),
    ],
)
def test_a_wrong_policy_is_refused_by_line_and_key(tmp_path, text, says):
    with pytest.raises(Misconfigured, match=says):
        policy(tmp_path, text)


def test_a_refusal_repeats_no_value(tmp_path):
    with pytest.raises(Misconfigured) as caught:
        policy(tmp_path, "rules: [{action: 'mary@example.com'}]")
    assert "mary" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("invoices", "financial"),
        ("InvoiceLine", "financial"),
        ("kundenrechnungen", "financial"),
        ("tbl_zahlungen", "financial"),
        ("factures", "financial"),
        ("pagos", "financial"),
        ("invoices/2026-01.csv", "financial"),
        ("consents", "consent"),
        ("Einwilligungen", "consent"),
        ("user_opt_outs", "opt-out"),
        ("optout_list", "opt-out"),
        ("EmailUnsubscribes", "opt-out"),
        ("do_not_contact", "opt-out"),
        ("werbesperrliste", "opt-out"),
        ("users", None),
        ("orders", None),
        ("berechnungen", None),
        ("manufacturers", None),
        ("buildings", None),
        ("billboards", None),
    ],
)
def test_sensitive_collections_are_known_by_their_names(name, kind):
    expected = [Sensitive("shop", name, kind)] if kind else []
    assert Policy().undecided([collection(name)]) == expected


def test_a_consent_flag_in_a_contact_table_is_no_proof():
    contacts = collection("contacts", "id", "email", "newsletter_consent", "created_at")
    flags = collection("consents", "user_id", "marketing")
    proof = collection("privacy_log", "user_id", "consent_text", "version", "agreed_at")
    assert Policy().undecided([contacts, flags]) == []
    assert Policy().undecided([proof]) == [Sensitive("shop", "privacy_log", "consent")]


def test_logs_and_caches_keep_no_books():
    assert (
        Policy().undecided([collection("payments.log", kind="log"), collection("payment:*", kind="entries")])
        == []
    )
    assert len(Policy().undecided([collection("optout:*", kind="entries")])) == 1


def test_a_rule_decides(tmp_path):
    rules = policy(tmp_path, "rules: [{store: shop, collection: 'invoice*', action: erase}]")
    assert rules.undecided([collection("invoices")]) == []
    assert len(rules.undecided([collection("invoices", store="other"), collection("payments")])) == 2


def test_accepted_defaults_speak_of_the_named_collections_only():
    open_ones = Policy().undecided([collection("invoices[1]"), collection("consents"), collection("optouts")])
    accepted = Policy().accepting(open_ones)
    assert accepted.decide("shop", "invoices[1]").rule == 1
    assert accepted.decide("shop", "consents").action == "retain"
    assert accepted.decide("shop", "optouts").action == "pseudonymise"
    assert accepted.decide("shop", "invoices1").rule is None


def test_the_digest_follows_what_is_said_not_how_it_is_written(tmp_path):
    one = policy(tmp_path, "rules:\n- {store: shop, action: retain, basis: tax, until: 2030-01-01}")
    same = policy(tmp_path, "rules: [{until: 2030-01-01, basis: tax, action: retain, store: shop}] # comment")
    other = policy(tmp_path, "rules: [{until: 2030-01-02, basis: tax, action: retain, store: shop}]")
    assert one.digest == same.digest != other.digest


@pytest.mark.parametrize(
    ("number", "total", "stops"),
    [(1000, 1000, False), (1001, 5005, False), (1001, 5004, True), (9, 9, False)],
)
def test_a_cap_is_passed_both_in_number_and_in_share(number, total, stops):
    reason = Policy().cap("shop", "users").passed("shop", "users", number, lambda: total)
    assert (reason is not None) is stops


def test_what_a_cap_advises_lets_the_purge_through(tmp_path):
    strict = policy(tmp_path, "caps: {records: 1, share: 0}")
    reason = strict.cap("shop", "a/*[1].csv").passed("shop", "a/*[1].csv", 3, lambda: 3)
    assert "erases 3 of 3 records" in reason
    advised = policy(tmp_path, f"caps: [{reason.rpartition('caps: ')[2]}, {{records: 1, share: 0}}]")
    assert advised.cap("shop", "a/*[1].csv").passed("shop", "a/*[1].csv", 3, lambda: 3) is None
    assert advised.cap("shop", "users").passed("shop", "users", 3, lambda: 3) is not None
    assert advised.digest == strict.digest
