"""The facts of the rule book fleet/score: how a driver has paid, on one day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal

from domain.calendar import add_months
from domain.fleet.dunning import Promise, is_broken
from domain.fleet.paying import History, history
from domain.fleet.payments import Standing
from domain.fleet.shares import mean, percent
from domain.money import Money

QUARTER, YEAR = timedelta(days=90), timedelta(days=365)
SWAP_WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class ScoreFacts:
    """A due is late on the day after its grace if it was not paid in full before.

    Shares are rounded down. They are None where nothing has become due yet, so that no rule about them
    holds. ``days_without_swap`` is None where no swap is recorded. ``ahead_days`` is how much later than the
    next due the first one stands that is not paid: a month for two instalments of which the second is next.
    """

    on_time_12m: Decimal | None
    on_time_3m: Decimal | None
    early_12m: Decimal | None
    late_3m: int
    late_months: int
    worst_days_12m: int
    mean_days_12m: Decimal | None
    clean_days: int
    days_late: int
    covered_percent: Decimal | None
    unpaid_dues: int
    arrears: Money
    broken_promises_12m: int
    kept_promises_12m: int
    reversals_12m: int
    paid_percent: Decimal
    ahead_days: int
    seniority_days: int
    swap_days_30: int
    days_without_swap: int | None

    def as_facts(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def score_facts(
    standing: Standing,
    *,
    day: date,
    signed_on: date,
    grace_days: int = 0,
    promises: Sequence[Promise] = (),
    reversed_on: Iterable[date] = (),
    swapped_on: Iterable[date] = (),
) -> ScoreFacts:
    """What was known at the end of ``day``. ``reversed_on``: the day on which each payment was refused;
    ``swapped_on``: of each battery swap. ``signed_on`` is the day since which the driver answers for the
    contract: what fell due before, with another driver, is no lateness of theirs.
    """
    past = history(standing, day, grace_days).since(signed_on - timedelta(days=1))
    year, quarter = past.since(day - YEAR), past.since(day - QUARTER)
    broken, kept = _promises(standing, promises, day, grace_days)
    swaps = {on for on in swapped_on if on <= day}
    return ScoreFacts(
        on_time_12m=year.on_time,
        on_time_3m=quarter.on_time,
        early_12m=year.early,
        late_3m=len(quarter.late),
        late_months=_months(past, day),
        worst_days_12m=max((one.days for one in year.late), default=0),
        mean_days_12m=mean([one.days if one.late else 0 for one in year.dues]),
        clean_days=_clean_days(past, day, signed_on),
        days_late=standing.days_late(day, grace_days),
        covered_percent=_covered(standing, day, grace_days),
        unpaid_dues=sum(one.late and one.paid_on is None for one in past.dues),
        arrears=standing.arrears_on(day, grace_days),
        broken_promises_12m=broken,
        kept_promises_12m=kept,
        reversals_12m=sum(day - YEAR < on <= day for on in reversed_on),
        paid_percent=_share(standing, day, standing.total) or Decimal(0),
        ahead_days=_ahead(standing, day),
        seniority_days=max((day - signed_on).days, 0),
        swap_days_30=sum(on > day - SWAP_WINDOW for on in swaps),
        days_without_swap=(day - max(swaps)).days if swaps else None,
    )


def _months(past: History, day: date) -> int:
    """Calendar months with a late due, of this one and the eleven before: a driver who pays every day and
    one who pays every month are measured alike.
    """
    first = add_months(day.replace(day=1), -11)
    return len({(one.due_on.year, one.due_on.month) for one in past.late if one.due_on >= first})


def _clean_days(past: History, day: date, signed_on: date) -> int:
    """Days since something was last late; since the signature when nothing ever was."""
    last = max((one.paid_on or day for one in past.late), default=signed_on)
    return max((day - last).days, 0)


def _promises(standing: Standing, promises: Sequence[Promise], day: date, grace_days: int) -> tuple[int, int]:
    """Broken and kept, of those whose date passed within a year."""
    over = [one for one in promises if day - YEAR < one.until < day]
    broken = sum(is_broken(one, standing, day, grace_days) for one in over)
    return broken, len(over) - broken


def _ahead(standing: Standing, day: date) -> int:
    """Counted to the last due for who has paid all."""
    later = [one for one in standing.settlements if one.due.due_on > day]
    if not later:
        return 0
    unpaid = (one for one in standing.settlements if one.paid_on is None or one.paid_on > day)
    first = next(unpaid, later[-1]).due.due_on
    return max((first - later[0].due.due_on).days, 0)


def _covered(standing: Standing, day: date, grace_days: int) -> Decimal | None:
    """Of the dues whose grace is over."""
    before = day - timedelta(days=grace_days)
    fallen_due = sum(one.due.amount.minor for one in standing.settlements if one.due.due_on < before)
    return _share(standing, day, Money(standing.allocated.currency, fallen_due))


def _share(standing: Standing, day: date, whole: Money) -> Decimal | None:
    """Of ``whole``, what had come in by the end of ``day``; at most 100."""
    received = standing.received_between(date.min, day).minor
    return percent(min(received, whole.minor), whole.minor)
