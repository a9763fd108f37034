"""What a round costs. Every amount is rounded half up, once for each round."""

from collections.abc import Iterable
from dataclasses import fields

from domain.maintenance.planning.evaluation import Cost, Round
from domain.maintenance.planning.model import HOUR, Problem

MINUTE = 60
KM = 1000


def rounded(amount: int, by: int) -> int:
    """Of an amount that is not below 0."""
    return (2 * amount + by) // (2 * by)


def priced(problem: Problem, round: Round) -> Cost:
    technician, prices = problem.technician[round.technician], problem.prices
    late = moved = urgency = other = 0
    for stop in round.stops:
        visit = problem.visit[stop.visit]
        urgency += visit.urgency * round.day
        if visit.preferred not in (None, round.technician):
            other += prices.not_preferred
        if visit.promise is not None:
            late += -(-stop.late // MINUTE) * prices.late_per_minute
            elsewhere = visit.promise.day != round.day
            somebody_else = visit.promise.technician not in (None, round.technician)
            moved += prices.moved * (elsewhere or somebody_else or stop.late > 0)
            moved += prices.other_day * elsewhere
    return Cost(
        ways=rounded(round.metres * technician.per_km, KM),
        labour=rounded((round.paid - round.overtime) * technician.per_hour, HOUR),
        overtime=rounded(round.overtime * technician.overtime_per_hour, HOUR),
        days=technician.per_day,
        late=late,
        moved=moved,
        urgency=urgency,
        not_preferred=other,
    )


def together(costs: Iterable[Cost]) -> Cost:
    many = list(costs)
    return Cost(**{one.name: sum(getattr(cost, one.name) for cost in many) for one in fields(Cost)})
