"""Trials over recorded decisions: the right looks in the right order, of one's own tenant, resumable."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, text

from activities.platform.rule_trial import RuleTrials
from adapters.holidays import PublicHolidays
from database.session import Database
from database.shared import cases, effects, recorded, trials
from database.shared.audit import Actor
from database.shared.tables import tenant
from database.shared.trials import BACK_TEST, DRY_RUN, Plan, Trial
from domain.case import Case, Review
from domain.decision import Bilingual, Decision, Step, Waiting
from domain.errors import Conflict, NotFound
from domain.look import Look
from tests.rules.books import SHIPPED

ZONE = "Africa/Douala"
NOW = datetime(2032, 6, 1, 11, tzinfo=UTC)
BOOK = "fleet/dunning"
TEXT = (SHIPPED / f"{BOOK}.yaml").read_text("utf-8")
SOONER = TEXT.replace("days: 1..3", "days: 1..2").replace("days: 4..7", "days: 3..7")
ANNE = Actor("key:anne")
NOTHING = Waiting(Bilingual("rien", "nothing"), Bilingual("rien", "nothing"))


@dataclass
class Firm:
    database: Database
    id: str

    async def decided(
        self, ref: str, at: datetime, days: int, closes: str = "", book: str = BOOK, **facts: Any
    ) -> None:
        given = {
            "days_late": days, "arrears": {"currency": "XAF", "minor": 5000},
            "oldest_due_on": (at.date() - timedelta(days=days)).isoformat(), **facts,
        }  # fmt: skip
        review = Review(Case(self.id, "fleet.dunning", ref, ZONE), at, uuid4().hex, 1)
        made = Decision("stage", NOTHING, closes=closes, book=book, revision="x", facts=given)
        async with self.database.tenant(self.id) as tx:
            await cases.record(tx, review, made)

    async def begin(self, kind: str = BACK_TEST, new: str = SOONER, **days: date) -> Trial:
        plan = Plan(kind, BOOK, ("old", TEXT), ("new", new), NOW, **days)
        async with self.database.tenant(self.id) as tx:
            return await trials.begin(tx, self.id, ANNE, plan, NOW)

    async def looks(self, trial: Trial, size: int = 2) -> list[Look]:
        found: list[Look] = []
        after: recorded.Position = ()
        async with self.database.tenant(self.id) as tx:
            while True:
                batch = await recorded.batch(tx, self.id, trial, ZONE, after, size)
                found += batch.looks
                if len(batch.looks) < size:
                    assert await recorded.count(tx, self.id, trial, ZONE) == len(found)
                    return found
                after = batch.position

    async def result(self, id: int) -> dict[str, Any]:
        async with self.database.tenant(self.id) as tx:
            return await trials.result_of(tx, self.id, id)

    def runner(self, batch: int = 3) -> RuleTrials:
        return RuleTrials(self.database, PublicHolidays(), batch)


Founding = Callable[[], Awaitable[Firm]]


@pytest.fixture
def founding(database: Database, owner: Database) -> Founding:
    async def made() -> Firm:
        name = f"trials-{uuid4().hex[:8]}"
        row = {"id": name, "name": name, "country": "CM", "zone": ZONE, "currency": "XAF"}
        async with owner.anyone() as tx:
            await tx.execute(insert(tenant).values(row))
        return Firm(database, name)

    return made


@pytest.fixture
async def firm(founding: Founding) -> Firm:
    """Three drivers in arrears in the spring; the last one has paid since."""
    firm = await founding()
    for days in (1, 3, 4, 8):
        await firm.decided("C-2", NOW + timedelta(days=days - 60), days)
        await firm.decided("C-10", NOW + timedelta(days=days - 40), days)
    await firm.decided("C-3", NOW - timedelta(days=2), 3)
    await firm.decided(
        "C-3", NOW - timedelta(days=1), 0, closes="paid", arrears={"currency": "XAF", "minor": 0}
    )
    return firm


def quiet(_: Trial) -> None:
    return None


async def test_decisions_come_subject_by_subject_in_their_order(firm: Firm) -> None:
    looks = await firm.looks(await firm.begin())
    told = [(look.subject.partition(":")[2], look.facts["days_late"]) for look in looks]
    assert told == [("C-10", d) for d in (1, 3, 4, 8)] + [("C-2", d) for d in (1, 3, 4, 8)] + [
        ("C-3", 3),
        ("C-3", 0),
    ]
    assert [look.at for look in looks[:4]] == sorted(look.at for look in looks[:4])


async def test_days_are_local_and_both_included(firm: Firm) -> None:
    await firm.decided("C-7", datetime(2032, 5, 9, 22, 59, tzinfo=UTC), 1)  # one minute to midnight in Douala
    await firm.decided("C-7", datetime(2032, 5, 9, 23, 0, tzinfo=UTC), 2)
    await firm.decided("C-7", datetime(2032, 5, 10, 22, 59, tzinfo=UTC), 3)
    await firm.decided("C-7", datetime(2032, 5, 10, 23, 0, tzinfo=UTC), 4)
    day = date(2032, 5, 10)
    looks = await firm.looks(await firm.begin(begins_on=day, ends_on=day))
    assert [look.facts["days_late"] for look in looks] == [2, 3]


async def test_other_books_and_other_tenants_are_not_looked_at(firm: Firm, founding: Founding) -> None:
    trial = await firm.begin()
    known = len(await firm.looks(trial))
    await (await founding()).decided("C-2", NOW, 3)
    await firm.decided("C-8", NOW, 3, book="fleet/contract")
    await firm.decided("C-9", NOW, 3, book=f"fleet/contract+{BOOK}")
    assert len(await firm.looks(trial)) == known + 1
    stranger = await founding()
    async with stranger.database.tenant(stranger.id) as tx:
        assert await recorded.count(tx, firm.id, trial, ZONE) == 0
        with pytest.raises(NotFound):
            await trials.trial_of(tx, firm.id, trial.id)


async def test_a_dry_run_asks_every_open_case_once_with_its_last_facts(firm: Firm) -> None:
    await firm.decided("C-2", NOW - timedelta(hours=1), 9, book="")  # held: no book was asked
    case = Case(firm.id, "fleet.dunning", "C-2", ZONE)
    key = "fleet.dunning:C-2:firm:2032-03-27"
    async with firm.database.tenant(firm.id) as tx:
        await effects.raise_alert(tx, case, Step("firm", "alert", key, NOW.date(), to="operations"), NOW)
    looks = await firm.looks(await firm.begin(DRY_RUN))
    assert [(look.subject, look.at, look.facts["days_late"]) for look in looks] == [
        ("fleet.dunning:C-10", NOW, 8), ("fleet.dunning:C-2", NOW, 8),
    ]  # fmt: skip
    assert [look.done for look in looks] == [frozenset(), frozenset({key})]


async def test_what_was_done_before_the_first_day_is_known(firm: Firm) -> None:
    case = Case(firm.id, "fleet.dunning", "C-2", ZONE)
    begins_on = date(2032, 4, 4)
    async with firm.database.tenant(firm.id) as tx:
        for name, at in (
            ("early", datetime(2032, 4, 3, tzinfo=UTC)),
            ("late", datetime(2032, 4, 5, tzinfo=UTC)),
        ):
            step = Step(name, "alert", f"fleet.dunning:C-2:{name}:2032-04-01", at.date(), to="operations")
            await effects.raise_alert(tx, case, step, at)
    looks = await firm.looks(await firm.begin(begins_on=begins_on))
    done = {look.done for look in looks if look.subject.endswith("C-2")}
    assert done == {frozenset({"fleet.dunning:C-2:early:2032-04-01"})}


async def test_the_numbers_are_those_counted_by_hand(firm: Firm) -> None:
    trial = await firm.begin()
    ended = await firm.runner().go_on(firm.id, trial.id, quiet)
    assert (ended.state, ended.done, ended.total) == ("done", 10, 10)
    found = await firm.result(trial.id)
    assert (found["looked"], found["subjects"], found["changed"]) == (10, 3, 3)
    moves = {(one["from"], one["to"]): one["count"] for one in found["moves"] if one["from"] != one["to"]}
    assert moves == {("courtesy", "reminder"): 3}
    # C-2 and C-10 get all three messages with both books, the reminder a day sooner; C-3 the reminder in
    # place of the courtesy.
    told = {one["what"]: (one["old"], one["new"], one["gained"], one["lost"]) for one in found["steps"]}
    assert told["fleet/dunning/courtesy"] == (3, 2, 0, 1)
    assert told["fleet/dunning/reminder"] == (2, 3, 1, 0)
    assert told["fleet/dunning/firm"] == (2, 2, 0, 0)
    assert [(month["month"], month["messages"]) for month in found["months"]] == [
        ("2032-04", {"old": 6, "new": 6}), ("2032-05", {"old": 1, "new": 1}),
    ]  # fmt: skip


@pytest.mark.parametrize("batch", [1, 2, 3, 7])
async def test_an_interrupted_trial_goes_on_and_ends_alike(firm: Firm, batch: int) -> None:
    straight = await firm.begin()
    await firm.runner(100).go_on(firm.id, straight.id, quiet)
    broken = await firm.begin()
    seen = []

    def interrupt(trial: Trial) -> None:
        seen.append(trial.done)
        raise ConnectionAbortedError

    while True:
        try:
            ended = await firm.runner(batch).go_on(firm.id, broken.id, interrupt)
        except ConnectionAbortedError:
            continue
        break
    assert ended.state == "done"
    assert seen == list(range(batch, 11, batch))[: len(seen)]
    one, other = await firm.result(straight.id), await firm.result(broken.id)
    for found in (one, other):  # who is drawn depends on the number of the trial
        for part in ("moves", "steps"):
            for entry in found[part]:
                entry["sample"] = sorted((each["subject"], each["on"]) for each in entry["sample"])
    assert one == other


async def test_a_stopped_trial_stops_and_is_taken_up_again(firm: Firm) -> None:
    trial = await firm.begin()
    runner = firm.runner(2)

    def first(reached: Trial) -> None:
        raise InterruptedError(reached.done)

    with pytest.raises(InterruptedError):
        await runner.go_on(firm.id, trial.id, first)
    async with firm.database.tenant(firm.id) as tx:
        assert (await trials.stop(tx, firm.id, ANNE, trial.id)).done == 2
    assert (await runner.go_on(firm.id, trial.id, quiet)).state == "stopped"
    with pytest.raises(Conflict, match="has no result: it is stopped"):
        await firm.result(trial.id)
    async with firm.database.tenant(firm.id) as tx:
        with pytest.raises(Conflict, match="is stopped, not running"):
            await trials.stop(tx, firm.id, ANNE, trial.id)
    async with firm.database.tenant(firm.id) as tx:
        await trials.resume(tx, firm.id, ANNE, trial.id)
    assert (await runner.go_on(firm.id, trial.id, quiet)).state == "done"
    async with firm.database.tenant(firm.id) as tx:
        with pytest.raises(Conflict, match="is done, not stopped"):
            await trials.resume(tx, firm.id, ANNE, trial.id)


async def test_of_two_that_go_on_with_one_trial_one_gives_up(firm: Firm) -> None:
    trial = await firm.begin()
    async with firm.database.tenant(firm.id) as tx:
        assert await trials.advance(tx, firm.id, trial, 2, 10, {"after": [], "comparison": {}})
        assert not await trials.advance(tx, firm.id, trial, 2, 10, {"after": [], "comparison": {}})
        assert await trials.advance(tx, firm.id, replace(trial, done=2), 4, 10, {"after": []})


async def test_a_trial_of_nothing_is_done_at_once(founding: Founding) -> None:
    firm = await founding()
    trial = await firm.begin(DRY_RUN)
    assert (await firm.runner().go_on(firm.id, trial.id, quiet)).state == "done"
    assert (await firm.result(trial.id))["looked"] == 0


async def test_a_book_that_cannot_be_read_fails_the_trial_and_says_why(firm: Firm) -> None:
    trial = await firm.begin(new=TEXT.replace("measure: days_late", "measure: day_late"))
    ended = await firm.runner().go_on(firm.id, trial.id, quiet)
    assert ended.state == "failed"
    async with firm.database.tenant(firm.id) as tx:
        problem = (await trials.trial_of(tx, firm.id, trial.id)).problem
    assert "fait inconnu « day_late »" in problem


async def test_the_trail_says_who_tried_what(firm: Firm) -> None:
    trial = await firm.begin()
    async with firm.database.tenant(firm.id) as tx:
        rows = await tx.execute(
            text("select who, action, object, after from audit where action like 'rule.%'")
        )
        [(who, action, thing, after)] = list(rows)
    assert (who, action, thing, after["trial"]) == ("key:anne", "rule.trial_began", f"rule:{BOOK}", trial.id)
