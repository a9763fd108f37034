"""The facts of the rule book fleet/dunning."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from domain.errors import BadInput, Mistake
from domain.fleet.payments import Standing
from domain.money import Money


@dataclass(frozen=True)
class Promise:
    """The driver said on ``promised_on`` that ``amount`` would be paid by ``until`` (local dates)."""

    promised_on: date
    until: date
    amount: Money

    def __post_init__(self) -> None:
        if self.until < self.promised_on:
            raise BadInput(
                Mistake("until_on", "before the day of the promise", "give that day or a later one")
            )
        if self.amount.minor <= 0:
            raise BadInput(Mistake("amount", "nothing is promised", "give an amount above 0"))


@dataclass(frozen=True)
class DunningFacts:
    """``days_late`` counts whole days since ``oldest_due_on``, the oldest due in ``arrears``."""

    days_late: int
    arrears: Money
    oldest_due_on: date | None
    promise_until: date | None
    broken_promises: int
    terminated: bool = False

    def as_facts(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def dunning_facts(
    standing: Standing,
    promises: Sequence[Promise],
    *,
    day: date,
    grace_days: int = 0,
    terminated: bool = False,
) -> DunningFacts:
    """Arrears start where the contract's do, after the grace: without arrears there is nothing to dun."""
    running = [one.until for one in promises if one.promised_on <= day <= one.until]
    return DunningFacts(
        days_late=standing.days_late(day, grace_days),
        arrears=standing.arrears_on(day, grace_days),
        oldest_due_on=standing.oldest_unpaid_due_on(day, grace_days),
        promise_until=max(running, default=None),
        broken_promises=sum(is_broken(one, standing, day, grace_days) for one in promises),
        terminated=terminated,
    )


def is_broken(promise: Promise, standing: Standing, day: date, grace_days: int) -> bool:
    """Its date has passed, arrears were left on that date, and less than ``amount`` had come in since.

    The second way out matters with daily instalments, where new arrears arise while an old sum is
    being paid as promised.
    """
    if day <= promise.until or not standing.arrears_on(promise.until, grace_days).minor:
        return False
    return standing.received_between(promise.promised_on, promise.until) < promise.amount
