"""How much room there is in a technician's day, so that one more visit is judged in a few steps.

What it says is near the truth and quick; whoever needs it exact times the route with the visit in it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from domain.maintenance.planning.asks import Ask, Placed, ask_of, before_rest, begin_of, rest
from domain.maintenance.planning.evaluation import Round
from domain.maintenance.planning.model import DAY, HOUR, Break, Problem, Shift, Technician

OPEN = 10 * DAY
KM = 1000


class Fit(NamedTuple):
    """A visit at a place of a round, and by how much it does not go there, in seconds.

    ``outside`` its own hours; ``disturbs``: what comes after has to begin before that; ``back`` after the end
    of the shift; ``over`` the overtime that is allowed. ``price`` is what it adds, nearly.
    """

    technician: str
    day: int
    position: int
    begins: int
    outside: int
    disturbs: int
    back: int
    over: int
    price: int

    @property
    def lacking(self) -> int:
        return self.outside + self.disturbs + self.back + self.over


class Room:
    """A technician's day as it is planned; without a round it is still empty."""

    def __init__(
        self, problem: Problem, technician: Technician, day: int, shift: Shift, round: Round | None
    ) -> None:
        self.technician, self.day, self.shift = technician, day, shift
        self.travel = problem.travel
        stops = round.stops if round else ()
        self.asks = tuple(ask_of(problem, problem.visit[one.visit], day) for one in stops)
        self.placed = _placed(shift, round)
        start = technician.start if shift.start is None else shift.start
        self.places = (start, *(one.place for one in self.asks), technician.end)
        self.leaves = round.leaves if round else shift.begin
        self.paid = round.paid if round else 0
        self.rests = sum(one.duration for where, one in self.placed if where >= 0)
        self.overtime = max(0, self.paid - shift.ordinary)
        self.usual = self.paid - self.overtime
        self.day_price = 0 if self.asks else technician.per_day
        self._soonest()
        self._latest()

    def _soonest(self) -> None:
        """``left``: when one may leave each place at the earliest; ``comes``: and come to the next."""
        self.left, self.comes, self.begins, self.window = [], [], [], []
        waits = []
        now = rest(self.shift.begin, -1, self.placed, [])
        for index, ask in enumerate(self.asks):
            self.left.append(now)
            comes = self.travel.arrival(self.places[index], ask.place, now)
            ready = rest(comes, index, self.placed, [])
            begins, window = begin_of(ask, ready)
            self.comes.append(comes)
            self.begins.append(begins)
            self.window.append(window)
            waits.append(begins - ready)
            now = begins + ask.duration
        self.left.append(now)
        ready = rest(now, len(self.asks), self.placed, [])
        self.returns = self.travel.arrival(self.places[-2], self.places[-1], ready) if self.asks else now
        self.absorbs = [sum(waits[index:]) for index in range(len(waits))]

    def _latest(self) -> None:
        """``come_by``: when one has to be at each place at the latest for whatever is there and after it."""
        limit = before_rest(OPEN, len(self.asks), self.placed)
        self.come_by = [limit]
        for index in range(len(self.asks) - 1, -1, -1):
            ask, begins, window = self.asks[index], self.begins[index], self.window[index]
            if index < len(self.asks) - 1:
                limit = self.travel.departure(ask.place, self.places[index + 2], limit)
            limit -= ask.duration
            if ask.pinned is not None:
                limit = min(limit, ask.pinned)
            if ask.kept is not None and begins <= ask.kept:
                limit = min(limit, ask.kept)
            if window >= 0:
                limit = min(limit, ask.windows[window][1] - ask.duration)
            limit = before_rest(max(limit, begins), index, self.placed)
            self.come_by.append(limit)
        self.come_by.reverse()

    def fits(self, ask: Ask, more: int, below: int | None = None) -> Iterator[Fit]:
        """At every place of the round, but for those whose ways alone cost ``below`` or more. ``more``: what
        it costs besides way and time.
        """
        arrival, place, lasts, pinned = self.travel.arrival, ask.place, ask.duration, ask.pinned
        windows, many = ask.windows, len(self.asks)
        if not windows and not ask.any_time:
            return
        for position, left in enumerate(self.left):
            if below is not None and self._ways(place, position) + more >= below:
                continue
            begins, window = begin_of(ask, arrival(self.places[position], place, left))
            ends = begins + lasts
            outside = max(0, ends - windows[window][1]) if window >= 0 else 0
            if pinned is not None:
                outside = max(outside, begins - pinned)
            if position == many:
                returns = arrival(place, self.places[-1], rest(ends, position, self.placed, []))
                disturbs = ends - self.come_by[position]
            else:
                comes = arrival(place, self.places[position + 1], ends)
                delay = comes - self.comes[position] - self.absorbs[position]
                returns = self.returns + delay if delay > 0 else self.returns
                disturbs = comes - self.come_by[position]
            yield self._fit(ask, position, begins, outside, max(0, disturbs), returns, more)

    def _fit(
        self, ask: Ask, position: int, begins: int, outside: int, disturbs: int, returns: int, more: int
    ) -> Fit:
        shift, who = self.shift, self.technician
        leaves, rests, ordinary = self.leaves, self.rests, shift.ordinary
        if position == 0 and not shift.out:
            leaves = max(shift.begin, self.travel.departure(self.places[0], ask.place, begins))
        if not self.placed:
            fresh = sum([one.duration for one in shift.breaks if shift.begin < one.latest < returns])
            returns, rests = returns + fresh, rests + fresh
        paid = returns - leaves - rests
        overtime = paid - ordinary if paid > ordinary else 0
        usual = paid - overtime - self.usual
        wages = usual * who.per_hour + (overtime - self.overtime) * who.overtime_per_hour
        price = self._ways(ask.place, position) + wages // HOUR + more
        back, over = returns - shift.end, overtime - shift.overtime_most
        return Fit(
            who.id, self.day, position, begins, outside, disturbs, back if back > 0 else 0,
            over if over > 0 else 0, price,
        )  # fmt: skip

    def _ways(self, place: int, position: int) -> int:
        """What the detour costs, and the day if nobody went out on it."""
        metres, here, after = self.travel.metres, self.places[position], self.places[position + 1]
        there = metres[here]
        detour = there[place] + metres[place][after]
        if self.asks or self.shift.out:
            detour -= there[after]
        return detour * self.technician.per_km // KM + self.day_price


def _placed(shift: Shift, round: Round | None) -> Placed:
    """The breaks of a round where they are taken."""
    waiting: list[Break] = list(shift.breaks)
    found = []
    for pause in round.pauses if round else ():
        rule = next(one for one in waiting if one.duration == pause.ends - pause.begins)
        waiting.remove(rule)
        found.append((pause.before, rule))
    return tuple(found)
