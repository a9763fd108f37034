"""What the visits of one day ask of the moment, each by itself."""

from typing import NamedTuple

from domain.maintenance.planning.evaluation import Pause
from domain.maintenance.planning.model import Break, Problem, Tie, Visit

PINS = frozenset({Tie.BEFORE, Tie.TOGETHER})
"""Ties that bind moments."""


class Ask(NamedTuple):
    """What a visit asks of a day. ``floor``: nobody begins before. ``kept``: until when a promise is kept."""

    visit: str
    place: int
    duration: int
    floor: int
    windows: tuple[tuple[int, int], ...]
    any_time: bool
    held: bool
    pinned: int | None
    kept: int | None


Placed = tuple[tuple[int, Break], ...]
"""Breaks with the number of visits before each; -1 is before leaving."""


def ask_of(problem: Problem, visit: Visit, day: int, floor: int = 0) -> Ask:
    promise = visit.promise if visit.promise and visit.promise.day == day else None
    pinned = visit.pin.at if visit.pin else None
    floors = (floor, pinned or 0, promise.at - promise.tolerance if promise else 0)
    windows = sorted((one.opens, one.closes) for one in visit.windows if one.day == day)
    held = pinned is not None or any(link.tie in PINS for link in problem.links_of.get(visit.id, ()))
    kept = promise.at + promise.tolerance if promise else None
    return Ask(
        visit.id, visit.place, visit.duration, max(floors), tuple(windows), not visit.windows, held, pinned,
        kept,
    )  # fmt: skip


def begin_of(ask: Ask, ready: int) -> tuple[int, int]:
    """The moment it begins, and in which window; -1 for a visit that has none on this day."""
    earliest = max(ready, ask.floor)
    for index, (opens, closes) in enumerate(ask.windows):
        begins = max(earliest, opens)
        if begins + ask.duration <= closes:
            return begins, index
    if not ask.windows:
        return earliest, -1
    widest = max(range(len(ask.windows)), key=lambda index: ask.windows[index][1])
    return max(earliest, ask.windows[widest][0]), widest


def rest(now: int, where: int, placed: Placed, pauses: list[Pause]) -> int:
    """The moment after the breaks of this place, which are added to ``pauses``."""
    for at, one in placed:
        if at == where:
            begins = max(now, one.earliest)
            now = begins + one.duration
            pauses.append(Pause(begins, now, where))
    return now


def before_rest(limit: int, where: int, placed: Placed) -> int:
    """The latest moment to come to the breaks of this place, for being ready by ``limit``."""
    for at, one in reversed(placed):
        if at == where:
            limit = min(one.latest, limit - one.duration)
    return limit
