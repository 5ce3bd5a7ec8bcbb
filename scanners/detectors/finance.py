"""Cards and bank accounts. One number in ten passes Luhn's checksum by chance: far more must pass it."""

from __future__ import annotations

from collections.abc import Iterator

from vestige.scanners.evidence import Candidate, Example, FieldView, share

CARD = "CREDIT_CARD"
IBAN = "IBAN_CODE"
_SOME = 0.02
"""Share of short values below which one that passes an IBAN's checksum does so by accident: one in 97."""
ENOUGH = 5
"""Numbers that do not rise from one to the next by accident: once in 120 times."""


def judge(field: FieldView) -> Iterator[Candidate]:
    yield from _cards(field)
    yield from _ibans(field)


def _cards(field: FieldView) -> Iterator[Candidate]:
    profile = field.profile
    found, shaped = profile.rows(CARD), profile.classes["card"]
    passing = found / max(shaped, found, 1)
    named = field.named("card") and not field.named("time", "status", "email")
    words = f"{share(passing)} of {max(shaped, found)} long numbers pass the checksum (10 % by chance)"
    if named and found and passing >= 0.5:
        yield Candidate(CARD, 0.96, ("its name says card", words), structured=not field.in_text)
    elif found and (passing < 0.6 or field.named("id", "thing", "amount", "time") or _count_up(field)):
        yield Candidate(CARD, 0.1, (words, "numbers of something else"), structured=not field.in_text)
    elif found:
        told = profile.classes["card_told"] >= 0.5 * found
        sure = found >= 3 and told if field.in_text else found >= 5
        yield Candidate(CARD, 0.8 if sure else 0.5, (words,), structured=not field.in_text)
    elif named and not profile.filled and field.heads("card"):
        yield Candidate(CARD, 0.5, ("its name says card; it is empty",))


def _count_up(field: FieldView) -> bool:
    """Whether the numbers rise, as those that a program gives out do, and those of cards do not."""
    profile = field.profile
    return profile.integers and profile.filled >= ENOUGH and (profile.ascending or profile.dense)


def _ibans(field: FieldView) -> Iterator[Candidate]:
    profile = field.profile
    whole, rows = profile.whole(IBAN), profile.rows(IBAN)
    if whole >= 0.3:
        yield Candidate(IBAN, 0.97, (f"{share(whole)} pass the checksum of an IBAN",))
    elif rows:
        sure = 0.9 if field.in_text or rows >= _SOME * profile.filled else 0.2
        yield Candidate(IBAN, sure, (f"{rows} texts hold an IBAN",), structured=False)
    elif field.named("iban") and not field.named("time", "status"):
        digits = profile.share("integer") + profile.share("code")
        yield Candidate(
            IBAN, 0.65 if digits >= 0.5 or not profile.filled else 0.3, ("its name says bank account",)
        )


EXAMPLES = (
    Example(
        "payments",
        "card_number",
        ("4111111111111111", "5555555555554444", "378282246310005", "4012888888881881"),
        CARD,
    ),
    Example("zahlungen", "iban", ("DE89370400440532013000", "GB82WEST12345698765432"), IBAN),
    Example(
        "orders",
        "order_no",
        ("4000000000000002", "4000000000000011", "4000000000000023", "4000000000000034", "4000000000000045"),
        None,
    ),
    Example("t7", "c3", tuple(f"40000000000000{n}" for n in ("02", "10", "28", "36", "44")), None),
    Example("orders", "order_no", ("4111111111111111", "4012888888881881", "4222222222222") * 3, None),
    Example(
        "logs",
        "line",
        (
            "INFO parcel 4111111111111111 sent",
            "INFO parcel 4012888888881881 sent",
            "INFO parcel 5555555555554444 sent",
        ),
        None,
    ),
    Example("payments", "card_type", ("visa", "amex"), None),
)
