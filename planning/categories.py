"""Entities under the data categories of fideslang, so that a policy may speak either language."""

from __future__ import annotations

CATEGORIES = {
    "ADDRESS": "user.contact.address",
    "CREDIT_CARD": "user.financial.credit_card",
    "CRYPTO": "user.financial",
    "DATE_OF_BIRTH": "user.demographic.date_of_birth",
    "DEVICE_ID": "user.device.device_id",
    "EMAIL_ADDRESS": "user.contact.email",
    "EMAIL_HASH": "user.unique_id.pseudonymous",
    "ETHNICITY": "user.demographic.race_ethnicity",
    "GENDER": "user.demographic.gender",
    "HEALTH": "user.health_and_medical",
    "IBAN_CODE": "user.financial.bank_account",
    "IP_ADDRESS": "user.device.ip_address",
    "LOCATION": "user.location",
    "MAC_ADDRESS": "user.device",
    "MEDICAL_LICENSE": "user.government_id",
    "NRP": "user.demographic",
    "PERSON": "user.name",
    "PHONE_HASH": "user.unique_id.pseudonymous",
    "PHONE_NUMBER": "user.contact.phone_number",
    "RELIGION": "user.demographic.religious_belief",
    "SESSION_TOKEN": "user.device.cookie_id",
    "URL": "user.contact.url",
    "US_BANK_NUMBER": "user.financial.bank_account",
    "US_DRIVER_LICENSE": "user.government_id.drivers_license_number",
    "US_PASSPORT": "user.government_id.passport_number",
    "US_SSN": "user.government_id.national_identification_number",
    "USERNAME": "user.account.username",
    "USER_ID": "user.unique_id",
}


def category(entity: str) -> str:
    """The data category of an entity; ``user`` for one that has none of its own."""
    return CATEGORIES.get(entity, "user")
