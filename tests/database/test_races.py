"""Money that moves at the same moment from two sides: nobody waits for ever, nothing is counted twice."""

import asyncio
from collections.abc import Awaitable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import insert, text

from adapters.holidays import PublicHolidays
from database.fleet import assigning, contract, payments, refunds, settling
from database.fleet.changes import Act
from database.fleet.positions import position_of
from database.fleet.queries import file_of
from database.fleet.refunds import Refund
from database.session import Database
from database.shared import ledger
from database.shared.contacts import Contact, save_contact
from database.shared.tables import tenant
from domain.errors import BadInput
from domain.fleet.ending import End, EndKind
from domain.fleet.intake import Contract, PaidBy, PaymentEntry
from domain.fleet.terms import FlatFee, Frequency, Kind, Terms
from domain.money import Money

DOUALA = ZoneInfo("Africa/Douala")
SIGNED = date(2026, 1, 5)
AT = datetime(2026, 1, 20, 9, tzinfo=DOUALA)
HOLIDAYS = PublicHolidays()


def franc(minor: int) -> Money:
    return Money("XAF", minor)


async def moto(database: Database, owner: Database, contracts: int = 1) -> str:
    home = f"moto-{uuid4().hex[:8]}"
    row = {"id": home, "name": "Moto", "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values({**row, "locale": "fr"}))
    terms = Terms(Kind.LEASE_TO_OWN, franc(60_000), franc(0), 6, Frequency.MONTHLY, SIGNED, SIGNED,
                  charge=FlatFee(franc(6_000)))  # fmt: skip
    async with database.tenant(home) as tx:
        await save_contact(tx, home, Contact("D-1", "Fabrice Nguema", None, None, "fr"))
        for n in range(1, contracts + 1):
            await contract.create_signed(tx, home, Contract(f"C-{n}", "D-1", f"M-{n}", terms), AT, HOLIDAYS)
    return home


def paid(ref: str, minor: int, contract_ref: str = "C-1") -> PaymentEntry:
    return PaymentEntry(ref, contract_ref, AT, franc(minor), PaidBy.CASH)


async def once(database: Database, home: str, act: Any, *given: Any) -> Any:
    async with database.tenant(home) as tx:
        return await act(tx, home, *given)


async def at_once(*acts: Awaitable[Any]) -> list[Any]:
    return list(await asyncio.gather(*acts, return_exceptions=True))


async def quoted(database: Database, home: str) -> int:
    async with database.tenant(home) as tx:
        _, made = await settling.quote_settlement(
            tx, home, "C-1", AT.date() + timedelta(days=5), franc(0), AT, "desk"
        )
    return made.amount


async def test_payments_at_once_for_a_contract_that_is_quoted(database: Database, owner: Database) -> None:
    for _ in range(5):
        home = await moto(database, owner)
        half = (await quoted(database, home)) // 6 + 1
        made = await at_once(
            *(once(database, home, payments.record_payment, paid(f"P-{n}", half), AT) for n in range(6))
        )
        assert made == [True] * 6
        async with database.tenant(home) as tx:
            [(_, state, _)] = await settling.quotes_of(tx, home, "C-1")
        assert state == "accepted"


async def test_the_payment_that_settled_is_taken_back_while_others_come(
    database: Database, owner: Database
) -> None:
    for _ in range(5):
        home = await moto(database, owner)
        amount = await quoted(database, home)
        await once(database, home, payments.record_payment, paid("P-0", amount), AT)
        made = await at_once(
            *(once(database, home, payments.record_payment, paid(f"P-{n}", 100), AT) for n in range(1, 4)),
            once(database, home, payments.reverse_payment, "P-0", "bounced", AT),
            once(database, home, payments.reverse_payment, "P-0", "bounced", AT),
        )
        assert not [one for one in made if isinstance(one, BaseException)], made
        assert sorted(made[3:]) == [False, True]


async def test_what_was_given_back_is_owed_again_when_its_payment_was_none(
    database: Database, owner: Database
) -> None:
    home = await moto(database, owner)
    await once(database, home, payments.record_payment, paid("P-0", 70_000), AT)
    give = Refund("R-1", "C-1", franc(4_000), PaidBy.CASH, AT, "too much")
    await once(database, home, refunds.give_back, give, AT, "desk")
    await once(database, home, payments.reverse_payment, "P-0", "bounced", AT)
    async with database.tenant(home) as tx:
        where = await position_of(tx, home, "C-1", AT.date())
        file = await file_of(tx, home, "C-1")
        owed = await ledger.balance(tx, home, "driver_receivable", "C-1", "XAF")
    assert file.standing
    assert owed.minor == where.remaining_minor == file.standing.remaining.minor == 70_000
    for still in (0, 3_999, 4_000):
        end = End(EndKind.DEFAULT, franc(1_000), franc(still))
        ended = await at_once(once(database, home, contract.terminate, "C-1", "gone", AT, end))
        assert isinstance(ended[0], BadInput) == (still < 4_000), ended
    async with database.tenant(home) as tx:
        where = await position_of(tx, home, "C-1", AT.date())
        owed = await ledger.balance(tx, home, "driver_receivable", "C-1", "XAF")
    assert owed.minor == where.remaining_minor == 4_000


async def test_too_much_is_given_back_once(database: Database, owner: Database) -> None:
    home = await moto(database, owner, 2)
    await once(database, home, payments.record_payment, paid("P-0", 70_000), AT)
    await once(database, home, payments.record_payment, paid("P-1", 70_000, "C-2"), AT)
    gives = [Refund(f"R-{n}", "C-1", franc(3_000), PaidBy.CASH, AT, "too much") for n in range(3)]
    made = await at_once(*(once(database, home, refunds.give_back, g, AT, "desk") for g in gives))
    assert sorted(str(type(one).__name__) for one in made) == ["BadInput", "BadInput", "bool"], made
    same = [Refund("R-9", c, franc(500), PaidBy.CASH, AT, "too much") for c in ("C-1", "C-2")]
    made = await at_once(*(once(database, home, refunds.give_back, g, AT, "desk") for g in same))
    assert {type(one).__name__ for one in made} == {"bool", "Conflict"}, made


async def test_a_settlement_that_was_undone_is_no_settlement(database: Database, owner: Database) -> None:
    home = await moto(database, owner)
    amount = await quoted(database, home)
    await once(database, home, payments.record_payment, paid("P-0", amount), AT)
    await once(database, home, assigning.swap_bike, "C-1", "M-7", Act(AT, "desk", "in repair"))
    await once(database, home, payments.reverse_payment, "P-0", "bounced", AT)
    async with database.tenant(home) as tx:
        assert (await position_of(tx, home, "C-1", AT.date())).remaining_minor == 66_000
        [(_, state, _)] = await settling.quotes_of(tx, home, "C-1")
        assert state == "withdrawn"


async def test_files_and_desks_pay_the_same_contracts_at_once(database: Database, owner: Database) -> None:
    home = await moto(database, owner, 12)
    refs = [f"C-{n}" for n in range(1, 13)]

    async def bulk(mark: str, order: list[str]) -> list[Any]:
        async with database.tenant(home) as tx:
            return await payments.record_payments(
                tx, home, [paid(f"{mark}-{i}-{c}", 50, c) for i in range(100) for c in order], AT
            )

    made = await at_once(
        bulk("A", refs),
        bulk("B", refs[::-1]),
        *(once(database, home, payments.record_payment, paid(f"S-{ref}", 10, ref), AT) for ref in refs),
    )
    assert not [str(one)[:300] for one in made if isinstance(one, BaseException)]
    async with database.tenant(home) as tx:
        total = await tx.execute(text("select sum(paid_minor) from fleet_purse"))
        assert total.scalar_one() == 2 * 100 * 12 * 50 + 12 * 10
