"""Swaps, shares, statements and agents' cash, moved at the same moment from two desks."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

import database.fleet.replays  # noqa: F401 - how a kept row is entered
from adapters.csv_fleet import CsvFleetFiles
from database.fleet import cash, payments, payouts, swaps, vehicles
from database.fleet.investors import (
    create_contract,
    end_contract,
    finance,
    investor_contract_of,
    shares_of,
    sign,
)
from database.fleet.kept_aside import (
    SAME_THINGS,
    KeptAside,
    Replaying,
    correct_and_replay,
    entered_elsewhere,
    keep_aside,
    kept_of,
)
from database.session import Database
from database.shared import ledger
from database.shared.contacts import Contact, save_contact
from domain.errors import Conflict, Mistake
from domain.fleet.asset import Battery, Bike
from domain.fleet.cash import Agent, Deposit
from domain.fleet.intake import PaidBy, PaymentEntry
from domain.fleet.investing import Payout, PayoutKind, Share
from tests.database.test_races import AT, HOLIDAYS, at_once, franc, moto, once, paid
from tests.database.test_statements import an_investor
from tests.database.test_swaps import FIRST, NOW, opened, swapped, where


def broken(made: list[Any]) -> list[Any]:
    return [one for one in made if isinstance(one, BaseException) and not isinstance(one, Conflict)]


async def test_swaps_are_struck_while_others_are_made(database: Database, owner: Database) -> None:
    """Of the same batteries, at the same station: cycles and takings are those of the swaps that are left."""
    home = await opened(database, owner)
    first = [swapped(f"W-{n}", n, "B-1", "B-2") for n in range(6)]
    await once(database, home, swaps.record_swaps, first, NOW)
    more = [swapped(f"X-{n}", n, "B-2", "B-1", "M-2") for n in range(6)]
    made = await at_once(
        *(once(database, home, swaps.void_swap, one.ref, "never made", NOW) for one in first for _ in "ab"),
        *(once(database, home, swaps.record_swap, one, NOW) for one in more),
    )
    assert not broken(made), made
    assert sum(one is True for one in made) == 12
    cycles = {ref: place[2] for ref, place in (await where(database, home)).items()}
    assert cycles == {"B-1": 10, "B-2": 16, "B-3": 10}
    async with database.tenant(home) as tx:
        assert (await ledger.balance(tx, home, swaps.REVENUE, "S-1", "XAF")).minor == -6 * 1500


async def test_two_devices_tell_of_swaps_with_one_reference(database: Database, owner: Database) -> None:
    home = await opened(database, owner)
    async with database.tenant(home) as tx:
        await vehicles.save_bike(tx, home, Bike("M-3", agency_ref="A-1"))
        await vehicles.save_battery(tx, home, Battery("B-4"), FIRST - timedelta(days=1))
    for n in range(4):
        one, other = swapped(f"W-{n}", n, "B-1", "B-2"), swapped(f"W-{n}", n, "B-3", "B-4", "M-3")
        made = await at_once(
            once(database, home, swaps.record_swap, one, NOW),
            once(database, home, swaps.record_swap, other, NOW),
        )
        assert sorted(type(one).__name__ for one in made) == ["Conflict", "bool"], made
    async with database.tenant(home) as tx:
        assert (await ledger.balance(tx, home, swaps.REVENUE, "S-1", "XAF")).minor == -4 * 1500


async def test_a_share_is_given_once_and_a_bike_no_more_than_whole(
    database: Database, owner: Database
) -> None:  # fmt: skip
    home = await moto(database, owner)
    async with database.tenant(home) as tx:
        for ref in ("I-1", "I-2", "I-3"):
            agreed = await an_investor(tx, home, ref)
    day = agreed.signed_on
    same = Share("I-1", "M-1", 4_000, day)
    made = await at_once(*(once(database, home, finance, same, AT) for _ in range(4)))
    assert sorted(map(str, made)) == ["False", "False", "False", "True"], made
    later = [Share("I-1", "M-1", 1_000, day + timedelta(days=n)) for n in (1, 2)]
    made = await at_once(*(once(database, home, finance, one, AT) for one in later))
    assert [type(one) for one in made] == [Conflict, Conflict]
    rest = [Share(ref, "M-1", 4_000, day) for ref in ("I-2", "I-3")]
    made = await at_once(*(once(database, home, finance, one, AT) for one in rest))
    assert sorted(type(one).__name__ for one in made) == ["Conflict", "bool"], made
    async with database.tenant(home) as tx:
        assert len(await shares_of(tx, home, bike_ref="M-1")) == 2


async def an_agent(database: Database, home: str, *refs: str) -> None:
    async with database.tenant(home) as tx:
        await save_contact(tx, home, Contact("A-1", "Solange Etoa", None, None, "fr"))
        for ref in refs:
            await cash.open_agent(tx, home, Agent(ref, "A-1", franc(10_000), AT.date()))


async def test_files_of_cash_of_the_same_agents(database: Database, owner: Database) -> None:
    """In one order and in the other: months of the ledger are shared by many contracts."""
    home = await moto(database, owner, 4)
    await an_agent(database, home, *(f"AG-{n}" for n in range(8)))

    def entries(contract: str, agents: list[int]) -> list[PaymentEntry]:
        return [
            PaymentEntry(f"{contract}-{a}-{n}", contract, AT, franc(10), PaidBy.CASH, agent_ref=f"AG-{a}")
            for n in range(20)
            for a in agents
        ]

    up, down = list(range(8)), list(range(7, -1, -1))
    made = await at_once(
        *(once(database, home, payments.record_payments, entries(f"C-{n}", up if n % 2 else down), AT)
          for n in range(1, 5)),
    )  # fmt: skip
    assert not broken(made), made
    async with database.tenant(home) as tx:
        held = await cash.held(tx, home, [f"AG-{n}" for n in range(8)])
    assert set(held.values()) == {4 * 20 * 10}


async def test_an_agent_is_closed_while_cash_comes(database: Database, owner: Database) -> None:
    for _ in range(6):
        home = await moto(database, owner)
        await an_agent(database, home, "AG-1")
        entry = PaymentEntry("P-1", "C-1", AT, franc(500), PaidBy.CASH, agent_ref="AG-1")
        made = await at_once(
            once(database, home, payments.record_payment, entry, AT),
            once(database, home, cash.close_agent, "AG-1", AT.date()),
        )
        assert sum(isinstance(one, Conflict) for one in made) == 1, made


async def test_a_deposit_is_made_once(database: Database, owner: Database) -> None:
    home = await moto(database, owner)
    await an_agent(database, home, "AG-1", "AG-2")
    for agent in ("AG-1", "AG-2"):
        entry = PaymentEntry(f"P-{agent}", "C-1", AT, franc(500), PaidBy.CASH, agent_ref=agent)
        await once(database, home, payments.record_payment, entry, AT)
    given = [Deposit("V-1", agent, franc(300), AT) for agent in ("AG-1", "AG-2", "AG-1")]
    made = await at_once(*(once(database, home, cash.deposit_cash, one, AT) for one in given))
    assert not broken(made), made
    assert sum(one is True for one in made) == 1


async def test_no_more_is_paid_out_than_is_owed(database: Database, owner: Database) -> None:
    home = await moto(database, owner)
    async with database.tenant(home) as tx:
        for ref in ("I-1", "I-2"):
            await an_investor(tx, home, ref)
            await sign(tx, home, ref, AT)
    day = AT.date()

    def payout(ref: str, contract: str, minor: int) -> Payout:
        return Payout(ref, contract, PayoutKind.CAPITAL, franc(minor), day, PaidBy.BANK)

    made = await at_once(
        *(once(database, home, payouts.pay_out, payout(f"V-{n}", "I-1", 600_000), AT) for n in range(3)),
        *(once(database, home, payouts.pay_out, payout("V-9", ref, 10), AT) for ref in ("I-1", "I-2")),
        *(once(database, home, payouts.pay_out, payout("V-9", ref, 10), AT) for ref in ("I-1", "I-2")),
    )
    assert not broken(made), made
    assert sum(one is True for one in made) == 2


async def test_a_draft_that_is_ended_while_it_is_signed_is_one_or_the_other(
    database: Database, owner: Database
) -> None:
    home = await moto(database, owner)
    async with database.tenant(home) as tx:
        agreed = await an_investor(tx, home)
    for n in range(2, 8):
        ref = f"I-{n}"
        await once(database, home, create_contract, replace(agreed, ref=ref), AT, True)
        made = await at_once(
            once(database, home, sign, ref, AT),
            once(database, home, end_contract, ref, agreed.signed_on, "bought out", AT),
        )
        assert not broken(made), made
        async with database.tenant(home) as tx:
            known = await investor_contract_of(tx, home, ref)
            capital = (await ledger.balance(tx, home, "investor_capital", ref, "XAF")).minor
        assert (known.state, bool(capital)) in (("active", True), ("terminated", False))


async def test_an_operator_tells_again_of_money_that_somebody_enters(
    database: Database, owner: Database
) -> None:
    home = await moto(database, owner)
    values = {"contract_ref": "C-1", "received_at": AT.isoformat(), "amount_minor": "500", "channel": "cash"}

    async def told(tx: AsyncConnection, tenant: str, ref: str) -> bool:
        new = await payments.record_payment(tx, tenant, paid(ref, 500), AT)
        await entered_elsewhere(tx, tenant, SAME_THINGS["webhook"], [ref], AT)
        return new

    async def entered(tx: AsyncConnection, tenant: str, id: str) -> KeptAside:
        here = Replaying(tx, tenant, AT, CsvFleetFiles(), HOLIDAYS)
        return await correct_and_replay(here, id, {}, "desk")

    for n in range(4):
        ref = f"T-{n}"
        given = {**values, "payment_ref": ref}
        why = [Mistake("contract_ref", "it is not known", "correct it")]
        id = await once(database, home, keep_aside, "webhook", ref, given, why, AT, ref)
        made = await at_once(once(database, home, told, ref), once(database, home, entered, id))
        assert not broken(made), made
        assert (await once(database, home, kept_of, id)).state == "replayed"
    async with database.tenant(home) as tx:
        assert (await ledger.balance(tx, home, "cash:cash", "C-1", "XAF")).minor == 4 * 500
