"""The README's commands do what it shows: run in the demo's folder, ``...`` stands for what is left out."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from vestige.service.config import Config
from vestige.service.demo import company

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def examples() -> list[tuple[str, str]]:
    """(arguments, expected output) of every ``$ vestige`` command, in order."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    commands = [part for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE) if part]
    split = (command.partition("\n") for command in commands)
    return [(line.removeprefix("vestige "), out) for line, _, out in split if line.startswith("vestige ")]


def plain(text: str) -> str:
    """Without the blanks that pad a table's lines, and without its rules."""
    lines = (line.rstrip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line.strip("─ "))


def test_the_commands_do_what_the_readme_shows(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    company.build(folder)
    run("init", folder)
    checker = doctest.OutputChecker()
    assert len(examples()) >= 6
    for command, expected in examples():
        got = plain(run(command, folder))
        assert checker.check_output(plain(expected), got, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE), (
            f"$ vestige {command}\n{got}"
        )


def run(command: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "vestige", *command.split()],
        cwd=folder,
        env=os.environ | {"COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(version: 1.*?)```", README, re.DOTALL))
def test_the_configuration_shown_is_valid(block: str) -> None:
    assert Config.model_validate(yaml.safe_load(block)).stores


@pytest.mark.parametrize("target", ["demo", "setup", "test", "check"])
def test_the_make_targets_named_exist(target: str) -> None:
    assert f"make {target}" in README
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
