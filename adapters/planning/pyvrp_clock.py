"""A clock without the usual break, for a solver that knows no breaks: it goes on as if no time had passed.

A break is not paid and is taken where it disturbs least, so a day is nearly as if the time of the break did
not exist: what is before it is as it was, what is after it is sooner by its duration. Who has other breaks
than most is only nearly right; the evaluator judges.
"""

from collections import Counter
from dataclasses import dataclass

from domain.maintenance.planning.model import DAY, Break, Problem, Shift, Visit

Span = tuple[int, int]
LONG = 2 * DAY


@dataclass(frozen=True)
class Clock:
    """``halts``: when it stops, and for how long."""

    breaks: tuple[Break, ...] = ()

    def __call__(self, moment: int) -> int:
        passed = sum(min(max(moment - _middle(one), 0), one.duration) for one in self.breaks)
        return moment - passed

    def shift(self, shift: Shift) -> Span:
        """When it begins, and when it ends at the latest."""
        more = sum(one.duration for one in shift.breaks) - sum(one.duration for one in self.breaks)
        begin, end = self(shift.begin), self(shift.end)
        return begin, max(begin, end - max(0, more))

    def spans(self, visit: Visit, day: int) -> list[Span]:
        """Between which moments the visit may begin on a day; those that overlap are one."""
        windows = [(one.opens, one.closes) for one in visit.windows if one.day == day]
        if not visit.windows:
            windows = [(0, LONG)]
        at = visit.pin.at if visit.pin else None
        found: list[Span] = []
        for opens, closes in sorted(windows):
            first, last = self(opens), self(closes) - visit.duration
            if at is not None:
                first, last = max(first, self(at)), min(last, self(at))
            if found and first <= found[-1][1] and last >= first:
                found[-1] = (found[-1][0], max(last, found[-1][1]))
            elif first <= last:
                found.append((first, last))
        return found


def usual_clock(problem: Problem) -> Clock:
    """Without the breaks that most of the days have for which they are due."""
    count = Counter(
        shift.breaks for technician in problem.technicians for shift in technician.shifts.values()
    )
    return Clock(count.most_common(1)[0][0] if count else ())


def _middle(one: Break) -> int:
    """In the middle of where it may be: the moment that is the end of most mornings."""
    return (one.earliest + one.latest - one.duration) // 2
