"""From a plain function to a command: the options that all verbs share, and its result as the exit code."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec

import typer

from vestige.service.session import Options, Session

P = ParamSpec("P")

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="The configuration. [env: VESTIGE_CONFIG; default: vestige.yaml]"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
YesOption = Annotated[
    bool, typer.Option("--yes", "-y", help="Answer yes to the question before destruction.")
]

_SHARED = {"config": (ConfigOption, None), "json": (JsonOption, False), "yes": (YesOption, False)}


def verb(
    app: typer.Typer, name: str | None = None, *, hidden: bool = False
) -> Callable[[Callable[Concatenate[Session, P], int]], Callable[Concatenate[Session, P], int]]:
    """Register a function ``(session, …) -> exit code`` as a command with the shared options."""

    def register(function: Callable[Concatenate[Session, P], int]) -> Callable[Concatenate[Session, P], int]:
        app.command(name or function.__name__, hidden=hidden)(_command(function))
        return function

    return register


def _command(function: Callable[..., int]) -> Callable[..., None]:
    """The function as typer reads it: without the session, with the context and the shared options."""

    @functools.wraps(function)
    def command(ctx: typer.Context, **given: Any) -> None:
        here = Options(**{name: given.pop(name) for name in _SHARED})
        session = Session(here.over(ctx.obj or Options()))
        try:
            code = function(session, **given)
        finally:
            session.quiet()
        raise typer.Exit(code)

    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    kinds = inspect.Parameter
    context = kinds("ctx", kinds.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    shared = [
        kinds(name, kinds.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in _SHARED.items()
    ]
    parameters = [context, *(one.replace(kind=kinds.KEYWORD_ONLY) for one in own), *shared]
    signature = inspect.Signature(parameters)
    command.__signature__ = signature  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    return command
