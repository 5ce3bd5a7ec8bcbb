"""The worked example of CONTRIBUTING.md works: its store passes the conformance suite."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCUMENT = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```python\n# (\S+)\n(.*?)```", re.DOTALL)
CONFTEST = """
from pathlib import Path
import vestige.connectors
vestige.connectors.__path__.append(str(Path(__file__).parent / "connectors"))
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The example's files, beside each other."""
    for name, text in BLOCK.findall(DOCUMENT):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "conftest.py").write_text(CONFTEST)
    return tmp_path


def test_the_example_is_a_store_in_two_files(written):
    assert {name for name, _ in BLOCK.findall(DOCUMENT)} == {
        "connectors/zip.py",
        "tests/connectors/test_zip.py",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(command, cwd=written, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) >= 20


def test_the_example_is_as_tidy_as_the_rest(written):
    module = written / "connectors" / "zip.py"
    for command in (["ruff", "check"], ["ruff", "format", "--check"]):
        arguments = [sys.executable, "-m", *command, "--config", "pyproject.toml", str(module)]
        done = subprocess.run(
            arguments, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1]
        )
        assert done.returncode == 0, done.stdout
