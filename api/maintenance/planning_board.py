"""The rounds of the coming days and what is held in them, prepared for a visit that seeks a place."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from api.commands import Reading
from api.maintenance.planning_fields import refuse_far, tools_of
from api.maintenance.planning_laid import Laid, laid_out
from database.maintenance import horizons, visits
from database.maintenance.slots import holds_on
from domain.decision import Bilingual
from domain.errors import Conflict
from domain.maintenance.planning import teams
from domain.maintenance.planning.horizon import Horizon, Wish, in_force, problem_of
from domain.maintenance.planning.intake import OPEN, KnownVisit, VisitState
from domain.maintenance.planning.model import Plan, Problem, Tie
from domain.maintenance.planning.moving import taken_out
from domain.maintenance.planning.naming import Names
from domain.maintenance.planning.slots import Boards, Slot, promised, still_valid
from domain.maintenance.planning.teams import Offer, apart, inserted
from domain.maintenance.planning.why import reasons_said
from domain.maintenance.planning.why.reasons import Reasons


@dataclass(frozen=True)
class Opening:
    """``standing``: the rounds in force. ``plan``: without the visit. ``held``: with what others hold.
    ``mates``: who has to begin with it and has no place either.
    """

    visit: KnownVisit
    laid: Laid
    standing: Plan
    plan: Plan
    held: Plan
    boards: Boards
    mates: tuple[str, ...] = ()

    @property
    def problem(self) -> Problem:
        return self.laid.problem

    @property
    def possible(self) -> bool:
        """Whether the visit, and who begins with it, can be done on these days at all, whoever comes."""
        refs = (self.visit.ref, *self.mates)
        there = all(ref in self.problem.visit for ref in refs)
        return there and not any(one.left_out for ref in refs for one in self.laid.about(ref))

    @property
    def mate(self) -> str | None:
        return self.mates[0] if len(self.mates) == 1 else None

    def offers(self, most: int, each_day: int | None = None) -> list[Offer]:
        if not self.possible or len(self.mates) > 1:
            return []
        ref = self.visit.ref
        if self.mate is not None:
            return teams.offers(self.boards, self.problem, self.held, ref, self.mate, most, each_day)
        return [Offer(one) for one in self.boards(self.problem, self.held).slots(ref, most, each_day)]

    def valid(self, technician: str, day: int, begins: int, other: str | None = None) -> Offer | None:
        """The slot as the rounds are now, if it still is one. ``other``: who comes to the mate."""
        if not self.possible or len(self.mates) > 1 or (other is None) != (self.mate is None):
            return None
        wanted = Slot(self.visit.ref, technician, day, 0, begins, begins, 0, 0)
        if self.mate is not None and other is not None:
            mate = replace(wanted, visit=self.mate, technician=other)
            return teams.valid(self.boards, self.problem, self.held, wanted, mate)
        found = still_valid(self.boards(self.problem, self.held), wanted)
        return None if found is None else Offer(found)

    def with_visit(self, offer: Offer) -> Plan:
        """The rounds in force with it; what is held only for others is left out."""
        plan, held = self.plan, self.held
        for slot in filter(None, (offer.slot, offer.mate)):
            there = set(plan.of(slot.technician, slot.day).visits)
            before = held.of(slot.technician, slot.day).visits[: slot.position]
            plan = inserted(plan, replace(slot, position=sum(one in there for one in before)))
            held = inserted(held, slot)
        return plan

    def told(self, offer: Offer) -> Problem:
        """With the visit as its customer holds it from now on."""
        slots = {one.visit: one for one in (offer.slot, offer.mate) if one is not None}
        visits = (promised(one, slots[one.id]) if one.id in slots else one for one in self.problem.visits)
        return replace(self.problem, visits=tuple(visits))

    def why(self, names: Names) -> list[Bilingual]:
        """What keeps it out of every round of these days."""
        ref = self.visit.ref
        if ref not in self.problem.visit:
            return [NO_MOMENT]
        told = [Bilingual(f"{one.problem.fr}. {one.mend.fr}.", f"{one.problem.en}. {one.mend.en}.")
                for one in self.laid.about(ref) if one.left_out]  # fmt: skip
        if told:
            return told
        if any(one not in self.problem.visit for one in self.mates):
            return [ALONE, NO_MOMENT_OF_MATE]
        more = [ALONE] if self.mates else []
        alone = apart(self.problem, ref, self.held)
        return more + reasons_said.said(alone, Reasons(alone, self.held).of(ref), names)


NO_MOMENT = Bilingual(
    "Ces jours-là ne lui laissent aucun moment\u00a0: son échéance, ses liens ou son jour fixé l’excluent.",
    "These days leave it no moment: what is due, linked or pinned excludes them.",
)
NO_MOMENT_OF_MATE = Bilingual(
    "Ces jours-là ne laissent aucun moment à l’autre visite\u00a0: son échéance, ses liens ou son jour fixé "
    "l’excluent.",
    "These days leave the other visit no moment: what is due, linked or pinned excludes it.",
)
ALONE = Bilingual(
    "Deux techniciens doivent y commencer ensemble, et l’autre visite n’a pas de place non plus.",
    "Two technicians have to begin at once, and the other visit has no place either.",
)


async def opening(here: Reading, ref: str, first_on: date, days: int) -> Opening:
    """Raises NotFound, BadInput, and Conflict for a visit that is not open."""
    refuse_far("first_on", first_on, here.now.date())
    known = await visits.visit_of(here.tx, here.tenant, ref)
    if known.standing.state not in OPEN:
        raise Conflict(f"the visit {ref} is {known.standing.state}; there is no slot to be sought for it")
    mates = await mates_of(here, ref)
    found = await _horizon(here, known, Wish(first_on, days), mates)
    others = [_untold(one) if one.ref in mates else one for one in found.visits if one.ref != ref]
    horizon = replace(found, visits=(*others, _untold(known)))
    laid = await laid_out(here, problem_of(horizon))
    return await asyncio.to_thread(_prepared, tools_of(here).boards, horizon, laid, known, mates)


def _untold(known: KnownVisit) -> KnownVisit:
    """What the customer was told before is over."""
    return replace(known, order=replace(known.order, told=None))


async def mates_of(here: Reading, ref: str) -> tuple[str, ...]:
    """Those who have to begin with it and wait for a place too."""
    links = await visits.links_of(here.tx, here.tenant, [ref])
    both = {one for link in links if link.tie is Tie.TOGETHER for one in (link.first, link.second)} - {ref}
    known = await visits.visits_named(here.tx, here.tenant, both)
    return tuple(sorted(ref for ref, one in known.items() if one.standing.state is VisitState.TO_PLAN))


async def _horizon(here: Reading, known: KnownVisit, days: Wish, mates: Sequence[str]) -> Horizon:
    """The visit, what stands in the rounds, and what is held there for others."""
    last_on = days.dates[-1]
    holds = await holds_on(here.tx, here.tenant, days.first_on, last_on, here.now)
    spared = {known.ref, *mates}
    wish = Wish(days.first_on, days.days, (*sorted(spared), *(one.visit for one in holds)))
    return await horizons.horizon_of(
        here.tx, here.tenant, wish, here.now, here.parts.holidays, spared=spared
    )  # fmt: skip


def _prepared(
    boards: Boards, horizon: Horizon, laid: Laid, known: KnownVisit, mates: tuple[str, ...]
) -> Opening:  # fmt: skip
    problem = laid.problem
    standing = in_force(horizon, problem)
    plan = held = taken_out(standing, known.ref)
    for hold in horizon.holds:
        day = horizon.index(hold.on)
        asked = problem.visit.get(hold.visit)
        if asked is not None:
            board = boards(apart(problem, hold.visit, held), held)
            fits: Sequence[Slot] = board.fits(asked, hold.technician, day)
            held = inserted(held, fits[0]) if fits else held
    return Opening(known, laid, standing, plan, held, boards, mates)
