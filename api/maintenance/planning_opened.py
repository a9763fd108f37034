"""A plan taken out of its row, with its problem, its rounds and what they are worth."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.commands import Reading
from api.maintenance.planning_laid import laid_out
from api.maintenance.planning_shapes import PlanRead, evaluation_shown, plan_values, rest_of
from database.maintenance import acceptances, naming, plans
from database.maintenance.plans import Best, KnownPlan
from database.shared.contacts import tenant_of
from domain.errors import Conflict
from domain.maintenance.planning import codec
from domain.maintenance.planning.evaluation import Evaluation
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Plan, Problem
from domain.maintenance.planning.why import reasons_said
from domain.maintenance.planning.why.reasons import Reasons

MOST_REASONS = 100
"""Somebody waits for the answer: of what is beyond, a search tells why."""


@dataclass(frozen=True)
class Opened:
    """``problem`` has no ways but those that were asked for."""

    plan: KnownPlan
    problem: Problem
    rounds: Plan
    evaluation: Evaluation


async def opened(here: Reading, id: str, lock: bool = False) -> Opened:
    """Raises NotFound, and Conflict for a plan that has no rounds yet, or none any more."""
    known = await (plans.lock if lock else plans.plan_of)(here.tx, here.tenant, id)
    stored = await plans.problem_in(here.tx, here.tenant, id)
    if stored is None and not known.is_open:
        raise Conflict(f"what the plan {id} was made of is not kept any more; plan again")
    if stored is None or known.routes is None:
        raise Conflict(f"the plan {id} has no rounds yet: it is {known.state}")
    problem = codec.problem_of(stored)
    rounds = codec.plan_of(known.routes, problem.days)
    if known.result is not None:
        told = codec.evaluation_of(known.result["evaluation"], problem.days)
        return Opened(known, problem, rounds, told)
    problem = (await laid_out(here, problem)).problem
    return Opened(known, problem, rounds, await valued(problem, rounds))


async def valued(problem: Problem, rounds: Plan) -> Evaluation:
    """A thousand visits take some tenths of a second, in which others are answered."""
    return await asyncio.to_thread(evaluate, problem, rounds)


def best_of(problem: Problem, rounds: Plan, told: Evaluation, solver: str) -> Best:
    routes = codec.plan_value(rounds, problem.days)
    return Best(routes, told.cost.total, len(told.unplanned), solver, 1.0)


def result_of(
    problem: Problem, rounds: Plan, told: Evaluation, more: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """As a search leaves it: also why visits have no place. ``problem`` has its ways. Blocks."""
    why = Reasons(problem, rounds, told)
    found = [why.of(id) for id in told.unplanned[:MOST_REASONS]]
    return {
        "evaluation": codec.evaluation_value(told, problem.days),
        "reasons": reasons_said.values(problem, found), **(more or {}),
    }  # fmt: skip


async def plan_read(here: Reading, id: str) -> PlanRead:
    """With what is known of it so far."""
    known = await plans.plan_of(here.tx, here.tenant, id)
    accepted = (await acceptances.acceptances_of(here.tx, here.tenant, [id])).get(id, [])
    currency = (await tenant_of(here.tx, here.tenant)).currency
    told = None
    if known.result is not None and known.routes is not None:
        days = known.wish.dates
        found = codec.evaluation_of(known.result["evaluation"], days)
        visits = {*found.stops, *found.unplanned, *(one.visit for one in found.violations if one.visit)}
        who = {one.technician for one in found.rounds}
        called = await naming.names_of(here.tx, here.tenant, who, visits)
        told = evaluation_shown(found, days, called, currency)
    return PlanRead(
        **plan_values(known, currency, accepted), evaluation=told, result=rest_of(known.result)
    )  # fmt: skip
