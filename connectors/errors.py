"""Every error a store can raise, in one tree. The type is the retry policy.

StoreError
├── Refused       final: the store said no (rights, missing object, unsupported type); do not retry
│   └── Moved     a record is not as it was when the plan was frozen; nothing was written
└── Unavailable   may pass: the store could not be reached, timed out or is locked; retry later
"""


class StoreError(Exception):
    """A store could not do what was asked. The message names the store and the place, never a value."""

    def __init__(self, store: str, place: str, reason: str) -> None:
        super().__init__(f"{store}: {place}: {reason}" if place else f"{store}: {reason}")
        self.store, self.place, self.reason = store, place, reason

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.store, self.place, self.reason)


class Refused(StoreError):
    """Final: asking again gives the same answer."""


class Moved(Refused):
    """The record changed or vanished since the plan was frozen."""


class Unavailable(StoreError):
    """Passing: the same call may succeed later."""
