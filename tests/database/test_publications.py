"""Publications: who may decide, what is in force on which day, what a rollback goes back to, who is rung."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from database.session import Database
from database.shared import publications, rules
from database.shared.audit import Actor
from database.shared.publications import Proposal
from database.shared.rules import Draft
from database.shared.tables import audit, outbox, process_case, tenant
from domain.errors import BadInput, Conflict, NotFound
from domain.publication import APPROVED, PROPOSED, REJECTED, Publication, Version, standing

AT = datetime(2031, 3, 10, 23, 30, tzinfo=UTC)
TODAY = date(2031, 3, 11)
"""In Paris it is half past midnight."""
BOOK = "fleet/dunning"
ANNE, BORIS = Actor("key:anne"), Actor("person:boris")
CARL = Actor("key:carl")
"""Keys that belong to nobody."""
A, B, C = ("a" * 12, "b" * 12, "c" * 12)


@dataclass
class Firm:
    database: Database
    id: str

    async def publish(
        self, revision: str, on: date | None = None, at: datetime = AT, who: Actor = ANNE
    ) -> Publication:
        async with self.database.tenant(self.id) as tx:
            return await publications.propose(tx, self.id, who, Proposal(BOOK, revision, on), at)

    async def roll_back(self, at: datetime = AT) -> Publication:
        async with self.database.tenant(self.id) as tx:
            return await publications.roll_back(tx, self.id, BORIS, BOOK, "wrong", at)

    async def in_force(self, on: date = TODAY) -> list[str]:
        async with self.database.tenant(self.id) as tx:
            found = await rules.in_force(tx, self.id, on)
        return [version.revision for version in found.get(BOOK, ())]

    async def rings(self) -> list[str]:
        async with self.database.tenant(self.id) as tx:
            return list((await tx.execute(select(outbox.c.key).order_by(outbox.c.key))).scalars())


Founding = Callable[..., Awaitable[Firm]]


@pytest.fixture
def firm(database: Database, owner: Database) -> Founding:
    async def made(*, approval: bool = False) -> Firm:
        name = f"rules-{uuid4().hex[:8]}"
        row = {
            "id": name, "name": name, "country": "FR", "zone": "Europe/Paris", "currency": "EUR",
            "rules_need_approval": approval,
        }  # fmt: skip
        async with owner.anyone() as tx:
            await tx.execute(insert(tenant).values(row))
        async with database.tenant(name) as tx:
            for revision in (A, B, C):
                draft = Draft(BOOK, revision, f"text of {revision}", "1")
                assert await rules.add_revision(tx, name, ANNE, draft, AT)
        return Firm(database, name)

    return made


async def opened(tx: AsyncConnection, firm: str, ref: str, books: str, *, closed: bool = False) -> None:
    row = {
        "tenant_id": firm, "process": "fleet.dunning", "ref": ref, "stage": "firm", "waiting": {},
        "opened_at": AT, "closed_at": AT if closed else None, "book": books,
    }  # fmt: skip
    await tx.execute(insert(process_case).values(row))


async def test_a_revision_is_kept_once_and_never_changes(firm: Founding) -> None:
    mine = await firm()
    async with mine.database.tenant(mine.id) as tx:
        assert not await rules.add_revision(tx, mine.id, BORIS, Draft(BOOK, A, "another layout", "1"), AT)
        assert await rules.revision_content(tx, mine.id, BOOK, A) == f"text of {A}"
        assert [one.revision for one in await rules.revisions_of(tx, mine.id, BOOK)] == [C, B, A]
        [rest] = await rules.revisions_of(tx, mine.id, BOOK, (AT, B))
        assert (rest.revision, rest.author) == (A, "key:anne")
        with pytest.raises(NotFound):
            await rules.revision_content(tx, mine.id, BOOK, "0" * 12)
    with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
        async with mine.database.tenant(mine.id) as tx:
            await tx.execute(text("update rule_revision set content = 'x'"))


async def test_without_a_second_person_it_is_in_force_at_once(firm: Founding) -> None:
    mine = await firm()
    made = await mine.publish(A)
    assert (made.state, made.effective_on, made.decided_by, made.rung_at) == (APPROVED, TODAY, "key:anne", AT)
    await mine.publish(B, TODAY + timedelta(days=2))
    assert await mine.in_force() == [A]
    assert await mine.in_force(TODAY - timedelta(days=1)) == []
    assert await mine.in_force(TODAY + timedelta(days=2)) == [B, A]
    await mine.publish("")
    assert await mine.in_force() == ["", A]
    with pytest.raises(BadInput, match="is past"):
        await mine.publish(A, TODAY - timedelta(days=1))
    with pytest.raises(NotFound):
        await mine.publish("0" * 12)


async def test_another_person_approves_where_the_tenant_asks_for_it(firm: Founding) -> None:
    mine = await firm(approval=True)
    made = await mine.publish(A)
    assert (made.state, await mine.in_force()) == (PROPOSED, [])
    with pytest.raises(Conflict, match="another person"):
        async with mine.database.tenant(mine.id) as tx:
            await publications.approve(tx, mine.id, ANNE, made.id, AT)
    with pytest.raises(Conflict, match="belongs to nobody, as your key does"):
        async with mine.database.tenant(mine.id) as tx:
            await publications.approve(tx, mine.id, CARL, made.id, AT)
    later = AT + timedelta(days=3)
    async with mine.database.tenant(mine.id) as tx:
        done = await publications.approve(tx, mine.id, BORIS, made.id, later)
    assert (done.state, done.decided_by, done.effective_on) == (APPROVED, "person:boris", date(2031, 3, 14))
    assert await mine.in_force(TODAY) == []
    assert await mine.in_force(date(2031, 3, 14)) == [A]
    with pytest.raises(Conflict, match="approved already"):
        async with mine.database.tenant(mine.id) as tx:
            await publications.approve(tx, mine.id, BORIS, made.id, later)


async def test_what_is_rejected_never_comes_into_force(firm: Founding) -> None:
    mine = await firm(approval=True)
    made = await mine.publish(A)
    async with mine.database.tenant(mine.id) as tx:
        done = await publications.reject(tx, mine.id, ANNE, made.id, "a slip", AT)
        assert (done.state, done.answer) == (REJECTED, "a slip")
    assert await mine.in_force() == []
    with pytest.raises(DBAPIError, match="is decided"):
        async with mine.database.tenant(mine.id) as tx:
            await tx.execute(text("update rule_publication set state = 'approved'"))


async def test_an_approval_that_would_change_nothing_is_refused(firm: Founding) -> None:
    mine = await firm(approval=True)
    first, second = await mine.publish(A), await mine.publish(B)
    async with mine.database.tenant(mine.id) as tx:
        await publications.approve(tx, mine.id, BORIS, second.id, AT)
        with pytest.raises(Conflict, match="propose it anew"):
            await publications.approve(tx, mine.id, BORIS, first.id, AT)


async def test_rollbacks_go_back_one_by_one_to_the_shipped_book(firm: Founding) -> None:
    mine = await firm()
    for revision in (A, B, C):
        await mine.publish(revision)
    seen = []
    for _ in range(3):
        await mine.roll_back()
        seen += (await mine.in_force())[:1]
    assert seen == [B, A, ""]
    with pytest.raises(Conflict, match="the shipped book"):
        await mine.roll_back()
    await mine.publish(C)
    await mine.roll_back()
    assert (await mine.in_force())[:1] == [""]


async def test_what_was_rolled_back_never_stands_in_for_another(firm: Founding) -> None:
    mine = await firm()
    for revision in (A, B, C):
        await mine.publish(revision)
    for _ in range(2):
        await mine.roll_back()
    assert set(await mine.in_force()) == {A}
    await mine.publish(C, TODAY + timedelta(days=1))
    assert await mine.in_force(TODAY + timedelta(days=1)) == [C, A]


async def test_a_rollback_leaves_what_is_still_to_come(firm: Founding) -> None:
    mine = await firm()
    await mine.publish(A)
    await mine.publish(B, TODAY + timedelta(days=2))
    await mine.roll_back()
    assert (await mine.in_force())[:1] == [""]
    assert (await mine.in_force(TODAY + timedelta(days=2)))[:1] == [B]
    await mine.roll_back(AT + timedelta(days=2))
    assert (await mine.in_force(TODAY + timedelta(days=2)))[:1] == [""]


async def test_everything_is_audited(firm: Founding) -> None:
    mine = await firm(approval=True)
    made = await mine.publish(A)
    async with mine.database.tenant(mine.id) as tx:
        await publications.approve(tx, mine.id, BORIS, made.id, AT)
    await mine.roll_back()
    async with mine.database.tenant(mine.id) as tx:
        rows = list(await tx.execute(select(audit).order_by(audit.c.id)))
    assert [(row.action, row.who, row.object) for row in rows[3:]] == [
        ("rule.proposed", "key:anne", "rule:fleet/dunning"),
        ("rule.approved", "person:boris", "rule:fleet/dunning"),
        ("rule.rolled_back", "person:boris", "rule:fleet/dunning"),
    ]
    assert rows[-1].after["undoes"] == made.id


async def test_open_cases_that_use_the_book_are_rung_once(firm: Founding) -> None:
    mine = await firm()
    async with mine.database.tenant(mine.id) as tx:
        await opened(tx, mine.id, "C-1", BOOK)
        await opened(tx, mine.id, "C-2", f"training/budget+{BOOK}")
        await opened(tx, mine.id, "C-3", BOOK, closed=True)
        await opened(tx, mine.id, "C-4", f"{BOOK}_later")
        await opened(tx, mine.id, "C-5", "")
    made = await mine.publish(A)
    name = f"rules.published:{made.id}"
    assert await mine.rings() == [f"ring:fleet.dunning:C-1:{name}", f"ring:fleet.dunning:C-2:{name}"]
    async with mine.database.tenant(mine.id) as tx:
        assert not await publications.ring_users_of(tx, mine.id, BOOK, AT, made.id)


async def test_a_coming_publication_rings_on_its_day_and_once(firm: Founding) -> None:
    mine = await firm()
    async with mine.database.tenant(mine.id) as tx:
        await opened(tx, mine.id, "C-1", BOOK)
    made = await mine.publish(A, TODAY + timedelta(days=1))
    assert (made.rung_at, await mine.rings()) == (None, [])
    async with mine.database.tenant(mine.id) as tx:
        assert await publications.pending(tx, mine.id, TODAY) == [made]
        assert await publications.begun(tx, mine.id, TODAY) == []
    tomorrow, then = TODAY + timedelta(days=1), AT + timedelta(days=1)
    for _ in range(2):
        async with mine.database.tenant(mine.id) as tx:
            for one in await publications.begun(tx, mine.id, tomorrow):
                await publications.come_into_force(tx, mine.id, one, tomorrow, then)
    assert len(await mine.rings()) == 1


@given(st.lists(st.sampled_from(["publish", "roll back"]), max_size=12))
def test_two_rollbacks_never_undo_one_another(moves: list[str]) -> None:
    """Against a stack that is told in words: publishing lays one on top, rolling back takes the top off."""
    told: list[Publication] = []
    stack: list[int] = []
    for number, move in enumerate(moves, 1):
        lies = standing(told, TODAY)
        assert [one.id for one in lies] == stack
        if move == "publish":
            stack.append(number)
        elif not stack:
            continue
        undoes = stack.pop() if move == "roll back" else None
        told.append(
            Publication(number, BOOK, f"{number}", TODAY, APPROVED, "", "a", AT, undoes=undoes)
        )  # fmt: skip
    assert [one.id for one in standing(told, TODAY)] == stack
    assert standing(told, TODAY - timedelta(days=1)) == []


def test_a_version_without_a_name_is_the_shipped_book() -> None:
    assert rules.versions_from({BOOK: [[A, "0"], [None, None]]}) == {BOOK: (Version(A, "0"), Version())}
    assert rules.versions_from(None) == {}
