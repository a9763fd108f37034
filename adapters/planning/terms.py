"""What a visit asks of a technician's day, and what it costs there, whatever comes before and after it."""

from domain.maintenance.planning.model import DAY, Problem, Shift, Visit

Span = tuple[int, int]
"""Between two moments on the line of all days."""


def begin_spans(visit: Visit, day: int, shift: Shift) -> list[Span]:
    """Between which moments of the line it may begin on this day, by itself; nothing if it cannot."""
    earliest, latest = shift.begin, shift.end - visit.duration
    if visit.promise is not None and visit.promise.day == day:
        earliest = max(earliest, visit.promise.at - visit.promise.tolerance)
    if visit.pin is not None and visit.pin.at is not None:
        earliest, latest = max(earliest, visit.pin.at), min(latest, visit.pin.at)
    windows = [(one.opens, one.closes - visit.duration) for one in visit.windows if one.day == day]
    spans = ((max(a, earliest), min(b, latest)) for a, b in (windows if visit.windows else [(0, DAY)]))
    return [(day * DAY + a, day * DAY + b) for a, b in spans if a <= b]


def assigned(problem: Problem, visit: Visit, technician: str, day: int) -> int:
    """What it costs that this technician comes on this day, whatever the way and the hour."""
    prices, promise = problem.prices, visit.promise
    cost = visit.urgency * day
    if visit.preferred not in (None, technician):
        cost += prices.not_preferred
    if promise is not None:
        if promise.day != day:
            cost += prices.other_day
        if promise.day != day or promise.technician not in (None, technician):
            cost += prices.moved
    return cost
