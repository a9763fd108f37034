"""What planning is asked and answers, as JSON values: files, the API and processes of ours use one format."""

from domain.maintenance.planning.values.problem import problem_of
from domain.maintenance.planning.values.results import (
    evaluation_of,
    evaluation_value,
    plan_of,
    plan_value,
    round_of,
    round_value,
)
from domain.maintenance.planning.values.writing import problem_value

__all__ = [
    "evaluation_of",
    "evaluation_value",
    "plan_of",
    "plan_value",
    "problem_of",
    "problem_value",
    "round_of",
    "round_value",
]
