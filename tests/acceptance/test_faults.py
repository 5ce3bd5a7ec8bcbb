"""Servers that fail behind a proxy: each verb says so, nothing false is claimed, a resumed purge is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.acceptance.crash import Undisturbed, ends, planned, verdict
from tests.acceptance.estate import ANNA
from tests.acceptance.road import Done, vestige
from tests.acceptance.served import Company, Servers
from tests.proxy import Fault, Proxy, proxy

WRITES = {"crm": b"COMMIT", "forum": b"\x03COMMIT", "cache": b"EXEC"}
GARBAGE = bytes(range(255, 191, -1)) * 4
FAULTS = [
    Fault("refuse"),
    Fault("reset"),
    Fault("cut"),
    Fault("lose"),
    Fault("truncate"),
    Fault("answer", text=GARBAGE),
    Fault("delay"),
]


@pytest.fixture(scope="module")
def known(
    postgresql_server: str, redis_server: str, mariadb_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Undisturbed]:
    folder = tmp_path_factory.mktemp("faults") / "sqlite"
    with planned(folder, Servers(postgresql_server, redis_server, mariadb_server), "sqlite") as undisturbed:
        yield undisturbed


@pytest.fixture
def company(known: Undisturbed, tmp_path: Path) -> Iterator[Company]:
    copied = known.company.copy(tmp_path / "company", 5)
    yield copied
    copied.drop()


@pytest.fixture
def behind(company: Company) -> Iterator[Mapping[str, Proxy]]:
    """The company's servers behind proxies."""
    config = company.folder / "vestige.yaml"
    text = config.read_text(encoding="utf-8")
    with ExitStack() as stack:
        proxies = {}
        servers = company.servers
        urls = {"crm": servers.postgresql, "forum": servers.mariadb, "cache": servers.redis}
        for store, url in urls.items():
            port = urlsplit(url).port
            assert port is not None
            proxies[store] = stack.enter_context(proxy("127.0.0.1", port))
            text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{proxies[store].port}")
        config.write_text(text, encoding="utf-8")
        yield proxies


def honest(done: Done, *codes: int) -> None:
    assert done.code in codes, done
    for word in ("Traceback", "unexpected error", *ANNA.values):
        assert word not in done.err, (word, done)


@pytest.mark.parametrize("store", WRITES)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.kind)
def test_a_commit_that_fails_is_unknown_until_it_is_resumed(
    known: Undisturbed, company: Company, behind: Mapping[str, Proxy], store: str, fault: Fault
) -> None:
    """Also one that succeeded and whose success was lost."""
    behind[store].fault = Fault(fault.kind, WRITES[store], fault.text)
    cut = vestige(company.folder, "purge", "--yes", "--json")
    assert behind[store].met
    honest(cut, 0 if fault.kind == "delay" else 4)
    unknown = {one["store"] for one in cut.document["outcomes"] if one["outcome"] == "unknown"}
    assert unknown == (set() if fault.kind == "delay" else {store})
    if fault.kind == "delay":
        assert company.content() == known.content
        return
    assert (company.content() == known.content) is (fault.kind in ("lose", "truncate"))
    assert verdict(company) != "pass"
    behind[store].fault = None
    again = vestige(company.folder, "purge", "--yes", "--json")
    assert (again.code, ends(again)) == (0, known.outcomes)
    assert company.content() == known.content


@pytest.mark.parametrize("store", WRITES)
@pytest.mark.parametrize("fault", FAULTS[:-1], ids=lambda fault: fault.kind)
def test_a_server_that_fails_every_request(
    company: Company, behind: Mapping[str, Proxy], store: str, fault: Fault
) -> None:
    before = company.content()
    behind[store].fault = fault
    honest(vestige(company.folder, "purge", "--yes"), 3)
    assert company.content() == before
    checked = vestige(company.folder, "verify", "--json")
    honest(checked, 3, 4)
    assert json.loads(checked.out)["verdict"] != "pass"


@pytest.mark.parametrize(
    "fault", [Fault("reset"), Fault("answer", text=GARBAGE)], ids=lambda fault: fault.kind
)
def test_the_other_verbs(company: Company, behind: Mapping[str, Proxy], fault: Fault) -> None:
    for one in behind.values():
        one.fault = fault
    for words in (
        ("scan", "--full", "--workers", "1"),
        ("locate", ANNA.email, "--records"),
        ("plan", "purge", ANNA.email, "--out", "other.json"),
        ("doctor",),
    ):
        honest(vestige(company.folder, *words), 4)
