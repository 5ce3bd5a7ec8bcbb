"""``init``, ``doctor``, ``demo``: to get started, and to see whether everything can work."""

from __future__ import annotations

from contextlib import chdir
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vestige.service.failures import FAILED, INCOMPLETE, OK, Refusal
from vestige.service.session import Session
from vestige.service.verb import verb

if TYPE_CHECKING:
    from vestige.catalog.estate import Estate
    from vestige.connectors.protocol import StoreSettings

_TEMPLATE = """\
# Vestige's configuration; relative paths start at this folder. Passwords are references, never literals:
# password: env:NAME, file:PATH or keyring:SERVICE/NAME.
version: 1
catalog: catalog.duckdb
ledger: sqlite:///ledger.db
key: file:vestige.key
stores:{stores}
# regions: [DE, GB]          # countries in which phone numbers without +49, +44 are read
# policy: policy.yaml        # what is kept, and why
# recognizers: own.yaml      # a file of Presidio's recognizer registry: patterns of your own
# model: en_core_web_lg      # names in prose: a spaCy model, {{en: …, de: …}}, or an NLP engine's YAML
"""
_UNKEPT = frozenset({"connections"})
_DEMO_MARKER = ".vestige-demo"
"""Shows that a folder is the demo's, which begins by removing it."""

_EXAMPLES = """
  # shop: {url: "postgresql://vestige@127.0.0.1:5432/shop", password: "env:SHOP_PASSWORD"}
  # marketing: {url: "sqlite:///marketing.db"}
  # files: {url: "file:///srv/exports"}
  # logs: {url: "logs:///var/log/shop"}
  # cache: {url: "redis://127.0.0.1:6379/0"}
"""


def register(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    for function in (init, doctor, demo):
        verb(app)(function)


def init(
    session: Session,
    store: Annotated[
        list[str] | None, typer.Option(metavar="NAME=URL", help="A store to begin with; repeatable.")
    ] = None,
) -> int:
    """Make a configuration, the key of all hashes, and the key that signs the audit log.

    What is there already stays as it is.

    Examples:

      vestige init

      vestige init --store shop=sqlite:///shop.db --store files=file:///srv/exports
    """
    from vestige.planning import yamlfile
    from vestige.service.config import Config
    from vestige.service.references import located
    from vestige.service.signing import make

    made = []
    if not session.config.exists():
        content = _TEMPLATE.format(stores=_stores(store or []))
        with session.config.open("x", encoding="utf-8") as file:
            file.write(content)
        made.append(session.config)
    config = yamlfile.load(session.config, Config)
    for key in (located(one, session.config.parent) for one in (config.key, config.audit_key)):
        if key and not key.exists():
            make(key)
            made.append(key)
    for path in made:
        session.say(f"made {path}")
    session.say("next: vestige doctor, then vestige scan" if made else "everything is there already")
    session.emit({"made": [str(path) for path in made]})
    return OK


def _stores(given: list[str]) -> str:
    from vestige.service.urls import without_secret

    lines = []
    for pair in given:
        name, _, url = pair.partition("=")
        try:
            lines.append(f'\n  {name}: {{url: "{without_secret(url)}"}}')
        except ValueError as error:
            raise Refusal(f"--store {name}: {error}") from None
    return "".join(lines) + "\n" if lines else " {}" + _EXAMPLES.rstrip() + "\n"


@dataclass(frozen=True, slots=True)
class _Health:
    """How one store is. ``purge``: whether it lets itself be opened for writing."""

    store: str
    scheme: str
    status: str
    collections: int = 0
    purge: str = ""
    neighbours: tuple[str, ...] = ()
    reason: str = ""


def doctor(
    session: Session,
    grants: Annotated[
        str | None, typer.Option(metavar="STORE", help="Print the rights that each verb needs in a store.")
    ] = None,
) -> int:
    """Check the configuration and every store.

    Exit 4: a store cannot be read.

    Examples:

      vestige doctor

      vestige doctor --grants shop
    """
    estate = session.settings.estate
    if grants is not None:
        return _grants(session, estate, grants)
    found = [_examine(estate, store) for store in estate.stores]
    with session.ledger():
        own = {"ledger": "ok", "catalog": _catalog(session)}
    columns = ("store", "kind", "status", "collections", "purge", "neighbours", "reason")
    rows = [
        (h.store, h.scheme, h.status, h.collections, h.purge, ", ".join(h.neighbours), h.reason)
        for h in found
    ]
    session.table("Stores", columns, rows)
    session.say(f"ledger: {own['ledger']}; catalog: {own['catalog']}")
    session.emit({"stores": [asdict(health) for health in found], **own})
    if not found:
        session.warn(["no stores are configured: nothing can be found"])
    session.warn(_unkept(estate))
    return OK if found and all(health.status == "ok" for health in found) else INCOMPLETE


def _unkept(estate: Estate) -> list[str]:
    """Limits that are accepted and that nothing keeps to yet."""
    asked = {s.name: _UNKEPT & set(s.options.get("limits", ())) for s in estate.stores}
    return [
        f"{store}: not kept to yet: limits.{', limits.'.join(sorted(some))}"
        for store, some in asked.items()
        if some
    ]


def _examine(estate: Estate, store: StoreSettings) -> _Health:
    from vestige.connectors.errors import StoreError

    try:
        with estate.open(store.name) as connector:
            described = connector.describe()
    except StoreError as error:
        return _Health(store.name, store.scheme, "problem", reason=error.reason)
    number, purge = len(described.collections), _writable(estate, store.name)
    return _Health(store.name, store.scheme, "ok", number, purge, described.neighbours)


def _writable(estate: Estate, store: str) -> str:
    from vestige.connectors.errors import StoreError

    try:
        with estate.open(store, writable=True):
            return "ok"
    except StoreError as error:
        return error.reason


def _catalog(session: Session) -> str:
    from vestige.catalog.errors import CatalogError

    try:
        with session.catalog() as catalog:
            scan = catalog.scan()
    except CatalogError as error:
        return error.reason
    return f"scanned {scan.finished} ({scan.mode})" if scan else "not scanned yet"


def _grants(session: Session, estate: Estate, store: str) -> int:
    from vestige.service.grants import grants_for

    rights = grants_for(estate, store)
    for need, statements in rights.items():
        session.say(f"-- {need}")
        for statement in statements:
            session.say(statement)
    session.emit(rights)
    return OK


def demo(
    session: Session,
    folder: Annotated[Path, typer.Option("--folder", help="Where the demo company is made.")] = Path("demo"),
) -> int:
    """Show the whole road on a small made-up company.

    One of its people is found, exported and erased; the last line on stdout is the path of the report.

    Example:

      vestige demo
    """
    from vestige.service import cli
    from vestige.service.demo.story import Broken, tell

    def within(arguments: list[str]) -> int:
        with chdir(folder):
            return cli.run(arguments)

    folder = folder.absolute()
    marker = folder / _DEMO_MARKER
    if folder.exists() and not marker.exists() and any(folder.iterdir()):
        raise Refusal(f"{folder} is not empty, and the demo would replace it: choose another --folder")
    try:
        page = tell(folder, within, session.say)
    except Broken as error:
        raise Refusal(str(error), FAILED) from None
    finally:
        if folder.exists():
            marker.touch()
    session.emit({"report": str(page)})
    session.say(str(page))
    return OK
