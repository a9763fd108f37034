"""What is published counts at the next decision of every process, and publishing often costs no memory."""

import asyncio
import gc
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.decisions import Ask, Collect, Collected, Decisions
from activities.platform.publications import Books, Publications
from adapters.holidays import PublicHolidays
from database.session import Database
from database.shared import publications, rules
from database.shared.audit import Actor
from database.shared.cases import StandingOrder, give_order
from database.shared.publications import Proposal
from database.shared.rules import Draft
from database.shared.tables import decision, outbox, process_case, rule_publication, tenant
from domain.case import Case, Review
from domain.decision import Bilingual, Decision
from rules.library import Library
from rules.vocabulary import shipped_vocabulary
from tests.ground import ROOT
from tests.profile import tries

AT = datetime(2031, 3, 10, 12, tzinfo=UTC)
BOOK = "fleet/dunning"
ANNE = Actor("key:anne")
SHIPPED = (ROOT / "rules" / "fleet" / "dunning.yaml").read_text("utf-8")
SAID = Bilingual("", "")
WORKER, WRITER = 40, tries(250, 1_000)
FACTS = {"days_late": 9, "arrears": 5000, "oldest_due_on": date(2031, 3, 1)}


def hour(text: str) -> str:
    """The shipped book with another version: another table."""
    return SHIPPED.replace('version: "1"', f'version: "{text}"')


@dataclass
class Process:
    """A worker's or an API's own part: a library and a pool that it shares with nobody."""

    database: Database
    library: Library
    numbers: Any = field(default_factory=count)

    async def decide(
        self, firm: str, ref: str = "C-1", at: datetime = AT, does: Collect | None = None
    ) -> Decision:
        review = Review(Case(firm, "fleet.dunning", ref, "Europe/Paris"), at, uuid4().hex, next(self.numbers))
        async with self.database.tenant(firm) as tx:
            decisions = Decisions(self.library, PublicHolidays())
            return await decisions.conclude(tx, review, does or collect)

    async def publish(self, firm: str, text: str, on: date | None = None, at: datetime = AT) -> str:
        book = self.library.check(text)
        async with self.database.tenant(firm) as tx:
            await rules.add_revision(
                tx, firm, ANNE, Draft(BOOK, book.revision, text, book.version), at
            )  # fmt: skip
            await publications.propose(tx, firm, ANNE, Proposal(BOOK, book.revision, on), at)
        return book.revision


async def collect(tx: AsyncConnection, review: Review) -> Collected:  # noqa: ARG001
    return Collected((Ask(BOOK, FACTS),), {"driver": ("D-1",)}, {}, SAID)


async def lacking(tx: AsyncConnection, review: Review) -> Collected:  # noqa: ARG001
    return Collected((Ask(BOOK, {}),), {}, {}, SAID)


@pytest.fixture
async def processes(database: Database) -> AsyncIterator[list[Process]]:
    """Four that share nothing but the database."""
    url = database.engine.url.render_as_string(hide_password=False)
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(4):
            own = Database(url, pool_size=3)
            stack.push_async_callback(own.close)
            made.append(Process(own, Library.load(ROOT / "rules")))
        yield made


@pytest.fixture
async def firm(owner: Database) -> str:
    name = f"hot-{uuid4().hex[:8]}"
    row = {"id": name, "name": name, "country": "FR", "zone": "Europe/Paris", "currency": "EUR"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    return name


async def test_the_next_decision_of_every_process_is_by_the_new_revision(
    processes: list[Process], firm: str
) -> None:
    [writer, *others] = processes
    assert {(await one.decide(firm)).revision for one in others} == {others[0].library.book(BOOK).revision}
    for version in "23":
        new = await writer.publish(firm, hour(version))
        assert {(await one.decide(firm)).revision for one in others} == {new}
    async with writer.database.tenant(firm) as tx:
        await publications.roll_back(tx, firm, ANNE, BOOK, "wrong", AT)
    [back] = {(await one.decide(firm)).revision for one in processes}
    assert back != new


async def test_the_text_of_a_revision_is_fetched_once(processes: list[Process], firm: str) -> None:
    """And what is in force is read in the query that a review makes anyway."""
    seen: list[str] = []
    worker = processes[0]
    event.listen(worker.database.engine.sync_engine, "before_cursor_execute", partial(_note, seen))
    await worker.decide(firm)
    shipped = len(seen)
    await worker.publish(firm, hour("2"))
    seen.clear()
    await worker.decide(firm)
    first = len(seen)
    seen.clear()
    await worker.decide(firm)
    assert (first, len(seen)) == (shipped + 1, shipped)


def _note(seen: list[str], _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    seen.append(statement)


async def test_what_can_no_longer_be_read_gives_way_to_the_one_before(
    processes: list[Process], firm: str
) -> None:
    """A new release has lost a template that the tenant's last revision sends."""
    new = hour(firm).replace("fleet/dunning/firm,", "fleet/dunning/special,")
    words = shipped_vocabulary(ROOT / "templates")
    old_release = replace(words, templates=words.templates | {"fleet/dunning/special"})
    before = Process(processes[0].database, Library(ROOT / "rules", old_release))
    good = await before.publish(firm, hour("2"))
    lost = await before.publish(firm, new)
    assert (await before.decide(firm)).revision == lost
    now = processes[1]
    assert (await now.decide(firm)).revision == good
    [problem] = now.library.passed_over()
    assert problem.file == f"fleet/dunning@{lost}.yaml"
    assert "special" in problem.fr
    api = processes[2]
    await Books(api.database, api.library).survey(AT)
    assert f"fleet/dunning@{lost}.yaml" in {one.file for one in api.library.passed_over()}
    await now.publish(firm, hour("3"))
    await Books(api.database, api.library).survey(AT)
    assert f"fleet/dunning@{lost}.yaml" not in {one.file for one in api.library.passed_over()}


async def test_a_coming_publication_rings_on_the_tenants_own_day(processes: list[Process], firm: str) -> None:
    worker = processes[0]
    await worker.decide(firm)
    await worker.publish(firm, hour("2"), date(2031, 3, 11))
    does = Publications(worker.database)
    late = datetime(2031, 3, 10, 22, 59, tzinfo=UTC)
    assert await does.for_tenant(firm, late) == 0
    begins = late + timedelta(minutes=1)
    assert [await does.for_tenant(firm, begins) for _ in range(2)] == [1, 0]
    async with worker.database.tenant(firm) as tx:
        assert list((await tx.execute(select(outbox.c.fact))).scalars()) == ["rules.published"]
    assert (await worker.decide(firm, at=begins)).revision != (await worker.decide(firm, at=late)).revision


async def test_a_case_whose_facts_were_refused_hears_of_a_publication(
    processes: list[Process], firm: str
) -> None:
    """And a case that operations hold does not forget which book it uses."""
    worker = processes[0]
    assert (await worker.decide(firm, does=lacking)).stage == "blocked"
    case = Case(firm, "fleet.dunning", "C-1", "Europe/Paris")
    async with worker.database.tenant(firm) as tx:
        await give_order(tx, case, StandingOrder("paused", "in hospital", "key:1"))
    assert (await worker.decide(firm)).stage == "paused"
    await worker.publish(firm, hour("2"))
    async with worker.database.tenant(firm) as tx:
        assert list((await tx.execute(select(outbox.c.ref))).scalars()) == ["C-1"]


async def test_what_is_shipped_is_kept_once(processes: list[Process]) -> None:
    books = Books(processes[0].database, processes[0].library)
    await books.keep_shipped()
    assert await books.keep_shipped() == 0
    shipped = processes[0].library.book(BOOK)
    async with processes[0].database.tenant("nobody") as tx:
        assert await rules.any_content(tx, "nobody", BOOK, shipped.revision) == shipped.content


async def test_hundreds_of_publications_under_load(processes: list[Process], firm: str) -> None:
    """Every decision is by a revision that was in force at its time; none is lost; memory stays flat."""
    writer, *workers = processes
    texts = [hour(f"{number}") for number in range(2, 6)]
    for text in texts:
        await writer.publish(firm, text)
    names = [writer.library.check(text).revision for text in texts]
    published, taken, sizes = [names[-1]], [list[tuple[int, str, int]]() for _ in workers], list[int]()

    async def publishes() -> None:
        for number in range(WRITER):
            revision = names[number % len(names)]
            async with writer.database.tenant(firm) as tx:
                await publications.propose(tx, firm, ANNE, Proposal(BOOK, revision), AT)
            published.append(revision)
            if number % (WRITER // 4) == WRITER // 4 - 1:
                gc.collect()
                sizes.append(tracemalloc.get_traced_memory()[0])

    async def decides(worker: Process, mine: list[tuple[int, str, int]]) -> None:
        while len(published) <= WRITER:
            first = len(published) - 1
            made = await worker.decide(firm, f"C-{len(mine) % WORKER}")
            mine.append((first, made.revision, len(published)))

    tracemalloc.start()
    await asyncio.gather(
        publishes(), *(decides(worker, mine) for worker, mine in zip(workers, taken, strict=True))
    )
    tracemalloc.stop()
    everything = [one for mine in taken for one in mine]
    assert all(taken)
    # In force at some moment between its beginning and its end; the last may be committed and not noted yet.
    for first, revision, last in everything:
        coming = names[(last - 1) % len(names)]
        assert revision in {*published[first:last], coming}
    async with writer.database.tenant(firm) as tx:
        kept = select(decision.c.revision).where(decision.c.tenant_id == firm)
        assert sorted((await tx.execute(kept)).scalars()) == sorted(one for _, one, _ in everything)
        of_all = select(rule_publication.c.id).where(rule_publication.c.tenant_id == firm)
        assert len(list(await tx.execute(of_all))) == WRITER + len(texts)
        users = select(process_case.c.book).where(process_case.c.tenant_id == firm).distinct()
        assert list((await tx.execute(users)).scalars()) == [BOOK]
    assert sizes[-1] - sizes[0] < 2_000_000
