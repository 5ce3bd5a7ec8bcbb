"""Numbers that a state gave a person, by the checksums that nearly all values of a field pass."""

from __future__ import annotations

from collections.abc import Iterator

from vestige.scanners.evidence import Candidate, Example, FieldView, share
from vestige.scanners.official import ENTITIES

MOST = 0.9
"""Share of the values; by chance a checksum holds for one value in ten, two of a kind for far fewer."""
ENOUGH = 4


def judge(field: FieldView) -> Iterator[Candidate]:
    profile = field.profile
    entity = max(sorted(ENTITIES), key=profile.share)
    passed = profile.share(entity)
    if passed < MOST or profile.filled < ENOUGH or profile.ascending or profile.dense:
        return
    evidence = f"{share(passed)} of the values have the form and the checksum of {entity}"
    if field.collection.thing or field.named("phone", "amount", "time"):
        yield Candidate(entity, 0.4, (evidence, "in a collection of things"))
    else:
        yield Candidate(entity, 0.93, (evidence,))


EXAMPLES = (
    Example("t_4", "c2", ("44051401359", "02070803628", "90090515836", "85010112345"), "PL_PESEL"),
    Example("orders", "reference", ("44051401351", "02070803621", "90090515831", "85010112347"), None),
)
