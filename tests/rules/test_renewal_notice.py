"""The legal notice of a renewal lies in the legal time, whatever the calendar says."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from adapters.holidays import PublicHolidays
from domain.calendar import BusinessDays, local_date, months_before
from domain.maintenance.renewal import Answer, Level, RenewalFacts
from tests.rules.books import ask, shipped

PARIS = "Europe/Paris"
BOOK = shipped("maintenance/renewal")
FREE = frozenset(day for year in range(2029, 2042) for day in PublicHolidays().of("FR", year))


@given(st.dates(date(2031, 1, 1), date(2040, 12, 31)), st.integers(0, 200), st.booleans(), st.booleans())
def test_it_lies_between_three_months_and_one_month_before_the_last_day_to_refuse(
    ends_on: date, notice_days: int, tacit: bool, reachable: bool
) -> None:
    """Code de la consommation, art. L215-1; with the public holidays of France."""
    facts = RenewalFacts(
        ends_on - timedelta(days=700), ends_on, notice_days, tacit, Level.GOLD, Answer.NONE, reachable
    )
    question = replace(
        ask(f"{months_before(facts.decide_by, 4)} 12:00", PARIS), is_open=BusinessDays(FREE).is_open
    )
    awaited = BOOK.decide(facts.as_facts(), question).next_at
    assert awaited is not None
    [first] = BOOK.decide(facts.as_facts(), replace(question, at=awaited)).steps
    assert first.id == ("notice" if reachable else "notice_letter")
    assert facts.inform_from <= local_date(awaited, PARIS) <= facts.inform_until
