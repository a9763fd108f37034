"""What has happened on a day, in JSON; docs/planning.md has the format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.maintenance.planning.model import Problem
from domain.maintenance.planning.today.events import Actual, Cancelled, Event, Ill, NoShow, Overrun, Urgent
from domain.maintenance.planning.values.given import Given, whole

KINDS = ("urgent", "no_show", "cancelled", "ill", "overrun")


@dataclass(frozen=True)
class Happened:
    """On a day of the problem until ``now``. Without ``actual`` everything has gone by the plan."""

    day: int
    now: int
    events: tuple[Event, ...]
    actual: Mapping[str, Actual] | None = None


def happened_of(value: Any, problem: Problem) -> Happened:
    """Raises BadInput with every mistake."""
    given = whole(value)
    day = given.day("day")
    if day not in problem.days:
        given.wrong("day", "it is none of the days that are planned", f"give one of {_days(problem)}")
    now = given.moment("now")
    events = tuple(_event(one, problem) for one in given.objects("events"))
    actual = _actual(given.object("actual"), problem) if "actual" in given else None
    given.finish()
    given.settle()
    return Happened(problem.days.index(day), now, events, actual)


def _days(problem: Problem) -> str:
    return f"{problem.days[0]} to {problem.days[-1]}" if problem.days else "its days"


def _event(given: Given, problem: Problem) -> Event:
    kind = given.text("event")
    made = MADE.get(kind)
    if made is None:
        given.wrong("event", "there is no such event", f"give one of {', '.join(KINDS)}")
        return Urgent("")
    event = made(given, problem)
    given.finish()
    return event


def _visit(given: Given, problem: Problem) -> str:
    return _known(given, "visit", problem.visit)


def _known(given: Given, name: str, known: Mapping[str, object]) -> str:
    id = given.text(name)
    if id and id not in known:
        given.wrong(name, f"there is no {name} {id!r}", "give one that is planned")
    return id


MADE: Mapping[str, Callable[[Given, Problem], Event]] = {
    "urgent": lambda given, problem: Urgent(_visit(given, problem)),
    "no_show": lambda given, problem: NoShow(_visit(given, problem)),
    "cancelled": lambda given, problem: Cancelled(_visit(given, problem)),
    "ill": lambda given, problem: Ill(_known(given, "technician", problem.technician), given.moment("since")),
    "overrun": lambda given, problem: Overrun(_visit(given, problem), given.moment("until")),
}


def _actual(given: Given | None, problem: Problem) -> dict[str, Actual]:
    """By visit, when it was begun and, unless it lasts, ended."""
    found: dict[str, Actual] = {}
    for id in given.value if given else ():
        one = given.object(str(id)) if given else None
        if given is not None and id not in problem.visit:
            given.wrong(str(id), "there is no such visit", "name one that is planned")
        if one is not None:
            ended = one.moment("ended") if "ended" in one else None
            found[str(id)] = Actual(one.moment("began"), ended)
            one.finish()
    return found
