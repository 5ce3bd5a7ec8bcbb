"""A scan connects to its stores and to nothing else: with stores of files it needs no network at all."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.estate import ANNA, build
from tests.acceptance.road import run

NO_SOCKETS = """
import socket
def refuse(*_, **__):
    raise AssertionError("a socket was used")
for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, refuse)
for name in ("create_connection", "getaddrinfo", "gethostbyname"):
    setattr(socket, name, refuse)
"""


@pytest.fixture
def company(tmp_path: Path) -> Path:
    build(tmp_path)
    with (tmp_path / "stores" / "files" / "minutes.txt").open("a") as minutes:
        minutes.write(
            "Then Margaret Thistlewood of https://shop.example.org/ wrote a long letter to us.\n" * 5
        )
    return tmp_path


def empty_network() -> list[str]:
    """A command that runs another where there is no network, not even a loopback that is up."""
    unshare = shutil.which("unshare")
    for flags in ("-rn", "-n"):
        if (
            unshare
            and not subprocess.run([unshare, flags, "true"], capture_output=True, check=False).returncode
        ):
            return [unshare, flags]
    pytest.skip("this kernel lets nobody make a network namespace")


def test_the_whole_road_without_a_network(company: Path) -> None:
    under = empty_network()
    assert run(company, "scan", under=under).code == 0
    assert run(company, "locate", ANNA.email, under=under).code == 0
    assert run(company, "plan", "purge", ANNA.email, under=under).code == 0
    assert run(company, "purge", "--yes", under=under).code == 0
    assert run(company, "verify", under=under).code == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_scan_does_not_even_try(company: Path, workers: str) -> None:
    """Every process of the scan would fail on its first connection or look-up of a name."""
    (company / "site").mkdir()
    (company / "site" / "sitecustomize.py").write_text(NO_SOCKETS)
    env = {"PYTHONPATH": str(company / "site")}
    ended = run(company, "scan", "--workers", workers, env=env)
    assert (ended.code, ended.err) == (0, "")
