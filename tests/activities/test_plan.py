"""A search that is stopped, that dies, or that operations end: its best so far is what there is."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

import pytest
from temporalio.activity import ActivityCancellationDetails
from temporalio.testing import ActivityEnvironment

from activities.maintenance.plan import HOPELESS, OURS, Plans
from adapters.planning.earth import Earth
from adapters.planning.land import LandMask
from database.maintenance import plans, visits
from database.maintenance.plans import KnownPlan
from domain.case import Case
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.horizon import Wish
from domain.maintenance.planning.model import Plan, Point, Problem
from domain.maintenance.planning.naive import naive
from domain.maintenance.planning.roads import RoadsDown
from domain.maintenance.planning.solving import Bell, Limits, PlannerGone, Progress, Tell
from domain.maintenance.planning.travel import Travel
from tests.stories.fleet import HOLIDAYS
from tests.stories.rounds import ANNE, PLACES, TUESDAY, laid_out, order
from tests.stories.telling import Story, Telling

WISH = Wish(TUESDAY, 2, seconds=60.0)
LAND = LandMask()
ASKED = "2032-03-05 10:00"


async def nothing_else() -> None:
    """Happens."""


@dataclass
class Dispatcher:
    """Plans by hand, tells it, and then goes on thinking until somebody stops it; or dies of it."""

    meanwhile: Callable[[], Awaitable[None]] = nothing_else
    dies: bool = False
    silent: bool = False
    asked: list[tuple[Limits, Plan | None]] = field(default_factory=list)

    async def plan(
        self, problem: Problem, limits: Limits, start: Plan | None, tell: Tell, stop: Bell
    ) -> Plan:
        self.asked.append((limits, start))
        made = naive(problem)
        if not self.silent:
            priced = evaluate(problem, made)
            tell(Progress(made, priced.cost.total, len(priced.unplanned), "by hand", 0.1))
        await self.meanwhile()
        if self.dies:
            raise PlannerGone("the planner ended without a result")
        await stop.wait()
        return made


class NoRoads(Earth):
    async def travel(self, points: object) -> Travel:  # noqa: ARG002
        raise RoadsDown("it does not answer")


@dataclass
class Asked:
    story: Story
    id: str
    heard: list[float] = field(default_factory=list)

    def runner(self, planning: Dispatcher) -> Plans:
        return Plans(self.story.telling.database, HOLIDAYS, Earth(), LAND, planning)

    async def goes_on(self, planning: Dispatcher, last: bool = False) -> KnownPlan:
        return await self.runner(planning).go_on(self.story.tenant, self.id, self.heard.append, last)

    async def now(self) -> KnownPlan:
        async with self.story.telling.database.tenant(self.story.tenant) as tx:
            return await plans.plan_of(tx, self.story.tenant, self.id)

    async def stop(self) -> None:
        async with self.story.telling.database.tenant(self.story.tenant) as tx:
            await plans.stop(tx, self.story.tenant, ANNE, self.id)


@pytest.fixture
async def asked(telling: Telling) -> Asked:
    """The process that is owed is never started: the test does its work."""
    story = await laid_out(telling, "2032-03-01 10:00")
    async with telling.database.tenant(story.tenant) as tx:
        begun = await plans.begin(tx, story.tenant, ANNE, WISH, story.instant(ASKED))
    return Asked(story, begun.id)


def placed(known: KnownPlan) -> list[str]:
    assert known.routes
    return sorted(visit for route in known.routes["routes"] for visit in route["visits"])


async def test_what_a_person_stops_keeps_its_best_and_is_priced(asked: Asked) -> None:
    ended = await asked.goes_on(Dispatcher(asked.stop))
    assert (ended.state, ended.solver, ended.unplanned) == ("stopped", "by hand", 0)
    assert len(placed(ended)) == 6
    assert ended.result
    assert ended.result["evaluation"]["cost"]["total"] == ended.cost
    beside = ended.result["comparison"]
    assert beside["plan"] == beside["naive"]
    assert beside["previous"]["planned"] == 0
    # Whoever comes late finds it stopped, and leaves it so.
    assert await asked.goes_on(Dispatcher()) == ended


async def test_what_is_stopped_before_it_begins_is_not_searched(asked: Asked) -> None:
    await asked.stop()
    late = Dispatcher()
    ended = await asked.goes_on(late)
    assert (ended.state, ended.routes, ended.result, late.asked) == ("stopped", None, None, [])


async def test_a_planner_that_dies_is_gone_on_from_with_the_time_that_is_left(asked: Asked) -> None:
    with pytest.raises(PlannerGone):
        await asked.goes_on(Dispatcher(dies=True))
    left = await asked.now()
    assert (left.state, left.solver, len(placed(left))) == ("running", "by hand", 6)
    async with asked.story.telling.database.tenant(asked.story.tenant) as tx:
        best = plans.Best(left.routes or {}, left.cost or 0, 0, left.solver, 0.75)
        assert await plans.improve(tx, asked.story.tenant, asked.id, best)
    second = Dispatcher(asked.stop)
    await asked.goes_on(second)
    [(limits, start)] = second.asked
    assert limits.seconds == pytest.approx(15.0)
    assert start
    assert len(start.planned) == 6
    assert min(asked.heard[-2:]) >= 0.75


async def test_a_planner_that_always_dies_leaves_its_best(asked: Asked) -> None:
    ended = await asked.goes_on(Dispatcher(dies=True), last=True)
    assert (ended.state, len(placed(ended)), ended.trouble) == ("ready", 6, "")


async def test_a_planner_that_never_said_anything_is_told(asked: Asked) -> None:
    ended = await asked.goes_on(Dispatcher(dies=True, silent=True), last=True)
    assert (ended.state, ended.routes) == ("failed", None)
    assert "the planner ended without a result" in ended.trouble


async def test_without_roads_it_is_tried_again_and_told_in_the_end(asked: Asked) -> None:
    runner = replace(asked.runner(Dispatcher()), roads=NoRoads())
    with pytest.raises(RoadsDown):
        await runner.go_on(asked.story.tenant, asked.id, asked.heard.append)
    assert (await asked.now()).state == "running"
    ended = await runner.go_on(asked.story.tenant, asked.id, asked.heard.append, last=True)
    assert ended.state == "failed"
    assert str(Point(45.899, 6.129)) not in ended.trouble


async def test_a_fault_of_ours_does_not_leave_a_plan_open_for_ever(asked: Asked) -> None:
    async def fault() -> None:
        raise IndexError("tuple index out of range")

    runner = asked.runner(Dispatcher(fault))
    case = Case(asked.story.tenant, "maintenance.plan", asked.id, asked.story.zone)
    for attempt, state in ((1, "running"), (HOPELESS, "failed")):
        environment = ActivityEnvironment()
        environment.info = replace(environment.info, attempt=attempt)
        with pytest.raises(IndexError):
            await environment.run(runner.run, case)
        assert (await asked.now()).state == state
    assert (await asked.now()).trouble == OURS
    assert await ActivityEnvironment().run(runner.run, case) == "failed"


async def test_what_operations_cancel_keeps_its_best(asked: Asked) -> None:
    environment = ActivityEnvironment()

    async def cancel() -> None:
        environment.cancel(ActivityCancellationDetails(cancel_requested=True))

    case = Case(asked.story.tenant, "maintenance.plan", asked.id, asked.story.zone)
    running = asked.runner(Dispatcher(cancel)).run
    with pytest.raises(asyncio.CancelledError):
        await environment.run(running, case)
    ended = await asked.now()
    assert (ended.state, len(placed(ended))) == ("stopped", 6)
    assert ended.result


async def test_a_visit_that_nobody_can_do_is_named_and_the_others_are_planned(asked: Asked) -> None:
    """At sea, off the coast of Brittany."""
    story = asked.story
    async with story.telling.database.tenant(story.tenant) as tx:
        lost = replace(order("V-1"), point=Point(47.0, -6.0))
        await visits.save_visit(tx, story.tenant, lost, story.instant(ASKED))
    ended = await asked.goes_on(Dispatcher(asked.stop))
    assert placed(ended) == [f"V-{number}" for number in range(2, 7)]
    assert ended.result
    [told] = ended.result["troubles"]
    assert (told["kind"], told["visits"], told["left_out"]) == ("at_sea", ["V-1"], True)
    assert ended.result["evaluation"]["unplanned"] == ["V-1"]
    async with story.telling.database.tenant(story.tenant) as tx:
        kept = await plans.problem_in(tx, story.tenant, asked.id)
    assert kept
    assert len(kept["visits"]) == 6


async def test_a_visit_without_a_place_says_why_and_what_would_make_one(asked: Asked) -> None:
    """Of visits that take five hours a technician does one a day."""
    story = asked.story
    async with story.telling.database.tenant(story.tenant) as tx:
        for ref in PLACES:
            await visits.save_visit(tx, story.tenant, order(ref, 300), story.instant(ASKED))
    ended = await asked.goes_on(Dispatcher(asked.stop))
    assert ended.result
    assert len(placed(ended)) == 4
    told = ended.result["reasons"]
    assert {why["visit"] for why in told} == PLACES.keys() - set(placed(ended))
    assert {why["reasons"][0]["en"] for why in told} == {"Too long a day: 4 rounds."}
