from datetime import datetime, time, timedelta

import pytest

from tests.service import estate
from vestige.connectors.protocol import StoreSettings
from vestige.service import cli
from vestige.service.failures import Refusal
from vestige.service.window import keep


@pytest.mark.parametrize(
    ("window", "at", "opens"),
    [
        ("01:00-05:00", "01:00", True),
        ("01:00-05:00", "05:00", False),
        ("22:00-06:00", "23:59", True),
        ("22:00-06:00", "05:59", True),
        ("22:00-06:00", "06:00", False),
        ("22:00-06:00", "21:59", False),
        ("00:00-00:00", "12:00", True),
    ],
)
def test_a_window_is_open_from_its_first_minute_to_before_its_last(window, at, opens):
    stores = [
        StoreSettings("any", "redis://x"),
        StoreSettings("shop", "redis://x", options={"limits": {"window": window}}),
    ]
    if opens:
        keep(stores, 4, clock=time.fromisoformat(at))
        return
    with pytest.raises(Refusal, match=rf"it is {at}, outside limits.window of shop \({window}\)") as refused:
        keep(stores, 4, clock=time.fromisoformat(at))
    assert refused.value.code == 4


def test_scans_and_purges_begin_in_the_window_or_when_told(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    estate.build(tmp_path)
    far = [f"{datetime.now().astimezone() + timedelta(hours=hours):%H:%M}" for hours in (2, 3)]
    config = tmp_path / "vestige.yaml"
    limits = f'limits: {{window: "{"-".join(far)}", mb_s: 500}}'
    config.write_text(config.read_text().replace('shop.db"', f'shop.db", {limits}'))
    assert cli.run(["scan"]) == 4
    assert not (tmp_path / "catalog.duckdb").exists()
    assert cli.run(["scan", "--now"]) == 0
    assert (tmp_path / ".vestige" / "shop.pace").exists()
    assert cli.run(["plan", "purge", estate.MARY]) == 0
    before = (tmp_path / "shop.db").read_bytes()
    capsys.readouterr()
    assert cli.run(["purge", "--yes"]) == 3
    assert "or say --now" in capsys.readouterr().err
    assert (tmp_path / "shop.db").read_bytes() == before
    assert cli.run(["purge", "--yes", "--now"]) == 0
    assert cli.run(["purge", "--yes"]) == 0
