"""The facts of the rule book fleet/contract."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.fleet.payments import Standing
from domain.money import Money

DRAFT, ACTIVE, COMPLETED, TERMINATED = "draft", "active", "completed", "terminated"
"""The states of a contract."""


@dataclass(frozen=True)
class ContractFacts:
    """``next_review_on`` is the next date on which time alone can change the facts; None when none can.

    It tells when to look again and is no fact of the book. ``settled_on`` is the day on which the latest due
    that is paid in full was paid; until one is, the first due's date.
    """

    remaining: Money
    past_grace: bool
    dunning_open: bool
    terminated: bool
    next_review_on: date | None
    settled_on: date | None = None

    def as_facts(self) -> dict[str, object]:
        return {
            "remaining": self.remaining,
            "past_grace": self.past_grace,
            "dunning_open": self.dunning_open,
            "terminated": self.terminated,
            "settled_on": self.settled_on,
        }


def contract_facts(
    standing: Standing, *, state: str, day: date, grace_days: int, dunning_open: bool
) -> ContractFacts:
    """``state`` is the contract's."""
    return ContractFacts(
        remaining=standing.remaining,
        past_grace=standing.arrears_on(day, grace_days).minor > 0,
        dunning_open=dunning_open,
        terminated=state == TERMINATED,
        next_review_on=_next_review_on(standing, day, grace_days),
        settled_on=settled_on(standing),
    )


def settled_on(standing: Standing) -> date:
    """It stays what it is when money comes in that no due is waiting for."""
    paid = [one.paid_on for one in standing.settlements if one.paid_on]
    return max(paid, default=standing.settlements[0].due.due_on)


def _next_review_on(standing: Standing, day: date, grace_days: int) -> date | None:
    """The day on which the next unpaid due that is not late yet becomes late."""
    grace = timedelta(days=grace_days)
    pending = standing.next_due_after(day - grace - timedelta(days=1))
    return pending.due_on + grace + timedelta(days=1) if pending else None
