"""What keeps a rule from sending, at the moments at which a case is looked at."""

from datetime import UTC, date, datetime

import pytest

from domain.money import Money
from rules.finding import obstacle, sending_places
from tests.rules.books import ask, shipped

OLDEST = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("rule", "at", "days_late", "kind", "coming"),
    [
        ("reminder", "2026-03-04 20:00", 3, "not_yet", datetime(2026, 3, 5, 9, tzinfo=UTC)),
        ("reminder", "2026-03-05 07:00", 4, "not_yet", datetime(2026, 3, 5, 9, tzinfo=UTC)),
        ("reminder", "2026-03-05 10:00", 4, "none", None),
        ("reminder", "2026-03-06 07:00", 5, "none", None),
        ("reminder", "2026-03-09 07:00", 8, "over", None),
    ],
)
def test_a_step_of_a_stage_has_one_moment(
    rule: str, at: str, days_late: int, kind: str, coming: datetime | None
) -> None:
    """In the morning of a later day of its stage it is not said to come again."""
    place = next(one for one in sending_places(shipped("fleet/dunning")) if one.rule == rule)
    facts = {"days_late": days_late, "arrears": Money("XAF", 10_000), "oldest_due_on": OLDEST}
    found = obstacle(place, facts, ask(at))
    assert (found.kind, found.at) == (kind, coming)
