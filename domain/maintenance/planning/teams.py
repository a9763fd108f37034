"""Slots for a visit that two technicians make at once, when neither of them has a place yet."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from domain.maintenance.planning.model import Link, Plan, Problem, Route, Tie, Visit, Window
from domain.maintenance.planning.slots import QUARTER, Boards, Slot, SlotBoard, promised

TRIED = 16
"""Places of the first that are tried, over all the days."""
BESIDE = 4
"""Places of the second beside each of them."""


@dataclass(frozen=True)
class Offer:
    """``slot`` has the cost and the metres of both; ``mate`` is where the other of two begins then."""

    slot: Slot
    mate: Slot | None = None


def partners(problem: Problem, visit: str) -> tuple[str, ...]:
    """Those who have to begin in the same second."""
    links = [one for one in problem.links_of.get(visit, ()) if one.tie is Tie.TOGETHER]
    return tuple(one.second if one.first == visit else one.first for one in links)


def apart(problem: Problem, visit: str, plan: Plan) -> Problem:
    """As if the visit needed nobody of those who have no place: who comes first of two waits for no one, but
    keeps to its moment, as it does for two.
    """
    alone = {one for one in partners(problem, visit) if one not in plan.planned}
    if not alone:
        return problem
    links = (
        Link(Tie.BEFORE, visit, next(iter({one.first, one.second} - {visit})))
        if one.tie is Tie.TOGETHER and visit in (one.first, one.second) and {one.first, one.second} & alone
        else one
        for one in problem.links
    )
    return replace(problem, links=tuple(links))


def inserted(plan: Plan, slot: Slot) -> Plan:
    there = plan.of(slot.technician, slot.day).visits
    route = (*there[: slot.position], slot.visit, *there[slot.position :])
    return plan.with_route(Route(slot.technician, slot.day, route))


def offers(
    boards: Boards, problem: Problem, plan: Plan, visit: str, mate: str, most: int, each_day: int | None
) -> list[Offer]:
    """The cheapest pairs of places, of those that begin with a cheap place of the one; where there is none,
    with a cheap place of the other.
    """
    found = _pairs(boards, problem, plan, visit, mate)
    if not found:
        found = [_turned(one) for one in _pairs(boards, problem, plan, mate, visit)]
    return _chosen(sorted(found, key=_order), most, each_day)


def _pairs(boards: Boards, problem: Problem, plan: Plan, visit: str, mate: str) -> list[Offer]:
    """The cheapest of each moment and pair of hands. Where the one fits in is looked for at hours that suit
    both; what it costs there is asked without that, as the mate’s place is.
    """
    board, known = boards(apart(problem, visit, plan), plan), _at_their_hours(problem, visit, mate)
    suited = board if known is problem else boards(apart(known, visit, plan), plan)
    each_day = max(1, TRIED // max(1, len(problem.days)))
    firsts = [_priced(board, problem.visit[visit], one) for one in suited.slots(visit, TRIED, each_day)]
    found: dict[tuple[int, frozenset[str], int], Offer] = {}
    for first in filter(None, firsts):
        for one in _beside(boards, problem, plan, first, mate):
            hands = frozenset({one.slot.technician, one.mate.technician if one.mate else ""})
            key = one.slot.day, hands, one.slot.begins
            if key not in found or one.slot.cost < found[key].slot.cost:
                found[key] = one
    return list(found.values())


def _priced(board: SlotBoard, visit: Visit, slot: Slot) -> Slot | None:
    there = board.fits(visit, slot.technician, slot.day)
    return next((one for one in there if one.position == slot.position), None)


def _at_their_hours(problem: Problem, visit: str, mate: str) -> Problem:
    """The visit only at moments at which its mate may begin, too."""
    one, other = problem.visit[visit], problem.visit[mate]
    if not other.windows:
        return problem
    theirs = [replace(each, closes=each.closes - other.duration + one.duration) for each in other.windows]
    mine = [_common(a, b) for a in one.windows for b in theirs if a.day == b.day] if one.windows else theirs
    cut = tuple(each for each in mine if each.closes - each.opens >= one.duration) or (Window(0, 0, 0),)
    asked = replace(one, windows=cut)
    return replace(
        problem, visits=tuple(asked if each.id == visit else each for each in problem.visits)
    )  # fmt: skip


def _common(one: Window, other: Window) -> Window:
    return Window(one.day, max(one.opens, other.opens), min(one.closes, other.closes))


def valid(
    boards: Boards, problem: Problem, plan: Plan, wanted: Slot, mate: Slot
) -> Offer | None:  # fmt: skip
    """The pair as the rounds are now, as long as both begin when told."""
    first = promised(problem.visit[wanted.visit], wanted)
    second = promised(problem.visit[mate.visit], mate)
    visits = tuple({first.id: first, second.id: second}.get(one.id, one) for one in problem.visits)
    told = replace(problem, visits=visits)
    board = boards(apart(told, wanted.visit, plan), plan)
    for one in board.fits(first, wanted.technician, wanted.day):
        if abs(one.begins - wanted.begins) <= QUARTER:
            beside = boards(told, inserted(plan, one)).fits(second, mate.technician, mate.day)
            for other in beside:
                if abs(other.begins - wanted.begins) <= QUARTER:
                    return _both(one, other)
    return None


def _beside(boards: Boards, problem: Problem, plan: Plan, first: Slot, mate: str) -> Iterator[Offer]:
    for other in boards(problem, inserted(plan, first)).slots(mate, BESIDE):
        yield _both(first, other)


def _both(first: Slot, other: Slot) -> Offer:
    """Both begin when the later of them can."""
    lasts = first.ends - first.begins
    own = replace(
        first, begins=other.begins, ends=other.begins + lasts, cost=first.cost + other.cost,
        metres=first.metres + other.metres,
    )  # fmt: skip
    return Offer(own, other)


def _turned(one: Offer) -> Offer:
    """Told from the other one's side."""
    slot, mate = one.slot, one.mate
    if mate is None:
        return one
    own = replace(mate, cost=slot.cost, metres=slot.metres)
    return Offer(own, replace(slot, cost=slot.cost - mate.cost, metres=slot.metres - mate.metres))


def _order(one: Offer) -> tuple[int, int, int, str]:
    return one.slot.cost, one.slot.day, one.slot.begins, one.slot.technician


def _chosen(ranked: list[Offer], most: int, each_day: int | None) -> list[Offer]:
    found: list[Offer] = []
    for one in ranked:
        there = sum(other.slot.day == one.slot.day for other in found)
        if each_day is None or there < each_day:
            found.append(one)
    return found[:most]
