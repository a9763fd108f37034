"""Plans changed by hand: a visit is taken and put elsewhere, and at once it is known what that costs."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from api.commands import Reading, Result, asks
from api.fields import Amount, Day, Given, Ref, Shown, examples
from api.maintenance.planning_fields import WritesPlanning
from api.maintenance.planning_laid import laid_out
from api.maintenance.planning_opened import Opened, best_of, opened, result_of, valued
from api.maintenance.planning_shapes import EvaluationShown, ViolationShown, evaluation_shown, violation_shown
from database.maintenance import naming, plans
from database.shared.contacts import tenant_of
from domain.errors import BadInput, Conflict, Mistake
from domain.maintenance.planning.evaluation import Evaluation
from domain.maintenance.planning.model import Plan, Problem
from domain.maintenance.planning.moving import carried, taken_out
from domain.money import Money

router = APIRouter(prefix="/v1/planning/plans", tags=["Planning"])

BY_HAND = "hand"


class MoveGiven(Given):
    """To this technician and day, behind ``position`` visits (left out: where it costs least); without both
    out of the plan.
    """

    visit_ref: Ref
    technician_ref: Ref | None = None
    on: Day | None = None
    position: int | None = Field(None, strict=True, ge=0, le=10_000)


class MovesGiven(Given):
    """Carried out in their order."""

    moves: list[MoveGiven] = Field(min_length=1, max_length=100)

    model_config = examples(
        {"moves": [{"visit_ref": "V-0001", "technician_ref": "T-0001", "on": "2026-03-23", "position": 0}]}
    )


class MovedShown(Shown):
    """``dearer``: by how much the plan costs more than before. ``broken``: what is violated now that was not
    before."""

    plan: str
    dearer: Amount
    metres: int = Field(description="By how much the ways are longer.")
    broken: list[ViolationShown]
    evaluation: EvaluationShown


Asks = Annotated[Reading, asks("planning:write")]


@router.post("/{ref}/moves", response_model=MovedShown)
async def move_visits(ref: Ref, given: MovesGiven, command: WritesPlanning) -> Response:
    """Written into the plan, whatever it breaks: accepting it asks once more. Nothing is in force by it."""
    found = await opened(command, ref, lock=True)
    problem, rounds, told = await _moved(command, found, given)
    best = best_of(problem, rounds, told, BY_HAND)
    more = {name: value for name, value in (found.plan.result or {}).items() if name == "troubles"}
    result = await asyncio.to_thread(result_of, problem, rounds, told, more)
    await plans.rewrite(command.tx, command.tenant, ref, best, result)
    known = await _shown(command, found, told)
    trail = [one.model_dump(mode="json") for one in given.moves]
    return await command.reply(
        Result("maintenance.plan.moved", plans.thing(ref), known, after={"moves": trail})
    )  # fmt: skip


@router.post("/{ref}/moves/trial")
async def try_moves(ref: Ref, given: MovesGiven, here: Asks) -> MovedShown:
    """What it would cost and break; nothing is written."""
    found = await opened(here, ref)
    _, _, told = await _moved(here, found, given)
    return await _shown(here, found, told)


async def _moved(here: Reading, found: Opened, given: MovesGiven) -> tuple[Problem, Plan, Evaluation]:
    """Raises BadInput, and Conflict while the plan is still searched."""
    if found.plan.is_open:
        raise Conflict(f"the plan {found.plan.id} is {found.plan.state}; stop it, or wait until it is ready")
    problem, rounds = (await laid_out(here, found.problem)).problem, found.rounds
    for number, one in enumerate(given.moves):
        rounds = await asyncio.to_thread(_carried, problem, rounds, one, f"moves.{number}")
    return problem, rounds, await valued(problem, rounds)


def _carried(problem: Problem, rounds: Plan, move: MoveGiven, where: str) -> Plan:
    """Whether it does any good is the evaluation's to say. Raises BadInput for what is not in the problem."""
    mistakes = []
    if move.visit_ref not in problem.visit:
        mistakes.append(Mistake(f"{where}.visit_ref", "it is not in this plan", "plan anew with this visit"))
    if move.technician_ref is not None and move.technician_ref not in problem.technician:
        mend = "plan anew with this technician"
        mistakes.append(Mistake(f"{where}.technician_ref", "nobody in this plan is called so", mend))
    if (move.technician_ref is None) != (move.on is None):
        mend = "give both, or neither to take the visit out"
        mistakes.append(Mistake(f"{where}.on", "technician and day go together", mend))
    if move.on is not None and move.on not in problem.days:
        mend = f"give one from {problem.days[0]} to {problem.days[-1]}"
        mistakes.append(Mistake(f"{where}.on", "it is none of the days of this plan", mend))
    if mistakes:
        raise BadInput(*mistakes)
    if move.technician_ref is None or move.on is None:
        return taken_out(rounds, move.visit_ref)
    day = problem.days.index(move.on)
    return carried(problem, rounds, move.visit_ref, move.technician_ref, day, move.position)


async def _shown(here: Reading, found: Opened, told: Evaluation) -> MovedShown:
    currency = (await tenant_of(here.tx, here.tenant)).currency
    names = await naming.names_of(
        here.tx, here.tenant, found.problem.technician.keys(), found.problem.visit.keys()
    )
    days, before = found.problem.days, set(found.evaluation.violations)
    return MovedShown(
        plan=found.plan.id, dearer=Amount.of(Money(currency, told.cost.total - found.evaluation.cost.total)),
        metres=told.metres - found.evaluation.metres,
        broken=[violation_shown(one, days, names) for one in told.violations if one not in before],
        evaluation=evaluation_shown(told, days, names, currency),
    )  # fmt: skip
