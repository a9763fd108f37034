"""What the database itself refuses in the ledger, to the application's role, and what two at once do."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.payments import record_payment, reverse_payment
from database.session import SET_TENANT, Database
from database.shared.ledger import Entry, balance, post, reverse
from database.shared.tables import ledger_entry, ledger_transaction, tenant
from domain.errors import Conflict
from domain.fleet.intake import PaidBy, PaymentEntry
from domain.money import Money
from tests.database.test_fleet_money import LATER, START, begun

DAY = date(2026, 3, 1)
EUR = "EUR"


@pytest.fixture
async def firm(owner: Database) -> str:
    name = f"books-{uuid4().hex[:8]}"
    row = {"id": name, "name": name, "country": "FR", "zone": "Europe/Paris", "currency": EUR}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    return name


def both(amount: int = 500) -> tuple[Entry, Entry]:
    return Entry("cash", "K", Money(EUR, amount)), Entry("revenue", "K", Money(EUR, -amount))


async def posted(database: Database, firm: str) -> int:
    async with database.tenant(firm) as tx:
        made = await post(tx, firm, "sale:1", DAY, "a sale", *both())
    assert made
    return made


def line(firm: str, transaction: int, number: int, amount: int) -> dict[str, object]:
    return {
        "tenant_id": firm, "transaction_id": transaction, "line": number, "account": "cash", "subject": "K",
        "amount_minor": amount, "currency": EUR,
    }  # fmt: skip


async def cash(tx: AsyncConnection, firm: str) -> int:
    return (await balance(tx, firm, "cash", "K", EUR)).minor


async def test_a_posted_transaction_takes_no_more_entries_even_balanced_ones(
    database: Database, firm: str
) -> None:
    known = await posted(database, firm)
    with pytest.raises(DBAPIError, match="posted already"):
        async with database.tenant(firm) as tx:
            await tx.execute(insert(ledger_entry), [line(firm, known, 3, 900), line(firm, known, 4, -900)])
    async with database.tenant(firm) as tx:
        assert await cash(tx, firm) == 500


async def test_the_moment_of_posting_cannot_be_forged(database: Database, firm: str) -> None:
    forged = text(
        "insert into ledger_transaction (tenant_id, key, posted_on, description, posted_in) "
        "values (:firm, 'x', :day, 'x', '999999999')"
    )
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.tenant(firm) as tx:
            await tx.execute(forged, {"firm": firm, "day": DAY})


async def test_entries_may_come_under_a_savepoint(database: Database, firm: str) -> None:
    async with database.tenant(firm) as tx, tx.begin_nested():
        assert await post(tx, firm, "sale:1", DAY, "a sale", *both())
    async with database.tenant(firm) as tx:
        assert await cash(tx, firm) == 500


@pytest.mark.parametrize("early", ["select 1", "set constraints all immediate"])
async def test_nothing_hides_an_imbalance(database: Database, firm: str, early: str) -> None:
    """Neither a change of tenant before the commit, nor constraints looked at before the last entry."""

    async def post_one_side() -> None:
        async with database.tenant(firm) as tx:
            made = await post(tx, firm, "sale:1", DAY, "a sale", *both())
            assert made
            await tx.execute(text(early))
            await tx.execute(insert(ledger_entry), [line(firm, made, 3, 900)])
            await tx.execute(SET_TENANT, {"tenant": "another"})

    with pytest.raises(DBAPIError, match="is off by 900 EUR"):
        await post_one_side()
    async with database.tenant(firm) as tx:
        assert await cash(tx, firm) == 0


@pytest.mark.parametrize(
    "command",
    [
        "update ledger_entry set amount_minor = 1", "delete from ledger_entry", "truncate ledger_entry",
        "update ledger_transaction set posted_on = posted_on + 1", "delete from ledger_transaction",
        "alter table ledger_entry disable trigger all", "set session_replication_role = replica",
        "drop trigger entries_balance on ledger_entry",
    ],
)  # fmt: skip
async def test_nothing_posted_is_changed(database: Database, firm: str, command: str) -> None:
    await posted(database, firm)
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        async with database.tenant(firm) as tx:
            await tx.execute(text(command))


async def test_the_owner_changes_nothing_either(database: Database, owner: Database, firm: str) -> None:
    await posted(database, firm)
    for command in ("update ledger_entry set amount_minor = 1", "truncate ledger_entry"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with owner.anyone() as tx:
                await tx.execute(text(command))


async def test_two_reversals_at_once_are_one(database: Database, firm: str) -> None:
    await posted(database, firm)

    async def take_back() -> int | None:
        async with database.tenant(firm) as tx:
            return await reverse(tx, firm, "sale:1", DAY, "a mistake")

    done = await asyncio.gather(*(take_back() for _ in range(5)))
    assert len([one for one in done if one]) == 1
    async with database.tenant(firm) as tx:
        assert await cash(tx, firm) == 0


async def test_a_payment_told_by_many_at_once_counts_once(database: Database, owner: Database) -> None:
    name = await begun(database, owner, 0)

    async def tell(amount: int) -> bool | Conflict:
        entry = PaymentEntry("P-1", "C-1", START + timedelta(days=1), Money("XAF", amount), PaidBy.CASH)
        try:
            async with database.tenant(name) as tx:
                return await record_payment(tx, name, entry, LATER)
        except Conflict as other:
            return other

    async def take_back() -> bool:
        async with database.tenant(name) as tx:
            return await reverse_payment(tx, name, "P-1", "taken back", LATER)

    told = await asyncio.gather(*(tell(amount) for amount in (700, 700, 700, 900, 900)))
    assert told.count(True) == 1
    assert len([one for one in told if isinstance(one, Conflict)]) in (2, 3)
    assert sorted(await asyncio.gather(*(take_back() for _ in range(4)))) == [False, False, False, True]
    async with database.tenant(name) as tx:
        assert (await tx.execute(select(func.count()).select_from(ledger_transaction)
                .where(ledger_transaction.c.key.like("%fleet.payment:P-1")))).scalar_one() == 2  # fmt: skip
        assert (await balance(tx, name, "cash:cash", "C-1", "XAF")).minor == 0
