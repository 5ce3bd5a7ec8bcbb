"""The command line as people and scripts meet it: exit codes, one JSON document, no traceback."""

import io
import json
import os
import pty
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

from tests.service import estate
from vestige.service import cli
from vestige.service.schemas import schemas

VESTIGE = [sys.executable, "-m", "vestige"]


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    estate.build(folder)
    assert cli.run(["-c", str(folder / "vestige.yaml"), "scan"]) == 0
    return folder


@pytest.fixture
def shop(scanned, tmp_path, monkeypatch) -> Path:
    """A copy of the scanned shop, as the working folder: all its paths are relative."""
    shutil.copytree(scanned, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VESTIGE_CONFIG", raising=False)
    return tmp_path


@pytest.fixture
def vestige(capsys):
    """Run a command in this process: (exit code, stdout, stderr)."""

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.run(list(arguments))
        return code, *capsys.readouterr()

    return call


def marys(folder: Path) -> list[int]:
    """What the shop has of Mary: accounts that show who she is, orders, invoices."""
    connection = sqlite3.connect(folder / "shop.db")
    queries = (
        f"SELECT count(*) FROM users WHERE email = '{estate.MARY}' OR full_name = 'Mary Sue'",  # noqa: S608
        "SELECT count(*) FROM orders WHERE user_id = 17",
        "SELECT count(*) FROM invoices WHERE user_id = 17",
    )
    counts = [connection.execute(query).fetchone()[0] for query in queries]
    connection.close()
    return counts


def test_init_makes_a_configuration_and_a_key_once(tmp_path, monkeypatch, vestige):
    monkeypatch.chdir(tmp_path)
    assert vestige("scan")[0] == 2
    assert "run `vestige init`" in vestige("scan")[2]
    code, out, _ = vestige("init", "--store", "shop=sqlite:///shop.db", "--json")
    assert (code, json.loads(out)) == (0, {"made": ["vestige.yaml", "vestige.key", "audit.key"]})
    key = (tmp_path / "vestige.key").read_bytes()
    assert len(key) >= 32
    assert (tmp_path / "vestige.key").stat().st_mode & 0o077 == 0
    assert json.loads(vestige("init", "--json")[1]) == {"made": []}
    assert (tmp_path / "vestige.key").read_bytes() == key
    (tmp_path / "vestige.key").unlink()
    assert "vestige.key does not exist: run `vestige init`" in vestige("scan")[2]


def test_init_takes_no_password(tmp_path, monkeypatch, vestige):
    monkeypatch.chdir(tmp_path)
    code, out, err = vestige("init", "--store", "shop=postgresql://u:hunter22@127.0.0.1/shop")
    assert code == 2
    assert "hunter22" not in out + err
    assert list(tmp_path.iterdir()) == []


def test_the_demo_replaces_no_folder_but_its_own(tmp_path, vestige):
    (tmp_path / "precious.txt").write_text("kept")
    code, _, err = vestige("demo", "--folder", str(tmp_path))
    assert code == 2
    assert "not empty" in err
    assert (tmp_path / "precious.txt").read_text() == "kept"


def test_a_missing_store_is_named_and_never_made(shop, vestige):
    with (shop / "vestige.yaml").open("a") as file:
        file.write("regions: [US]\n")
    text = (shop / "vestige.yaml").read_text().replace("stores: {", 'stores: {gone: "sqlite:///gone.db", ')
    (shop / "vestige.yaml").write_text(text)
    for verb in ("doctor", "scan"):
        code, out, err = vestige(verb)
        assert code == 4
        assert "gone" in out + err
        assert "Traceback" not in err
    assert vestige("locate", estate.MARY)[0] == 4
    assert vestige("locate", "nobody@example.net")[0] == 3
    assert vestige("plan", "purge", estate.MARY)[0] == 4
    assert not (shop / "gone.db").exists()


def test_nothing_at_all_to_read_is_not_clean(tmp_path, monkeypatch, vestige):
    monkeypatch.chdir(tmp_path)
    vestige("init")
    assert vestige("scan")[0] == 4
    assert vestige("doctor")[0] == 4


@pytest.mark.usefixtures("shop")
def test_fields_are_one_json_document_as_published(vestige):
    code, out, err = vestige("catalog", "fields", "--json")
    entries = json.loads(out)
    jsonschema.validate(entries, schemas()["catalog-fields.json"])
    found = {(e["collection"], e["field"], e["entity"]) for e in entries if e["verdict"] == "personal"}
    assert ("users", "email", "EMAIL_ADDRESS") in found
    assert (code, err) == (0, "")


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("noun", ["relations", "subjects", "coverage", "review"])
def test_the_catalog_has_a_table_and_json(vestige, noun):
    assert vestige("catalog", noun)[0] == 0
    json.loads(vestige("catalog", noun, "--json")[1])


def test_locate_finds_by_any_identifier_however_given(shop, vestige, monkeypatch):
    (shop / "who.txt").write_text(f"{estate.MARY}\n")
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"  {estate.MARY} \n"))
    expected = None
    for given in ("-", estate.MARY, "@who.txt", estate.MARY.upper(), "shop.users:17", "+12025550117"):
        code, out, _ = vestige("locate", given, "--records", "--json")
        records = json.loads(out)
        jsonschema.validate(records, schemas()["locate-records.json"])
        places = {(r["collection"], *r["locator"].values()) for r in records}
        expected = expected or places
        assert (code, places) == (0, expected)
    assert expected >= {("users", 17), ("orders", 1017), ("invoices", 5017)}


@pytest.mark.usefixtures("shop")
def test_nobody_found_is_an_empty_document(vestige):
    code, out, err = vestige("locate", "nobody@example.net", "--records", "--json")
    assert (code, json.loads(out)) == (3, [])
    assert "nobody" in err
    assert "nobody@example.net" not in err


def test_options_count_before_and_after_the_verb(shop, vestige, monkeypatch):
    config = str(shop / "vestige.yaml")
    monkeypatch.chdir("/")
    assert vestige("-c", config, "--json", "catalog", "subjects") == vestige(
        "catalog", "subjects", "--config", config, "--json"
    )
    monkeypatch.setenv("VESTIGE_CONFIG", config)
    assert vestige("catalog", "subjects")[0] == 0
    assert vestige("-c", "/none.yaml", "catalog", "subjects")[0] == 2


def test_the_whole_road(shop, vestige):
    code, out, _ = vestige("plan", "purge", estate.MARY, "--json")
    plan = json.loads(out)
    jsonschema.validate(plan, schemas()["plan.json"])
    assert code == 0
    assert json.loads((shop / "plan.json").read_text()) == plan
    assert "mary" not in out.casefold()

    code, _, err = vestige("purge")
    assert (code, marys(shop)) == (2, [1, 1, 1])
    assert "--yes" in err

    code, out, err = vestige("purge", "plan.json", "--yes", "--json")
    result = json.loads(out)
    assert (code, result["already"], err) == (0, False, "")
    assert marys(shop) == [0, 0, 1]
    assert {o["outcome"] for o in result["outcomes"] if o["collection"] == "invoices"} == {"retained"}

    before = (shop / "shop.db").read_bytes()
    code, out, _ = vestige("purge", "--yes")
    assert code == 0
    assert "already erased" in out
    assert (shop / "shop.db").read_bytes() == before


def test_an_export_is_a_package_by_identifier_or_plan(shop, vestige):
    code, out, err = vestige("export", estate.MARY, "--json")
    package = Path(json.loads(out)["package"])
    assert (code, err, package) == (0, "", shop / "export")
    assert {"index.html", "manifest.json"} <= {path.name for path in package.iterdir()}
    assert vestige("plan", "export", estate.MARY, "--out", "export.json")[0] == 0
    assert vestige("export", "export.json", "--out", "again")[0] == 0
    assert vestige("export", "export.json", "--out", "thrice")[0] == 2
    assert vestige("purge", "export.json", "--yes")[0] == 2
    assert vestige("export", estate.MARY, "--out", ".")[0] == 2
    assert vestige("export", "nobody@example.net", "--out", "nobody")[0] == 3
    assert not (shop / "nobody").exists()
    assert marys(shop) == [1, 1, 1]


def test_a_collection_without_a_rule_stops_the_plan(shop, vestige):
    (shop / "policy.yaml").write_text("rules: []")
    code, _, err = vestige("plan", "purge", estate.MARY)
    assert code == 2
    assert "shop.invoices" in err
    assert not (shop / "plan.json").exists()
    assert vestige("plan", "purge", estate.MARY, "--accept-defaults")[0] == 0


def test_an_altered_or_foreign_plan_is_refused(shop, vestige):
    vestige("plan", "purge", estate.MARY)
    plan = json.loads((shop / "plan.json").read_text())
    for change in ({"undecided": 5}, {"signature": ""}, {"more": 1}):
        (shop / "plan.json").write_text(json.dumps(plan | change))
        assert vestige("purge", "--yes")[0] == 2
    (shop / "plan.json").write_text(json.dumps(plan))
    (shop / "vestige.key").write_bytes(b"another key, thirty-two bytes long")
    assert vestige("purge", "--yes")[0] == 2
    (shop / "plan.json").write_text("{")
    assert vestige("purge", "--yes")[0] == 2
    assert vestige("purge", "none.json", "--yes")[0] == 2
    assert marys(shop) == [1, 1, 1]


def test_a_hold_voids_the_plan_and_keeps_everything(shop, vestige):
    vestige("plan", "purge", estate.MARY)
    (request,) = json.loads(vestige("request", "list", "--json")[1])["requests"]
    assert vestige("request", "hold", request["id"], "--reason", "ask mary.sue@example.com")[0] == 2
    code, out, _ = vestige("request", "hold", request["id"], "--reason", "lawsuit", "--json")
    assert code == 0
    assert vestige("request", "show", request["id"])[0] == 0
    code, _, err = vestige("purge", "--yes")
    assert (code, marys(shop)) == (2, [1, 1, 1])
    assert "draw it again" in err
    vestige("plan", "purge", estate.MARY)
    steps = json.loads((shop / "plan.json").read_text())["steps"]
    assert {step["action"] for step in steps} <= {"retain", "review"}
    assert vestige("request", "release", json.loads(out)["id"])[0] == 0
    assert vestige("request", "release", json.loads(out)["id"])[0] == 2
    assert vestige("request", "show", "none")[0] == 2


@pytest.mark.usefixtures("shop")
def test_decisions_outlive_a_rescan(vestige):
    def verdicts() -> dict[str, str]:
        entries = json.loads(vestige("catalog", "fields", "--json")[1])
        return {f"{e['collection']}.{e['field']}.{e['entity']}": e["verdict"] for e in entries}

    assert vestige("catalog", "reject", "shop.users.phone", "PHONE_NUMBER")[0] == 0
    assert vestige("catalog", "accept", "shop.orders.total", "credit_card")[0] == 0
    assert vestige("scan", "--full")[0] == 0
    assert verdicts()["users.phone.PHONE_NUMBER"] == "not_personal"
    assert verdicts()["orders.total.CREDIT_CARD"] == "personal"
    for what in ("shop.none.field", "nonsense", "shop.orders.total"):
        assert vestige("catalog", "accept", what)[0] in (0, 2)
    code, _, err = vestige("catalog", "accept", "shop.users.nothing")
    assert code == 2
    assert "knows no shop.users.nothing" in err


@pytest.mark.usefixtures("shop")
def test_relations_are_decided_by_their_name(vestige):
    name = "shop.orders.user_id->shop.users.id"
    assert vestige("catalog", "reject", name)[0] == 0
    found = json.loads(vestige("catalog", "relations", "--json")[1])
    (relation,) = [
        r for r in found if r["child"]["collection"] == "orders" and r["child"]["field"] == "user_id"
    ]
    assert relation["status"] == "rejected"


@pytest.mark.usefixtures("shop")
def test_fail_on_personal_until_somebody_accepts(vestige):
    assert vestige("scan", "--fail-on", "personal")[0] == 3
    for entry in json.loads(vestige("catalog", "fields", "--json")[1]):
        if entry["verdict"] == "personal":
            name = f"{entry['store']}.{entry['collection']}.{entry['field']}"
            assert vestige("catalog", "accept", name, entry["entity"])[0] == 0
    assert vestige("scan", "--fail-on", "personal")[0] == 0


@pytest.mark.usefixtures("shop")
def test_a_sample_is_no_basis_for_a_plan(vestige):
    assert vestige("scan", "--sample", "5")[0] == 0
    code, _, err = vestige("plan", "purge", estate.MARY)
    assert code == 2
    assert "full scan" in err


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["scan", "--nonsense"],
        ["locate"],
        ["scan", "--sample", "0"],
        ["catalog"],
        ["locate", " "],
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(vestige, arguments):
    code, out, err = vestige(*arguments)
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1


@pytest.mark.usefixtures("shop")
def test_one_identifier_at_a_time(shop, vestige):
    (shop / "two.txt").write_text(f"{estate.MARY}\nperson1@example.org\n")
    assert vestige("locate", "@two.txt")[0] == 2
    assert vestige("locate", "@none.txt")[0] == 2


def test_errors_are_json_too(vestige):
    code, out, err = vestige("purge", "none.json", "--json", "--yes")
    assert json.loads(out) == {"error": err.strip(), "exit": code, "candidates": []}


@pytest.mark.usefixtures("shop")
def test_an_unexpected_error_tells_no_value(vestige, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(estate.MARY)

    monkeypatch.setattr("vestige.planning.locate.locate", broken)
    code, out, err = vestige("locate", estate.MARY)
    assert (code, out) == (1, "")
    assert "RuntimeError at test_cli.py:" in err
    assert estate.MARY not in err
    monkeypatch.setenv("VESTIGE_DEBUG", "1")
    assert "Traceback" in vestige("locate", estate.MARY)[2]


def test_interrupting_is_exit_130_and_loses_nothing(tmp_path):
    script = """
import sys, time
from vestige.service import cli
from vestige.service.verbs import discovery
discovery.identifier = lambda _: print("waiting", flush=True) or time.sleep(60)
sys.exit(cli.run(["locate", "x"]))
"""
    estate.build(tmp_path)
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=tmp_path, stdout=-1, stderr=-1, text=True) as run:
        assert run.stdout.readline() == "waiting\n"
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=30)
    assert run.returncode == 130
    assert "run the same command again" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(("answer", "code", "left"), [(b"n\n", 2, 1), (b"y\n", 0, 0)])
def test_a_terminal_is_asked_once(shop, vestige, answer, code, left):
    vestige("plan", "purge", estate.MARY)
    ours, theirs = pty.openpty()
    with subprocess.Popen([*VESTIGE, "purge"], stdin=theirs, stderr=theirs, stdout=subprocess.PIPE) as run:
        os.close(theirs)
        shown = b""
        while b"[y/N]" not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, answer)
        while run.poll() is None:
            time.sleep(0.05)
    os.close(ours)
    assert run.returncode == code
    assert marys(shop)[0] == left


def test_a_pass_ends_the_case_and_is_shown_again(shop, vestige):
    vestige("plan", "purge", estate.MARY)
    assert vestige("verify", "--out", "early")[0] == 3
    assert vestige("purge", "--yes")[0] == 0
    code, out, err = vestige("verify", "--json")
    found = json.loads(out)
    jsonschema.validate(found, schemas()["verify.json"])
    assert (code, found["verdict"], err) == (0, "pass", "")
    assert json.loads((shop / "report" / "report.json").read_text()) == found
    assert json.loads(vestige("verify", "--json")[1]) == found
    assert vestige("verify", "--out", "elsewhere")[0] == 2
    assert "already erased" in vestige("purge", "--yes")[1]
    (shop / "report" / "report.html").unlink()
    assert vestige("report")[0] == 0
    assert (shop / "report" / "report.html").exists()
    (request,) = json.loads(vestige("request", "list", "--json")[1])["requests"]
    assert request["state"] == "done"
    assert vestige("plan", "purge", estate.MARY, "--out", "again.json")[0] == 3


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("word", ["explain", "--explain"])
def test_plan_explains_without_a_person(vestige, word):
    code, out, _ = vestige("plan", word, "--json")
    assert code == 0
    standings = {one["collection"]: one["standing"] for one in json.loads(out)["holdings"]}
    assert standings == {"users": "people", "orders": "owned", "invoices": "owned"}
    code, out, _ = vestige("plan", word)
    assert "user_id → shop.users.id (owner, declared)" in out
    assert "foreign key without index" in out
    assert vestige("plan", "--explian")[0] == 2


def test_a_plan_that_moved_is_drawn_again_and_says_what_is_different(shop, vestige):
    assert vestige("plan", "purge", estate.MARY)[0] == 0
    first = json.loads((shop / "plan.json").read_text())
    connection = sqlite3.connect(shop / "shop.db")
    connection.execute("INSERT INTO orders VALUES (2000, 17, 1.5, NULL)")
    connection.execute("DELETE FROM invoices WHERE user_id = 17")
    connection.commit()
    connection.close()
    (before,) = json.loads(vestige("request", "list", "--json")[1])["requests"]
    code, out, _ = vestige("plan", "--update", "--json")
    document = json.loads(out)
    assert code == 0
    assert document["plan"] == json.loads((shop / "plan.json").read_text())
    assert document["plan"]["id"] != first["id"]
    orders = [one for one in document["changes"] if one["where"] == "shop.orders"]
    assert [(one["change"], one["before"], one["after"]) for one in orders] == [("changed", 1, 2)]
    gone = [one for one in document["changes"] if one["where"] == "shop.invoices"]
    assert [(one["change"], one["before"], one["after"]) for one in gone] == [("removed", 1, 0)]
    (after,) = json.loads(vestige("request", "list", "--json")[1])["requests"]
    assert after == before | {"plan": document["plan"]["id"]}
    (shop / "old.json").write_text(json.dumps(first))
    assert vestige("purge", "old.json", "--yes")[0] == 2
    assert vestige("purge", "--yes")[0] == 0
    assert marys(shop) == [0, 0, 0]
    code, _, err = vestige("plan", "update")
    assert (code, "was carried out" in err) == (2, True)


def test_an_altered_plan_is_not_drawn_again(shop, vestige):
    assert vestige("plan", "purge", estate.MARY)[0] == 0
    path = shop / "plan.json"
    path.write_text(path.read_text().replace('"undecided": 0', '"undecided": 1'))
    before = path.read_bytes()
    assert vestige("plan", "update")[0] == 2
    assert path.read_bytes() == before
