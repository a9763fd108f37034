"""A tenant changes the days of its dunning while drivers are late: sleeping processes look again at once."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from activities.platform.publications import Publications
from database.shared import publications, rules
from database.shared.audit import Actor
from database.shared.publications import Proposal
from database.shared.rules import Draft
from database.shared.tables import decision, process_case
from tests.ground import ROOT
from tests.stories.fleet import DUNNING, signed
from tests.stories.telling import Story, Telling
from workflows.platform.publications import ComingPublications

ANNE = Actor("key:anne")
BOOK = "fleet/dunning"
SHIPPED = (ROOT / "rules" / "fleet" / "dunning.yaml").read_text("utf-8")
EXAMPLES = """examples:
  - on: 2026-03-04
    given: {days_late: 3, arrears: 5000, oldest_due_on: 2026-03-01}
    expect: {stage: reminder, steps: [reminder], next: "2026-03-07 09:00"}
    why: Le rappel part un jour plus tôt.
"""
HASTY = SHIPPED.partition("examples:")[0] + EXAMPLES
for before, after in [("1..3", "1..2"), ("4..7", "3..5"), ("8..14", "6..14")]:
    HASTY = HASTY.replace(f"days: {before}", f"days: {after}")
FIRST = "2032-02-06 09:00 sms fleet/dunning/courtesy → D-1"


async def publish(story: Story, local: str, on: date | None = None) -> str:
    book = story.telling.ground.library.check(HASTY)
    async with story.fact(local) as (tx, moment):
        draft = Draft(book.name, book.revision, HASTY, book.version)
        await rules.add_revision(tx, story.tenant, ANNE, draft, moment)
        proposal = Proposal(BOOK, book.revision, on)
        await publications.propose(tx, story.tenant, ANNE, proposal, moment)
    return book.revision


async def roll_back(story: Story, local: str) -> None:
    async with story.fact(local) as (tx, moment):
        await publications.roll_back(tx, story.tenant, ANNE, BOOK, "too hasty", moment)


async def next_review(story: Story) -> str:
    async with story.telling.database.tenant(story.tenant) as tx:
        query = select(process_case.c.review_at).where(process_case.c.process == DUNNING)
        at = (await tx.execute(query)).scalar_one()
    return f"{at.astimezone(ZoneInfo(story.zone)):%Y-%m-%d %H:%M}"


async def revisions(story: Story) -> list[str]:
    """Under which each decision of the dunning was taken, in order; what follows itself is told once."""
    async with story.telling.database.tenant(story.tenant) as tx:
        query = select(decision.c.revision).where(decision.c.process == DUNNING)
        both = (await tx.execute(query.order_by(decision.c.id))).scalars()
    found = [one.rpartition("+")[2] for one in both]
    return [one for one, last in zip(found, [None, *found], strict=False) if one != last]


async def test_new_days_hold_from_the_moment_they_are_published(telling: Telling) -> None:
    story = await signed(telling)
    await story.until("2032-02-07 08:00")
    assert await next_review(story) == "2032-02-09 09:00"
    hasty = await publish(story, "2032-02-07 10:00")
    assert await next_review(story) == "2032-02-08 09:00"
    await roll_back(story, "2032-02-10 10:00")
    assert await next_review(story) == "2032-02-13 09:00"
    await publish(story, "2032-02-12 16:00")
    assert await next_review(story) == "2032-02-17 09:00"
    await story.until("2032-02-20 12:00")
    shipped = telling.ground.library.book(BOOK).revision
    assert await revisions(story) == [shipped, hasty, shipped, hasty]
    assert await story.told(DUNNING, "C-1") == [
        FIRST,
        "2032-02-08 09:00 sms fleet/dunning/reminder → D-1",
        "2032-02-12 16:00 sms fleet/dunning/firm → D-1",
        "2032-02-17 09:00 alert collections: Silence après la relance ferme ; appeler le conducteur",
        "2032-02-20 09:00 sms fleet/dunning/notice → D-1",
        "2032-02-20 09:00 alert operations: Suspendre le véhicule",
    ]


async def test_a_coming_publication_wakes_them_on_its_day(telling: Telling) -> None:
    story = await signed(telling)
    await publish(story, "2032-02-07 10:00", date(2032, 2, 8))
    assert await next_review(story) == "2032-02-09 09:00"
    await story.until("2032-02-08 00:05")
    for _ in range(2):
        await Publications(telling.database).for_tenant(story.tenant, story.instant("2032-02-08 00:05"))
    await story.until("2032-02-11 12:00")
    assert await story.told(DUNNING, "C-1") == [
        FIRST,
        "2032-02-08 09:00 sms fleet/dunning/reminder → D-1",
        "2032-02-11 09:00 sms fleet/dunning/firm → D-1",
    ]


async def test_another_tenant_keeps_its_days(telling: Telling) -> None:
    hasty, calm = await signed(telling), await signed(telling)
    await publish(hasty, "2032-02-07 10:00")
    await calm.until("2032-02-08 12:00")
    assert await calm.told(DUNNING, "C-1") == [FIRST]


async def test_the_platform_looks_for_what_comes_into_force(telling: Telling) -> None:
    story = await telling.begin("moto", zone="Africa/Douala", country="CM", currency="XAF")
    text = HASTY.replace('version: "1"', 'version: "2"')
    book, long_ago = telling.ground.library.check(text), story.instant("2026-01-01 12:00")
    async with telling.database.tenant(story.tenant) as tx:
        await rules.add_revision(
            tx, story.tenant, ANNE, Draft(BOOK, book.revision, text, book.version), long_ago
        )
        proposal = Proposal(BOOK, book.revision, date(2026, 1, 2))
        made = await publications.propose(tx, story.tenant, ANNE, proposal, long_ago)
    assert made.rung_at is None
    client = telling.simulation.client
    ran = [
        await client.execute_workflow(
            ComingPublications.run, id=f"platform.publications:{story.tenant}:{n}", task_queue="platform"
        )
        for n in range(2)
    ]
    assert ran == [1, 0]
