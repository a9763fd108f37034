"""One technician's day, carried out step by step: slow, and written apart from the evaluator.

Nothing here is clever: every place for a break is tried, and ways are driven hour by hour in fractions.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import ceil

from domain.maintenance.planning.evaluation import Fault
from domain.maintenance.planning.model import HOUR, Break, Problem, Shift, Technician, Tie, Visit
from domain.maintenance.planning.travel import Travel

Wrong = Counter[tuple[Fault, str]]
"""What is wrong, with which visit, technician or zone, and by how much; what has no size counts 1."""
Taken = Sequence[tuple[int, Break]]
"""Breaks, and after how many visits; -1 is before leaving."""


def half_up(amount: Fraction) -> int:
    return int((amount + Fraction(1, 2)) // 1)


def drive(travel: Travel, a: int, b: int, leaves: int) -> int:
    """Each hour at its own speed; one is there in the first whole second."""
    left, now = Fraction(travel.seconds[a][b]), Fraction(leaves)
    while left > 0:
        hour = int(now // HOUR)
        slower = Fraction(travel.percent[min(max(hour, 0), 47) % 24], 100)
        until = Fraction((hour + 1) * HOUR)
        if (until - now) / slower >= left:
            return ceil(now + left * slower)
        left, now = left - (until - now) / slower, until
    return ceil(now)


@dataclass
class Diary:
    """What happened on one way through the day. ``cost`` is what depends on the hours."""

    departs: int
    taken: Taken
    leaves: list[int] = field(default_factory=list)
    arrives: list[int] = field(default_factory=list)
    ready: list[int] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    pauses: list[tuple[int, int, int]] = field(default_factory=list)
    wrong: Wrong = field(default_factory=Counter)
    faults: int = 0
    """As one tells them: two breaks that come too late are two."""
    returns: int = 0
    driving: int = 0
    paid: int = 0
    overtime: int = 0
    cost: int = 0

    def worse_than(self, other: "Diary") -> bool:
        """Overtime apart: who leaves later has less of it."""
        more = self.wrong - other.wrong
        return any(fault is not Fault.OVERTIME for fault, _ in more)


@dataclass(frozen=True)
class Today:
    """``held``: none of these visits begins before its moment, because somebody else is waited for."""

    problem: Problem
    technician: Technician
    shift: Shift
    day: int
    visits: tuple[Visit, ...]
    held: Mapping[str, int]

    @property
    def start(self) -> int:
        return self.technician.start if self.shift.start is None else self.shift.start

    def best(self) -> Diary:
        """With the breaks that are due where least is wrong, then where they cost least, then the soonest."""
        due: list[Break] = []
        best = self.walk(self.shift.begin, ())
        while True:
            known, due = due, self._due(due, best.returns)
            if due == known:
                return best if due else self._put_off(())
            best = self._with(due)

    def _due(self, known: list[Break], ends: int) -> list[Break]:
        """Whoever rests comes home later, and may have to rest once more."""
        return [
            one for one in self.shift.breaks
            if one in known or (self.shift.begin < one.latest < ends)
        ]  # fmt: skip

    def _with(self, due: list[Break]) -> Diary:
        places = range(0 if self.shift.out else -1, len(self.visits) + 1)
        ways = [
            self._put_off(list(zip(choice, due, strict=True))) for choice in product(places, repeat=len(due))
        ]
        in_turn = [one for one in ways if [at for at, _ in one.taken] == sorted(at for at, _ in one.taken)]
        return min(in_turn, key=lambda one: (one.faults, one.cost, [begins for _, begins, _ in one.pauses]))

    def _put_off(self, taken: Taken) -> Diary:
        """Leaves as late as nobody is worse off for it."""
        soonest = self.shift.begin
        for at, one in taken:
            if at == -1:
                soonest = max(soonest, one.earliest) + one.duration
        first = self.walk(soonest, taken)
        if self.shift.out:
            return first
        good, too_late = soonest, first.returns + 1
        while too_late - good > 1:
            between = (good + too_late) // 2
            if self._as_good(self.walk(between, taken), first):
                good = between
            else:
                too_late = between
        return self.walk(good, taken)

    def _as_good(self, other: Diary, first: Diary) -> bool:
        if other.returns > first.returns or other.worse_than(first):
            return False
        for visit, now, then in zip(self.visits, other.begins, first.begins, strict=True):
            if now != then and self._stands(visit):
                return False
            promise = visit.promise
            if promise and promise.day == self.day and now > max(promise.at + promise.tolerance, then):
                return False
        return True

    def _stands(self, visit: Visit) -> bool:
        """Somebody else counts on its moment."""
        ties = {one.tie for one in self.problem.links_of.get(visit.id, ())}
        return bool(ties - {Tie.SAME_TECHNICIAN}) or (visit.pin is not None and visit.pin.at is not None)

    def walk(self, departs: int, taken: Taken) -> Diary:
        travel, diary = self.problem.travel, Diary(departs, taken)
        self._rest(-1, self.shift.begin, diary)
        now, place = departs, self.start
        for index, visit in enumerate(self.visits):
            diary.leaves.append(now)
            arrives = drive(travel, place, visit.place, now)
            diary.driving += arrives - now
            diary.arrives.append(arrives)
            diary.ready.append(self._rest(index, arrives, diary))
            diary.begins.append(self._begins(visit, diary.ready[-1], diary))
            now, place = diary.begins[-1] + visit.duration, visit.place
            diary.ends.append(now)
        now = self._rest(len(self.visits), now, diary)
        diary.returns = drive(travel, place, self.technician.end, now)
        diary.driving += diary.returns - now
        self._reckon(diary)
        return diary

    def _rest(self, place: int, now: int, diary: Diary) -> int:
        for at, one in diary.taken:
            if at == place:
                begins = max(now, one.earliest)
                _over(diary, Fault.BREAK, self.technician.id, begins - one.latest)
                now = begins + one.duration
                diary.pauses.append((place, begins, now))
        return now

    def _begins(self, visit: Visit, ready: int, diary: Diary) -> int:
        """Waits for what has to be waited for; the whole visit lies in one window."""
        at = max(ready, self.held.get(visit.id, 0))
        pin = visit.pin.at if visit.pin else None
        if pin is not None:
            at = max(at, pin)
        promise = visit.promise
        if promise and promise.day == self.day:
            at = max(at, promise.at - promise.tolerance)
        today = sorted((one.opens, one.closes) for one in visit.windows if one.day == self.day)
        fits = [max(at, opens) for opens, closes in today if max(at, opens) + visit.duration <= closes]
        if visit.windows and not fits:
            closes = max((closes for _, closes in today), default=None)
            _over(diary, Fault.WINDOW, visit.id, 1 if closes is None else at + visit.duration - closes)
        begins = fits[0] if fits else at
        if pin is not None:
            _over(diary, Fault.PINNED_TIME, visit.id, begins - pin)
        return begins

    def _reckon(self, diary: Diary) -> None:
        shift, who = self.shift, self.technician
        rested = sum(ends - begins for at, begins, ends in diary.pauses if at >= 0)
        diary.paid = diary.returns - diary.departs - rested
        diary.overtime = max(0, diary.paid - shift.ordinary)
        _over(diary, Fault.OVERTIME, who.id, diary.overtime - shift.overtime_most)
        _over(diary, Fault.SHIFT_END, who.id, diary.returns - shift.end)
        diary.cost = half_up(Fraction((diary.paid - diary.overtime) * who.per_hour, HOUR))
        diary.cost += half_up(Fraction(diary.overtime * who.overtime_per_hour, HOUR))
        for visit, begins in zip(self.visits, diary.begins, strict=True):
            diary.cost += self._broken(visit, begins, diary)

    def _broken(self, visit: Visit, begins: int, diary: Diary) -> int:
        """The price of a promise that is not kept."""
        promise, prices = visit.promise, self.problem.prices
        on_day = promise is not None and promise.day == self.day
        diary.late.append(max(0, begins - promise.at - promise.tolerance) if promise and on_day else 0)
        if promise is None:
            return 0
        late, other = diary.late[-1], promise.technician not in (None, self.technician.id)
        moved = prices.moved if late or other or not on_day else 0
        return ceil(late / 60) * prices.late_per_minute + moved + (0 if on_day else prices.other_day)


def _over(diary: Diary, fault: Fault, whose: str, amount: int) -> None:
    if amount > 0:
        diary.wrong[fault, whose] += amount
        diary.faults += 1
