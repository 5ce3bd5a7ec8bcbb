"""What every verb has at hand: the settings, the stores behind them, and the terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vestige.service.failures import Refusal

if TYPE_CHECKING:
    from rich.status import Status

    from vestige.catalog.estate import Estate
    from vestige.catalog.store import Catalog
    from vestige.ledger.notes import Signer
    from vestige.ledger.store import Ledger
    from vestige.planning.model import Plan
    from vestige.service.settings import Settings

DEFAULT_CONFIG = Path("vestige.yaml")


@dataclass(frozen=True)
class Options:
    """The options that every verb accepts, before or after its name."""

    config: Path | None = None
    json: bool = False
    yes: bool = False

    def over(self, earlier: Options) -> Options:
        """These, and where they are silent the earlier ones."""
        return Options(self.config or earlier.config, self.json or earlier.json, self.yes or earlier.yes)


class Session:
    """One run of one verb. Results go to stdout, all else to stderr; progress only to a terminal."""

    def __init__(self, options: Options) -> None:
        self.json, self.yes = options.json, options.yes
        self.config = options.config or Path(os.environ.get("VESTIGE_CONFIG") or DEFAULT_CONFIG)
        self._status: Status | None = None

    @cached_property
    def settings(self) -> Settings:
        from vestige.service.settings import Settings

        return Settings.load(self.config)

    @cached_property
    def estate(self) -> Estate:
        """What is configured, with the countries of phone numbers that the scan inferred if none are."""
        estate = self.settings.estate
        if estate.regions:
            return estate
        with self.catalog() as catalog:
            scan = catalog.scan()
        return replace(estate, regions=scan.regions if scan else ())

    def catalog(self) -> Catalog:
        """The catalog, to be used in a ``with``. NoCatalog before the first scan."""
        from vestige.catalog.store import Catalog

        return Catalog.open(self.settings.catalog, self.settings.estate.hasher.key_id)

    def ledger(self) -> Ledger:
        """The ledger, to be used in a ``with``."""
        from vestige.ledger.store import Ledger

        return Ledger.open(self.settings.ledger, self.settings.secret)

    @cached_property
    def signer(self) -> Signer:
        """What signs the audit log; a key file that is missing is made. Misconfigured without a key."""
        from vestige.service.signing import signer

        return signer(self.settings)

    def plan(self, path: Path) -> Plan:
        """A plan file, signed by this estate's key. Refusal or Unreadable otherwise."""
        from vestige.planning.codec import plan_from_json, verify_signature

        try:
            plan = plan_from_json(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise Refusal(f"{path} does not exist; make a plan with: vestige plan purge ID") from None
        except ValueError:
            raise Refusal(f"{path} is not a plan") from None
        if not verify_signature(plan, self.settings.secret):
            raise Refusal(f"{path}: the signature does not hold: it was altered, or made with another key")
        return plan

    def progress(self, text: str) -> None:
        """What is being done now; shown on a terminal alone."""
        if not sys.stderr.isatty():
            return
        if self._status is None:
            from rich.console import Console

            self._status = Console(stderr=True).status(text)
            self._status.start()
        self._status.update(text)

    def quiet(self) -> None:
        """No progress any more."""
        if self._status is not None:
            self._status.stop()
            self._status = None

    def emit(self, document: Any) -> None:
        """The one JSON document of ``--json``; nothing otherwise."""
        if self.json:
            self.quiet()
            json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=str)
            sys.stdout.write("\n")

    def say(self, text: str) -> None:
        """A line for people."""
        if not self.json:
            self.quiet()
            print(text)

    def warn(self, lines: Iterable[str]) -> None:
        """Lines on stderr, also beside ``--json``."""
        self.quiet()
        for line in lines:
            print(line, file=sys.stderr)

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table for people. Its cells are text, never markup."""
        if self.json:
            return
        from vestige.service.tables import show

        self.quiet()
        show(title, columns, rows)

    def confirm(self, question: str) -> None:
        """Ask once before something is destroyed. Refusal without a terminal and without ``--yes``."""
        if self.yes:
            return
        self.quiet()
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise Refusal(f"{question} There is no terminal to ask on: say it with --yes")
        print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
            raise Refusal("nothing was done")


def identifier(given: str) -> str:
    """An identifier as given, from stdin (``-``) or from a file (``@path``)."""
    if given == "-":
        text = sys.stdin.readline()
    elif given.startswith("@"):
        try:
            text = Path(given[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise Refusal(
                "the file after @ cannot be read; an identifier that begins with @ can come from stdin: -"
            ) from None
    else:
        text = given
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) != 1:
        raise Refusal("one identifier is needed, on one line")
    return lines[0]
