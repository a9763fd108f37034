"""Visits that go out of a problem, and nothing that bound them stays."""

from collections.abc import Collection
from dataclasses import replace

from domain.maintenance.planning.model import Problem


def without(problem: Problem, lost: Collection[str]) -> Problem:
    """Links stay until `faults.bonds` has told who depends on whom."""
    if not lost:
        return problem
    gone = frozenset(lost)
    return replace(problem, visits=tuple(one for one in problem.visits if one.id not in gone))
