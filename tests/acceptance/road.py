"""Driving ``vestige`` as people do: a process a command, judged by its exit code and what it wrote.

Most commands are forked off a server that has imported Vestige already (a tenth of the time); what is about
the start of a process, about signals or about memory uses :func:`command`, the program itself.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TIMEOUT = 120.0
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "vestige.service.cli",
        "vestige.service.settings",
        "vestige.planning.draw",
        "vestige.planning.locate",
        "vestige.purgers.run",
        "vestige.reports.verify",
        "vestige.reports.render",
        "vestige.reports.integrity",
        "vestige.scanners.scan",
        "vestige.connectors.file",
        "vestige.connectors.logs",
        "vestige.connectors.sqlite",
        "vestige.connectors.duckdb",
        "vestige.connectors.postgresql",
        "vestige.connectors.mariadb",
        "vestige.connectors.redis",
        "vestige.connectors.formats.parquet",
        "vestige.service.tables",
        "pandas",  # Arrow looks for it at the first array
        "rich.console",
        "rich.table",
    ]
)
_FINISHED = re.compile(r"\b(complete|completed|pass|passed|clean)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Done:
    """How a command ended. ``code`` is negative if a signal ended it."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    @property
    def said(self) -> str:
        return self.out + self.err


def command(*arguments: str) -> list[str]:
    """The program itself."""
    return [sys.executable, "-m", "vestige", *arguments]


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a command sees: nothing of the tests' own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VESTIGE_")}
    return kept | dict(extra or {})


def run(
    folder: Path, *arguments: str, env: Mapping[str, str] | None = None, under: Sequence[str] = ()
) -> Done:
    """The program itself, in ``folder``, without a terminal. ``under``: a command that starts it."""
    ended = subprocess.run(
        [*under, *command(*arguments)],
        cwd=folder,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    return Done(ended.returncode, ended.stdout, ended.stderr)


def vestige(
    folder: Path,
    *arguments: str,
    env: Mapping[str, str] | None = None,
    before: Callable[[], None] | None = None,
) -> Done:
    """A command in a forked process of its own. ``before``, a function of a module, runs first in it."""
    with tempfile.TemporaryDirectory(prefix="vestige-test-") as name:
        out, err = Path(name) / "out", Path(name) / "err"
        process = _CONTEXT.Process(
            target=_child, args=(str(folder), arguments, environment(env), str(out), str(err), before)
        )
        process.start()
        process.join(TIMEOUT)
        if process.exitcode is None:
            process.kill()
            process.join()
        return Done(process.exitcode or 0, out.read_text(), err.read_text())


def _child(
    folder: str,
    arguments: tuple[str, ...],
    env: dict[str, str],
    out: str,
    err: str,
    before: Callable[[], None] | None,
) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    tempfile.tempdir = None  # it may have been asked for before TMPDIR was set
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), number)
    from vestige.service import cli

    if before is not None:
        before()
    sys.exit(cli.run(list(arguments)))


def honest(done: Done, code: int, *named: str) -> Done:
    """The command ended with ``code``, named on stderr what is wrong, and claimed nothing."""
    assert done.code == code, done
    for name in named:
        assert name.casefold() in done.err.casefold(), (name, done.err)
    assert "Traceback" not in done.said
    assert "unexpected error" not in done.said
    assert not _FINISHED.search(done.said), done.said
    return done
