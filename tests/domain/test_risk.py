from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.fleet.risk import Band, RiskFacts, Scored, risk_facts

DAY = date(2026, 6, 1)
BANDS = {Band.A: 90, Band.B: 75, Band.C: 60, Band.D: 45, Band.E: 20}


def ago(days: int, band: Band) -> Scored:
    return Scored(DAY - timedelta(days=days), BANDS[band], band)


def risk(*scores: Scored) -> RiskFacts:
    return risk_facts(scores, day=DAY, days_late=0, signed_on=DAY - timedelta(days=200))


def test_now_is_compared_with_three_months_before() -> None:
    facts = risk(ago(150, Band.A), ago(91, Band.B), ago(60, Band.E), ago(0, Band.D))
    assert (facts.class_now, facts.class_before) == (Band.D, Band.B)
    assert (facts.classes_lost, facts.points_change, facts.history_days) == (2, -30, 200)


def test_a_young_driver_is_compared_with_the_first_score() -> None:
    assert risk(ago(30, Band.D), ago(0, Band.B)).classes_lost == -2
    alone = risk(ago(0, Band.C))
    assert (alone.class_before, alone.classes_lost, alone.points_change) == (None, 0, 0)


def test_the_class_begins_where_it_was_last_entered() -> None:
    facts = risk(ago(90, Band.D), ago(60, Band.C), ago(30, Band.D), ago(20, Band.D))
    assert facts.moved_on == DAY - timedelta(days=30)


def test_a_later_score_is_not_known_yet() -> None:
    assert risk(ago(1, Band.B), ago(-1, Band.E)).class_now == Band.B
    with pytest.raises(BadInput, match="scores: none up to"):
        risk(ago(-1, Band.B))


histories = st.lists(
    st.builds(ago, st.integers(0, 400), st.sampled_from(Band)), min_size=1, unique_by=lambda s: s.on
)


@given(histories)
def test_points_and_classes_tell_the_same(scores: list[Scored]) -> None:
    facts = risk(*scores)
    assert (facts.classes_lost > 0) == (facts.points_change < 0)
    assert (facts.classes_lost < 0) == (facts.points_change > 0)
    assert facts.moved_on <= max(one.on for one in scores)
    assert facts == risk(*reversed(scores))
