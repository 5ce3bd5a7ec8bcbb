"""The published JSON Schemas: ``python -m vestige.service.schemas docs/schema`` writes them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from vestige.catalog.diff import Difference
from vestige.ledger.entries import schema as entry_schema
from vestige.planning.codec import plan_schema
from vestige.planning.policy import PolicyFile
from vestige.planning.restored import Restored
from vestige.reports.shapes import Verification
from vestige.reports.upkeep import Upkeep
from vestige.service.config import Config
from vestige.service.shapes import FieldEntry, RecordEntry

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """Every published schema by its file's name."""
    made = {
        "config": Config.model_json_schema(),
        "policy": PolicyFile.model_json_schema(),
        "plan": plan_schema(),
        "catalog-fields": TypeAdapter(list[FieldEntry]).json_schema(),
        "catalog-diff": TypeAdapter(list[Difference]).json_schema(),
        "locate-records": TypeAdapter(list[RecordEntry]).json_schema(),
        "audit-entry": entry_schema(),
        "verify": TypeAdapter(Verification).json_schema(),
        "verify-integrity": TypeAdapter(Upkeep).json_schema(),
        "verify-after-restore": TypeAdapter(Restored).json_schema(),
    }
    return {f"{name}.json": {"$schema": DRAFT} | schema for name, schema in made.items()}


def text(schema: dict[str, Any]) -> str:
    """A schema as it is published."""
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def publish(folder: Path) -> None:
    """Write all schemas."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (folder / name).write_text(text(schema), encoding="utf-8")


if __name__ == "__main__":
    publish(Path(sys.argv[1]))
