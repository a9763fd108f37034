"""Under which number a round is told, by what was written of it before."""

from datetime import date

from domain.maintenance.round import Call, Day
from domain.maintenance.round_telling import (
    SPAN,
    Content,
    Telling,
    TellingFacts,
    content_mark,
    telling_facts,
)

DAY = Day(date(2032, 3, 9), 28_800, 43_200, 14_400, (Call(30_600, 34_200),))
ONE: Content = [("V-1", 30_600)]
OTHER: Content = [("V-1", 30_600), ("V-2", 36_000)]


def number(turn: int, content: Content) -> int:
    return turn * SPAN + content_mark(content)


def told(content: Content, *tellings: Telling) -> TellingFacts:
    return telling_facts(DAY, -3600, content, tellings)


def test_what_is_still_tried_keeps_its_number_and_is_not_yet_told() -> None:
    waits = Telling(number(1, ONE), reached=False)
    known = told(ONE, waits)
    assert (known.told, known.changed, known.telling) == (False, False, waits.number)
    assert told(OTHER, waits).telling == number(2, OTHER)


def test_what_was_withdrawn_is_told_under_a_number_of_its_own() -> None:
    """Its key is used up."""
    first = Telling(number(1, ONE), reached=True)
    withdrawn = Telling(number(2, OTHER), reached=False, withdrawn=True)
    back, again = told(ONE, first, withdrawn), told(OTHER, first, withdrawn)
    assert (back.told, back.changed) == (True, False)
    assert (again.changed, again.telling) == (True, number(3, OTHER))


def test_a_change_that_is_still_tried_is_a_change() -> None:
    tried = Telling(number(2, OTHER), reached=False)
    known = told(OTHER, Telling(number(1, ONE), reached=True), tried)
    assert (known.changed, known.telling) == (True, tried.number)
