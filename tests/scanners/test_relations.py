"""Relations on real stores: what refers to what, whose part is whose, and what must not be believed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.scanners.people import CHANCE, COLUMNS, STAFF, USERS, numbers, people
from tests.scanners.random_estates import estate
from tests.scanners.stores import Scanned, Tables, files, scanned, sqlite
from vestige.scanners import nouns

KEY = "id INTEGER PRIMARY KEY"
PEOPLE: Tables = {"users": (COLUMNS, USERS), "staff": (COLUMNS, STAFF)}


def shop(tmp_path: Path, tables: Tables) -> Scanned:
    """Users, staff, and the given tables."""
    return scanned(tmp_path, [sqlite(tmp_path / "shop.db", {**PEOPLE, **tables})])


def rows(*columns: Sequence[int | str | None]) -> list[tuple[object, ...]]:
    """Numbered rows."""
    return [(i, *row) for i, row in enumerate(zip(*columns, strict=True), 1)]


def test_a_declared_key_is_believed_and_transitive(tmp_path: Path) -> None:
    found = shop(
        tmp_path,
        {
            "purchases": (f"{KEY}, who INTEGER NOT NULL REFERENCES users(id)", rows(numbers(50, 200))),
            "parts": (f"{KEY}, of INTEGER REFERENCES purchases(id) ON DELETE CASCADE", rows(numbers(90, 50))),
        },
    )
    who, part = found.one("purchases", "who"), found.one("parts", "of")
    assert (who.origin, who.status, who.role, who.dependent) == ("declared", "active", "owner", True)
    assert (part.on_delete, part.dependent, part.role) == ("CASCADE", True, "owner")


def test_a_declared_address_is_one_relation_and_a_table_that_is_not_there_none(tmp_path: Path) -> None:
    mails = [USERS[one - 1][3] for one in numbers(60, 200)]
    columns = f"{KEY}, email TEXT REFERENCES users(email), shop_id INTEGER REFERENCES shops(id)"
    found = shop(
        tmp_path,
        {"users": (f"{COLUMNS}, UNIQUE (email)", USERS), "orders": (columns, rows(mails, numbers(60, 9)))},
    )
    assert [each.origin for each in found.all("orders", "email")] == ["declared"]
    assert found.all("orders", "shop_id") == []


def test_a_composite_key_is_one_relation(tmp_path: Path) -> None:
    orders = [(i % 3, i, 1 + i % 200) for i in range(60)]
    found = shop(
        tmp_path,
        {
            "orders": ("shop INTEGER, no INTEGER, user_id INTEGER, PRIMARY KEY (shop, no)", orders),
            "lines": (
                f"{KEY}, shop INTEGER, order_no INTEGER, FOREIGN KEY (shop, order_no) REFERENCES orders",
                [(i, shop, no) for i, (shop, no, _) in enumerate(orders)],
            ),
        },
    )
    assert found.one("lines", "shop").composite == (("order_no", "no"),)


def test_staff_17_is_not_user_17(tmp_path: Path) -> None:
    found = shop(
        tmp_path,
        {
            "orders": (
                f"{KEY}, user_id INTEGER, handled_by INTEGER",
                rows(numbers(300, 200), numbers(300, 20)),
            )
        },
    )
    assert found.parent("orders", "user_id") == "users.id"
    assert found.parent("orders", "handled_by") == "staff.id"
    assert [found.one("orders", f).role for f in ("user_id", "handled_by")] == ["owner", "actor"]


def test_numbers_of_another_space_are_rejected_by_the_email_beside_them(tmp_path: Path) -> None:
    others = [USERS[one - 1][3] for one in numbers(150, 200)]
    found = shop(
        tmp_path, {"imported": (f"{KEY}, customer_id INTEGER, email TEXT", rows(numbers(150, 60), others))}
    )
    assert [each.status for each in found.all("imported", "customer_id")] == ["rejected"]
    assert found.parent("imported", "email") == "users.email"


def test_agreement_outweighs_a_name_that_says_nothing(tmp_path: Path) -> None:
    who = numbers(150, 200)
    mails = [USERS[one - 1][3].upper() for one in who]
    found = shop(tmp_path, {"imported": (f"{KEY}, ext_ref_no INTEGER, email TEXT", rows(who, mails))})
    relation = found.one("imported", "ext_ref_no")
    assert (relation.status, relation.parent.collection) == ("active", "users")
    assert any("agrees in 100%" in words for words in relation.evidence)


def test_small_numbers_without_a_name_are_worth_nothing(tmp_path: Path) -> None:
    count = numbers(200, 20)
    found = shop(tmp_path, {"figures": (f"{KEY}, week_no INTEGER, user_count INTEGER, user_type_id INTEGER",
                                        rows(count, count, numbers(200, 4)))})  # fmt: skip
    assert [each for each in found.relations if each.child.collection == "figures"] == []


def test_telling_values_need_no_name(tmp_path: Path) -> None:
    tokens = [hashlib.sha256(mail.encode()).hexdigest()[:14] for *_, mail in USERS]
    users = [(*user, token) for user, token in zip(USERS, tokens, strict=True)]
    tables: Tables = {
        "users": (f"{COLUMNS}, account_ref TEXT UNIQUE", users),
        "rides": (f"{KEY}, rider TEXT", rows([CHANCE.choice(tokens) for _ in range(200)])),
    }
    assert shop(tmp_path, tables).parent("rides", "rider") == "users.account_ref"


def test_two_collections_that_fit_equally_well_are_for_review(tmp_path: Path) -> None:
    stores = [
        sqlite(tmp_path / "shop.db", {"users": (COLUMNS, USERS)}),
        sqlite(tmp_path / "forum.db", {"users": (COLUMNS, [(i, f, n, f"x{m}") for i, f, n, m in USERS])}),
        sqlite(tmp_path / "stats.db", {"visits": (f"{KEY}, user_id INTEGER", rows(numbers(300, 200)))}),
    ]
    assert {each.status for each in scanned(tmp_path, stores).all("visits", "user_id")} == {"review"}


def test_a_parent_that_lacks_some_values_is_no_rival(tmp_path: Path) -> None:
    """Nine in ten authors have numbers that members of the staff have too; the tenth decides."""
    staff = [(i, f"Worker{i}", last, mail) for i, _, last, mail in people(180, "example.org")]
    found = shop(
        tmp_path,
        {"staff": (COLUMNS, staff), "posts": (f"{KEY}, author_id INTEGER", rows(numbers(600, 200)))},
    )
    assert found.parent("posts", "author_id") == "users.id"


def test_sender_and_recipient_take_part_and_a_lone_author_owns(tmp_path: Path) -> None:
    found = shop(
        tmp_path,
        {
            "messages": (
                f"{KEY}, sender_id INTEGER, recipient_id INTEGER",
                rows(numbers(200, 200), numbers(200, 200)),
            ),
            "posts": (f"{KEY}, created_by INTEGER, body TEXT", rows(numbers(200, 200), ["some words"] * 200)),
            "friends": (f"{KEY}, user_a INTEGER, user_b INTEGER", rows(numbers(200, 200), numbers(200, 200))),
        },
    )
    roles = {(each.child.collection, each.child.field): each.role for each in found.relations}
    assert roles == {
        ("messages", "sender_id"): "participant",
        ("messages", "recipient_id"): "participant",
        ("posts", "created_by"): "owner",
        ("friends", "user_a"): "participant",
        ("friends", "user_b"): "participant",
    }


def test_two_fields_that_lead_to_one_person_are_one_role(tmp_path: Path) -> None:
    who = numbers(200, 200)
    mails = [USERS[one - 1][3] for one in who]
    found = shop(tmp_path, {"orders": (f"{KEY}, user_id INTEGER, email TEXT", rows(who, mails))})
    assert {each.role for each in found.relations} == {"owner"}
    (tmp_path / "shipped").mkdir()
    shipped = shop(
        tmp_path / "shipped", {"orders": (f"{KEY}, user_id INTEGER, ship_to_email TEXT", rows(who, mails))}
    )
    assert {each.role for each in shipped.relations} == {"owner"}, "mostly sent to the buyer"
    strangers = [USERS[one - 1][3] for one in numbers(200, 200)]
    (tmp_path / "other").mkdir()
    apart = shop(
        tmp_path / "other", {"gifts": (f"{KEY}, user_id INTEGER, recipient_email TEXT", rows(who, strangers))}
    )
    assert apart.one("gifts", "recipient_email").role == "participant"
    assert apart.one("gifts", "user_id").status == "active", "a recipient's address contradicts no buyer"


def test_parts_depend_on_their_whole_and_catalogues_own_nothing(tmp_path: Path) -> None:
    found = shop(
        tmp_path,
        {
            "orders": (f"{KEY}, user_id INTEGER", rows(numbers(200, 200))),
            "products": (
                f"{KEY}, title TEXT, last_order_id INTEGER",
                rows(["a thing"] * 40, numbers(40, 200)),
            ),
            "order_lines": (
                f"{KEY}, order_id INTEGER, product_id INTEGER",
                rows(numbers(400, 200), numbers(400, 40)),
            ),
        },
    )
    dependent = {each.child.field: each.dependent for each in found.relations}
    assert dependent == {"user_id": True, "last_order_id": False, "order_id": True, "product_id": False}


def test_people_refer_to_people_without_belonging_to_them(tmp_path: Path) -> None:
    users = [(*user, 1 + i % 20, 1 + (i * 7) % 200) for i, user in enumerate(USERS)]
    staff = [(*one, 1 + i % 5) for i, one in enumerate(STAFF)]
    found = shop(
        tmp_path,
        {
            "users": (f"{COLUMNS}, account_manager_id INTEGER, referred_by INTEGER", users),
            "staff": (f"{COLUMNS}, manager_id INTEGER", staff),
        },
    )
    roles = {each.child.field: (each.parent.collection, each.role) for each in found.relations}
    assert roles == {
        "account_manager_id": ("staff", "actor"),
        "referred_by": ("users", "reference"),
        "manager_id": ("staff", "reference"),
    }


def test_polymorphic_pairs_by_singular_class_name_and_translation(tmp_path: Path) -> None:
    kinds = {"User": 200, "App\\Models\\Order": 100, "produit": 30}
    pairs = [(kind, CHANCE.randint(1, kinds[kind])) for kind in CHANCE.choices(sorted(kinds), k=300)]
    found = shop(
        tmp_path,
        {
            "orders": (f"{KEY}, user_id INTEGER", rows(numbers(100, 200))),
            "products": (f"{KEY}, title TEXT", rows(["a thing"] * 30)),
            "comments": (
                f"{KEY}, commentable_type TEXT, commentable_id INTEGER",
                rows(*map(list, zip(*pairs, strict=True))),
            ),
        },
    )
    legs = {
        each.when: (each.parent.collection, each.role) for each in found.all("comments", "commentable_id")
    }
    assert legs == {
        ("commentable_type", "User"): ("users", "owner"),
        ("commentable_type", "App\\Models\\Order"): ("orders", "owner"),
        ("commentable_type", "produit"): ("products", "reference"),
    }


def test_a_pair_whose_types_name_no_collection_is_for_review(tmp_path: Path) -> None:
    kinds = [CHANCE.choice(["kx", "qq"]) for _ in range(300)]
    keys = [CHANCE.randint(1, 200) for _ in kinds]
    found = shop(tmp_path, {"cases": (f"{KEY}, object_type TEXT, object_id INTEGER", rows(kinds, keys))}).all(
        "cases", "object_id"
    )
    assert {(each.parent.collection, each.status) for each in found} >= {("users", "review")}
    assert not [each for each in found if each.status == "active"]


def test_a_history_belongs_to_the_row_that_it_describes_even_if_many_are_gone(tmp_path: Path) -> None:
    pairs = [("users", CHANCE.randint(1, 350)) for _ in range(300)]
    found = shop(
        tmp_path,
        {"audit": (f"{KEY}, table_name TEXT, row_id INTEGER, changed_by INTEGER",
                   rows(*map(list, zip(*pairs, strict=True)), numbers(300, 20)))},
    )  # fmt: skip
    assert [(each.when, each.role) for each in found.all("audit", "row_id")] == [
        (("table_name", "users"), "owner")
    ]
    assert (found.parent("audit", "changed_by"), found.one("audit", "changed_by").role) == (
        "staff.id",
        "actor",
    )


def test_a_history_of_many_tables_is_not_that_of_the_people_among_them(tmp_path: Path) -> None:
    """Where the images of rows agree (a user's e-mail), the others' keys are still no users'."""
    described = [
        ("users", u, json.dumps({"email": USERS[u - 1][3]}))
        if i % 2
        else ("orders", u, json.dumps({"sum": 5}))
        for i, u in enumerate(numbers(300, 200))
    ]
    found = shop(
        tmp_path,
        {
            "orders": (f"{KEY}, user_id INTEGER", rows(numbers(200, 200))),
            "changes": (
                f"{KEY}, entity TEXT, entity_id INTEGER, old_row JSON",
                rows(*map(list, zip(*described, strict=True))),
            ),
        },
    )
    assert {(each.when or ("", ""))[1] for each in found.all("changes", "entity_id")} == {"users", "orders"}


def test_keys_without_a_parent_for_some_rows(tmp_path: Path) -> None:
    who = [0 if i % 3 == 0 else one for i, one in enumerate(numbers(300, 200))]
    gone = [one if i % 60 else 900 + i for i, one in enumerate(numbers(300, 200))]
    found = shop(
        tmp_path, {"a": (f"{KEY}, user_id INTEGER", rows(who)), "b": (f"{KEY}, user_id INTEGER", rows(gone))}
    )
    assert [found.parent(each, "user_id") for each in "ab"] == ["users.id", "users.id"]


def test_other_stores_refer_by_markers_paths_and_digests(tmp_path: Path) -> None:
    sessions = [json.dumps({"user": {"id": u, "mail": USERS[u - 1][3]}}) for u in numbers(200, 200)]
    lines = [f"2024-01-01T10:00:00Z INFO login user_id={u} from 192.0.2.7" for u in numbers(300, 200)]
    digests = [hashlib.sha256(mail.encode()).hexdigest() for *_, mail in USERS[:120]]
    stores = [
        sqlite(tmp_path / "shop.db", PEOPLE),
        sqlite(tmp_path / "ads.db", {"audience": (f"{KEY}, email_sha256 TEXT", rows(digests))}),
        files(tmp_path / "cache", {"sessions.jsonl": "\n".join(sessions) + "\n"}),
        files(tmp_path / "logs", {"app.log": "\n".join(lines) + "\n"}, "logs"),
    ]
    found = scanned(tmp_path, stores)
    assert found.parent("sessions.jsonl", "user.id") == "users.id"
    assert found.parent("sessions.jsonl", "user.mail") == "users.email"
    assert found.parent("app.log", "line~user_id") == "users.id"
    assert found.parent("audience", "email_sha256") == "users.email"


def test_what_is_kept_per_person_is_keyed_by_people_unless_it_has_numbers_of_its_own(tmp_path: Path) -> None:
    carts = [json.dumps({"key": f"cart:{u}", "items": [{"n": 2}]}) for u in range(1, 201, 2)]
    avatars = {f"avatars/{u}/meta.json": '{"w": 10}' for u in range(1, 201, 3)}
    bucket = files(tmp_path / "bucket", {"cache.jsonl": "\n".join(carts) + "\n", **avatars})
    found = scanned(tmp_path, [sqlite(tmp_path / "shop.db", PEOPLE), bucket])
    assert found.parent("cache.jsonl", "key~cart") == "users.id"
    assert found.parent("avatars/*/meta.json", "object~avatars") == "users.id"
    numbered = sqlite(
        tmp_path / "own.db", {**PEOPLE, "carts": (f"{KEY}, user_id INTEGER", rows(numbers(200, 200)))}
    )
    (tmp_path / "again").mkdir()
    assert scanned(tmp_path / "again", [numbered, bucket]).parent("cache.jsonl", "key~cart") == "carts.id"


def test_evidence_names_no_value(tmp_path: Path) -> None:
    who = numbers(200, 200)
    mails = [USERS[one - 1][3] for one in who]
    found = shop(tmp_path, {"orders": (f"{KEY}, user_id INTEGER, email TEXT", rows(who, mails))})
    words = " ".join(word for each in (*found.relations, *found.sources) for word in each.evidence)
    assert "@" not in words
    assert not any(last in words for *_, last, _ in USERS)


@pytest.mark.parametrize("first", [0, 6])
def test_precision_and_recall_on_random_estates(
    tmp_path: Path, first: int, capsys: pytest.CaptureFixture[str]
) -> None:
    right = wrong = missed = 0
    for seed in range(first, first + 6):
        folder = tmp_path / str(seed)
        folder.mkdir()
        made = estate(folder, seed)
        found = {
            (f"{each.child.collection}.{each.child.field}", each.when and each.when[1]):
            f"{each.parent.collection}.{each.parent.field}"
            for each in scanned(folder, made.stores).relations
            if each.status == "active" and "addresses are in" not in each.evidence[-1]
        }  # fmt: skip
        truth = {(child, None): parent for child, parent in made.truth.items()} | dict(made.legs.items())
        right += sum(truth.get(child) == parent for child, parent in found.items())
        wrong += sum(truth.get(child) != parent for child, parent in found.items())
        missed += sum(child not in found and child[0] not in made.hard for child in truth)
    with capsys.disabled():
        print(f" precision {right / (right + wrong):.3f} recall {right / (right + missed):.3f}")
    assert wrong <= 0.01 * (right + wrong)
    assert missed <= 0.05 * (right + missed)


def test_an_optional_number_that_is_always_an_earlier_key_refers_to_its_own_table(tmp_path: Path) -> None:
    numbered = range(1, 81)
    replies = [None if n % 2 else CHANCE.randint(1, n - 1) for n in numbered]
    stars = [None if n % 3 == 0 else 1 + n * 7 % 5 for n in numbered]
    later = [None if n % 2 else 1 + n * 37 % 80 for n in numbered]
    table = (
        f"{KEY}, zuv INTEGER, qux INTEGER, vex INTEGER, txt TEXT",
        rows(replies, stars, later, ["x"] * 80),
    )
    found = shop(tmp_path, {"mitteilungen": table})
    reply = found.one("mitteilungen", "zuv")
    assert (reply.parent.field, reply.status, reply.role, reply.dependent) == (
        "id",
        "active",
        "reference",
        False,
    )
    assert found.parent("mitteilungen", "qux") is None
    assert found.parent("mitteilungen", "vex") is None


def test_the_number_of_a_worker_is_no_persons(tmp_path: Path) -> None:
    lines = [f"2026-01-01 worker {1 + n % 6} finished batch {n}" for n in range(60)]
    log = files(tmp_path / "log", {"jobs.log": "\n".join(lines)}, "logs")
    found = scanned(tmp_path, [sqlite(tmp_path / "shop.db", PEOPLE), log])
    assert found.parent("jobs.log", "line~worker") is None


def test_fields_of_one_name_lead_where_one_of_them_was_proven_to(tmp_path: Path) -> None:
    who = numbers(200, 120)
    mails = [USERS[one - 1][3] for one in who]
    told = "\n".join(json.dumps({"contract_id": w, "email": m}) for w, m in zip(who, mails, strict=True))
    bare = "\n".join(json.dumps({"contract_id": w, "seen": 1}) for w in numbers(200, 90))
    tables = {**PEOPLE, "contracts": (f"{KEY}, total REAL", rows([1.5] * 300))}
    bucket = files(tmp_path / "bucket", {"told.jsonl": told + "\n", "bare.jsonl": bare + "\n"})
    found = scanned(tmp_path, [sqlite(tmp_path / "shop.db", tables), bucket])
    assert found.parent("told.jsonl", "contract_id") == "users.id"
    assert found.parent("bare.jsonl", "contract_id") == "users.id"


def test_a_path_in_a_log_that_has_the_name_of_a_table_leads_to_it_in_any_language(tmp_path: Path) -> None:
    lines = [f'192.0.2.1 - - "GET /pelanggan/{who}/pesanan HTTP/1.1" 200 97' for who in numbers(60, 200)]
    log = files(tmp_path / "log", {"access.log": "\n".join(lines)}, "logs")
    found = scanned(tmp_path, [sqlite(tmp_path / "shop.db", {"pelanggan": (COLUMNS, USERS)}), log])
    assert found.parent("access.log", "line~pelanggan") == "pelanggan.id"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("utwor", "actor"),
        ("erste_von", "actor"),
        ("assigned_to", "actor"),
        ("empfanger_id", "participant"),
        ("EMPFÄNGER_ID", "participant"),
        ("AVSÄNDAR_ID", "participant"),
        ("author_id", "owner"),
        ("person_id", "owner"),
        ("sales_customer_id", "owner"),
        ("contr_id", "owner"),
    ],
)
def test_what_part_a_name_gives(name: str, part: str) -> None:
    assert nouns.part(name) == part


def test_words_written_large_or_cut_off() -> None:
    assert nouns.names_table("LÅN_ID", "T_LÅN") == 1
    assert nouns.names_table("POLICYHO_ID", "policyholders") >= 0.75
    assert nouns.names_table("anvandare_id", "contr") == 0
