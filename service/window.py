"""``limits.window``: the hours in which work may begin that loads a store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated

import typer

from vestige.service.failures import Refusal

if TYPE_CHECKING:
    from vestige.connectors.protocol import StoreSettings

Now = Annotated[bool, typer.Option("--now", help="Begin also outside of a store's limits.window.")]


def keep(stores: Iterable[StoreSettings], code: int, *, clock: time | None = None) -> None:
    """Refuse, with the exit ``code``, to begin outside the window of one of ``stores``."""
    at = clock or datetime.now().astimezone().time()
    windows = {store.name: store.options.get("limits", {}).get("window") for store in stores}
    shut = [f"{name} ({window})" for name, window in windows.items() if window and not _open(window, at)]
    if shut:
        raise Refusal(
            f"it is {at:%H:%M}, outside limits.window of {', '.join(shut)}; nothing was begun:"
            " wait for it, or say --now",
            code,
        )


def _open(window: str, at: time) -> bool:
    begin, end = map(time.fromisoformat, window.split("-"))
    return begin <= at < end if begin < end else at >= begin or at < end
