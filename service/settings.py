"""Settings: vestige.yaml read, checked, its secrets resolved, its paths absolute."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from vestige.catalog.estate import Estate
from vestige.connectors.pace import Pace
from vestige.connectors.protocol import Secret, StoreSettings
from vestige.matching.forms import Hasher
from vestige.matching.presidio import spacy_models
from vestige.planning import yamlfile
from vestige.planning.policy import Policy
from vestige.planning.yamlfile import Misconfigured
from vestige.service.config import Access, Config, NlpEngine, Store
from vestige.service.references import Unresolved, resolve
from vestige.service.urls import anchored

KEY_BYTES = 32
_STATE = ".vestige"
"""The folder beside the configuration in which processes tell each other of their load."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is configured. ``ledger``: a URL with its password; ``secret``: the key of all hashes."""

    path: Path
    estate: Estate
    catalog: Path
    policy: Policy
    audit_key: str
    ledger: str = field(repr=False)
    secret: bytes = field(repr=False)

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Read ``path``. Misconfigured names the file, the line and what to do."""
        path = path.absolute()
        if not path.exists():
            raise Misconfigured(
                path, "does not exist: run `vestige init`, or name another file with --config"
            )
        return _Reader(path, yamlfile.load(path, Config)).settings()


@dataclass(frozen=True, slots=True)
class _Reader:
    """A checked file on its way to settings; relative paths start at its folder."""

    path: Path
    config: Config

    @property
    def folder(self) -> Path:
        return self.path.parent

    def settings(self) -> Settings:
        secret = secret_key(self.path, "key", self.config.key)
        stores = tuple(self._store(name, store) for name, store in self.config.stores.items())
        subjects = tuple((source.collection, source.key) for source in self.config.subjects)
        policy = self.folder / self.config.policy if self.config.policy else None
        recognizers = self.folder / self.config.recognizers if self.config.recognizers else None
        return Settings(
            path=self.path,
            estate=Estate(stores, Hasher(secret), self.config.regions, subjects, recognizers, self._model()),
            catalog=self.folder / self.config.catalog,
            policy=Policy.load(policy),
            audit_key=self.config.audit_key,
            ledger=self._ledger(),
            secret=secret,
        )

    def _model(self) -> str:
        """The NLP engine's configuration as JSON; empty for our own."""
        match self.config.model:
            case None:
                return ""
            case dict() as models:
                return json.dumps(spacy_models(models))
            case str() as name if name.endswith((".yaml", ".yml")):
                return yamlfile.load(self.folder / name, NlpEngine).model_dump_json(exclude_none=True)
            case name:
                return json.dumps(spacy_models({name.partition("_")[0]: name}))

    def _store(self, name: str, store: Store) -> StoreSettings:
        options: dict[str, Any] = {}
        if store.limits:
            options["limits"] = store.limits.model_dump(exclude_none=True)
            if store.limits.mb_s:
                options["pace"] = Pace(self.folder / _STATE / f"{name}.pace", store.limits.mb_s * 1_000_000)
        if store.endpoint:
            options["endpoint"] = store.endpoint
        plain = self._access(name, f"stores.{name}", store, options)
        if store.verify is None:
            return plain
        verify = self._access(name, f"stores.{name}.verify", store.verify, options)
        return replace(plain, options=options | {"verify": verify})

    def _access(self, name: str, place: str, access: Access, options: dict[str, Any]) -> StoreSettings:
        url = anchored(access.url, self.folder)
        return StoreSettings(name, url, self._password(place, access), options)

    def _password(self, place: str, access: Access) -> Secret | None:
        if access.password is None:
            return None
        value = _resolved(self.path, f"{place}.password", access.password)
        return Secret(value.decode(errors="surrogateescape").rstrip("\r\n"))

    def _ledger(self) -> str:
        try:
            url = make_url(self.config.ledger.url)
        except (ArgumentError, ValueError):
            raise Misconfigured(
                self.path, "ledger: should be sqlite:///FILE or postgresql://HOST/DATABASE"
            ) from None
        if url.get_backend_name() == "sqlite" and url.database:
            url = url.set(database=str(self.folder / url.database))
        password = self._password("ledger", self.config.ledger)
        return (url.set(password=password.value) if password else url).render_as_string(hide_password=False)


def secret_key(config: Path, place: str, reference: str) -> bytes:
    """The key behind a reference of the configuration. Misconfigured if there is none, or a short one."""
    secret = _resolved(config, place, reference)
    if len(secret) < KEY_BYTES:
        raise Misconfigured(config, f"{place}: {reference} holds fewer than {KEY_BYTES} bytes")
    return secret


def _resolved(config: Path, place: str, text: str) -> bytes:
    try:
        return resolve(text, config.parent)
    except Unresolved as error:
        advice = ": run `vestige init` to make one" if place == "key" else ""
        raise Misconfigured(config, f"{place}: {error}{advice}") from None
