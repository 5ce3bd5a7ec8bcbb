"""Parts of postal addresses, where the record is a person's: street, city, postal code."""

from __future__ import annotations

from collections.abc import Iterator

from vestige.scanners.evidence import Candidate, Example, FieldView, share
from vestige.scanners.profile import FieldProfile

ENTITY = "ADDRESS"
_OTHER_ADDRESSES = ("email", "ip", "mac", "url", "id", "meta", "time", "hash")
_NO_PLACES = (
    "given", "family", "fullname", "name", "phone", "birth", "amount", "thing", "status", "region", "username"
)  # fmt: skip


def judge(field: FieldView) -> Iterator[Candidate]:
    profile = field.profile
    named = [part for part in _PARTS if field.named(part)]
    if _is_another(field, named) or profile.declared in ("boolean", "timestamp"):
        return
    if named:
        yield max(
            (_in_context(field, part, _PARTS[part](field)) for part in named), key=lambda one: one.score
        )
    elif profile.share("street") >= 0.6 and not field.in_text:
        yield _in_context(field, "street", 0.85)
    elif not field.named(*_NO_PLACES) and field.of_person >= 0.6:
        yield from _by_look(field)
    elif field.named("region") and field.of_person >= 0.6:
        yield Candidate(ENTITY, 0.4, ("a region or country, in a record of a person",))


def _is_another(field: FieldView, named: list[str]) -> bool:
    """An address of mail or of a machine; ``mail_city`` is none."""
    other = [one for one in _OTHER_ADDRESSES if field.named(one)]
    profile = field.profile
    placed = profile.share("street") >= 0.5 or _is_city(profile) or named not in ([], ["address"])
    posted = other == ["email"] and placed and profile.rows("EMAIL_ADDRESS") == 0
    return bool(other) and "postal" not in named and not posted


def _street(field: FieldView) -> float:
    profile = field.profile
    if not profile.filled:
        return 0.65
    if profile.share("street") >= 0.1 or profile.share("integer") > 0.5 or profile.share("named") > 0.3:
        return 0.95
    return 0.4 if profile.share("single") > 0.8 and not _unspaced(profile) else 0.85


def _unspaced(profile: FieldProfile) -> bool:
    """Of a script without capitals, and mostly without blanks."""
    return sum(cells for mask, cells in profile.shapes.items() if "x" in mask) > 0.5 * profile.filled


def _city(field: FieldView) -> float:
    profile = field.profile
    return 0.65 if not profile.filled else 0.92 if profile.share("named") >= 0.5 else 0.3


def _postal(field: FieldView) -> float:
    profile = field.profile
    if not profile.filled:
        return 0.65
    return 0.95 if max(profile.share("postal"), _postal_and_city(profile)) >= 0.5 else 0.3


def _by_look(field: FieldView) -> Iterator[Candidate]:
    """Under a heading that says nothing: known cities; postal codes with a city, or beside one."""
    if _is_city(field.profile):
        yield Candidate(ENTITY, 0.65, ("known cities, in a record of a person",))
    elif _postal_and_city(field.profile) >= 0.8:
        yield Candidate(ENTITY, 0.65, ("postal codes with a word, in a record of a person",))
    elif field.profile.share("postal") >= 0.9 and _is_code(field) and _beside_address(field):
        yield Candidate(ENTITY, 0.65, ("shaped like postal codes, beside a city or a street",))


def _is_city(profile: FieldProfile) -> bool:
    return (
        profile.share("named") >= 0.8
        and profile.share("place") >= 0.4
        and profile.words < 1.7 * profile.filled
    )


def _postal_and_city(profile: FieldProfile) -> float:
    return sum(cells for mask, cells in profile.shapes.items() if mask.startswith("9 Aa")) / (
        profile.filled or 1
    )


def _is_code(field: FieldView) -> bool:
    """Under a heading that says nothing, or not numbers alone, which may count or point at something."""
    profile = field.profile
    return field.nameless or not field.means and not profile.unique and profile.declared == "text"


def _beside_address(field: FieldView) -> bool:
    return any(one.share("street") >= 0.6 or _is_city(one) for one in field.collection.profiles)


_PARTS = {"postal": _postal, "city": _city, "street": _street, "address": _street}


def _in_context(field: FieldView, part: str, score: float) -> Candidate:
    """The same words are an address of a warehouse: a person must be near."""
    near = field.of_person
    if near >= 0.6 or (field.collection.refers and not field.collection.thing):
        return Candidate(ENTITY, score, (f"a {part}, in a record of a person",))
    if field.collection.thing or "thing" in field.around:
        return Candidate(ENTITY, min(score, 0.2), (f"a {part}, but of a thing or an organisation",))
    return Candidate(ENTITY, min(score, 0.5), (f"a {part}, whose is not clear ({share(near)} a person's)",))


EXAMPLES = (
    Example("users", "street", ("Example Street 1", "Sample Road 22", "Hauptstr. 3"), ENTITY),
    Example("kunden", "plz", ("10115", "20095", "80331"), ENTITY),
    Example("clientes", "ciudad", ("Madrid", "Sevilla", "Bilbao"), ENTITY),
    Example("orders", "ship_to.city", ("Madrid", "Sevilla", "Bilbao"), ENTITY, beside=("customer_id",)),
    Example("kunden", "PLZ/Ort", ("10115 Berlin", "20095 Hamburg", "80331 Ulm"), ENTITY),
    Example("clients", "cty_nm", ("Madrid", "Sevilla", "Bilbao"), ENTITY),
    Example("warehouses", "city", ("Madrid", "Sevilla", "Bilbao"), None),
    Example("stores", "street", ("Example Street 1", "Sample Road 22"), None),
    Example("users", "ip_address", ("not known", "none"), None),
)
