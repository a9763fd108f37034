"""How one contract was paid, in plain numbers: the facts of fleet/score for thousands of drivers at once.

Days are ordinals (`date.toordinal`), amounts minor units. What `Course.facts` says of a day is what
`score_facts` says of the same contract; the tests compare them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache

from domain.calendar import add_months
from domain.fleet.score import QUARTER, YEAR, ScoreFacts
from domain.fleet.shares import percent, tenths
from domain.money import Money

NEVER = date.max.toordinal()
ONE_YEAR, ONE_QUARTER = YEAR.days, QUARTER.days
MONTHS = 12


@dataclass(frozen=True)
class Word:
    """A promise to pay."""

    promised_on: int
    until: int
    minor: int


@dataclass(frozen=True)
class Around:
    """What counts beside the payments. ``signed_on``: since when the driver answers for the contract;
    ``swap_days``: of the last thirty; ``idle_days``: since the last swap, None where none is known.
    """

    signed_on: int
    grace: int
    currency: str
    total: int
    promises: tuple[Word, ...] = ()
    reversed_on: tuple[int, ...] = ()
    swap_days: int = 0
    idle_days: int | None = None


@dataclass(frozen=True)
class Course:
    """``owed`` and ``got`` are running totals of dues and receipts, in their order; ``paid_on`` the day on
    which each due was paid in full, `NEVER` where it was not.

    Dues that are far away may be left out, but not the first that is not paid.
    """

    dues_on: Sequence[int]
    owed: Sequence[int]
    came_on: Sequence[int]
    got: Sequence[int]
    paid_on: Sequence[int]
    around: Around

    @cached_property
    def delays(self) -> list[int]:
        """Days from each due to its payment; of no meaning where it was not paid."""
        return [paid - due for paid, due in zip(self.paid_on, self.dues_on, strict=True)]

    @cached_property
    def late(self) -> bytes:
        """1 for each due that was paid too late."""
        grace = self.around.grace
        return bytes([days > grace for days in self.delays])

    @cached_property
    def early(self) -> bytes:
        return bytes([days < 0 for days in self.delays])

    def received(self, day: int) -> int:
        number = bisect_right(self.came_on, day)
        return self.got[number - 1] if number else 0

    def fallen_due(self, day: int) -> int:
        """Of the dues whose grace is over."""
        number = bisect_left(self.dues_on, day - self.around.grace)
        return self.owed[number - 1] if number else 0

    def arrears(self, day: int) -> int:
        return max(self.fallen_due(day) - self.received(day), 0)

    def facts(self, day: int) -> ScoreFacts:
        """What was known at the end of a day."""
        around, got, fallen = self.around, self.received(day), self.fallen_due(day)
        over, paid = bisect_left(self.dues_on, day - around.grace), bisect_right(self.paid_on, day)
        mine = min(bisect_left(self.dues_on, around.signed_on), over)
        late = max(paid, mine)
        year = self._stretch(day, ONE_YEAR, over, paid)
        quarter = self._stretch(day, ONE_QUARTER, over, paid)
        broken, kept = self._promises(day)
        return ScoreFacts(
            on_time_12m=percent(year.dues - year.late, year.dues),
            on_time_3m=percent(quarter.dues - quarter.late, quarter.dues),
            early_12m=percent(year.early, year.dues),
            late_3m=quarter.late,
            late_months=self._months(day, mine, over, paid),
            worst_days_12m=year.worst,
            mean_days_12m=tenths(year.days, year.dues),
            clean_days=max(day - self._last_late(day, mine, over, paid), 0),
            days_late=day - self.dues_on[paid] if paid < over else 0,
            covered_percent=percent(min(got, fallen), fallen),
            unpaid_dues=max(over - late, 0),
            arrears=Money(around.currency, max(fallen - got, 0)),
            broken_promises_12m=broken,
            kept_promises_12m=kept,
            reversals_12m=sum(day - ONE_YEAR < on <= day for on in around.reversed_on),
            paid_percent=percent(min(got, around.total), around.total) or Decimal(0),
            ahead_days=self._ahead(day, paid),
            seniority_days=max(day - around.signed_on, 0),
            swap_days_30=around.swap_days,
            days_without_swap=around.idle_days,
        )

    def _stretch(self, day: int, length: int, over: int, paid: int) -> "Stretch":
        """Of the dues over a time up to ``day``: those that are paid, then those that are late."""
        since = max(day - length + 1, self.around.signed_on)
        first = min(bisect_left(self.dues_on, since), over)
        middle = max(min(paid, over), first)
        late, delays = self.late[first:middle], self.delays[first:middle]
        counted = [days for days, is_late in zip(delays, late, strict=True) if is_late] if 1 in late else []
        waiting = self.dues_on[middle:over]
        open_days = [day - due for due in waiting]
        return Stretch(
            over - first, len(counted) + len(waiting), self.early[first:middle].count(1),
            sum(counted) + sum(open_days), max(max(counted, default=0), max(open_days, default=0)),
        )  # fmt: skip

    def _months(self, day: int, mine: int, over: int, paid: int) -> int:
        starts = month_starts(day)
        places = [max(min(bisect_left(self.dues_on, start), over), mine) for start in starts]
        return sum(
            1 in self.late[begin : min(end, paid)] or max(begin, paid) < end
            for begin, end in zip(places, [*places[1:], over], strict=True)
        )

    def _last_late(self, day: int, mine: int, over: int, paid: int) -> int:
        """The day on which something was last late; the signature when nothing ever was."""
        if max(paid, mine) < over:
            return day
        number = self.late.rfind(1, mine, over)
        return self.paid_on[number] if number >= 0 else self.around.signed_on

    def _ahead(self, day: int, paid: int) -> int:
        coming = bisect_right(self.dues_on, day)
        if coming == len(self.dues_on):
            return 0
        first = self.dues_on[min(paid, len(self.dues_on) - 1)]
        return max(first - self.dues_on[coming], 0)

    def _promises(self, day: int) -> tuple[int, int]:
        """Broken and kept, of those whose date passed within a year."""
        over = [one for one in self.around.promises if day - ONE_YEAR < one.until < day]
        broken = sum(self._is_broken(one) for one in over)
        return broken, len(over) - broken

    def _is_broken(self, word: Word) -> bool:
        if not self.arrears(word.until):
            return False
        return self.received(word.until) - self.received(word.promised_on - 1) < word.minor

    def paying(self, day: int, minor: int, on_time: bool) -> "Course":
        """As it would go on when so much more is paid on ``day``; ``on_time``: and every due that is not late
        by then on its own day, or on ``day``.
        """
        came_on, got = _until(self.came_on, self.got, day)
        if minor:
            came_on, got = [*came_on, day], [*got, (got[-1] if got else 0) + minor]
        have = got[-1] if got else 0
        for due_on, owed in zip(self.dues_on, self.owed, strict=True) if on_time else ():
            if owed > have:
                have = owed
                came_on.append(max(due_on, day))
                got.append(owed)
        known = bisect_right(self.paid_on, day)
        return replace(
            self, came_on=came_on, got=got,
            paid_on=[*self.paid_on[:known], *settle(self.owed[known:], came_on, got)],
        )  # fmt: skip


@dataclass(frozen=True)
class Stretch:
    """``days`` is the sum over the late ones, ``worst`` the longest."""

    dues: int
    late: int
    early: int
    days: int
    worst: int


def settle(owed: Sequence[int], came_on: Sequence[int], got: Sequence[int]) -> list[int]:
    """On which day each running total was reached: one pass over both."""
    paid_on, number, most = [], 0, len(got)
    for total in owed:
        while number < most and got[number] < total:
            number += 1
        paid_on.append(came_on[number] if number < most else NEVER)
    return paid_on


def _until(came_on: Sequence[int], got: Sequence[int], day: int) -> tuple[list[int], list[int]]:
    number = bisect_right(came_on, day)
    return list(came_on[:number]), list(got[:number])


@lru_cache(maxsize=512)
def month_starts(day: int) -> tuple[int, ...]:
    """The first days of this month and the eleven before, the oldest first."""
    first = date.fromordinal(day).replace(day=1)
    return tuple(add_months(first, number - MONTHS + 1).toordinal() for number in range(MONTHS))
