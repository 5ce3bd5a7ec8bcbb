from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vestige.ledger.store import Ledger

SECRET = b"0123456789abcdef0123456789abcdef"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    create: Callable[[], str] = request.getfixturevalue("postgresql_database")
    return create()


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with Ledger.open(url, SECRET) as opened:
        yield opened
