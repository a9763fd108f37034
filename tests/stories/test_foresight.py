"""A contract's life foretold in a shadow, and then lived: the same."""

import re
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from activities.platform.foresight import Foresights
from adapters.simulation import Simulation
from database.fleet import amending, assigning, contract, payments, settling
from database.fleet.changes import Act
from database.fleet.foretold import Told, Window, foretold
from database.shared import foresights
from database.shared.audit import Actor
from database.shared.contacts import tenants
from database.shared.foresights import Foresight, Wish
from database.shared.tables import message, tenant
from domain.calendar import at_local
from domain.fleet.intake import Contract, PaidBy, PaymentEntry
from domain.fleet.terms import FlatFee, Frequency, Kind, Terms
from domain.money import Money
from tests.ground import ROOT
from tests.stories.fleet import HOLIDAYS, xaf
from tests.stories.telling import Story, Telling

ZONE = "Africa/Douala"
LINK = re.compile(r"https://\S+")


def foreseeing(telling: Telling) -> Foresights:
    client = telling.simulation.client
    files = telling.ground.files.files
    return Foresights(telling.database, telling.ground.library, partial(Simulation, client), files)


async def signed(telling: Telling, since: int = 20, **more: Any) -> tuple[Story, datetime]:
    """C-1, weekly, signed some days ago by today's clock: a shadow begins now and cannot begin earlier."""
    story = await telling.begin("futur", zone=ZONE, country="CM", currency="XAF")
    await story.person("D-1", full_name="Fabrice Nguema", phone="+237678920625")
    now = datetime.now(UTC)
    today = now.astimezone(ZoneInfo(ZONE)).date()
    terms = Terms(
        kind=Kind.LEASE_TO_OWN, price=Money("XAF", 60_000), down_payment=Money("XAF", 0),
        instalments=12, frequency=Frequency.WEEKLY, first_due_on=today - timedelta(days=since - 11),
        signed_on=today - timedelta(days=since), **more,
    )  # fmt: skip
    async with telling.database.tenant(story.tenant) as tx:
        agreed = Contract("C-1", "D-1", "M-1", terms)
        await contract.create_signed(tx, story.tenant, agreed, now, HOLIDAYS)
    await story.settle(now)
    return story, datetime.now(UTC)


async def asked(story: Story, at: datetime, days: int, assumption: dict[str, Any], **books: str) -> Foresight:
    begins = at.astimezone(ZoneInfo(ZONE)).date()
    wish = Wish("contract", "C-1", assumption, books, begins, begins + timedelta(days=days))
    async with story.telling.database.tenant(story.tenant) as tx:
        return await foresights.begin(tx, story.tenant, Actor("test"), wish, at)


def comparable(told: Told) -> list[Told]:
    """Without links, names, hours to the minute at which the first look happened, and our own references."""
    kept = []
    for day in told["days"]:
        for one in day["happened"]:
            if one["kind"] in ("message", "alert", "document", "due", "payment"):
                text = LINK.sub("", one.get("text", "")).replace("nom(D-1)", "Fabrice Nguema")
                kept.append({**one, "on": day["on"], "text": text})
            if one["kind"] == "decision" and one["closes"]:
                kept.append({"on": day["on"], "closes": one["closes"]})
    return kept


async def lives(story: Story, plan: list[tuple[date, int]], now: datetime, made: Foresight) -> Told:
    """The payments in truth, up to the last day that was foretold."""
    database = story.telling.database
    for number, (day, minor) in enumerate(plan):
        at = at_local(day, time(10), ZONE)
        await story.settle(at)
        entry = PaymentEntry(f"P-{number}", "C-1", at, xaf(minor), PaidBy.MOBILE_MONEY, "test")
        async with database.tenant(story.tenant) as tx:
            await payments.record_payment(tx, story.tenant, entry, at)
    await story.settle(at_local(made.wish.until_on, time(23, 30), ZONE))
    async with database.tenant(story.tenant) as tx:
        return await foretold(tx, story.tenant, "C-1", Window(now, made.wish.until_on, ZONE))


def posted(told: Told) -> list[tuple[str, str, int]]:
    return sorted(
        (day["on"], one["account"], one["minor"])
        for day in told["days"] for one in day["happened"] if one["kind"] == "posting"
    )  # fmt: skip


async def test_what_was_foretold_is_what_happens(telling: Telling) -> None:
    story, now = await signed(telling)
    today = now.astimezone(ZoneInfo(ZONE)).date()
    plan = [(today + timedelta(days=8), 15_000), (today + timedelta(days=16), 12_000)]
    given = {"kind": "given", "payments": [[str(day), minor] for day, minor in plan]}
    made = await asked(story, now, 24, given)
    done = await foreseeing(telling).go_on(story.tenant, made.id, lambda _: None)
    assert (done.state, done.problem) == ("done", "")
    assert done.result is not None
    [future] = done.result["futures"]

    lived = await lives(story, plan, now, made)
    assert comparable(future) == comparable(lived)
    assert future["ends"] == lived["ends"]
    assert future["totals"] == lived["totals"]
    assert future["totals"]["messages"] > 1


async def test_a_contract_that_was_changed_is_foretold_as_it_stands_now(telling: Telling) -> None:
    """Another bike, new dates, charges of past months, and a quote that a payment is going to accept: papers
    that were issued are not issued again, and nothing is earned twice.
    """
    story, now = await signed(telling, 45, charge=FlatFee(xaf(12_000)))
    today = now.astimezone(ZoneInfo(ZONE)).date()
    act = Act(now, "key:desk", "agreed on the phone")
    async with telling.database.tenant(story.tenant) as tx:
        await assigning.swap_bike(tx, story.tenant, "C-1", "M-2", act)
        await amending.reage(tx, story.tenant, "C-1", today + timedelta(days=2), act, HOLIDAYS)
        _, quote = await settling.quote_settlement(
            tx, story.tenant, "C-1", today + timedelta(days=15), xaf(500), now, "key:desk"
        )
    await story.settle(now + timedelta(minutes=5))
    async with telling.database.tenant(story.tenant) as tx:
        before = posted(await foretold(tx, story.tenant, "C-1", Window(now, today, ZONE)))
    plan = [(today + timedelta(days=9), quote.amount)]
    given = {"kind": "given", "payments": [[str(day), minor] for day, minor in plan]}
    at = now + timedelta(minutes=6)
    made = await asked(story, at, 24, given)
    done = await foreseeing(telling).go_on(story.tenant, made.id, lambda _: None)
    assert (done.state, done.problem) == ("done", "")
    assert done.result is not None
    [future] = done.result["futures"]
    assert (future["ends"]["state"], future["totals"]["documents"]) == ("completed", 1)

    lived = await lives(story, plan, at, made)
    assert comparable(future) == comparable(lived)
    assert future["totals"] == lived["totals"]
    assert Counter(posted(future)) == Counter(posted(lived)) - Counter(before)


async def sent(story: Story) -> int:
    """In truth; at night it is nothing yet."""
    async with story.telling.database.tenant(story.tenant) as tx:
        return await tx.scalar(select(func.count()).select_from(message)) or 0


async def test_two_books_live_side_by_side(telling: Telling) -> None:
    """Under the draft the firm reminder comes on the fifth day; nothing of the shadows stays."""
    story, now = await signed(telling)
    before = await sent(story)
    made = await asked(story, now, 25, {"kind": "stops"}, **{"fleet/dunning": sooner()})
    done = await foreseeing(telling).go_on(story.tenant, made.id, lambda _: None)
    assert (done.state, done.problem) == ("done", "")
    assert done.result is not None
    present, draft = done.result["futures"]
    assert [present["future"], draft["future"]] == ["present", "draft"]
    assert present["totals"]["suspensions"] == 1
    assert draft["totals"]["suspensions"] == 0
    async with telling.database.anyone() as tx:
        everybody = set((await tx.execute(select(tenant.c.id))).scalars())
        assert everybody == set(await tenants(tx))
    assert await sent(story) == before


def sooner() -> str:
    """The shipped book of dunning whose suspension is a call."""
    text = (ROOT / "rules" / "fleet" / "dunning.yaml").read_text("utf-8")
    changed = text.replace("      - id: suspension\n", "      - id: visit\n").replace("suspension]", "visit]")
    assert changed != text
    return changed.replace('version: "1"', 'version: "2"')
