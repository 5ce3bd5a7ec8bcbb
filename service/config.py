"""vestige.yaml as a model: what people may write, published as docs/schema/config.json."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    StringConstraints,
    model_validator,
)

from vestige.service.references import reference
from vestige.service.urls import without_secret

Url = Annotated[str, AfterValidator(without_secret)]
Reference = Annotated[str, AfterValidator(reference)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_-]*$")]
Region = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$"), AfterValidator(str.upper)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Window = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")]


def _duration(text: str) -> str:
    if not re.fullmatch(r"\d+(\.\d+)?(ms|s|m|h)", text):
        raise ValueError("should be a duration: 500ms, 30s, 5m, 1h")
    return text


Duration = Annotated[str, AfterValidator(_duration)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Strict):
    """How much of a store Vestige may take."""

    connections: PositiveInt | None = Field(default=None, description="not kept to yet; doctor says so")
    mb_s: PositiveFloat | None = Field(
        default=None, description="megabytes that are read in a second, by all processes of one machine"
    )
    statement_timeout: Duration | None = None
    lock_timeout: Duration | None = None
    window: Window | None = Field(
        default=None,
        description="01:00-05:00, local time, may cross midnight: scans and purges begin only then",
    )


class Access(_Strict):
    """A URL, and a reference to its password."""

    url: Url
    password: Reference | None = None


def _short(value: Any) -> Any:
    """The short form of an access is its URL alone."""
    return {"url": value} if isinstance(value, str) else value


Short = BeforeValidator(_short, json_schema_input_type=Access | str)


class Store(Access):
    """A store. ``verify``: another URL or role for scanning and verifying. ``endpoint``: of an S3 server."""

    endpoint: Url | None = None
    verify: Annotated[Access, Short] | None = None
    limits: Limits | None = None


class SubjectSource(_Strict):
    """A collection whose rows are people, as ``store.collection``, and its key."""

    collection: Annotated[str, StringConstraints(pattern=r"^[^.]+\..+$")]
    key: str


class NlpModel(BaseModel):
    """One model of an NLP engine."""

    lang_code: Language
    model_name: str | dict[str, str]


class NlpEngine(BaseModel):
    """Presidio's configuration of an NLP engine; what else it says is Presidio's."""

    model_config = ConfigDict(extra="allow")

    nlp_engine_name: Literal["spacy", "stanza", "transformers"]
    models: tuple[NlpModel, ...]


class Config(_Strict):
    """vestige.yaml"""

    version: Literal[1] = 1
    catalog: str = "catalog.duckdb"
    ledger: Annotated[Access, Short] = Access(url="sqlite:///ledger.db")
    key: Reference = "file:vestige.key"
    audit_key: Reference = Field(
        default="file:audit.key",
        description="what signs the audit log and its bundles; a file is made if missing",
    )
    stores: dict[Name, Annotated[Store, BeforeValidator(_short, json_schema_input_type=Store | str)]]
    subjects: tuple[SubjectSource, ...] = ()
    policy: str | None = None
    regions: tuple[Region, ...] = Field(
        default=(), description="ISO countries in which a national phone number is read"
    )

    recognizers: str | None = Field(
        default=None, description="a file of Presidio's recognizer registry, with recognizers of your own"
    )

    model: str | dict[Language, str] | None = Field(
        default=None,
        description="a spaCy model that names people and places in prose, one a language, or the YAML file"
        " of a Presidio NLP engine",
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for source in self.subjects:
            store = source.collection.partition(".")[0]
            if store not in self.stores:
                raise ValueError(f"`subjects` names the store {store!r}, which is not under `stores`")
        return self
