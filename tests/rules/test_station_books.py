"""Stations and agencies: where an alert begins, that it is given once, and that doing better never costs."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Money
from tests.rules.books import ask, shipped

STATION, AGENCY, RANKING = (shipped(f"fleet/{name}") for name in ("station", "agency", "station_ranking"))
MONTH = date(2026, 3, 1)

QUIET_STATION: dict[str, Any] = {
    "month_on": MONTH, "months_open": 14, "revenue": Money("XAF", 0), "swaps": 0, "target_percent": 100,
    "best_percent_3m": 100, "margin_percent": 10, "change_percent": 0, "open_percent": 95,
    "refused_percent": 0, "used_percent": 50,
}  # fmt: skip
QUIET_AGENCY: dict[str, Any] = {
    "month_on": MONTH, "months_open": 14, "collected": Money("XAF", 0), "collected_percent": 90,
    "best_collected_3m": 90, "collected_change": 0, "late_percent": 10, "ended_percent": 0, "new_percent": 80,
}  # fmt: skip


def exact(facts: dict[str, Any]) -> dict[str, Any]:
    kinds = ("percent", "_3m", "change")
    return {
        name: Decimal(str(value)) if any(kind in name for kind in kinds) and value is not None else value
        for name, value in facts.items()
    }


def told(book: Any, quiet: dict[str, Any], **facts: Any) -> set[str]:
    ruling = book.decide(exact({**quiet, **facts}), ask("2026-04-02 12:00"))
    return {reason.rule for reason in ruling.reasons}


@pytest.mark.parametrize(
    ("facts", "rule", "holds"),
    [
        ({"target_percent": 80}, "under", False),
        ({"target_percent": 79.99}, "under", True),
        ({"target_percent": 79.99, "months_open": 3}, "under", True),
        ({"target_percent": 79.99, "months_open": 2}, "under", False),
        ({"best_percent_3m": 79.99}, "under_long", True),
        ({"best_percent_3m": 80}, "under_long", False),
        ({"best_percent_3m": 50, "months_open": 4}, "under_long", False),
        ({"margin_percent": -0.01}, "loss", True),
        ({"margin_percent": 0}, "loss", False),
        ({"margin_percent": -9, "months_open": 5}, "loss", False),
        ({"change_percent": -25}, "falling", True),
        ({"change_percent": -24.99}, "falling", False),
        ({"open_percent": 89.99}, "unavailable", True),
        ({"open_percent": 90}, "unavailable", False),
        ({"refused_percent": 5}, "short_of_batteries", False),
        ({"refused_percent": 5.01}, "short_of_batteries", True),
        ({"used_percent": 90}, "saturated", True),
        ({"used_percent": 89.99}, "saturated", False),
        ({"target_percent": 120}, "over", True),
        ({"target_percent": 119.99}, "over", False),
        ({"months_open": 2}, "starting", True),
        ({"months_open": 3}, "starting", False),
    ],
)
def test_every_line_about_a_station_begins_where_it_says(
    facts: dict[str, Any], rule: str, holds: bool
) -> None:
    assert (rule in told(STATION, QUIET_STATION, **facts)) == holds


@pytest.mark.parametrize(
    ("facts", "rule", "holds"),
    [
        ({"collected_percent": 84.99}, "collects_little", True),
        ({"collected_percent": 85}, "collects_little", False),
        ({"collected_percent": 10, "months_open": 2}, "collects_little", False),
        ({"best_collected_3m": 84.99}, "collects_little_long", True),
        ({"best_collected_3m": 85}, "collects_little_long", False),
        ({"late_percent": 25}, "many_late", False),
        ({"late_percent": 25.01}, "many_late", True),
        ({"collected_change": -10}, "falling", True),
        ({"collected_change": -9.99}, "falling", False),
        ({"ended_percent": 5}, "loses_drivers", False),
        ({"ended_percent": 5.01}, "loses_drivers", True),
        ({"new_percent": 59.99}, "sells_little", True),
        ({"new_percent": 60}, "sells_little", False),
        ({"collected_percent": 97, "new_percent": 100}, "over", True),
        ({"collected_percent": 96.99, "new_percent": 100}, "over", False),
        ({"collected_percent": 97, "new_percent": 99.99}, "over", False),
        ({"months_open": 2}, "starting", True),
    ],
)
def test_every_line_about_an_agency_begins_where_it_says(
    facts: dict[str, Any], rule: str, holds: bool
) -> None:
    assert (rule in told(AGENCY, QUIET_AGENCY, **facts)) == holds


def test_what_cannot_be_measured_alerts_nobody() -> None:
    for book, quiet in ((STATION, QUIET_STATION), (AGENCY, QUIET_AGENCY)):
        unknown = {name: None for name, fact in book.facts.items() if fact.optional and name != "closed"}
        assert told(book, quiet, **unknown) == {"otherwise"}


@given(st.fixed_dictionaries({name: st.integers(-50, 150) for name in QUIET_STATION if "percent" in name}))
def test_a_month_is_told_once(shares: dict[str, int]) -> None:
    facts = exact({**QUIET_STATION, **shares})
    first = STATION.decide(facts, ask("2026-04-02 12:00"))
    done = frozenset(step.key for step in first.steps)
    assert len(done) == len(first.steps)
    assert not STATION.decide(facts, ask("2026-04-20 12:00", done=done)).steps
    april = STATION.decide({**facts, "month_on": date(2026, 4, 1)}, ask("2026-05-02 12:00", done=done))
    assert len(april.steps) == len(first.steps)


stations = st.fixed_dictionaries({name: st.integers(-50, 150).map(Decimal) for name in RANKING.facts})


@given(stations, st.sampled_from(sorted(RANKING.facts)), st.integers(1, 100))
def test_doing_better_never_costs_a_place(facts: dict[str, Any], name: str, more: int) -> None:
    facts = {**facts, "months_open": 14}
    if name == "months_open":
        return
    before = RANKING.outcome(facts, MONTH)[1]["points"]
    after = RANKING.outcome({**facts, name: facts[name] + more}, MONTH)[1]["points"]
    assert after <= before if name == "refused_percent" else after >= before
