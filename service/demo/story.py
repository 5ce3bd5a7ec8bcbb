"""The demo's story: the whole road for one customer, told with the real commands and their real output."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from vestige.reports.shapes import PAGE
from vestige.service.demo import company

Run = Callable[[list[str]], int]
WHO = "anna@example.com"

_INTRODUCTION = f"""\
A lamp shop with {company.PEOPLE} customers. Their data lies in two SQLite databases, a bucket, a cache and
logs, and nobody keeps a list of what is where. One customer, {WHO}, asks: what do you have about me?
And then: erase it. She registered twice, once in capitals; another bears her name; joanna@example.com
contains her address; clerk 17 is not customer 17; friends mention her; her invoices must be kept by law.
"""
_CHAPTERS: Sequence[tuple[str, Sequence[str]]] = (
    ("Scan: which fields are personal, what refers to what, who is a person?", ["scan"]),
    ("Where is she?", ["locate", WHO]),
    (
        "Her own copy: plan the export, then write the package.",
        ["plan", "export", WHO, "--out", "export.json"],
    ),
    ("", ["export", "export.json", "--out", "package", "--yes"]),
    (
        "Plan the erasure. Nothing is done yet; what is kept says why.",
        ["plan", "purge", WHO, "--accept-defaults"],
    ),
    ("Erase. Every store is asked first whether it can do its part.", ["purge", "plan.json", "--yes"]),
    ("Verify: an independent sweep reads everything again.", ["verify", "plan.json", "--out", "report"]),
    ("And once more: a second purge finds it done.", ["purge", "plan.json", "--yes"]),
)


class Broken(Exception):
    """A command of the story ended with an unexpected exit code; the message names it."""


def tell(folder: Path, run: Run, say: Callable[[str], None]) -> Path:
    """Build the company in ``folder`` (made afresh), run every command there, return the path of the report.

    ``run`` takes a command's arguments and returns its exit code. Raises Broken.
    """
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    company.build(folder)
    say(_INTRODUCTION)
    _run(folder, run, say, ["init"])
    for title, command in _CHAPTERS:
        if title:
            say(f"\n── {title}")
        _run(folder, run, say, command)
    return folder / "report" / PAGE


def _run(folder: Path, run: Run, say: Callable[[str], None], command: Sequence[str]) -> None:
    say(f"\n$ vestige {' '.join(command)}")
    sys.stdout.flush()
    placed = [str(folder / part) if _is_file(part) else part for part in command]
    code = run(["--config", str(folder / "vestige.yaml"), *placed])
    if code != 0:
        raise Broken(f"vestige {' '.join(command)} ended with exit code {code}")


def _is_file(part: str) -> bool:
    return part.endswith(".json") or part in ("package", "report")
