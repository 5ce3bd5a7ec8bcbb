"""E-mail addresses, as columns and as mentions, and hashes of them."""

from __future__ import annotations

from collections.abc import Iterator

from vestige.scanners.evidence import Candidate, Example, FieldView, share

ENTITY = "EMAIL_ADDRESS"
HASH = "EMAIL_HASH"


def judge(field: FieldView) -> Iterator[Candidate]:
    yield from _addresses(field)
    yield from _digests(field)


def _addresses(field: FieldView) -> Iterator[Candidate]:
    profile = field.profile
    whole, rows = profile.whole(ENTITY), profile.rows(ENTITY)
    named = field.named("email") and not field.named("hash")
    valid = f"{share(whole)} of the values are valid addresses"
    if whole >= 0.5 or (whole >= 0.1 and named):
        yield Candidate(ENTITY, 0.5 if _one_mailbox(field) else 0.98 if named else 0.93, (valid,))
    elif rows and whole >= 0.05 and not field.in_text:
        yield Candidate(ENTITY, 0.7, (valid, "other identifiers stand in the same field"))
    elif rows:
        sure = 0.92 if profile.entities[ENTITY].distinct.distinct > 1 else 0.75
        yield Candidate(
            ENTITY, sure, (f"{rows} texts mention an address",), structured=field.profile.filled == rows
        )
    elif named and not profile.filled and not field.named("meta", "time"):
        yield Candidate(ENTITY, 0.65, ("its name says e-mail; it is empty",))


def _one_mailbox(field: FieldView) -> bool:
    """Always the same address, as of a sender of notices."""
    profile = field.profile
    return profile.filled >= 20 and profile.entities[ENTITY].distinct.distinct == 1


def _digests(field: FieldView) -> Iterator[Candidate]:
    profile = field.profile
    rows = profile.rows(HASH)
    if not rows:
        return
    whole = profile.whole(HASH) >= 0.5 or profile.share("digest") >= 0.5
    joined, compared = max((profile.digests.contained_in(one) for one in field.digests), default=(0.0, 0))
    if joined * compared >= 1 and (joined >= 0.05 or joined * compared >= 3):
        evidence = f"{share(joined)} of {compared} digests are those of known addresses"
        yield Candidate(HASH, 0.97, (evidence,), structured=whole)
    elif whole and field.named("email"):
        yield Candidate(HASH, 0.9, ("digests, and its name says e-mail",))
    elif whole and field.named("phone"):
        yield Candidate("PHONE_HASH", 0.85, ("digests, and its name says phone",))
    elif whole:
        yield Candidate(HASH, 0.2, ("digests that are not those of any known address",))


EXAMPLES = (
    Example("users", "email", ("ana@example.com", "bo@example.org", "Cy@Example.net", None), ENTITY),
    Example("t_7", "c3", ("ana@example.com", "bo@example.org", "cy@example.net"), ENTITY),
    Example("kunden", "adresse_mail", ("ana@example.com", "bo@example.org"), ENTITY),
    Example(
        "tickets",
        "body",
        (
            "The parcel never came, please send another one.",
            "Write to ana@example.com when it is there, thanks.",
        ),
        ENTITY,
    ),
    Example("users", "email_verified", (1, 0, 1, 1), None),
    Example("users", "email_sent_at", ("2024-05-01 10:02:03", "2024-05-02 11:12:13"), None),
    Example(
        "users",
        "password_hash",
        ("5f4dcc3b5aa765d61d8327deb882cf99", "e99a18c428cb38d5f260853678922e03"),
        None,
    ),
    Example(
        "leads", "email_md5", ("5f4dcc3b5aa765d61d8327deb882cf99", "e99a18c428cb38d5f260853678922e03"), HASH
    ),
)
