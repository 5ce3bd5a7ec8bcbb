from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from vestige.connectors.bench import NEIGHBOURS, Bench, Record
from vestige.connectors.conformance import Conformance
from vestige.connectors.protocol import StoreSettings, locator


class LogBench(Bench):
    """JSON lines in a log."""

    find_field = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = StoreSettings("logs", f"logs://{folder}")

    def seed(self, name: str, records: Sequence[Record]) -> str:
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        (self.folder / f"{name}.log").write_text("".join(lines), encoding="utf-8")
        return f"{name}.log"

    def rows(self, name: str) -> list[Record]:
        return [json.loads(line) for line in (self.folder / name).read_bytes().splitlines()]

    def absent(self) -> StoreSettings:
        return replace(self.settings, name="missing", url=f"logs://{self.folder}/missing")

    def unreadable(self) -> str:
        (self.folder / "photo").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
        return "photo"

    def at_rest(self) -> Iterator[bytes]:
        return (path.read_bytes() for path in self.folder.rglob("*") if path.is_file())


class TestLogs(Conformance):
    @pytest.fixture(params=["logs"])
    def bench(self, tmp_path: Path) -> LogBench:
        return LogBench(tmp_path)

    def test_read_gives_every_record_once(self, bench: Bench, people: str) -> None:
        super().test_read_gives_every_record_once(bench, people)
        seen = self.seen(bench, people)
        numbers = [locator(batch, row)["line"] for _, batch, row in seen.where]
        assert [NEIGHBOURS[number - 1] for number in numbers] == [record for record, _, _ in seen.where]
