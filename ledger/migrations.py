"""The ledger's tables, version by version. A version that was published is never edited: add the next one.

``BLOB`` is ``BYTEA`` on PostgreSQL; all else is portable. Times are UTC in ISO 8601. No column holds a
readable personal value: subjects are labels (keyed hashes), cases are sealed.
"""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE plans (
            id TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, case_id TEXT NOT NULL,
            basis_digest TEXT NOT NULL, signature TEXT NOT NULL, created TEXT NOT NULL,
            verdict TEXT, judged TEXT
        )""",
        """CREATE TABLE requests (
            id TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, plan TEXT, state TEXT NOT NULL,
            received TEXT NOT NULL, due TEXT NOT NULL, closed TEXT
        )""",
        """CREATE TABLE holds (
            id TEXT PRIMARY KEY, subject TEXT NOT NULL, reason TEXT NOT NULL, since TEXT NOT NULL, until TEXT,
            released TEXT
        )""",
        "CREATE INDEX holds_subject ON holds (subject)",
        "CREATE TABLE cases (id TEXT PRIMARY KEY, sealed BLOB NOT NULL, created TEXT NOT NULL)",
        "CREATE TABLE case_keys (case_id TEXT PRIMARY KEY, secret BLOB NOT NULL)",
        """CREATE TABLE runs (
            plan TEXT PRIMARY KEY, state TEXT NOT NULL, begun TEXT NOT NULL, finished TEXT, outcomes TEXT
        )""",
        """CREATE TABLE journal (
            plan TEXT NOT NULL, step TEXT NOT NULL, batch TEXT NOT NULL, store TEXT NOT NULL,
            state TEXT NOT NULL, changed TEXT NOT NULL, PRIMARY KEY (plan, step, batch)
        )""",
        """CREATE TABLE receipts (
            plan TEXT NOT NULL, step TEXT NOT NULL, batch TEXT NOT NULL, number INTEGER NOT NULL,
            receipt TEXT NOT NULL, written TEXT NOT NULL, PRIMARY KEY (plan, step, batch, number)
        )""",
        """CREATE TABLE tombstones (
            kind TEXT NOT NULL, hash TEXT NOT NULL, subject TEXT NOT NULL, plan TEXT NOT NULL,
            erased TEXT NOT NULL, PRIMARY KEY (kind, hash, plan)
        )""",
        """CREATE TABLE audit (
            number INTEGER PRIMARY KEY, written TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL,
            previous TEXT NOT NULL, hash TEXT NOT NULL
        )""",
        "CREATE TABLE fences (name TEXT PRIMARY KEY, token INTEGER NOT NULL)",
    ),
    (
        """CREATE TABLE audit_entries (
            number INTEGER PRIMARY KEY, entry TEXT NOT NULL, plan TEXT, hashes BLOB NOT NULL
        )""",
        "CREATE INDEX audit_entries_plan ON audit_entries (plan)",
        "CREATE TABLE audit_keys (number INTEGER PRIMARY KEY, key TEXT NOT NULL)",
        "CREATE TABLE audit_checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL)",
    ),
)
