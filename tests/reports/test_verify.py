"""The verdict agrees with what is there; the report shows nobody; its page stands alone."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import TypeAdapter

from tests.planning.shop import build
from vestige.catalog.estate import Estate
from vestige.catalog.store import Catalog
from vestige.connectors.protocol import StoreSettings
from vestige.ledger.store import Ledger
from vestige.planning.codec import case_from_bytes
from vestige.planning.draw import draw_plan
from vestige.planning.model import Outcome, Plan
from vestige.planning.policy import Policy, Rule
from vestige.purgers.run import purge
from vestige.reports import checks
from vestige.reports.integrity import orphans
from vestige.reports.render import render, write
from vestige.reports.shapes import Verification
from vestige.reports.sweep import Reading, Swept
from vestige.reports.verify import verify, verify_plan

SECRET = b"k" * 32
PUBLISHED = Path(__file__).parents[2] / "docs" / "schema" / "verify.json"
POLICY = Policy((Rule(collection="invoices", action="retain", basis="tax law", until="2036-12-31"),))


@dataclass
class Shop:
    folder: Path
    estate: Estate
    catalog: Catalog
    ledger: Ledger
    plan: Plan

    def execute(self, script: str) -> None:
        with sqlite3.connect(self.folder / "shop.db") as connection:
            connection.executescript(script)
        connection.close()

    def purge(self) -> None:
        purge(
            self.estate, self.catalog, self.ledger, POLICY, self.plan,
            baseline=lambda: orphans(self.estate, self.catalog.relations()),
        )  # fmt: skip

    def add(self, name: str, url: str) -> None:
        self.estate = replace(self.estate, stores=(*self.estate.stores, StoreSettings(name, url)))

    def verify(self) -> Verification:
        return verify_plan(self.estate, self.catalog, self.ledger, self.plan)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    estate, catalog = build(tmp_path)
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("UPDATE orders SET note = NULL WHERE id = 1")
    connection.close()
    with catalog, Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", SECRET) as ledger:
        plan = draw_plan(
            estate, catalog, POLICY, ledger, SECRET, "anna@example.com", "purge", accept_defaults=True
        )
        yield Shop(tmp_path, estate, catalog, ledger, plan)


def results(report: Verification) -> dict[str, str]:
    return {check["check"]: check["result"] for check in report["checks"]}


def bad(report: Verification) -> set[str]:
    return {name for name, result in results(report).items() if result != "pass"}


def test_a_purge_that_did_what_it_should_passes(shop: Shop) -> None:
    shop.purge()
    report = shop.verify()
    assert bad(report) == set()
    assert report["verdict"] == "pass"
    assert report["undecided"] == shop.plan.undecided == 1
    assert report["recall"]["planted"] == report["recall"]["found"] > 0
    assert {o["step"] for o in report["outcomes"]} >= {step.id for step in shop.plan.steps}
    kept = [o for o in report["outcomes"] if o["basis"] == "tax law"]
    assert [(o["collection"], o["outcome"], o["until"]) for o in kept] == [
        ("invoices", "retained", "2036-12-31")
    ]


def test_without_a_purge_it_fails(shop: Shop) -> None:
    report = shop.verify()
    assert report["verdict"] == "fail"
    assert report["sweep"]["survivor"] > 5


def test_one_survivor_is_a_failure_even_where_something_was_not_read(shop: Shop) -> None:
    shop.purge()
    shop.execute("UPDATE tickets SET body = 'ANNA@EXAMPLE.COM' WHERE id = 4")
    shop.add("gone", f"sqlite:///{shop.folder / 'gone.db'}")
    assert shop.verify()["verdict"] == "fail"


def test_what_cannot_be_read_leaves_it_incomplete(shop: Shop) -> None:
    shop.purge()
    (shop.folder / "files").mkdir()
    (shop.folder / "files" / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    shop.add("files", f"file://{shop.folder / 'files'}")
    report = shop.verify()
    assert report["verdict"] == "incomplete"
    assert bad(report) == {"Everything configured was read"}
    unread = [entry for entry in report["coverage"] if entry["status"] != "COMPLETE"]
    assert [entry["object"] for entry in unread] == ["logo.png"]
    assert "png" in str(unread[0]["reason"])


def test_a_broken_reference_is_a_failure(shop: Shop) -> None:
    shop.purge()
    shop.execute("PRAGMA foreign_keys = OFF; DELETE FROM users WHERE id = 170")
    report = shop.verify()
    assert bad(report) == {"No reference was broken"}
    assert report["verdict"] == "fail"


def test_without_a_baseline_references_are_not_judged(shop: Shop) -> None:
    purge(shop.estate, shop.catalog, shop.ledger, POLICY, shop.plan)
    report = shop.verify()
    assert bad(report) == {"No reference was broken"}
    assert report["verdict"] == "incomplete"


def test_a_write_set_that_is_not_the_plans_is_not_a_pass(shop: Shop) -> None:
    shop.purge()
    outcomes = [Outcome(**one) for one in shop.ledger.journal(shop.plan.id).outcomes() or ()]
    first = next(o for o in outcomes if o.extra)
    wrong = replace(first, extra={**first.extra, "written": first.extra["planned"] + 1})
    case = case_from_bytes(shop.ledger.open_case(shop.plan.case))
    baseline = orphans(shop.estate, shop.catalog.relations())
    others = [o for o in outcomes if o is not first]
    report = verify(shop.estate, shop.catalog, shop.plan, case, [*others, wrong], baseline=baseline)
    assert bad(report) == {"What was planned was done, and nothing else"}
    missing = verify(shop.estate, shop.catalog, shop.plan, case, others, baseline=baseline)
    assert bad(missing) == {"Every step has one outcome"}


def test_a_key_in_a_field_that_nobody_decided_on_is_unknown(shop: Shop) -> None:
    shop.purge()
    relations = shop.catalog.relations()
    doubtful = replace(
        relations[0], child=replace(relations[0].child, collection="tickets", field="body"), status="review"
    )
    doubtful = replace(doubtful, parent=replace(doubtful.parent, collection="users", field="id"))

    class Doubting(Catalog):
        def __init__(self, catalog: Catalog) -> None:
            self.__dict__.update(catalog.__dict__)

        def relations(self) -> list[Any]:
            return [*super().relations(), doubtful]

    shop.execute("UPDATE tickets SET body = '17' WHERE id = 4")
    report = verify_plan(shop.estate, Doubting(shop.catalog), shop.ledger, shop.plan)
    assert results(report)["Nothing of the subject is left"] == "unknown"
    assert report["verdict"] == "incomplete"


PERSONAL = re.compile(r"anna|schmidt|joanna|weber|zoe|23125|@example", re.IGNORECASE)


def test_a_report_names_nobody(shop: Shop) -> None:
    (shop.folder / "files").mkdir()
    for name in ("anna@example.com.csv", "anna-schmidt.txt", "030-23125017.txt"):
        (shop.folder / "files" / name).write_text("anna@example.com\n")
    shop.add("files", f"file://{shop.folder / 'files'}")
    report = shop.verify()
    assert report["sweep"]["survivor"] > 5
    text = json.dumps(report, ensure_ascii=False) + render(report)
    assert [match.group() for match in PERSONAL.finditer(text)] == []


def test_the_report_is_what_the_schema_says(shop: Shop) -> None:
    report = json.loads(json.dumps(shop.verify()))
    jsonschema.validate(report, TypeAdapter(Verification).json_schema())
    jsonschema.validate(report, json.loads(PUBLISHED.read_text(encoding="utf-8")))


def test_a_search_that_misses_canaries_is_not_trusted() -> None:
    reading = Reading("shop", "users", None, 5, 5, 99, (), 3, 3)
    assert checks.recall(Swept(readings=[reading]))["result"] == "pass"
    assert checks.recall(Swept(readings=[reading, reading._replace(found=2)]))["result"] == "unknown"
    assert checks.recall(Swept(readings=[reading._replace(planted=0, found=0)]))["result"] == "unknown"


def test_an_empty_estate_is_not_clean() -> None:
    assert checks.coverage(Swept())["result"] == "unknown"


def test_a_second_count_that_differs_is_unknown() -> None:
    reading = Reading("shop", "users", None, 5, 6, 99, (), 3, 3)
    assert checks.reconciled(Swept(readings=[reading]))["result"] == "unknown"
    assert not reading.complete


class Page(HTMLParser):
    """What a page fetches, and the skeleton that assistive technology reads."""

    def __init__(self) -> None:
        super().__init__()
        self.fetches: list[str] = []
        self.headings: list[str] = []
        self.ids: set[str] = set()
        self.labels: set[str] = set()
        self.bare: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in ("script", "link", "img", "iframe", "object") or {"src", "href"} & set(named):
            self.fetches.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        if tag == "th" and "scope" not in named:
            self.bare.append(tag)
        self.ids.add(str(named.get("id")))
        self.labels |= {str(named["aria-labelledby"])} if "aria-labelledby" in named else set()


def test_the_page_stands_alone_and_is_accessible(shop: Shop) -> None:
    shop.purge()
    text = render(shop.verify())
    page = Page()
    page.feed(text)
    assert page.fetches == []
    assert page.bare == []
    assert page.labels <= page.ids
    assert page.headings[0] == "h1"
    assert page.headings.count("h1") == 1
    assert all(int(b[1]) - int(a[1]) <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False))
    assert '<html lang="en">' in text
    assert "url(" not in text
    assert "@import" not in text


def test_hostile_names_are_text_on_the_page(shop: Shop) -> None:
    report = shop.verify()
    report["coverage"][0]["collection"] = "<script>alert(1)</script>"
    assert "<script>" not in render(report)


def test_the_page_names_the_digest_of_its_twin(shop: Shop, tmp_path: Path) -> None:
    page = write(shop.verify(), tmp_path / "out")
    twin = (tmp_path / "out" / "report.json").read_bytes()
    assert hashlib.sha256(twin).hexdigest() in page.read_text()
    assert json.loads(twin)["format"] == "vestige/verification/1"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["report.html", "report.json"]
