"""Why a plan cannot be drawn or run. Messages name places and next steps, never a personal value.

PlanningError
├── NotFound     nobody in the estate answers to the identifier
├── Ambiguous    the identifier means more than one person
├── Undecided    collections that need a rule in the policy
├── Stale        the plan's basis moved, or the plan was altered
└── Stopped      a guard stopped the purge; nothing was committed
"""

from collections.abc import Sequence


class PlanningError(Exception):
    """A plan could not be drawn or run."""


class NotFound(PlanningError):
    """Nobody in the estate answers to this identifier."""

    def __init__(self) -> None:
        super().__init__("nobody in the estate answers to this identifier, in the stores that were read")


class Ambiguous(PlanningError):
    """The identifier means more than one person; ``candidates`` are keys with their space."""

    def __init__(self, candidates: Sequence[str]) -> None:
        super().__init__(f"the identifier means {len(candidates)} people; name one by its key")
        self.candidates = tuple(candidates)


class Undecided(PlanningError):
    """Financial, consent and opt-out collections have no silent default."""

    def __init__(self, collections: Sequence[str]) -> None:
        super().__init__(
            f"no rule in the policy for {', '.join(collections)}; add rules, or accept the defaults with"
            " --accept-defaults"
        )
        self.collections = tuple(collections)


class Stale(PlanningError):
    """The catalog, policy or holds moved since the plan was drawn, or the plan file was altered."""


class Stopped(PlanningError):
    """A guard stopped the purge before anything was committed."""
