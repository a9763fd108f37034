"""A project's budget: what is consumed, and when consumption crossed the alert threshold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from domain.errors import BadInput, Mistake
from domain.money import Money


@dataclass(frozen=True)
class Movement:
    """Consumption (negative when corrected) or, with ``granted``, a fund call that the client granted."""

    on: date
    amount: Money
    granted: bool = False


@dataclass(frozen=True)
class Position:
    """Where a budget stands. ``crossings`` counts the times consumption rose from below the threshold.

    ``consumed_percent`` has two digits and is rounded down, so that it never shows a threshold that has
    not been reached.
    """

    budget: Money
    consumed: Money
    reached: bool
    crossings: int = 0
    crossed_on: date | None = None

    @property
    def left(self) -> Money:
        """Negative when the budget is exceeded."""
        return self.budget - self.consumed

    @property
    def exceeded(self) -> bool:
        return self.left.minor < 0

    @property
    def consumed_percent(self) -> Decimal:
        exact = Decimal(self.consumed.minor * 100) / self.budget.minor
        return exact.quantize(Decimal("0.01"), ROUND_FLOOR)


def position(initial: Money, threshold: Money | Decimal, movements: Iterable[Movement]) -> Position:
    """Follow the movements in the order given, which is their order in time.

    ``threshold`` is an amount of consumption, or a percentage of the budget of the moment. Raises
    BadInput on ``initial_budget``, ``threshold``, ``movements`` or ``fund_call``.
    """
    _check(initial, threshold)
    now = Position(initial, Money(initial.currency, 0), reached=False)
    last = date.min
    for movement in movements:
        if movement.on < last:
            raise BadInput(Mistake("movements", f"{movement.on} comes after {last}", "give them in order"))
        now, last = _after(now, movement, threshold), movement.on
    return now


def _after(now: Position, movement: Movement, threshold: Money | Decimal) -> Position:
    amount = movement.amount
    if amount.currency != now.budget.currency:
        raise BadInput(Mistake("movements", f"an amount in {amount.currency}", f"use {now.budget.currency}"))
    if movement.granted and amount.minor <= 0:
        raise BadInput(Mistake("fund_call", "nothing is granted", "give an amount above 0"))
    budget = now.budget + amount if movement.granted else now.budget
    consumed = now.consumed if movement.granted else now.consumed + amount
    reached = _reached(budget, consumed, threshold)
    if reached and not now.reached:
        return Position(budget, consumed, reached, now.crossings + 1, movement.on)
    return Position(budget, consumed, reached, now.crossings, now.crossed_on)


def _reached(budget: Money, consumed: Money, threshold: Money | Decimal) -> bool:
    if isinstance(threshold, Money):
        return consumed.minor >= threshold.minor
    return consumed.minor * 100 >= threshold * budget.minor


def _check(initial: Money, threshold: Money | Decimal) -> None:
    if initial.minor <= 0:
        raise BadInput(Mistake("initial_budget", "there is no budget", "give an amount above 0"))
    if isinstance(threshold, Money):
        if threshold.currency != initial.currency or threshold.minor <= 0:
            raise BadInput(Mistake("threshold", "not an amount above 0", f"give one in {initial.currency}"))
    elif not (threshold.is_finite() and 0 < threshold <= 100 and threshold == round(threshold, 2)):
        raise BadInput(Mistake("threshold", f"{threshold} %", "give 0.01 to 100, with two digits at most"))


@dataclass(frozen=True)
class BudgetFacts:
    """The facts of the rule book training/budget. ``crossing`` is the number of the last crossing."""

    consumed_percent: Decimal
    threshold_reached: bool
    exceeded: bool
    crossing: int
    crossed_on: date | None
    call_open: bool
    closed: bool
    called: bool = False

    def as_facts(self) -> dict[str, object]:
        return dict(vars(self))


def budget_facts(
    where: Position, *, call_open: bool, closed: bool, called: bool = False
) -> BudgetFacts:  # fmt: skip
    """``call_open``: a fund call waits for the client's answer. ``called``: one was made for the last
    crossing. ``closed``: the project is.
    """
    return BudgetFacts(
        consumed_percent=where.consumed_percent,
        threshold_reached=where.reached,
        exceeded=where.exceeded,
        crossing=where.crossings,
        crossed_on=where.crossed_on,
        call_open=call_open,
        closed=closed,
        called=called,
    )
