"""Reminders of a deliverable under every due date, extension and hour of the review."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import local_date
from domain.decision import Step
from domain.internships.deliverable import DeliverableFacts, Kind
from tests.rules.books import ask, shipped

PARIS = "Europe/Paris"
BOOK = shipped("internships/deliverable")
START = datetime(2032, 2, 1, 6, tzinfo=UTC)

due_days = st.dates(date(2032, 2, 2), date(2032, 4, 15))
extensions = st.lists(st.tuples(st.integers(1, 60), st.integers(1, 40)), max_size=3)
waits = st.lists(st.integers(1, 9), max_size=4)
"""Days on which nobody looked: operations paused the case, or no worker ran."""


def told(due_on: date, granted: list[tuple[int, int]], missed: list[int]) -> list[tuple[date, date, Step]]:
    """Day, date in force and step of everything that a case does, to 100 days after its start."""
    moves = sorted((START + timedelta(days=after), days) for after, days in granted)
    late_looks, at = iter(missed), START
    done: set[str] = set()
    said: list[tuple[date, date, Step]] = []
    while at < START + timedelta(days=100):
        while moves and moves[0][0] <= at:
            due_on += timedelta(days=moves.pop(0)[1])
        facts = DeliverableFacts(due_on, handed_in=False, cancelled=False, kind=Kind.REPORT)
        question = replace(ask("2032-01-01 00:00", PARIS, frozenset(done)), at=at)
        ruling = BOOK.decide(facts.as_facts(), question)
        said += [(local_date(at, PARIS), due_on, step) for step in ruling.steps]
        done |= {step.key for step in ruling.steps}
        coming = [each for each in (ruling.next_at, moves[0][0] if moves else None) if each]
        if not coming:
            break
        at = min(coming) + timedelta(days=next(late_looks, 0))
    return said


@given(due_days, extensions, waits)
def test_nobody_is_told_the_same_twice(
    due_on: date, granted: list[tuple[int, int]], missed: list[int]
) -> None:
    keys = Counter(step.key for _, _, step in told(due_on, granted, missed))
    assert not [key for key, times in keys.items() if times > 1]


@given(due_days, extensions, waits)
def test_late_is_said_after_the_date_in_force_and_the_rest_up_to_it(
    due_on: date, granted: list[tuple[int, int]], missed: list[int]
) -> None:
    for day, in_force, step in told(due_on, granted, missed):
        late = step.id.startswith(("late", "escalation"))
        assert (day > in_force) == late, (day, in_force, step.id)


@given(due_days, extensions, waits)
def test_one_date_brings_at_most_three_reminders_five_pairs_and_an_alert(
    due_on: date, granted: list[tuple[int, int]], missed: list[int]
) -> None:
    said = told(due_on, granted, missed)
    counts = Counter((in_force, step.to, step.id.partition("#")[0] == "late") for _, in_force, step in said)
    most = {("student", False): 3, ("student", True): 5, ("tutor", True): 5, ("internships", False): 1}
    assert all(times <= most[to, late] for (_, to, late), times in counts.items())
