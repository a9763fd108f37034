"""The rounds of the coming days and what is held in them, prepared for a visit that seeks a place."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from api.commands import Reading
from api.maintenance.planning_fields import refuse_far, tools_of
from database.maintenance import horizons, visits
from database.maintenance.slots import holds_on
from domain.errors import Conflict
from domain.maintenance.planning.horizon import Horizon, Wish, in_force, problem_of
from domain.maintenance.planning.intake import OPEN, KnownVisit
from domain.maintenance.planning.model import Plan, Problem, Route
from domain.maintenance.planning.moving import taken_out
from domain.maintenance.planning.roads import with_roads
from domain.maintenance.planning.slots import Boards, Slot, SlotBoard, promised, still_valid


@dataclass(frozen=True)
class Opening:
    """``standing``: the rounds in force. ``plan``: without the visit. ``held``: with what others hold."""

    visit: KnownVisit
    problem: Problem
    standing: Plan
    plan: Plan
    held: Plan
    board: SlotBoard

    @property
    def possible(self) -> bool:
        """Whether the visit can be done on these days at all, whoever comes."""
        return self.visit.ref in self.problem.visit

    def slots(self, most: int, each_day: int | None = None) -> list[Slot]:
        return self.board.slots(self.visit.ref, most, each_day) if self.possible else []

    def valid(self, technician: str, day: int, begins: int) -> Slot | None:
        """The slot as the rounds are now, if it still is one."""
        wanted = Slot(self.visit.ref, technician, day, 0, begins, begins, 0, 0)
        return still_valid(self.board, wanted) if self.possible else None

    def with_visit(self, slot: Slot) -> Plan:
        """The rounds in force with it; what is held only for others is left out."""
        there = set(self.plan.of(slot.technician, slot.day).visits)
        before = self.held.of(slot.technician, slot.day).visits[: slot.position]
        return inserted(self.plan, replace(slot, position=sum(one in there for one in before)))

    def told(self, slot: Slot) -> Problem:
        """With the visit as its customer holds it from now on."""
        visits = (promised(one, slot) if one.id == slot.visit else one for one in self.problem.visits)
        return replace(self.problem, visits=tuple(visits))


async def opening(here: Reading, ref: str, first_on: date, days: int) -> Opening:
    """Raises NotFound, BadInput, and Conflict for a visit that is not open."""
    refuse_far("first_on", first_on, here.now.date())
    known = await visits.visit_of(here.tx, here.tenant, ref)
    if known.standing.state not in OPEN:
        raise Conflict(f"the visit {ref} is {known.standing.state}; there is no slot to be sought for it")
    found = await _horizon(here, known, Wish(first_on, days))
    others = (one for one in found.visits if one.ref != ref)
    asked = replace(known, order=replace(known.order, told=None))  # what it was told before is over
    horizon = replace(found, visits=(*others, asked))
    problem = await with_roads(problem_of(horizon), tools_of(here).roads)
    return await asyncio.to_thread(_prepared, tools_of(here).boards, horizon, problem, known)


async def _horizon(here: Reading, known: KnownVisit, days: Wish) -> Horizon:
    """The visit, what stands in the rounds, and what is held there for others."""
    last_on = days.dates[-1]
    holds = await holds_on(here.tx, here.tenant, days.first_on, last_on, here.now)
    wish = Wish(days.first_on, days.days, (known.ref, *(one.visit for one in holds)))
    return await horizons.horizon_of(
        here.tx, here.tenant, wish, here.now, here.parts.holidays, spared={known.ref}
    )  # fmt: skip


def _prepared(boards: Boards, horizon: Horizon, problem: Problem, known: KnownVisit) -> Opening:
    standing = in_force(horizon, problem)
    plan = held = taken_out(standing, known.ref)
    for hold in horizon.holds:
        day = horizon.index(hold.on)
        asked = problem.visit.get(hold.visit)
        if asked is not None:
            fits: Sequence[Slot] = boards(problem, held).fits(asked, hold.technician, day)
            held = inserted(held, fits[0]) if fits else held
    return Opening(known, problem, standing, plan, held, boards(problem, held))


def inserted(plan: Plan, slot: Slot) -> Plan:
    there = plan.of(slot.technician, slot.day).visits
    route = (*there[: slot.position], slot.visit, *there[slot.position :])
    return plan.with_route(Route(slot.technician, slot.day, route))
