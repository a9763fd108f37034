"""Plans: asked for, followed, changed by hand, put in force, taken back."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from api.commands import Command, Reading, Result
from api.fields import Amount, Day, Given, Ref, examples
from api.maintenance.planning_fields import (
    Name,
    ReadsPlanning,
    WritesPlanning,
    minor_units,
    refuse_far,
)
from api.maintenance.planning_laid import laid_out
from api.maintenance.planning_opened import best_of, opened, plan_read, result_of, valued
from api.maintenance.planning_overtaken import overtaken
from api.maintenance.planning_shapes import PlanRead, PlanShown, plan_shown
from api.pages import Cursor, Limit, Page, begin_at, page
from database.maintenance import acceptances, horizons, plans, technicians, visits
from database.shared.contacts import tenant_of
from domain.calendar import local_date
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.maintenance.planning import codec
from domain.maintenance.planning.evaluation import Violation
from domain.maintenance.planning.horizon import Wish, in_force, problem_of
from domain.maintenance.planning.model import Prices
from domain.maintenance.planning.overtaking import Overtaken, stood

router = APIRouter(prefix="/v1/planning/plans", tags=["Planning"])

LONGEST_SECONDS = 1800
MOST_TOLD = 5


class PricesGiven(Given):
    """What is not a technician's own price. Left out: as usual."""

    late_per_minute: Amount | None = None
    moved: Amount | None = None
    other_day: Amount | None = None
    not_preferred: Amount | None = None
    uneven_per_hour: Amount | None = None


class PlanGiven(Given):
    """Days from ``first_on`` (left out: tomorrow), of these technicians or all. ``visits``: which of those
    that wait are to get a place, or all; what stands in the rounds is planned with them. With 0 ``seconds``
    nothing is searched: a draft of the rounds as they stand, to be changed by hand. ``zone_most``: at most so
    many technicians in a zone on one day.
    """

    first_on: Day | None = None
    days: int = Field(5, strict=True, ge=1, le=horizons.LONGEST_DAYS)
    visits: list[Ref] = Field([], max_length=5000)
    technicians: list[Ref] = Field([], max_length=1000)
    seconds: int = Field(30, strict=True, ge=0, le=LONGEST_SECONDS)
    seed: int = Field(0, strict=True, ge=0, le=2**31)
    prices: PricesGiven | None = None
    zone_most: dict[Name, Annotated[int, Field(strict=True, ge=0, le=1000)]] = Field({}, max_length=100)

    model_config = examples({"first_on": "2026-03-23", "days": 5, "seconds": 30})


class AcceptGiven(Given):
    """``technicians``: whose rounds are put in force; none: all. ``anyway``: whatever is violated.
    ``despite_changes``: in place of what was put in force since the plan was made.
    """

    technicians: list[Ref] = Field([], max_length=1000)
    anyway: bool = Field(False, strict=True)
    despite_changes: bool = Field(False, strict=True)

    model_config = examples({"technicians": ["T-0001"]})


NEW: dict[int | str, Any] = {
    201: {"description": "A draft, ready at once.", "model": PlanShown},
    202: {"description": "It is searched; follow it where Location says.", "model": PlanShown},
}


@router.post("", status_code=202, response_model=PlanShown, responses=NEW)
async def start_plan(given: PlanGiven, command: WritesPlanning) -> Response:
    """It is searched by itself; follow it by its events, or ask for it again. Nothing is in force by it."""
    wish = await _wish(command, given)
    await _check(command, wish)
    if wish.seconds:
        made, status = await plans.begin(command.tx, command.tenant, command.actor, wish, command.now), 202
    else:
        made, status = await _draft(command, wish), 201
    currency = (await tenant_of(command.tx, command.tenant)).currency
    answer = await command.told(plan_shown(made, currency), status)
    answer.headers["Location"] = f"/v1/planning/plans/{made.id}"
    return answer


@router.get("")
async def list_plans(here: ReadsPlanning, limit: Limit = 50, cursor: Cursor = "") -> Page[PlanShown]:
    """The latest first."""
    found = await plans.plans_of(here.tx, here.tenant, begin_at(cursor), limit + 1)
    accepted = await acceptances.acceptances_of(here.tx, here.tenant, [one.id for one in found])
    currency = (await tenant_of(here.tx, here.tenant)).currency
    return page(
        found, limit, lambda one: plan_shown(one, currency, accepted.get(one.id, ())),
        lambda one: (one.created_at.isoformat(), one.id),
    )  # fmt: skip


@router.get("/{ref}")
async def read_plan(ref: Ref, here: ReadsPlanning) -> PlanRead:
    """How far it is, its rounds with all times, what they cost and what is wrong with them."""
    return await plan_read(here, ref)


@router.post("/{ref}/stop", response_model=PlanShown)
async def stop_plan(ref: Ref, command: WritesPlanning) -> Response:
    """The search ends within seconds; the best so far is kept."""
    made = await plans.stop(command.tx, command.tenant, command.actor, ref)
    currency = (await tenant_of(command.tx, command.tenant)).currency
    return await command.told(plan_shown(made, currency))


@router.post("/{ref}/accept", response_model=PlanRead)
async def accept_plan(ref: Ref, given: AcceptGiven, command: WritesPlanning) -> Response:
    """Its rounds are in force from now on, in place of those that stood. 409 names what changed meanwhile:
    with `plan-overtaken` its `changes` say what was put in force since the plan was made, and whose
    acceptance would undo it. Accept for the others, for all `despite_changes`, or plan anew.
    """
    found = await opened(command, ref, lock=True)
    if found.plan.is_open:
        raise Conflict(f"the plan {ref} is {found.plan.state}; stop it, or wait until it is ready")
    if not given.anyway:
        _refuse_violations(found.evaluation.hard)
    try:
        made = await acceptances.accept(
            command.tx, command.tenant, command.actor, found.plan, found.problem, found.evaluation,
            given.technicians, command.now, given.despite_changes,
        )  # fmt: skip
    except Overtaken as since:
        raise await overtaken(command, since) from None
    told = {"acceptance": made.id, "technicians": list(made.technicians)}
    result = Result("maintenance.plan.accepted", plans.thing(ref), await plan_read(command, ref), after=told)
    return await command.reply(result)


@router.post("/{ref}/undo", response_model=PlanRead)
async def undo_plan(ref: Ref, command: WritesPlanning) -> Response:
    """Its last acceptance; the rounds of before are in force again. 409 names what has changed since."""
    await plans.lock(command.tx, command.tenant, ref)
    made = await acceptances.undo(command.tx, command.tenant, command.actor, ref, command.now)
    told = {"acceptance": made.id, "technicians": list(made.technicians)}
    result = Result("maintenance.plan.undone", plans.thing(ref), await plan_read(command, ref), after=told)
    return await command.reply(result)


async def _wish(here: Reading, given: PlanGiven) -> Wish:
    today = local_date(here.now, (await tenant_of(here.tx, here.tenant)).zone)
    first_on = given.first_on or today + timedelta(days=1)
    if first_on < today:
        raise BadInput(Mistake("first_on", f"{first_on} is over", f"begin on {today} or later"))
    refuse_far("first_on", first_on, today)
    return Wish(
        first_on, given.days, tuple(dict.fromkeys(given.visits)), tuple(dict.fromkeys(given.technicians)),
        given.seconds, given.seed, await _prices(here, given.prices), given.zone_most,
    )  # fmt: skip


async def _prices(here: Reading, given: PricesGiven | None) -> Prices:
    said = {name: amount for name, amount in vars(given or PricesGiven()).items() if amount is not None}
    return Prices(**await minor_units(here, **said))


async def _check(here: Reading, wish: Wish) -> None:
    """Before a search that could only end with nothing. Raises NotFound, BadInput."""
    if not await technicians.workforce(here.tx, here.tenant, wish.technicians):
        mend = "enter one: PUT /v1/planning/technicians/{ref}"
        raise BadInput(Mistake("technicians", "nobody works here", mend))
    known = await visits.visits_named(here.tx, here.tenant, wish.visits)
    if missing := set(wish.visits) - known.keys():
        raise NotFound("visit", min(missing))


async def _draft(command: Command, wish: Wish) -> plans.KnownPlan:
    """The rounds as they stand."""
    horizon = await horizons.horizon_of(command.tx, command.tenant, wish, command.now, command.parts.holidays)
    laid = await laid_out(command, problem_of(horizon))
    problem, rounds = laid.problem, in_force(horizon, laid.problem)
    told = await valued(problem, rounds)
    more = {"troubles": [one.value for one in laid.troubles]}
    result = await asyncio.to_thread(result_of, problem, rounds, told, more)
    return await plans.draft(
        command.tx, command.tenant, command.actor, wish, codec.problem_value(problem, roads=False),
        best_of(problem, rounds, told, ""), result, command.now, stood=stood(horizon.visits),
    )  # fmt: skip


def _refuse_violations(hard: Sequence[Violation]) -> None:
    if hard:
        said = sorted({f"{one.fault} ({one.visit or one.technician})" for one in hard})
        named = ", ".join(said[:MOST_TOLD])
        raise Conflict(f"the plan breaks what binds it: {named}; change it, or accept it with anyway: true")
