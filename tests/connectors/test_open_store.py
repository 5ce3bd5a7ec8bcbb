"""The folder is the registry: what it does not serve is refused by name."""

from __future__ import annotations

import pytest

from vestige.connectors import open_store
from vestige.connectors.errors import Refused
from vestige.connectors.protocol import StoreSettings


@pytest.mark.parametrize("scheme", ["mongodb", "sql", "errors", "postgresql+psycopg", "..", ""])
def test_an_unknown_scheme_is_refused(scheme: str) -> None:
    with pytest.raises(Refused, match=r"odd: no connector for .*://"):
        open_store(StoreSettings("odd", f"{scheme}://somewhere"))
