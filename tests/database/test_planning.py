"""Plans on their way, rounds in force, and places that are held: what the database keeps of them."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert

from database.maintenance import acceptances, plans, rounds, slots, technicians, visits
from database.maintenance.plans import Best
from database.maintenance.slots import CONFIRMED, RELEASED
from database.session import Database
from database.shared.audit import Actor
from database.shared.contacts import Contact, save_contact
from database.shared.tables import tenant as tenants
from domain.errors import Conflict
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.horizon import Horizon, Wish, problem_of
from domain.maintenance.planning.intake import Hold, Order, Worker
from domain.maintenance.planning.model import Plan, Point, Problem, Route, Shift
from domain.maintenance.planning.overtaking import Overtaken
from domain.maintenance.planning.travel import Travel

NOW = datetime(2031, 3, 3, 9, 0, tzinfo=UTC)
MONDAY = date(2031, 3, 10)
HOME, THERE = Point(45.9, 6.1), Point(45.8, 6.2)
WAYS = Travel(((0, 600), (600, 0)), ((0, 9000), (9000, 0)))
WHO = Actor("key:test")
WISH = Wish(MONDAY, 1)
BEST = Best({"routes": []}, 120_00, 2, "pyvrp", 0.4)


@pytest.fixture
async def firm(database: Database, owner: Database) -> str:
    """Two technicians, two visits."""
    name = f"rounds-{uuid4().hex[:10]}"
    row = {"id": name, "name": "Duret", "country": "FR", "zone": "Europe/Paris", "currency": "EUR"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenants).values(row))
    async with database.tenant(name) as tx:
        for ref in ("X-1", "X-2", "CL-1"):
            await save_contact(tx, name, Contact(ref, "Someone", f"{ref}@example.org", None, "fr"))
        for number in (1, 2):
            week = dict.fromkeys(range(1, 6), Shift())
            worker = Worker(f"T-{number}", f"X-{number}", HOME, HOME, week)
            await technicians.save_technician(tx, name, worker, NOW)
            order = Order(f"V-{number}", "CL-1", "Entretien", THERE, 3600)
            await visits.save_visit(tx, name, order, NOW)
    return name


async def laid_out(database: Database, firm: str) -> Problem:
    async with database.tenant(firm) as tx:
        workers = await technicians.workforce(tx, firm)
        known = await visits.visits(tx, firm)
    return problem_of(Horizon(WISH, workers, tuple(known)), WAYS)


async def drafted(database: Database, firm: str, technician: str) -> tuple[plans.KnownPlan, Problem, Plan]:
    """Both visits in one technician's round."""
    problem, plan = await laid_out(database, firm), Plan((Route(technician, 0, ("V-1", "V-2")),))
    async with database.tenant(firm) as tx:
        made = await plans.draft(tx, firm, WHO, WISH, {}, BEST, {"evaluation": {}}, NOW)
    return made, problem, plan


async def accepted(database: Database, firm: str, technician: str) -> str:
    made, problem, plan = await drafted(database, firm, technician)
    async with database.tenant(firm) as tx:
        await acceptances.accept(tx, firm, WHO, made, problem, evaluate(problem, plan), (), NOW)
    return made.id


async def test_a_search_keeps_its_best_and_ends_once(database: Database, firm: str) -> None:
    async with database.tenant(firm) as tx:
        id = (await plans.begin(tx, firm, WHO, WISH, NOW)).id
        assert await plans.keep_problem(tx, firm, id, {"visits": []}, {})
        assert await plans.improve(tx, firm, id, BEST)
        found = await plans.plan_of(tx, firm, id)
        assert (found.state, found.percent, found.cost, found.wish) == ("running", 40, 120_00, WISH)
        assert await plans.finish(tx, firm, id, BEST, {"evaluation": {}})
        assert (await plans.plan_of(tx, firm, id)).percent == 100
        for late in (plans.improve(tx, firm, id, BEST), plans.finish(tx, firm, id, BEST, {}),
                     plans.advance(tx, firm, id, 0.9)):  # fmt: skip
            assert not await late
        with pytest.raises(Conflict, match="ready"):
            await plans.stop(tx, firm, WHO, id)


async def test_who_stops_a_search_still_gets_its_best(database: Database, firm: str) -> None:
    async with database.tenant(firm) as tx:
        id = (await plans.begin(tx, firm, WHO, WISH, NOW)).id
        assert (await plans.stop(tx, firm, WHO, id)).state == "stopped"
        assert not await plans.improve(tx, firm, id, BEST)
        assert await plans.finish(tx, firm, id, BEST, {"evaluation": {}})
        assert not await plans.finish(tx, firm, id, BEST, {"evaluation": {"other": 1}})
        found = await plans.plan_of(tx, firm, id)
    assert (found.state, found.cost, found.result) == ("stopped", 120_00, {"evaluation": {}})


async def test_a_search_that_failed_says_why(database: Database, firm: str) -> None:
    async with database.tenant(firm) as tx:
        id = (await plans.begin(tx, firm, WHO, WISH, NOW)).id
        await plans.fail(tx, firm, id, "the roads do not answer")
        found = await plans.plan_of(tx, firm, id)
    assert (found.state, found.trouble, found.is_open) == ("failed", "the roads do not answer", False)


async def test_two_plans_accepted_at_once_leave_one_of_them_in_force(database: Database, firm: str) -> None:
    both = (accepted(database, firm, "T-1"), accepted(database, firm, "T-2"))
    told = await asyncio.gather(*both, return_exceptions=True)
    assert {type(one) for one in told} == {str, Overtaken}
    async with database.tenant(firm) as tx:
        standing = await visits.in_rounds(tx, firm, MONDAY, MONDAY)
        force = await rounds.in_force(tx, firm, MONDAY, MONDAY)
    [who] = {one.standing.technician for one in standing}
    assert [one.ref for one in standing] == ["V-1", "V-2"]
    assert [one.technician for one in force] == [who]


async def test_accepted_and_undone_at_once_ends_in_the_one_or_the_other(
    database: Database, firm: str
) -> None:
    id = await accepted(database, firm, "T-1")

    async def undo() -> None:
        async with database.tenant(firm) as tx:
            await acceptances.undo(tx, firm, WHO, id, NOW)

    done = await asyncio.gather(undo(), accepted(database, firm, "T-2"), return_exceptions=True)
    async with database.tenant(firm) as tx:
        standing = await visits.in_rounds(tx, firm, MONDAY, MONDAY)
        force = await rounds.in_force(tx, firm, MONDAY, MONDAY)
    undone, later = done
    assert undone is None
    there = [] if isinstance(later, Overtaken) else ["T-2"]  # who came first saw what stood, and was refused
    assert sorted({str(one.standing.technician) for one in standing}) == there
    assert [one.technician for one in force] == there


async def test_a_place_is_held_once_for_a_visit_and_settled_once(database: Database, firm: str) -> None:
    until = NOW + timedelta(minutes=15)

    def place(technician: str) -> Hold:
        return Hold("V-1", technician, MONDAY, 36_000, 39_600)

    async with database.tenant(firm) as tx:
        first = await slots.hold(tx, firm, place("T-1"), NOW, until)
        second = await slots.hold(tx, firm, place("T-2"), NOW, until)
        [held] = await slots.holds_on(tx, firm, MONDAY, MONDAY, NOW)
        assert held.technician == "T-2"
        assert (await slots.reservation_of(tx, firm, first.id)).state == RELEASED
        assert await slots.holds_on(tx, firm, MONDAY, MONDAY, until) == []
        with pytest.raises(Conflict, match="expired"):
            await slots.settle(tx, firm, second.id, CONFIRMED, until)
        assert (await slots.settle(tx, firm, second.id, CONFIRMED, NOW)).state == CONFIRMED
        with pytest.raises(Conflict, match="confirmed"):
            await slots.settle(tx, firm, second.id, RELEASED, NOW)
