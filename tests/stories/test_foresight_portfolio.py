"""A past period lived again by a sample: each contract for itself, and all of them in proportion."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from database.fleet import contract, payments
from database.shared import foresights
from database.shared.audit import Actor
from database.shared.foresights import Wish
from domain.calendar import at_local
from domain.fleet.intake import Contract, PaidBy, PaymentEntry
from domain.fleet.terms import Frequency, Kind, Terms
from domain.money import Money
from tests.stories.fleet import HOLIDAYS, xaf
from tests.stories.telling import Story, Telling
from tests.stories.test_foresight import ZONE, foreseeing, signed, sooner
from tests.stories.test_foresight_ends import left_behind

DAILY = Frequency.DAILY
SEED = 2
"""Draws C-1 of the two who owed nothing."""


async def agreed(story: Story, ref: str, now: datetime, first_due_on: date, frequency: Frequency) -> None:
    terms = Terms(
        kind=Kind.LEASE_TO_OWN, price=Money("XAF", 60_000), down_payment=Money("XAF", 0), instalments=60,
        frequency=frequency, first_due_on=first_due_on, signed_on=first_due_on - timedelta(days=11),
    )  # fmt: skip
    async with story.telling.database.tenant(story.tenant) as tx:
        await contract.create_signed(tx, story.tenant, Contract(ref, "D-1", f"M-{ref}", terms), now, HOLIDAYS)


async def paid(story: Story, ref: str, days: list[date], minor: int) -> None:
    for number, day in enumerate(days):
        at = at_local(day, datetime.min.time().replace(hour=10), ZONE)
        entry = PaymentEntry(f"{ref}-{number}", ref, at, xaf(minor), PaidBy.MOBILE_MONEY, "test")
        async with story.telling.database.tenant(story.tenant) as tx:
            await payments.record_payment(tx, story.tenant, entry, at)


async def test_a_past_quarter_is_lived_again_by_a_sample(telling: Telling) -> None:
    """Two who owed nothing on the first day, two who were some days late, one who was far behind; and one
    who signed later. One of each class is drawn, and stands for its class.
    """
    story, now = await signed(telling)
    today = now.astimezone(ZoneInfo(ZONE)).date()
    begins, until = today - timedelta(days=10), today - timedelta(days=1)
    for ref, begun_on, frequency in (
        ("C-2", today - timedelta(days=9), Frequency.WEEKLY), ("C-3", begins - timedelta(days=4), DAILY),
        ("C-4", begins - timedelta(days=4), DAILY), ("C-5", begins - timedelta(days=10), DAILY),
        ("C-6", today + timedelta(days=2), DAILY),
    ):  # fmt: skip
        await agreed(story, ref, now, begun_on, frequency)
    for ref in ("C-3", "C-4"):
        await paid(story, ref, [begins + timedelta(days=day) for day in (2, 5)], 2_000)
    wish = Wish(
        "portfolio", "", {"kind": "as_it_was", "seed": SEED}, {"fleet/dunning": sooner()}, begins, until, 3
    )
    async with telling.database.tenant(story.tenant) as tx:
        made = await foresights.begin(tx, story.tenant, Actor("test"), wish, now)
    done = await foreseeing(telling).go_on(story.tenant, made.id, lambda _: None)
    assert (done.state, done.problem, done.done, done.total) == ("done", "", 6, 6)
    assert done.result is not None
    assert done.result["strata"] == [
        {"name": "paid", "drawn": 1, "of": 2},
        {"name": "behind", "drawn": 1, "of": 2},
        {"name": "far_behind", "drawn": 1, "of": 1},
    ]
    listed: dict[str, dict[str, Any]] = {one["contract"]: one for one in done.result["contracts"]}
    assert [one["stratum"] for one in listed.values()] == ["paid", "behind", "far_behind"]
    weights = {"paid": 2, "behind": 2, "far_behind": 1}
    for future, totals in done.result["totals"].items():
        assert totals == {
            name: sum(one[future][name] * weights[one["stratum"]] for one in listed.values())
            for name in totals
        }
    first, late, far = listed.values()
    # Nobody was written to in truth: the processes began only now.
    assert [one["happened"]["messages"] for one in (first, late, far)] == [0, 0, 0]
    assert first["present"]["messages"] == 3
    assert first["draft"]["arrears_minor"] == 10_000
    assert late["present"]["payments"] == late["draft"]["payments"] == 2
    assert late["present"]["payment_minor"] == 4_000
    # 4 dues before the first day, 9 in the period that are late, less what was paid.
    assert late["present"]["arrears_minor"] == 9_000
    assert far["present"]["arrears_minor"] == 19_000
    assert far["present"]["suspensions"] == 1
    assert far["draft"]["suspensions"] == 0
    assert await left_behind(telling, made.id) == []
