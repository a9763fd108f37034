"""What the planner's process and who started it say to each other.

In goes one pickle behind its length: it comes from our own process, and a week of 3,500 places is 24 million
integers, which text would carry ten times slower. Out come lines of JSON, which nobody has to trust.
"""

import pickle
from collections.abc import Mapping
from typing import Any

from domain.maintenance.planning.model import Plan, Problem, Route
from domain.maintenance.planning.solving import Limits, Progress

LENGTH = 8
"""Bytes of the length that goes ahead."""

Wish = tuple[Problem, Limits, Plan | None]


def packed(problem: Problem, limits: Limits, start: Plan | None) -> bytes:
    wish = pickle.dumps((problem, limits, start), pickle.HIGHEST_PROTOCOL)
    return len(wish).to_bytes(LENGTH, "big") + wish


def unpacked(wish: bytes) -> Wish:
    problem, limits, start = pickle.loads(wish)
    assert isinstance(problem, Problem)
    assert isinstance(limits, Limits)
    return problem, limits, start


def routes(plan: Plan) -> list[Any]:
    return [[route.technician, route.day, list(route.visits)] for route in plan.routes]


def plan(value: list[Any]) -> Plan:
    return Plan(tuple(Route(technician, day, tuple(visits)) for technician, day, visits in value))


def progress_line(told: Progress) -> dict[str, Any]:
    return {
        "plan": routes(told.plan), "cost": told.cost, "unplanned": told.unplanned, "solver": told.solver,
        "seconds": told.seconds, "share": told.share,
    }  # fmt: skip


def progress(line: Mapping[str, Any]) -> Progress:
    return Progress(
        plan(line["plan"]), line["cost"], line["unplanned"], line["solver"], line["seconds"], line["share"]
    )
