"""Nights of scoring: every driver once, from where it was left, as the domain itself would say."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, text
from temporalio.testing import ActivityEnvironment

from database.fleet import contract, dunning, payments, score_nights, scores, scoring
from database.fleet.change_tables import refund
from database.fleet.queries import file_of
from database.shared import publications, rules
from database.shared.audit import Actor
from database.shared.contacts import tenant_of
from database.shared.publications import Proposal
from database.shared.rules import Draft
from domain.errors import Conflict
from domain.fleet.intake import Contract, PaidBy, PaymentEntry, Reversal
from domain.fleet.score import score_facts
from tests.stories.drivers import FIRST, NOT_FOLLOWED, TERMS, night, riding
from tests.stories.drivers import scores as scoring_of
from tests.stories.fleet import HOLIDAYS, at, xaf
from tests.stories.telling import Story, Telling

ANNE = Actor("key:anne")
NIGHT = "2032-03-02 03:00"


async def fleet(telling: Telling, drivers: int) -> Story:
    """D-1 has paid nine weeks; each further driver has paid one week less."""
    story = await riding(telling, weeks=9)
    for number in range(2, drivers + 1):
        await story.person(f"D-{number}")
    async with story.fact("2032-03-01 12:00") as (tx, moment):
        for number in range(2, drivers + 1):
            ref = f"C-{number}"
            agreed = Contract(ref, f"D-{number}", f"M-{number}", TERMS)
            await contract.create_signed(tx, story.tenant, agreed, moment, HOLIDAYS)
            paid = PaymentEntry(
                f"P-{ref}", ref, at("2032-02-29 09:00"), xaf(20_000 + 10_000 * (10 - number)), PaidBy.CASH
            )
            await payments.record_payment(tx, story.tenant, paid, moment)
        await tx.execute(NOT_FOLLOWED)
    return story


async def classes(story: Story) -> dict[str, tuple[int, str]]:
    async with story.telling.database.tenant(story.tenant) as tx:
        found = await scores.drivers(tx, story.tenant, order=scores.Order.BEST)
        return {one.ref: (one.points, one.band.value) for _, one in found}


async def publish(story: Story, content: str, local: str) -> None:
    """The tenant's own score from that day on."""
    book = story.telling.ground.library.check(content)
    async with story.fact(local) as (tx, moment):
        draft = Draft(book.name, book.revision, content, book.version)
        await rules.add_revision(tx, story.tenant, ANNE, draft, moment)
        proposal = Proposal(book.name, book.revision, None)
        await publications.propose(tx, story.tenant, ANNE, proposal, moment)


async def test_the_facts_of_a_night_are_those_of_the_domain(telling: Telling) -> None:
    """With a payment refused, one that was told twice, money given back, and a promise broken."""
    story = await fleet(telling, 3)
    async with story.fact("2032-03-01 13:00") as (tx, moment):
        await payments.reverse_payment(tx, story.tenant, "P-4", "refused by the operator", moment)
        await payments.reverse_payment(tx, story.tenant, "P-5", "told twice", moment, Reversal.DOUBLE)
        until = FIRST + timedelta(weeks=9)
        await dunning.promise(tx, story.tenant, "C-1", until, xaf(30_000), moment)
        back = {
            "tenant_id": story.tenant, "ref": "R-1", "contract_ref": "C-2", "amount_minor": 15_000,
            "currency": "XAF", "channel": "cash", "paid_at": moment, "reason": "trop versé",
            "recorded_at": moment,
        }  # fmt: skip
        await tx.execute(insert(refund).values(back))
        await tx.execute(NOT_FOLLOWED)
    day = FIRST + timedelta(weeks=10)
    async with story.telling.database.tenant(story.tenant) as tx:
        found = await scoring.drivers_after(tx, story.tenant, story.zone, day, "", 10)
        assert [one.ref for one in found] == ["D-1", "D-2", "D-3"]
        for driver in found:
            [ridden] = driver.contracts
            file = await file_of(tx, story.tenant, ridden.ref)
            assert file.standing
            promised = await dunning.promises_of(tx, story.tenant, ridden.ref, "XAF")
            expected = score_facts(
                file.standing, day=day, signed_on=TERMS.signed_on, promises=promised,
                reversed_on=[
                    one.reversed_at.date() for one in file.payments
                    if one.reversed_at and one.reversed_for is Reversal.REFUSED
                ],
            )  # fmt: skip
            assert ridden.course.facts(day.toordinal()) == expected


async def test_a_night_goes_on_from_where_it_was_left(telling: Telling) -> None:
    """One driver at a time; the worker dies after the second; whoever comes next does the third alone."""
    story = await fleet(telling, 3)
    await story.until(NIGHT)
    moment, day = story.instant(NIGHT), story.instant(NIGHT).date()
    seen: list[int] = []

    def dies(done: int, _total: int) -> None:
        seen.append(done)
        if done == 2:
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        await scoring_of(story, batch=1).go_on(story.tenant, day, moment, dies)
    assert len(await classes(story)) == 2
    ended = await scoring_of(story, batch=1).go_on(story.tenant, day, moment, lambda n, _: seen.append(n))
    assert ended
    assert (ended.state, ended.done, ended.total) == ("done", 3, 3)
    assert seen == [0, 1, 2, 2, 3]
    alone = await classes(story)
    await scoring_of(story).go_on(story.tenant, day, moment, lambda _a, _b: None, again=True)
    assert await classes(story) == alone


async def test_two_at_the_same_night_do_not_both_write_it(telling: Telling) -> None:
    """The second one's first batch is thought about while the first one writes it."""
    story = await fleet(telling, 2)
    day, moment = story.instant(NIGHT).date(), story.instant(NIGHT)
    async with story.telling.database.tenant(story.tenant) as tx:
        begun = await score_nights.begin(tx, story.tenant, day, 2, moment)
        home = await tenant_of(tx, story.tenant)
    await scoring_of(story, batch=1).go_on(story.tenant, day, moment, lambda _a, _b: None)
    kept = score_nights.Scored({"driver_ref": "D-1", "band": "a", "rule": "x"}, is_new=False, moved=False)
    async with story.telling.database.tenant(story.tenant) as tx:
        with pytest.raises(Conflict, match="somebody else goes on"):
            await score_nights.write(tx, home, begun, [kept], "r", moment)


async def test_nothing_is_scored_before_two_in_the_morning_and_once_a_night(telling: Telling) -> None:
    story = await fleet(telling, 2)
    await story.until(NIGHT)
    look = ActivityEnvironment().run
    scored = [
        (await look(scoring_of(story).score_all, story.instant(local))).get(story.tenant)
        for local in ("2032-03-02 01:59", "2032-03-02 02:00", "2032-03-02 03:00", "2032-03-03 02:30")
    ]
    assert scored == [None, 2, None, 2]


async def test_a_score_is_kept_when_something_changed(telling: Telling) -> None:
    """Three nights, of which the second changes nothing: two rows, and the class is since the first."""
    story = await riding(telling, weeks=2)
    for local in ("2032-01-13 03:00", "2032-01-14 03:00", "2032-01-27 03:00"):
        assert await night(story, local)
    async with story.telling.database.tenant(story.tenant) as tx:
        history = await scores.history_of(tx, story.tenant, "D-1", FIRST)
        driver = await scores.driver_of(tx, story.tenant, "D-1")
    assert [one.on.day for one in history] == [13, 27]
    assert driver.change is scores.Change.WORSE
    assert driver.points_change is not None
    assert driver.points_change < 0
    assert driver.levers[0]["pay"] == {"currency": "XAF", "minor": 20_000}


async def test_a_class_that_risk_does_not_know_is_told_to_a_person(telling: Telling) -> None:
    """The tenant's own book has a band that the other book has no word for."""
    story = await riding(telling, weeks=2)
    moment = story.instant("2032-01-13 03:00")
    known = telling.ground.library.book("fleet/score").content
    book = telling.ground.library.check(
        known.replace("- id: b\n", "- id: z\n").replace("outcome: b,", "outcome: z,")
    )
    runner = scoring_of(story)

    class Strange:
        async def in_force(self, name: str, *_: object) -> object:
            return book if name == "fleet/score" else telling.ground.library.book(name)

    strange = type(runner)(telling.database, Strange(), 10)  # type: ignore[arg-type]
    ended = await strange.go_on(story.tenant, moment.date(), moment, lambda _a, _b: None)
    assert ended
    assert ended.state == "failed"
    assert "'z' is not a valid Band" in ended.problem
    async with story.telling.database.tenant(story.tenant) as tx:
        titles = await tx.execute(text("select title ->> 'en' from alert where process = 'fleet.score'"))
        assert list(titles.scalars()) == ["Drivers could not be scored last night"]
    await publish(story, known.replace("Presque toutes", "Toutes ou presque toutes"), "2032-01-13 04:00")
    ended = await scoring_of(story).go_on(story.tenant, moment.date(), moment, lambda _a, _b: None)
    assert ended
    assert ended.state == "done"


async def test_the_workflow_scores_those_for_whom_it_is_night(telling: Telling) -> None:
    """On the real engine, at the hour of this machine."""
    client = telling.simulation.client
    handle = await client.start_workflow("fleet.score", id=f"fleet.score-{uuid4()}", task_queue="fleet")
    scored = await handle.result()
    assert all(number >= 0 for number in scored.values())
    again = await client.start_workflow("fleet.score", id=f"fleet.score-{uuid4()}", task_queue="fleet")
    assert await again.result() == {}
