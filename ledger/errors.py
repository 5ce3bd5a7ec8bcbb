"""What can be wrong with a ledger.

LedgerError
├── NoLedger      the file or server cannot be opened as a ledger of this version
├── Busy          another worker has it now: the same command may succeed later
│   └── Lost      the ledger itself does not answer any more: nobody knows how far this came
├── Fenced        this worker lost its lock to another one: it must not write any more
├── CaseEnded     the case was destroyed, or never was
├── Tampered      a sealed case or the audit log is not what was written
│   └── Forked    the log is not the one that was signed or witnessed before
└── Unloggable    an entry of no known shape: it might name somebody
"""


class LedgerError(Exception):
    """The ledger cannot do this. The message holds no personal value and no password."""


class NoLedger(LedgerError):
    """It cannot be opened."""


class Busy(LedgerError):
    """Another worker holds the lock."""


class Lost(Busy):
    """The ledger is locked for long, or gone."""


class Fenced(LedgerError):
    """Another worker took over."""


class CaseEnded(LedgerError):
    """There is no such case any more."""


class Tampered(LedgerError):
    """Sealed or chained data was altered."""


class Forked(Tampered):
    """The log was rolled back, or is another one."""


class Unloggable(LedgerError):
    """The audit log takes entries of its closed schema alone."""
