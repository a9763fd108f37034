"""A month to answer, calendar months to keep, and no less than a law asks for."""

from datetime import date

import pytest

from domain.errors import BadInput
from domain.platform.privacy_request import check_received, due_on
from domain.platform.retention import Category, Term, kept_until


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2031-03-03", "2031-04-03"), ("2031-01-31", "2031-02-28"), ("2032-01-31", "2032-02-29"),
        ("2031-12-31", "2032-01-31"),
    ],
)  # fmt: skip
def test_an_answer_is_due_in_a_month(received: str, due: str) -> None:
    assert due_on(date.fromisoformat(received)) == date.fromisoformat(due)


@pytest.mark.parametrize("received", ["2031-03-04", "2030-03-02"])
def test_a_day_to_come_or_long_gone_is_refused(received: str) -> None:
    check_received(date(2031, 3, 3), date(2031, 3, 3))
    with pytest.raises(BadInput, match="received_on"):
        check_received(date.fromisoformat(received), date(2031, 3, 3))


@pytest.mark.parametrize(
    ("category", "months", "days"),
    [
        (Category.DOCUMENT, 119, 365), (Category.REPORT, 0, 3650), (Category.AUDIT, 11, 31),
        (Category.MESSAGE, 0, 0), (Category.MESSAGE, -1, 60), (Category.MESSAGE, 3, -1),
    ],
)  # fmt: skip
def test_less_than_a_law_asks_for_or_nothing_at_all_is_no_term(
    category: Category, months: int, days: int
) -> None:
    with pytest.raises(BadInput, match=category):
        Term(category, months, days)


def test_a_term_is_over_the_day_after_its_last() -> None:
    assert Term(Category.MESSAGE, 36, 0).over_before(date(2035, 2, 6)) == date(2032, 2, 6)
    assert Term(Category.MESSAGE, 1, 0).over_before(date(2032, 3, 31)) == date(2032, 2, 29)
    assert Term(Category.SIGN_IN, 0, 30).over_before(date(2035, 3, 31)) == date(2035, 3, 1)


def test_a_term_is_told_in_both_languages() -> None:
    assert Term(Category.MESSAGE, 36, 0).told.fr == "36 mois"
    assert Term(Category.SIGN_IN, 0, 30).told.en == "30 days"
    assert Term(Category.SIGN_IN, 1, 5).told.fr == "1 mois et 5 jours"


def test_ten_years_are_calendar_years() -> None:
    assert kept_until(date(2032, 2, 29)) == date(2042, 2, 28)
