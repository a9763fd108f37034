"""Dunning by days late: each stage once, nothing while held, nothing once paid."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.money import Money
from rules.engine import Question, Ruling
from rules.errors import FactsRefused
from tests.rules.books import SHIPPED, ask, read, shipped

BOOK = shipped("fleet/dunning")
OLDEST = date(2026, 3, 1)
ORDER = [
    ("courtesy", 1),
    ("reminder", 4),
    ("firm", 8),
    ("notice", 15),
    ("suspension", 15),
    ("handover", 30),
    ("collection#1", 30),
    ("collection#2", 60),
    ("collection#3", 90),
]


def facts(on: date, oldest: date = OLDEST, **more: object) -> dict[str, object]:
    return {"days_late": (on - oldest).days, "arrears": Money("XAF", 5000), "oldest_due_on": oldest, **more}


def ids(ruling: Ruling) -> list[str]:
    return [step.key.split(":")[2] for step in ruling.steps]


@settings(max_examples=60, deadline=None)
@given(
    st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    st.sampled_from(["Europe/Paris", "Africa/Douala", "America/New_York", "Pacific/Auckland"]),
    st.integers(0, 47),
)
def test_walking_through_every_next_moment_runs_through_all_stages_once(
    oldest: date, zone: str, hours: int
) -> None:
    at: datetime | None = datetime.combine(oldest, time(), ZoneInfo(zone)).astimezone(UTC) + timedelta(
        hours=hours
    )
    done: set[str] = set()
    fired = []
    while at is not None:
        today = at.astimezone(ZoneInfo(zone)).date()
        ruling = BOOK.decide(facts(today, oldest), Question("p.q:C1", at, zone, frozenset(done)))
        assert not ruling.next_at or ruling.next_at > at
        for step in ruling.steps:
            assert step.key not in done
            done.add(step.key)
            fired.append((step.key.split(":")[2], (today - oldest).days))
        at = ruling.next_at
    assert fired == ORDER


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 130 * 24), min_size=1, max_size=15))
def test_at_irregular_reviews_nothing_is_done_twice_or_before_its_day(hours: list[int]) -> None:
    done: list[str] = []
    for hour in sorted(hours):
        at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hour)
        ruling = BOOK.decide(facts(at.date()), Question("p.q:C1", at, "UTC", frozenset(done)))
        for step in ruling.steps:
            first = dict(ORDER)[step.key.split(":")[2]]
            assert at >= datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(days=first)
        done += [step.key for step in ruling.steps]
    assert len(done) == len(set(done))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100), st.integers(0, 40), st.integers(0, 23))
def test_a_promise_holds_everything_until_the_morning_after(late: int, days: int, hour: int) -> None:
    today = OLDEST + timedelta(days=late)
    at = datetime.combine(today, time(hour), UTC)
    held = BOOK.decide(
        facts(today, promise_until=today + timedelta(days=days)), Question("p.q:C1", at, "UTC")
    )
    assert (held.held, held.steps) == (True, ())
    assert held.next_at == datetime.combine(today + timedelta(days=days + 1), time(9), UTC)
    day = held.next_at.date()
    after = Question("p.q:C1", held.next_at, "UTC")
    assert not BOOK.decide(facts(day, promise_until=day - timedelta(days=1)), after).held


def test_nothing_goes_out_on_the_morning_after_a_promise_before_the_hour() -> None:
    early = BOOK.decide(facts(date(2026, 3, 13), promise_until=date(2026, 3, 12)), ask("2026-03-13 06:00"))
    assert (early.held, early.next_at) == (True, datetime(2026, 3, 13, 9, tzinfo=UTC))


def test_two_broken_promises_end_the_patience() -> None:
    given = facts(date(2026, 3, 10), promise_until=date(2026, 3, 12), broken_promises=2)
    assert ids(BOOK.decide(given, ask("2026-03-10 12:00"))) == ["firm"]


def test_paying_closes_at_once_even_while_held() -> None:
    given = {
        "days_late": 0,
        "arrears": Money("XAF", 0),
        "promise_until": date(2026, 3, 12),
        "oldest_due_on": None,
    }
    ruling = BOOK.decide(given, ask("2026-03-10 12:00"))
    assert (ruling.closes, ruling.steps, ruling.next_at) == ("paid", (), None)


def test_a_new_oldest_instalment_has_keys_of_its_own() -> None:
    [first] = BOOK.decide(facts(date(2026, 3, 2)), ask("2026-03-02 12:00")).steps
    [second] = BOOK.decide(
        facts(date(2026, 3, 5), date(2026, 3, 4)), ask("2026-03-05 12:00", done=frozenset({first.key}))
    ).steps
    assert (first.key, second.key) == ("p.q:C1:courtesy:2026-03-01", "p.q:C1:courtesy:2026-03-04")


def test_before_the_first_stage_it_waits_for_it() -> None:
    ruling = BOOK.decide(facts(OLDEST), ask("2026-03-01 12:00"))
    assert (ruling.stage, ids(ruling)) == ("upcoming", [])
    assert ruling.next_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert ruling.awaits is not None
    assert ruling.awaits.rule == "courtesy"


def test_after_the_last_alert_it_waits_until_rung() -> None:
    assert BOOK.decide(facts(OLDEST + timedelta(days=91)), ask("2026-05-31 12:00")).next_at is None


def test_the_next_hour_follows_daylight_saving() -> None:
    ruling = BOOK.decide(facts(date(2026, 3, 28), date(2026, 3, 25)), ask("2026-03-28 12:00", "Europe/Paris"))
    assert ruling.next_at == datetime(2026, 3, 29, 7, tzinfo=UTC)  # 09:00 in Paris, now two hours ahead


def test_near_misses_name_the_nearest_stage_first() -> None:
    ruling = BOOK.decide(facts(date(2026, 3, 7)), ask("2026-03-07 12:00"))
    miss = ruling.near[0]
    assert (miss.rule, miss.fact, miss.actual, miss.needed) == ("firm", "days_late", "6", "8")


def test_arrears_without_a_due_date_are_refused_by_name() -> None:
    with pytest.raises(FactsRefused, match="oldest_due_on"):
        BOOK.decide({"days_late": 5, "arrears": Money("XAF", 1)}, ask("2026-03-10 12:00"))


def test_days_late_that_may_be_missing_are_refused_by_name_when_they_are() -> None:
    text = BOOK.content.replace(
        "  days_late:\n    type: int\n", "  days_late:\n    type: int\n    missing: none\n"
    )
    with pytest.raises(FactsRefused, match="days_late"):
        read(text, "fleet/dunning.yaml").decide(facts(OLDEST) | {"days_late": None}, ask("2026-03-05 09:00"))


def test_below_the_minimum_nothing_is_claimed() -> None:
    text = (SHIPPED / "fleet" / "dunning.yaml").read_text("utf-8")
    minimum = "minimum: {fact: arrears, at_least: 500, why: {fr: Trop peu., en: Too little.}}"
    book = read(text.replace("\nstages:", f"\n{minimum}\nstages:", 1))
    ruling = book.decide(facts(date(2026, 3, 10), arrears=499), ask("2026-03-10 12:00"))
    assert (ruling.outcome, ruling.stage, ruling.steps, ruling.next_at) == ("below_minimum", "firm", (), None)
    assert ids(book.decide(facts(date(2026, 3, 10), arrears=500), ask("2026-03-10 12:00"))) == ["firm"]


def test_days_that_nobody_can_be_late_are_refused_by_name() -> None:
    for days in (10**17, -(10**17)):
        given = {"days_late": days, "arrears": Money("XAF", 1), "oldest_due_on": OLDEST}
        with pytest.raises(FactsRefused, match="more than a hundred years"):
            BOOK.decide(given, ask("2026-03-10 12:00"))


@pytest.mark.parametrize("arrears", [Money("XAF", "1"), Money("XAF", 1.5), Money("XAF", True), Money("X", 1)])  # type: ignore[arg-type]
def test_amounts_that_are_none_are_refused_by_name(arrears: Money) -> None:
    with pytest.raises(FactsRefused, match="arrears"):
        BOOK.decide({"days_late": 5, "arrears": arrears, "oldest_due_on": OLDEST}, ask("2026-03-10 12:00"))
