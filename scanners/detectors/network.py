"""Network addresses. They never link a person, but in a record of one, or a log, they are personal."""

from __future__ import annotations

from collections.abc import Iterator

from vestige.scanners.evidence import Candidate, Example, FieldView, share

SHORT = 9
"""Mean characters below which four numbers with dots are rather a version."""


def judge(field: FieldView) -> Iterator[Candidate]:
    yield from _judged(field, "IP_ADDRESS", "ip")
    yield from _judged(field, "MAC_ADDRESS", "mac")


def _judged(field: FieldView, entity: str, concept: str) -> Iterator[Candidate]:
    profile = field.profile
    whole, rows = profile.whole(entity), profile.rows(entity)
    named = field.named(concept)
    if whole >= 0.7 or (named and whole >= 0.2):
        if field.named("version") or (not named and profile.length < SHORT):
            yield Candidate(entity, 0.2, ("versions, which are shaped like network addresses",))
        else:
            yield Candidate(entity, 0.97 if named else 0.88, (f"{share(whole)} are network addresses",))
    elif rows and (field.in_text or whole >= 0.05):
        sure = 0.85 if profile.entities[entity].distinct.distinct > 1 else 0.62
        yield Candidate(entity, sure, (f"{rows} texts hold a network address",), structured=False)
    elif named and not profile.filled and field.heads(concept):
        yield Candidate(entity, 0.62, ("its name is that of a network address; it is empty",))


EXAMPLES = (
    Example("logins", "client_ip", ("192.0.2.1", "192.0.2.77", "2001:db8::17"), "IP_ADDRESS"),
    Example("visits", "c4", ("192.0.2.1", "198.51.100.7", "203.0.113.9"), "IP_ADDRESS"),
    Example("devices", "wifi_mac", ("00:00:5e:00:53:01", "00:00:5e:00:53:02"), "MAC_ADDRESS"),
    Example("releases", "version", ("192.0.2.1", "198.51.100.7"), None),
    Example("sensors", "c9", ("1.2.3.4", "1.2.4.0"), None),
    Example("places", "zip", ("10115", "20095"), None),
)
