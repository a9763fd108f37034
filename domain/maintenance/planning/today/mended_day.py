"""A day whose rest was planned anew, as one again: the morning as it went, and what is to come."""

from dataclasses import replace

from domain.maintenance.planning.evaluation import Evaluation, Round
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Plan
from domain.maintenance.planning.today.replanning import Rest


def mended_day(rest: Rest, after: Plan) -> Evaluation:
    """Its cost, violations and what has no place are those of the rest alone."""
    told = evaluate(rest.problem, after)
    to_come = {one.technician: one for one in told.rounds}
    morning = {one.technician: _begun(one, rest.begun.get(one.technician, ())) for one in rest.before.rounds}
    names = sorted({*(who for who, one in morning.items() if one is not None), *to_come})
    rounds = tuple(
        replace(one, day=rest.day)
        for who in names
        if (one := joined(morning.get(who), to_come.get(who))) is not None
    )
    return replace(told, rounds=rounds)


def _begun(planned: Round, begun: tuple[str, ...]) -> Round | None:
    """What has begun of it, at the times in force; back where its last visit ends."""
    done = set(begun)
    stops = tuple(one for one in planned.stops if one.visit in done)
    if not stops:
        return None
    ends = stops[-1].ends
    pauses = tuple(one for one in planned.pauses if one.begins < ends)
    rested = sum(one.ends - one.begins for one in pauses if one.before >= 0)
    worked = ends - planned.leaves - rested
    ways = sum(one.metres for one in stops)
    driving = sum(one.arrives - one.leaves for one in stops)
    ordinary = planned.paid - planned.overtime
    return replace(
        planned, returns=ends, paid=worked, overtime=max(0, worked - ordinary) if planned.overtime else 0,
        metres=ways, driving=driving, stops=stops, pauses=pauses,
    )  # fmt: skip


def joined(before: Round | None, after: Round | None) -> Round | None:
    """One round out of two that follow each other."""
    if before is None or after is None:
        return before or after
    gap = max(0, after.leaves - before.returns)
    pauses = tuple(replace(one, before=one.before + len(before.stops)) for one in after.pauses)
    return replace(
        before, returns=after.returns, paid=before.paid + gap + after.paid,
        overtime=before.overtime + after.overtime, metres=before.metres + after.metres,
        driving=before.driving + after.driving, stops=(*before.stops, *after.stops),
        pauses=(*before.pauses, *pauses),
    )  # fmt: skip
