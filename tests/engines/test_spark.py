"""The same partition function, unchanged, under Spark."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from vestige.catalog.estate import Estate
from vestige.connectors.protocol import StoreSettings
from vestige.engines import local, spark
from vestige.matching.forms import Hasher
from vestige.scanners.crawl import ScanTask, scan_partition

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def session() -> Iterator[object]:
    pyspark = pytest.importorskip("pyspark.sql")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = pyspark.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    started = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
    yield started
    started.stop()


@pytest.fixture
def tasks(tmp_path: Path) -> list[ScanTask]:
    path = tmp_path / "shop.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)")
        connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
        rows = [(number, f"u{number}@example.com") for number in range(50)]
        connection.executemany("INSERT INTO users VALUES (?, ?)", rows)
        connection.execute("INSERT INTO notes VALUES (1, 'write to u7@example.com, please')")
    connection.close()
    estate = Estate((StoreSettings("shop", f"sqlite:///{path}"),), Hasher(b"k" * 32))
    with estate.open("shop") as store:
        return [ScanTask(estate, partition) for partition in store.partitions()]


def _rows(batches: Iterator[pa.RecordBatch]) -> list[str]:
    return sorted(str(row) for batch in batches for row in batch.to_pylist())


def test_spark_and_local_see_the_same(session: object, tasks: list[ScanTask]) -> None:
    assert session is not None
    expected = _rows(local.run(scan_partition, tasks, workers=1))
    assert len(expected) > 100
    assert _rows(spark.run(scan_partition, tasks, workers=2)) == expected


def test_no_task_starts_nothing() -> None:
    assert list(spark.run(scan_partition, [], workers=2)) == []
