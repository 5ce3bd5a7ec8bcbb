"""What can keep a package from being made."""

from __future__ import annotations

from pathlib import Path


class Occupied(Exception):
    """The folder holds something that is no package of Vestige; nothing was overwritten."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} holds something that is no export package; choose another folder")
