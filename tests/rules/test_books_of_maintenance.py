"""The books of maintenance at their bounds; every combination of a grid has its answer."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.internships.grade import Degree, GradeFacts, Marks, final_grade
from domain.maintenance.booking import Action, BookingFacts, Work
from domain.maintenance.overrun import OverrunFacts, Verdict, billed_minutes
from domain.maintenance.price import CATALOGUE, PriceFacts, line_total
from domain.maintenance.quote import QuoteFacts
from domain.maintenance.renewal import Level
from domain.maintenance.satisfaction import satisfaction_facts
from domain.maintenance.survey import SurveyFacts
from domain.maintenance.visit import VisitFacts
from domain.money import Money
from tests.rules.books import ask, shipped

DAY = date(2031, 3, 10)
NOON = f"{DAY} 12:00"
PRICES, OVERRUN, BOOKING, SATISFACTION, QUOTE, SURVEY, VISIT = (
    shipped(f"maintenance/{name}")
    for name in ("price", "overrun", "booking", "satisfaction", "quote", "survey", "visit")
)
GRADE = shipped("internships/grade")


def price(reference: str, level: Level) -> Money:
    amount: Money = PRICES.outcome(PriceFacts(reference, level).as_facts(), DAY)[1]["unit_price"]
    return amount


def test_the_list_has_the_catalogue_and_nothing_else() -> None:
    assert PRICES.facts["reference"].values == tuple(CATALOGUE)
    assert len(CATALOGUE) == 50


def test_a_better_level_never_costs_more() -> None:
    for reference in CATALOGUE:
        bronze, silver, gold = (price(reference, level) for level in Level)
        assert bronze >= silver >= gold
        assert gold.minor > 0


def test_levels_are_five_and_twelve_per_cent_below_to_the_closest_cent() -> None:
    for reference in CATALOGUE:
        bronze, silver, gold = (price(reference, level).minor for level in Level)
        assert (silver, gold) == ((bronze * 95 + 50) // 100, (bronze * 88 + 50) // 100)


def test_an_overrun_is_charged_by_the_quarter_of_an_hour_begun() -> None:
    gives = OVERRUN.outcome(OverrunFacts(DAY, True, 31, 31).as_facts(), DAY)[1]
    quarters = billed_minutes(31, gives["rounded_to"]) // gives["rounded_to"]
    assert line_total(price("quart_heure", Level.SILVER), quarters) == Money("EUR", 3990)


@pytest.mark.parametrize(
    ("minutes", "billing"), [(0, "none"), (30, "none"), (31, "automatic"), (60, "automatic"), (61, "ask")]
)
def test_the_bounds_of_an_overrun(minutes: int, billing: str) -> None:
    facts = OverrunFacts(DAY, True, minutes, minutes)
    assert OVERRUN.outcome(facts.as_facts(), DAY)[1]["billing"] == billing


@pytest.mark.parametrize(
    ("minutes", "outcome", "kinds"),
    [
        (0, "running", []), (59, "running", []), (60, "forgotten", ["message"]),
        (119, "forgotten", ["message"]), (120, "forgotten", ["alert"]),
    ],
)  # fmt: skip
def test_a_forgotten_check_out_is_the_technicians_first(minutes: int, outcome: str, kinds: list[str]) -> None:
    ruling = OVERRUN.decide(OverrunFacts(DAY, False, None, minutes).as_facts(), ask(NOON))
    assert (ruling.outcome, [step.kind for step in ruling.steps]) == (outcome, kinds)


@pytest.mark.parametrize(
    ("minutes", "verdict", "billing"),
    [(61, Verdict.BILL, "automatic"), (61, Verdict.WAIVE, "none"), (60, Verdict.BILL, "automatic"),
     (31, Verdict.WAIVE, "none"), (30, Verdict.BILL, "none")],
)  # fmt: skip
def test_what_a_person_decided_of_an_overrun_holds(minutes: int, verdict: Verdict, billing: str) -> None:
    facts = OverrunFacts(DAY, True, minutes, minutes, verdict=verdict)
    ruling = OVERRUN.decide(facts.as_facts(), ask(NOON))
    assert (ruling.result["billing"], ruling.steps) == (billing, ())


@pytest.mark.parametrize(
    ("action", "days", "outcome"),
    [
        (Action.CHANGE, 1, "approved"), (Action.CHANGE, 0, "refused"), (Action.CANCEL, 1, "approved"),
        (Action.CANCEL, 0, "refused"), (Action.BOOK, 1, "approved"), (Action.BOOK, 0, "ask"),
        (Action.BOOK, -1, "refused"),
    ],
)  # fmt: skip
def test_the_day_before_is_the_last_to_change(action: Action, days: int, outcome: str) -> None:
    facts = BookingFacts(DAY, action, days, Work.REPAIR, True, True, True, 1)
    assert BOOKING.outcome(facts.as_facts(), DAY)[0] == outcome


@pytest.mark.parametrize("action", Action)
def test_by_hand_a_person_sees_all_but_cancellations(action: Action) -> None:
    facts = BookingFacts(DAY, action, 5, Work.REPAIR, True, True, True, 1, manual=True)
    wanted = "approved" if action == Action.CANCEL else "ask"
    assert BOOKING.outcome(facts.as_facts(), DAY)[0] == wanted


@pytest.mark.parametrize(
    ("marks", "outcome"),
    [
        ([3, 3, 3, 3, 3], "content"), ([3, 3, 3, 3, 2], "unhappy"), ([1, 4, 4, 3, 3], "one_bad_mark"),
        ([4, 4, 5, 5, 4], "content"), ([4, 4, 5, 5, 5], "delighted"),
    ],
)  # fmt: skip
def test_three_of_five_is_not_unhappy(marks: list[int], outcome: str) -> None:
    facts = satisfaction_facts(DAY, marks)
    assert SATISFACTION.outcome(facts.as_facts(), DAY)[0] == outcome


def test_unhappy_twice_goes_further_up() -> None:
    facts = satisfaction_facts(DAY, [2, 3, 3, 3, 3], before=[2, 3, 3, 3, 3])
    assert SATISFACTION.outcome(facts.as_facts(), DAY)[0] == "unhappy_again"


@given(st.dates(date(2025, 1, 1), date(2035, 1, 1)))
def test_a_quote_expires_the_day_after_its_last_day(sent_on: date) -> None:
    """The days of validity stand in the words of the mails and in the book."""
    facts = QuoteFacts(sent_on, Money("EUR", 500_00))
    for day, outcome in ((facts.valid_until, False), (facts.valid_until + timedelta(days=1), True)):
        ruling = QUOTE.decide(facts.as_facts(), ask(f"{day} 12:00"))
        assert (ruling.closes == "expired") == outcome


@pytest.mark.parametrize(("minor", "called"), [(99_999, False), (100_000, True)])
def test_large_quotes_are_called_about_to_the_cent(minor: int, called: bool) -> None:
    facts = QuoteFacts(DAY, Money("EUR", minor))
    ruling = QUOTE.decide(facts.as_facts(), ask(f"{DAY + timedelta(days=7)} 12:00"))
    assert ("call" in {step.id for step in ruling.steps}) == called


def test_a_survey_asks_after_two_days_and_once_more_after_seven() -> None:
    facts, done, told = SurveyFacts(DAY).as_facts(), set[str](), []
    for day in range(30):
        ruling = SURVEY.decide(facts, ask(f"{DAY + timedelta(days=day)} 12:00", done=frozenset(done)))
        told += [(day, step.id) for step in ruling.steps]
        done |= {step.key for step in ruling.steps}
    assert told == [(2, "request"), (7, "reminder")]


@pytest.mark.parametrize(
    ("days_before", "names"),
    [(3, ["confirmation#1"]), (2, ["confirmation#1", "reminder#1"]), (0, ["confirmation#1"])],
)
def test_a_visit_is_reminded_two_days_before(days_before: int, names: list[str]) -> None:
    visit_on = DAY + timedelta(days=days_before)
    ruling = VISIT.decide(VisitFacts(visit_on, confirmed=True).as_facts(), ask(NOON))
    assert [step.id for step in ruling.steps] == names


@given(st.integers(1, 60), st.integers(1, 60))
def test_a_visit_that_is_moved_is_confirmed_again(first: int, then: int) -> None:
    old, new = DAY + timedelta(days=first), DAY + timedelta(days=then)
    before = VISIT.decide(VisitFacts(old, confirmed=True).as_facts(), ask(NOON))
    done = frozenset(step.key for step in before.steps)
    moved = VisitFacts(new, confirmed=True, appointment=2)
    after = VISIT.decide(moved.as_facts(), ask(NOON, done=done))
    assert "confirmation#2" in {step.id for step in after.steps}


def test_weights_of_a_grade_add_up_and_a_defence_that_was_not_held_has_none() -> None:
    lengths = [Decimal(text) for text in ("0.5", "2", "2.01", "4", "4.01", "12")]
    for degree, defence, months in product(Degree, (True, False), lengths):
        gives = GRADE.outcome(GradeFacts(degree, defence, months).as_facts(), DAY)[1]
        weights = (gives["school_weight"], gives["company_weight"], gives["defence_weight"])
        assert sum(weights) == 100
        marks = Marks(Decimal(12), Decimal(12), Decimal(12) if defence else None)
        assert final_grade(marks, *weights) == 12
