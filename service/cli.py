"""``vestige``: the command line. What a verb needs is imported when it runs, so that ``--help`` is quick."""

from __future__ import annotations

import json
import os
import sys
import traceback
from io import TextIOWrapper
from typing import Annotated

import typer

from vestige import __version__
from vestige.service.failures import INTERRUPTED, OK, Failure, explain
from vestige.service.session import Options
from vestige.service.verb import ConfigOption, JsonOption, YesOption
from vestige.service.verbs import audit, catalog, discovery, plans, requests, rights, setup

app = typer.Typer(
    name="vestige",
    help="Finds every trace of a person's data, exports it, erases it, and proves that none survives.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich help would import 300 modules
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (setup, discovery, catalog, plans, rights, requests, audit):
    part.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"vestige {__version__}")
        raise typer.Exit(OK)


@app.callback()
def shared(
    ctx: typer.Context,
    config: ConfigOption = None,
    json: JsonOption = False,
    yes: YesOption = False,
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")] = False,
) -> None:
    """Options before the verb count for it."""
    ctx.obj = Options(config, json, yes)


def main() -> None:
    """Run one command and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; returns its exit code. The one place where every error ends."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # names of objects may be in no encoding at all
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app(arguments or ["--help"], prog_name="vestige", standalone_mode=False)
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:  # noqa: BLE001 - the job boundary: nothing may leave as a traceback
        return _fail(explain(error), as_json="--json" in arguments)
    if code == INTERRUPTED:
        print("\ninterrupted; nothing is lost: run the same command again", file=sys.stderr)
    return int(code or OK)


def _fail(failure: Failure, *, as_json: bool) -> int:
    if os.environ.get("VESTIGE_DEBUG") == "1":
        traceback.print_exc()
    for line in failure.lines:
        print(line, file=sys.stderr)
    if as_json:
        document = {"error": failure.message, "exit": failure.code, "candidates": failure.candidates}
        print(json.dumps(document))
    return failure.code
