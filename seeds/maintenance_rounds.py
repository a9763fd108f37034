"""The electrician's week to come: technicians, visits, rounds in force, and some visits that wait.

The visits are those of `seeds.rounds`. Days that they name count from the first working day after the one
that counts as today.
"""

from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.holidays import PublicHolidays
from adapters.planning.earth import Earth
from adapters.planning.pyvrp_rounds import PyVrp
from database.maintenance import acceptances, horizons, plans
from database.maintenance.plans import Best
from database.maintenance.technicians import save_technician
from database.maintenance.visits import save_visit
from database.shared.audit import Actor
from database.shared.contacts import save_contact
from domain.calendar import DAY
from domain.maintenance.planning.codec import evaluation_value, plan_value, problem_value
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.horizon import Wish, problem_of
from domain.maintenance.planning.intake import Opening, Order, Told, Worker
from domain.maintenance.planning.model import Break, Plan, Point, Problem, Shift
from domain.maintenance.planning.overtaking import stood
from domain.maintenance.planning.roads import with_roads
from domain.maintenance.planning.solving import Limits
from seeds.firm import Firm
from seeds.people import CUSTOMERS, FRANCE, person
from seeds.rounds import HANDS, HOUR, MINUTE, VISITS, Hand, Wanted

SEEDS = Actor("seeds")
WEEK = 7
"""Days from tomorrow on, in which there are at least three that are worked."""
WAIT = 5
"""The last visits of the list wait for their place."""
DUE = (2, 3, 9, 16, 30)
"""Days until they have to be done."""
LUNCH = Break(int(11.75 * HOUR), int(13.5 * HOUR), 45 * MINUTE)
SEARCH = Limits(seconds=20, seed=1, iterations=400)
NEW_CUSTOMER, TECHNICIAN = 200, 300
"""Where their mobile numbers begin."""


async def fill(tx: AsyncConnection, firm: Firm, on: date) -> str:
    """The customers of the contracts are there already."""
    now = firm.at(on)
    await _people(tx, firm, now)
    days = working_days(firm, on)
    for number, wanted in enumerate(VISITS, start=1):
        await save_visit(tx, firm.id, order_of(wanted, number, on, days), now)
    planned = await _in_force(tx, firm, on, now)
    return f"{len(HANDS)} technicians, {planned} of {len(VISITS)} visits planned"


def working_days(firm: Firm, on: date) -> list[date]:
    """Of the week from tomorrow on; weekends and public holidays are none."""
    holidays = PublicHolidays()
    week = [on + DAY * n for n in range(1, WEEK + 1)]
    return [day for day in week if day.isoweekday() < 6 and day not in holidays.of(firm.country, day.year)]


async def _people(tx: AsyncConnection, firm: Firm, now: datetime) -> None:
    for number, hand in enumerate(HANDS):
        await save_contact(tx, firm.id, person(hand.ref, hand.name, FRANCE, TECHNICIAN + number))
        await save_technician(tx, firm.id, worker_of(hand), now)
    strangers = [one.customer for one in VISITS if one.customer not in CUSTOMERS]
    for number, name in enumerate(strangers):
        ref = customer_ref(name)
        await save_contact(tx, firm.id, person(ref, name, FRANCE, NEW_CUSTOMER + number))


def customer_ref(name: str) -> str:
    if name in CUSTOMERS:
        return f"CL-{CUSTOMERS.index(name) + 1:03}"
    return f"CL-{next(n for n, one in enumerate(VISITS, start=101) if one.customer == name):03}"


def worker_of(hand: Hand) -> Worker:
    shift = Shift(int(hand.begin * HOUR), int(hand.end * HOUR), breaks=(LUNCH,))
    week = {day: shift for day in range(1, 6) if day - 1 not in hand.off}
    home = Point(hand.latitude, hand.longitude)
    return Worker(
        hand.ref, hand.ref, home, home, week, hand.skills, per_hour=hand.per_hour,
        overtime_per_hour=hand.per_hour * 5 // 4, per_km=42, per_day=15_00,
    )  # fmt: skip


def order_of(wanted: Wanted, number: int, on: date, days: list[date]) -> Order:
    """A visit that waits has a last day, and nothing was promised about it."""
    waits = number - (len(VISITS) - WAIT)
    told = None
    if waits <= 0 and wanted.on is not None and wanted.at is not None:
        told = Told(days[wanted.on % len(days)], int(wanted.at * HOUR))
    span = wanted.span
    openings = (Opening(int(span[0] * HOUR), int(span[1] * HOUR)),) if span else ()
    return Order(
        f"VIS-{number:03}", customer_ref(wanted.customer), wanted.work,
        Point(wanted.latitude, wanted.longitude), wanted.minutes * MINUTE,
        f"{wanted.street}, {wanted.postcode} {wanted.town}", {wanted.skill: wanted.level},
        openings=openings, due_on=on + timedelta(days=DUE[waits - 1]) if waits > 0 else None, told=told,
        preferred=wanted.preferred, urgency=wanted.urgency,
    )  # fmt: skip


async def _in_force(tx: AsyncConnection, firm: Firm, on: date, now: datetime) -> int:
    """How many visits have their place."""
    chosen = tuple(f"VIS-{number:03}" for number in range(1, len(VISITS) - WAIT + 1))
    wish = Wish(on + DAY, WEEK, chosen, seconds=SEARCH.seconds, seed=SEARCH.seed)
    horizon = await horizons.horizon_of(tx, firm.id, wish, now, PublicHolidays())
    problem = await with_roads(problem_of(horizon), Earth())
    plan = searched(problem)
    found = evaluate(problem, plan)
    best = Best(
        plan_value(plan, problem.days), found.cost.total, len(found.unplanned), "pyvrp", 1.0
    )  # fmt: skip
    result = {"evaluation": evaluation_value(found, problem.days), "troubles": []}
    stored = problem_value(problem, roads=False)
    made = await plans.draft(tx, firm.id, SEEDS, wish, stored, best, result, now, stood=stood(horizon.visits))
    await acceptances.accept(tx, firm.id, SEEDS, made, problem, found, (), now)
    return len(found.stops)


def searched(problem: Problem) -> Plan:
    """The same on every machine."""
    return PyVrp().solve(problem, SEARCH)
