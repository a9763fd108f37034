"""Where visits that are bound to others stay while a solver that knows no links plans the rest."""

from collections.abc import Iterable

from adapters.planning.pyvrp_clock import LONG
from adapters.planning.pyvrp_encoding import Held
from adapters.planning.suitability import Key
from domain.maintenance.planning.evaluation import Evaluation, Round, Stop
from domain.maintenance.planning.model import Link, Problem, Tie

AROUND = 900
"""Two who come at once may be moved together by so much."""


def held(problem: Problem, now: Evaluation, keys: Iterable[Key]) -> dict[str, Held]:
    """A bound visit that is not planned stays so: whoever inserts visits knows links."""
    found: dict[str, Held] = {}
    every = frozenset(keys)
    for link in problem.links:
        for visit, at in _of_link(link, now, every).items():
            found[visit] = _both(found[visit], at) if visit in found else at
    for visit, at in _of_zones(problem, now, every).items():
        found[visit] = _both(found[visit], at) if visit in found else at
    return found


def _both(one: Held, other: Held) -> Held:
    return Held(one.keys & other.keys, max(one.earliest, other.earliest), min(one.latest, other.latest))


def _of_link(link: Link, now: Evaluation, every: frozenset[Key]) -> dict[str, Held]:
    first, second = now.stops.get(link.first), now.stops.get(link.second)
    found = {}
    if link.tie is Tie.BEFORE and first and second:
        return _in_turn(link, first, second, every)
    for visit, at, other in ((link.first, first, second), (link.second, second, first)):
        if at is None:
            found[visit] = Held(frozenset())
        elif link.tie is Tie.TOGETHER:
            key = (at[0].technician, at[0].day)
            found[visit] = Held(frozenset({key}), at[1].begins - AROUND, at[1].begins + AROUND)
        elif link.tie is Tie.SAME_TECHNICIAN and other is not None:
            found[visit] = Held(frozenset(key for key in every if key[0] == at[0].technician))
    return found


def _in_turn(
    link: Link, first: tuple[Round, Stop], second: tuple[Round, Stop], every: frozenset[Key]
) -> dict[str, Held]:
    """On one day, in the middle between them; otherwise the first no later and the second no sooner."""
    if first[0].day == second[0].day:
        day = frozenset(key for key in every if key[1] == first[0].day)
        between = (first[1].ends + second[1].begins) // 2
        duration = first[1].ends - first[1].begins
        return {link.first: Held(day, 0, between - duration), link.second: Held(day, between, LONG)}
    until = frozenset(key for key in every if key[1] <= first[0].day)
    since = frozenset(key for key in every if key[1] >= second[0].day)
    return {link.first: Held(until), link.second: Held(since)}


def _of_zones(problem: Problem, now: Evaluation, every: frozenset[Key]) -> dict[str, Held]:
    """In a zone that only so many technicians may be in, those who are there."""
    inside: dict[str, set[Key]] = {zone: set() for zone in problem.zone_most}
    for round in now.rounds:
        for stop in round.stops:
            zone = problem.visit[stop.visit].zone
            if zone in inside:
                inside[zone].add((round.technician, round.day))
    allowed = {zone: _filled_up(problem, zone, there, every) for zone, there in inside.items()}
    return {one.id: Held(allowed[one.zone]) for one in problem.visits if one.zone in allowed}


def _filled_up(problem: Problem, zone: str, there: set[Key], every: frozenset[Key]) -> frozenset[Key]:
    """With the first others who may come there, up to as many as may be on each day."""
    chosen = set(there)
    for day in range(len(problem.days)):
        room = problem.zone_most[zone] - sum(key[1] == day for key in there)
        others = sorted(key for key in every - there if key[1] == day and _covers(problem, key, zone))
        chosen.update(others[: max(0, room)])
    return frozenset(chosen)


def _covers(problem: Problem, key: Key, zone: str) -> bool:
    zones = problem.technician[key[0]].zones
    return not zones or zone in zones
