"""What the stories of rounds have in common: a firm in Annecy, two technicians, six visits."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.planning.earth import Earth
from database.maintenance import acceptances, plans, technicians, visits
from database.maintenance.horizons import horizon_of
from database.maintenance.plans import Best
from database.shared.audit import Actor
from domain.maintenance.planning import codec
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.horizon import Wish, problem_of
from domain.maintenance.planning.intake import Opening, Order, VisitState, Worker
from domain.maintenance.planning.model import HOUR, Break, Plan, Point, Route, Shift
from domain.maintenance.planning.overtaking import stood
from domain.maintenance.planning.roads import with_roads
from tests.stories.fleet import HOLIDAYS
from tests.stories.telling import Story, Telling

ANNE = Actor("person:anne")
DEPOT = Point(45.899, 6.129)
PLACES = {
    "V-1": Point(45.919, 6.146), "V-2": Point(45.861, 6.172), "V-3": Point(45.905, 6.090),
    "V-4": Point(45.790, 6.220), "V-5": Point(45.950, 6.060), "V-6": Point(45.880, 6.150),
}  # fmt: skip
LUNCH = Break(12 * HOUR, 14 * HOUR, HOUR)
SHIFT = Shift(8 * HOUR, 18 * HOUR, 8 * HOUR, 2 * HOUR, (LUNCH,))
TUESDAY = date(2032, 3, 9)


async def laid_out(telling: Telling, at: str, due_on: date | None = None, **orders: Any) -> Story:
    """``orders``: how long each of six visits lasts in minutes, ``V_1=45``; left out, an hour each."""
    story = await telling.begin("tournees", zone="Europe/Paris", country="FR", currency="EUR")
    for ref in ("P-1", "P-2", "C-1"):
        await story.person(ref)
    async with story.fact(at) as (tx, moment):
        for number in (1, 2):
            week = dict.fromkeys(range(1, 6), SHIFT)
            worker = Worker(f"T-{number}", f"P-{number}", DEPOT, DEPOT, week, per_hour=3000, per_km=40)
            await technicians.save_technician(tx, story.tenant, worker, moment)
        for ref in PLACES:
            minutes = orders.get(ref.replace("-", "_"), 60)
            await visits.save_visit(tx, story.tenant, order(ref, minutes, due_on), moment)
    return story


def order(ref: str, minutes: int = 60, due_on: date | None = None) -> Order:
    day = (Opening(8 * HOUR, 19 * HOUR),)
    return Order(ref, "C-1", "entretien", PLACES[ref], minutes * 60, openings=day, due_on=due_on)


async def accepted(story: Story, at: str, *refs: str, technician: str = "T-1", on: date = TUESDAY) -> None:
    """A round as somebody put it together, in force."""
    async with story.fact(at) as (tx, moment):
        await accept(tx, story, moment, refs, technician, on)


async def accept(
    tx: AsyncConnection, story: Story, moment: datetime, refs: tuple[str, ...], technician: str, on: date
) -> str:
    wish = Wish(on, 1)
    horizon = await horizon_of(tx, story.tenant, wish, moment, HOLIDAYS)
    problem = await with_roads(problem_of(horizon), Earth())
    plan = Plan((Route(technician, 0, refs),)) if refs else Plan()
    evaluation = evaluate(problem, plan)
    best = Best(codec.plan_value(plan, problem.days), evaluation.cost.total, 0, "by hand", 1.0)
    kept = await plans.draft(
        tx, story.tenant, ANNE, wish, codec.problem_value(problem, roads=False), best,
        {"evaluation": codec.evaluation_value(evaluation, problem.days)}, moment,
        stood=stood(horizon.visits),
    )  # fmt: skip
    await acceptances.accept(tx, story.tenant, ANNE, kept, problem, evaluation, [technician], moment)
    return kept.id


async def begun(story: Story, ref: str, at: str) -> None:
    async with story.fact(at) as (tx, moment):
        planned = frozenset({VisitState.PLANNED})
        await visits.move(tx, story.tenant, ref, planned, VisitState.STARTED, moment, started_at=moment)


async def ended(story: Story, ref: str, at: str, state: VisitState = VisitState.DONE) -> None:
    """Done, or the client was away."""
    values = {"ended_at": story.instant(at)} if state is VisitState.DONE else {}
    async with story.fact(at) as (tx, moment):
        open_ = frozenset({VisitState.STARTED, VisitState.PLANNED, VisitState.TO_PLAN})
        await visits.move(tx, story.tenant, ref, open_, state, moment, **values)
