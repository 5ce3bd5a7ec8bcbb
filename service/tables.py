"""Tables on the terminal. Imported only when one is shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDTH = 160
"""Columns where there is no terminal: a pipe or a file."""

_STYLES = {
    "personal": "bold",
    "review": "yellow",
    "not_personal": "dim",
    "COMPLETE": "green",
    "PARTIAL": "yellow",
    "SKIPPED": "red",
    "OPAQUE": "yellow",
    "erased": "green",
    "redacted": "green",
    "unknown": "bold red",
    "pass": "bold green",
    "fail": "bold red",
    "incomplete": "yellow",
    "ok": "green",
    "problem": "bold red",
}


def show(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table. Whatever stores and people named is printed as it is, control characters escaped."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(_cell, row))
    Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else _WIDTH).print(table)


def _cell(value: object) -> Text:
    text = "" if value is None else str(value)
    plain = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
    return Text(plain, _STYLES.get(text, ""))
