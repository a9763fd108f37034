"""The price list, overruns and bookings: every combination has its answer, and levels keep their order."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from domain.internships.grade import Degree, GradeFacts, Marks, final_grade
from domain.maintenance.overrun import OverrunFacts, billed_minutes
from domain.maintenance.price import CATALOGUE, PriceFacts, line_total
from domain.maintenance.renewal import Level
from domain.money import Money
from tests.rules.books import shipped

DAY = date(2031, 3, 10)
PRICES, OVERRUN, GRADE = (
    shipped(name) for name in ("maintenance/price", "maintenance/overrun", "internships/grade")
)


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


def test_weights_of_a_grade_add_up_and_a_defence_that_was_not_held_has_none() -> None:
    lengths = [Decimal(text) for text in ("0.5", "2", "2.01", "4", "4.01", "12")]
    for degree, defence, months in product(Degree, (True, False), lengths):
        gives = GRADE.outcome(GradeFacts(degree, defence, months).as_facts(), DAY)[1]
        weights = (gives["school_weight"], gives["company_weight"], gives["defence_weight"])
        assert sum(weights) == 100
        marks = Marks(Decimal(12), Decimal(12), Decimal(12) if defence else None)
        assert final_grade(marks, *weights) == 12
