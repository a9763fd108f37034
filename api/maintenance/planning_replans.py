"""Today planned anew, after something has happened: what is left of it, and who has to be told."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from api.commands import Command, Reading
from api.fields import Given, Ref, Shown, examples
from api.maintenance.planning_fields import Clock, Said, WritesPlanning, tools_of
from api.maintenance.planning_laid import Laid, laid_out
from api.maintenance.planning_opened import best_of, plan_read
from api.maintenance.planning_shapes import AppointmentShown, PlanRead, appointment_shown
from api.maintenance.planning_technicians import away
from api.maintenance.planning_visits import told as visit_told
from database.maintenance import acts, horizons, naming, plans, rounds, technicians, visits
from database.shared.contacts import tenant_of
from domain.calendar import zone_info
from domain.errors import BadInput, Conflict, Mistake
from domain.maintenance.planning import codec
from domain.maintenance.planning.codec import round_of
from domain.maintenance.planning.evaluation import Cost, Evaluation
from domain.maintenance.planning.horizon import Horizon, Wish, in_force, problem_of
from domain.maintenance.planning.intake import BEGUN, OPEN, Absence, AbsenceReason, KnownVisit, VisitState
from domain.maintenance.planning.model import Plan, Problem
from domain.maintenance.planning.naming import Names
from domain.maintenance.planning.overtaking import stood
from domain.maintenance.planning.solving import Limits, Solver
from domain.maintenance.planning.today.changes import Change, Turn
from domain.maintenance.planning.today.events import Actual, Event, Ill, NoShow, Overrun, Urgent
from domain.maintenance.planning.today.mended_day import mended_day
from domain.maintenance.planning.today.replanning import rest_of_day
from domain.maintenance.planning.why import reasons_said
from domain.maintenance.planning.why.reasons import Reasons
from domain.maintenance.round import second_of

router = APIRouter(prefix="/v1/planning/replans", tags=["Planning"])

SECONDS = 0.15
TODAY = 0


class HappenedGiven(Given):
    """``urgent``: this visit has to be done today. ``no_show``: nobody was there. ``cancelled``: it is not to
    be done any more. ``overrun``: it lasts until then. ``ill``: this technician begins no visit from now on.
    """

    event: Literal["urgent", "no_show", "cancelled", "overrun", "ill"]
    visit_ref: Ref | None = None
    technician_ref: Ref | None = None
    until: Clock | None = None

    def mistakes(self, where: str) -> list[Mistake]:
        needed = {"technician_ref"} if self.event == "ill" else {"visit_ref"}
        needed |= {"until"} if self.event == "overrun" else set()
        given = {name for name in ("visit_ref", "technician_ref", "until") if getattr(self, name) is not None}
        missing = [
            Mistake(f"{where}.{name}", "it is missing", f"{self.event} needs it") for name in needed - given
        ]
        return missing + [
            Mistake(f"{where}.{name}", f"{self.event} knows no such field", "leave it out")
            for name in given - needed
        ]


class ReplanGiven(Given):
    """What has happened since the rounds were put in force. None: only what technicians have told."""

    events: list[HappenedGiven] = Field([], max_length=50)
    seed: int = Field(0, strict=True, ge=0, le=2**31)

    model_config = examples({"events": [{"event": "urgent", "visit_ref": "V-0001"}]})


class ChangeShown(Shown):
    """``broken``: it is not what the customer was told."""

    turn: Turn
    visit_ref: str
    before: AppointmentShown | None
    after: AppointmentShown | None
    broken: bool
    words: Said


class ReplanShown(Shown):
    """``plan`` is ready to be accepted; ``changes`` are who has to be told, the gravest first."""

    plan: PlanRead
    changes: list[ChangeShown]


@dataclass(frozen=True)
class Today:
    """The rounds in force today, and what has happened in them."""

    horizon: Horizon
    laid: Laid
    plan: Plan
    now: int
    events: tuple[Event, ...]
    actual: dict[str, Actual] | None
    times: Evaluation | None

    @property
    def problem(self) -> Problem:
        return self.laid.problem


@dataclass(frozen=True)
class Mended:
    """``reasons``: why visits have no place any more today."""

    whole: Plan
    told: Evaluation
    changes: list[Change]
    reasons: list[dict[str, Any]]


@router.post("", status_code=201, response_model=ReplanShown)
async def replan(given: ReplanGiven, command: WritesPlanning) -> Response:
    """A plan for the rest of today that changes as little as may be: nothing that has begun or is pinned
    moves, and everybody who would be served otherwise than they were told has their price. What happened is
    kept as a fact at once; the rounds are in force once the plan is accepted.
    """
    _refuse_mistakes(given)
    await _keep_facts(command, given.events)
    today = await _today(command, given.events)
    names = await naming.names_of(
        command.tx, command.tenant, today.problem.technician.keys(), today.problem.visit.keys()
    )
    mended = await asyncio.to_thread(
        _mended, today, tools_of(command).repair, Limits(SECONDS, given.seed), names
    )
    made = await _written(command, given, today, mended)
    known = ReplanShown(
        plan=await plan_read(command, made.id), changes=[_change_shown(one) for one in mended.changes]
    )
    return await command.told(known, 201)


def _refuse_mistakes(given: ReplanGiven) -> None:
    found = [one for number, each in enumerate(given.events) for one in each.mistakes(f"events.{number}")]
    if found:
        raise BadInput(*found)


async def _keep_facts(command: Command, events: Sequence[HappenedGiven]) -> None:
    """What is known of visits and technicians from now on, whatever becomes of the plan."""
    tx, tenant, now = command.tx, command.tenant, command.now
    on = now.astimezone(zone_info((await tenant_of(tx, tenant)).zone)).date()
    for one in events:
        if one.event == "no_show" and one.visit_ref:
            await acts.miss(tx, tenant, one.visit_ref, now)
            await command.record(await visit_told(command, "missed", one.visit_ref))
        elif one.event == "cancelled" and one.visit_ref:
            await acts.cancel(tx, tenant, one.visit_ref, now)
            await command.record(await visit_told(command, "cancelled", one.visit_ref))
        elif one.event == "ill" and one.technician_ref:
            await technicians.technician_of(tx, tenant, one.technician_ref)
            if not await technicians.absences(tx, tenant, on, on, [one.technician_ref]):
                await away(command, Absence(one.technician_ref, on, on, AbsenceReason.ILL))


async def _today(here: Reading, events: Sequence[HappenedGiven]) -> Today:
    """Without what waits, unless it is urgent."""
    zone = (await tenant_of(here.tx, here.tenant)).zone
    on = here.now.astimezone(zone_info(zone)).date()
    now = second_of(here.now, on, zone)
    found = await horizons.horizon_of(here.tx, here.tenant, Wish(on, 1), here.now, here.parts.holidays)
    asked = [one.visit_ref for one in events if one.event == "urgent" and one.visit_ref]
    urgent = await _urgent(here, asked, on)
    there = await visits.in_rounds(here.tx, here.tenant, on, on)
    absent = {one.technician for one in found.absences}
    horizon = replace(
        found, visits=tuple({one.ref: one for one in (*there, *urgent)}.values()), absences=(), holds=(),
        present=None,
    )  # fmt: skip
    horizon = replace(horizon, visits=tuple(_as_planned(one) for one in horizon.visits))
    laid = await laid_out(here, problem_of(horizon))
    problem = laid.problem
    busy = {one.standing.technician for one in there}
    ill = [Ill(who, now) for who in sorted(absent)]
    missed = [NoShow(one.ref) for one in there if one.standing.state is VisitState.MISSED]
    lasting = [Overrun(one.visit_ref, one.until) for one in events if one.visit_ref and one.until is not None]
    said: list[Event] = [*(Urgent(one.ref) for one in urgent), *missed, *lasting, *ill]
    if not busy and not urgent:
        raise Conflict("no round is in force today; plan the days that come")
    plan = in_force(horizon, problem)
    times = await _times(here, plan, on)
    return Today(horizon, laid, plan, now, tuple(said), _actual(there, on, zone), times)


async def _times(here: Reading, plan: Plan, on: date) -> Evaluation | None:
    """Those in force; nothing where some of them are not known."""
    found = [round_of(one.times, (on,)) for one in await rounds.in_force(here.tx, here.tenant, on, on)]
    routes = {one.technician: one.visits for one in plan.routes}
    kept = [
        replace(one, stops=tuple(stop for stop in one.stops if stop.visit in routes.get(one.technician, ())))
        for one in found
    ]
    known = {stop.visit for one in kept for stop in one.stops}
    return Evaluation(Cost(), tuple(one for one in kept if one.stops)) if plan.planned <= known else None


async def _urgent(here: Reading, refs: Sequence[str], today: date) -> list[KnownVisit]:
    """Raises NotFound, Conflict."""
    found = [await visits.visit_of(here.tx, here.tenant, ref) for ref in refs]
    for one in found:
        if one.standing.state not in OPEN:
            raise Conflict(f"the visit {one.ref} is {one.standing.state}; it cannot become urgent")
        if one.order.pinned_on not in (None, today):
            raise Conflict(f"the visit {one.ref} is pinned to {one.order.pinned_on}; take the pin away first")
    return found


def _as_planned(one: KnownVisit) -> KnownVisit:
    """What has begun, and where nobody was, stand in their round like what is to come."""
    if one.standing.state in (*BEGUN, VisitState.MISSED):
        return replace(one, standing=replace(one.standing, state=VisitState.PLANNED))
    return one


def _actual(there: Sequence[KnownVisit], on: date, zone: str) -> dict[str, Actual] | None:
    """As technicians told; where none of them tells anything, it went by the plan."""
    found = {
        one.ref: Actual(
            second_of(one.standing.started_at, on, zone),
            second_of(one.standing.ended_at, on, zone) if one.standing.ended_at else None,
        )
        for one in there
        if one.standing.state in BEGUN and one.standing.started_at is not None
    }
    return found or None


def _mended(today: Today, repair: Solver, limits: Limits, names: Names) -> Mended:
    rest = rest_of_day(
        today.problem, today.plan, TODAY, today.now, today.events, today.actual, today.times
    )  # fmt: skip
    after = repair.solve(rest.problem, limits, rest.plan) if rest.problem.visits else rest.plan
    why = reasons_said.values(rest.problem, Reasons(rest.problem, after).all())
    return Mended(rest.merged(after), mended_day(rest, after), rest.changes(after, names), why)


async def _written(command: Command, given: ReplanGiven, today: Today, mended: Mended) -> plans.KnownPlan:
    happened = [one.model_dump(mode="json", exclude_none=True) for one in given.events]
    result = {
        "evaluation": codec.evaluation_value(mended.told, today.problem.days), "reasons": mended.reasons,
        "troubles": [one.value for one in today.laid.troubles],
        "changes": [_change_shown(one).model_dump(mode="json") for one in mended.changes],
    }  # fmt: skip
    return await plans.draft(
        command.tx, command.tenant, command.actor,
        replace(today.horizon.wish, seed=given.seed, seconds=0),
        codec.problem_value(today.problem, roads=False),
        best_of(today.problem, mended.whole, mended.told, "repair"), result, command.now,
        {"events": happened}, stood(today.horizon.visits),
    )  # fmt: skip


def _change_shown(one: Change) -> ChangeShown:
    return ChangeShown(
        turn=one.turn, visit_ref=one.visit, before=appointment_shown(one.before),
        after=appointment_shown(one.after), broken=one.broken, words=Said.of(one.words),
    )  # fmt: skip
