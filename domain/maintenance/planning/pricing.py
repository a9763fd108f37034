"""What a round costs. Every amount is rounded half up, once for each round."""

from collections.abc import Iterable
from dataclasses import fields

from domain.maintenance.planning.evaluation import Cost, Round
from domain.maintenance.planning.model import HOUR, Problem, Technician

MINUTE = 60
KM = 1000
DEAREST = 10**9
"""Minor units of a single price: sums of a week of thousands of visits still fit into 64 bits."""


def rounded(amount: int, by: int) -> int:
    """Of an amount that is not below 0."""
    return (2 * amount + by) // (2 * by)


def wages(technician: Technician, paid: int, overtime: int) -> tuple[int, int]:
    """Of ordinary hours, and of overtime."""
    ordinary = rounded((paid - overtime) * technician.per_hour, HOUR)
    return ordinary, rounded(overtime * technician.overtime_per_hour, HOUR)


def lateness(problem: Problem, seconds: int) -> int:
    """Each minute that is begun; that the promise is broken has a price of its own."""
    return -(-seconds // MINUTE) * problem.prices.late_per_minute


def priced(problem: Problem, round: Round) -> Cost:
    technician, prices = problem.technician[round.technician], problem.prices
    ordinary, overtime = wages(technician, round.paid, round.overtime)
    late = moved = urgency = other = 0
    for stop in round.stops:
        visit = problem.visit[stop.visit]
        urgency += visit.urgency * round.day
        if visit.preferred not in (None, round.technician):
            other += prices.not_preferred
        if visit.promise is not None:
            late += lateness(problem, stop.late)
            elsewhere = visit.promise.day != round.day
            somebody_else = visit.promise.technician not in (None, round.technician)
            moved += prices.moved * (elsewhere or somebody_else or stop.late > 0)
            moved += prices.other_day * elsewhere
    return Cost(
        ways=rounded(round.metres * technician.per_km, KM),
        labour=ordinary,
        overtime=overtime,
        days=technician.per_day,
        late=late,
        moved=moved,
        urgency=urgency,
        not_preferred=other,
    )


def together(costs: Iterable[Cost]) -> Cost:
    many = list(costs)
    return Cost(**{one.name: sum(getattr(cost, one.name) for cost in many) for one in fields(Cost)})
