"""Where each technician is free during a day that has begun, when, and what of the working day is left."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.maintenance.planning.evaluation import Pause, Round
from domain.maintenance.planning.model import Break, Problem, Shift, Technician
from domain.maintenance.planning.today.events import Actual


@dataclass(frozen=True)
class Standing:
    """``left``: when the technician left the start, nothing for who has not. Who is on the way is where the
    way leads, at the moment of arrival: nobody is met halfway. ``taken``: the breaks so far.
    """

    place: int
    free: int
    left: int | None = None
    taken: tuple[Pause, ...] = ()
    home: bool = False

    @property
    def worked(self) -> int:
        if self.left is None:
            return 0
        return self.free - self.left - sum(one.ends - one.begins for one in self.taken if one.before >= 0)


@dataclass(frozen=True)
class Day:
    """A technician's day as it was planned, and what has begun of it, in its order; ``missed`` is where the
    technician has found nobody.
    """

    problem: Problem
    technician: Technician
    shift: Shift
    planned: Round | None
    begun: Sequence[tuple[str, Actual]]
    missed: str | None
    moment: int

    def standing(self) -> Standing:
        at = self._at_work() if self.begun or self.missed else self._setting_out()
        taken = self._taken(at)
        resting = [one.ends for one in taken if one.ends > self.moment]
        return replace(at, free=max([at.free, *resting]), taken=taken)

    def _place(self, visit: str) -> int:
        return self.problem.visit[visit].place

    def _start(self) -> int:
        return self.technician.start if self.shift.start is None else self.shift.start

    def _ended(self) -> int:
        """When the last visit ends that has begun; one that lasts longer than planned ends now."""
        visit, actual = self.begun[-1]
        if actual.ended is not None:
            return actual.ended
        return max(actual.began + self.problem.visit[visit].duration, self.moment)

    def _leaves(self) -> int | None:
        if self.planned is None:
            return self.shift.begin if self.shift.out else None
        return self.planned.leaves

    def _setting_out(self) -> Standing:
        leaves = self._leaves()
        if leaves is None or leaves > self.moment:
            return Standing(self._start(), max(self.shift.begin, self.moment))
        stops = self.planned.stops if self.planned else ()
        to = self._place(stops[0].visit) if stops else self.technician.end
        return self._under_way(self._start(), leaves, to, leaves, home=not stops)

    def _at_work(self) -> Standing:
        left = self._leaves()
        left = self.shift.begin if left is None else left
        if self.missed is not None:
            ended = self._ended() if self.begun else self.moment
            return Standing(self._place(self.missed), max(self.moment, ended), min(left, self.moment))
        left = min(left, self.begun[0][1].began)
        here, ended = self._place(self.begun[-1][0]), self._ended()
        if ended >= self.moment:
            return Standing(here, ended, left)
        done = {visit for visit, _ in self.begun}
        to_come = [one.visit for one in self.planned.stops if one.visit not in done] if self.planned else []
        to = self._place(to_come[0]) if to_come else self.technician.end
        return self._under_way(here, ended, to, left, home=not to_come)

    def _under_way(self, here: int, since: int, to: int, left: int, home: bool) -> Standing:
        arrives = self.problem.travel.arrival(here, to, since)
        return Standing(to, max(self.moment, arrives), left, home=home and arrives <= self.moment)

    def _taken(self, at: Standing) -> tuple[Pause, ...]:
        """By what is done, and else by the clock: nobody reports a break."""
        done = len(self.begun)
        pauses = self.planned.pauses if self.planned else ()
        return tuple(
            one for one in pauses if (one.before < done and at.left is not None) or one.begins <= self.moment
        )

    def rest(self, at: Standing) -> Shift:
        """What is left of the shift. Who is back already may leave again."""
        worked, shift = at.worked, self.shift
        return Shift(
            begin=at.free,
            end=shift.end,
            ordinary=max(0, shift.ordinary - worked),
            overtime_most=max(0, shift.overtime_most - max(0, worked - shift.ordinary)),
            breaks=without(shift.breaks, at.taken),
            start=at.place,
            out=at.left is not None and not at.home,
        )


def without(breaks: Sequence[Break], taken: Sequence[Pause]) -> tuple[Break, ...]:
    left = list(breaks)
    for pause in taken:
        lasted = pause.ends - pause.begins
        found = (one for one in left if one.duration == lasted and one.earliest <= pause.begins)
        if (one := next(found, None)) is not None:
            left.remove(one)
    return tuple(left)


def van(problem: Problem, technician: Technician, used: Sequence[str]) -> Mapping[str, int] | None:
    """What is left in it."""
    if technician.parts is None:
        return None
    gone: Counter[str] = Counter()
    for visit in used:
        gone.update(problem.visit[visit].parts)
    return {part: max(0, many - gone[part]) for part, many in technician.parts.items()}
