"""What can never come is refused: a stage behind a stop, a step behind the end."""

import pytest

from tests.rules.books import errors_of, shipped

DUNNING = shipped("fleet/dunning").content


def said(text: str) -> list[str]:
    return [error.en for error in errors_of(text, "fleet/dunning.yaml")]


def test_a_stage_that_stops_always_end_before_is_refused() -> None:
    stop = (
        "stops:\n  - {when: {days_late: '>= 30'}, outcome: too_late, why: {fr: Trop tard., en: Too late.}}\n"
    )
    assert said(DUNNING.replace("stops:\n", stop)) == [
        "'handed_over' never comes: a stop always ends the case before it"
    ]


def test_stops_that_leave_a_day_of_the_stage_are_fine() -> None:
    stop = (
        "stops:\n  - {when: {days_late: '>= 31'}, outcome: too_late, why: {fr: Trop tard., en: Too late.}}\n"
    )
    assert "never comes" not in " ".join(said(DUNNING.replace("stops:\n", stop)))


LADDER = """\
policy: ladder
name: book
title: {fr: Livre, en: Book}
version: "1"
facts:
  due_on: {type: date, label: {fr: échéance, en: due date}}
  sent: {type: bool, label: {fr: rendu, en: handed in}}
anchor: due_on
steps:
  - {id: first, at: -3d, alert: {team: operations, title: {fr: Un, en: One}}, why: {fr: Un., en: One.}}
  - {id: end, at: 3d, closes: expired, why: {fr: Fin., en: End.}}
  - {id: last, at: 4d, alert: {team: operations, title: {fr: Un, en: One}}, why: {fr: Un., en: One.}}
stops:
  - {when: {sent: true}, outcome: done, why: {fr: Rendu., en: Done.}}
examples:
  - {on: 2026-01-15, given: {due_on: 2026-01-18, sent: false}, expect: {steps: [first]}, why: Avant.}
"""


@pytest.mark.parametrize(
    ("before", "after", "errors"),
    [
        ("at: 4d", "at: 4d", ["'last' never comes: 'end' (line 11) closes before it"]),
        ("at: 4d", "at: 2d", []),
        (
            "at: 4d",
            "when: {sent: true}, at: 2d",
            ["'last' never comes: a stop always ends the case before it"],
        ),
    ],
)
def test_a_step_behind_the_end_is_refused(before: str, after: str, errors: list[str]) -> None:
    assert [error.en for error in errors_of(LADDER.replace(before, after))] == errors
