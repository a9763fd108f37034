"""Whatever is done to a contract, in whatever order: the books balance and agree with its schedule."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.holidays import PublicHolidays
from database.fleet import amending, assigning, charges, contract, payments, refunds, settling
from database.fleet.changes import Act, changes_of, schedule_before
from database.fleet.positions import count_dues, position_of
from database.fleet.queries import CONTRACT, ContractFile, case_of, file_of
from database.fleet.refunds import Refund
from database.fleet.tables import fleet_purse
from database.session import Database
from database.shared import ledger
from database.shared.contacts import Contact, save_contact
from database.shared.tables import tenant
from domain.errors import DomainError
from domain.fleet.change import Offer
from domain.fleet.change import charges as charges_in
from domain.fleet.contract import ACTIVE, COMPLETED, TERMINATED
from domain.fleet.ending import End, EndKind
from domain.fleet.intake import Contract, PaidBy, PaymentEntry
from domain.fleet.terms import FlatFee, Frequency, Interest, Kind, Terms
from domain.money import Money
from tests.profile import tries

DOUALA = ZoneInfo("Africa/Douala")
SIGNED = date(2026, 1, 5)
HOLIDAYS = PublicHolidays()


def franc(minor: int) -> Money:
    return Money("XAF", minor)


@dataclass
class Life:
    """One contract whose days pass; each method is something that people do, on the next day but one."""

    tx: AsyncConnection
    home: str
    at: datetime = datetime(2026, 1, 5, 9, tzinfo=DOUALA)
    number: int = 0
    ahead: date = SIGNED
    """The day for which the dues are counted."""
    done: list[str] = field(default_factory=list)

    def act(self) -> Act:
        return Act(self.at, "desk", "as agreed")

    @property
    def today(self) -> date:
        return self.at.date()

    async def pay(self, minor: int) -> None:
        entry = PaymentEntry(f"P-{self.number}", "C-1", self.at, franc(minor), PaidBy.CASH)
        await payments.record_payment(self.tx, self.home, entry, self.at)

    async def reverse(self, which: int) -> None:
        await payments.reverse_payment(self.tx, self.home, f"P-{which}", "refused", self.at)

    async def renegotiate(self, minor: int) -> None:
        fee = FlatFee(franc(minor // 3)) if minor % 3 else None
        offer = Offer(minor % 9 + 1, Frequency.WEEKLY, self.today + timedelta(days=9), charge=fee)
        await amending.renegotiate(self.tx, self.home, "C-1", offer, self.act(), HOLIDAYS)

    async def reage(self, minor: int) -> None:
        first = self.today + timedelta(days=minor % 30 + 1)
        await amending.reage(self.tx, self.home, "C-1", first, self.act(), HOLIDAYS)

    async def fee(self, minor: int) -> None:
        due_on = self.today + timedelta(days=minor % 40)
        await amending.add_fee(self.tx, self.home, "C-1", franc(minor % 4_000 + 1), due_on, self.act())

    async def quote(self, minor: int) -> None:
        last_on, fee = self.today + timedelta(days=minor % 15), franc(minor % 2 * 700)
        await settling.quote_settlement(self.tx, self.home, "C-1", last_on, fee, self.at, "desk")

    async def settle(self, minor: int) -> None:
        """Pay what was quoted, or a little more."""
        for _, state, quote in await settling.quotes_of(self.tx, self.home, "C-1"):
            if state != "open":
                continue
            paid = (await position_of(self.tx, self.home, "C-1", self.today)).paid_minor
            await self.pay(max(quote.total - paid, 0) + minor % 2 * 90 or 1)

    async def give_back(self, minor: int) -> None:
        over = (await position_of(self.tx, self.home, "C-1", self.today)).overpaid_minor
        refund = Refund(
            f"R-{self.number}", "C-1", franc(min(over, minor) or 1), PaidBy.CASH, self.at, "too much"
        )
        await refunds.give_back(self.tx, self.home, refund, self.at, "desk")

    async def bike(self, minor: int) -> None:
        await assigning.swap_bike(self.tx, self.home, "C-1", f"M-{minor % 4}", self.act())

    async def end(self, minor: int) -> None:
        claim = (await position_of(self.tx, self.home, "C-1", self.today)).remaining_minor
        end = End(EndKind.DEFAULT, franc(claim // 4), franc(claim // 3 if minor % 2 else 0))
        if minor % 5 == 0:
            await contract.terminate(self.tx, self.home, "C-1", "no payment", self.at, end, "desk")

    async def look(self, minor: int) -> None:
        """The contract's process: months over are earned, what is paid is completed."""
        self.at += timedelta(days=minor % 45)
        case = await case_of(self.tx, self.home, CONTRACT, "C-1")
        await charges.earn_case(self.tx, case, self.today)
        file = await file_of(self.tx, self.home, "C-1")
        assert file.standing
        if file.known.state == ACTIVE and not file.standing.remaining.minor:
            await contract.complete(self.tx, case, self.at)
        elif file.known.state == COMPLETED and file.standing.remaining.minor:
            await contract.reopen(self.tx, case)

    async def do(self, name: str, minor: int) -> None:
        """What is refused changes nothing."""
        self.at += timedelta(days=2)
        self.number += 1
        try:
            async with self.tx.begin_nested():
                await getattr(self, name)(minor)
            self.done.append(name)
        except DomainError:
            self.done.append(f"({name})")

    async def balance(self, account: str) -> int:
        return (await ledger.balance(self.tx, self.home, account, "C-1", "XAF")).minor


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["pay", "pay", "renegotiate", "reage", "fee", "quote", "settle", "give_back", "bike",
                         "end", "look", "look"]),
        st.integers(1, 40_000),
    ) | st.tuples(st.just("reverse"), st.integers(1, 8)),
    min_size=3, max_size=12,
)  # fmt: skip
TERMS = st.builds(
    lambda down, n, charge: Terms(
        Kind.LEASE_TO_OWN, franc(60_000), franc(down), n, Frequency.WEEKLY, SIGNED + timedelta(days=2),
        SIGNED, grace_days=2, charge=charge,
    ),
    st.sampled_from([0, 10_000]), st.integers(2, 15),
    st.sampled_from([None, FlatFee(franc(7_777)), Interest(2_400)]),
)  # fmt: skip


@settings(
    max_examples=tries(12, 400), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(terms=TERMS, acts=ACTS)
async def test_the_books_agree_with_the_schedule_after_every_change(
    database: Database, owner: Database, terms: Terms, acts: list[tuple[str, int]]
) -> None:
    home = f"moto-{uuid4().hex[:8]}"
    row = {"id": home, "name": "Moto", "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values({**row, "locale": "fr"}))
    async with database.tenant(home) as tx:
        life = Life(tx, home)
        await save_contact(tx, home, Contact("D-1", "Fabrice Nguema", None, None, "fr"))
        await contract.create_signed(tx, home, Contract("C-1", "D-1", "M-9", terms), life.at, HOLIDAYS)
        for name, minor in acts:
            await life.do(name, minor)
            await agree(life)


async def agree(life: Life) -> None:
    tx, home, told = life.tx, life.home, life.done
    file = await file_of(tx, home, "C-1")
    standing = file.standing
    assert standing, told
    found = await position_of(tx, home, "C-1", life.today)
    purse = (await tx.execute(select(fleet_purse.c.paid_minor))).scalar() or 0
    came = sum(one.amount.minor for one in standing.receipts)
    assert found.total_minor == standing.total.minor, told
    assert found.remaining_minor == standing.remaining.minor, told
    assert found.overpaid_minor == standing.overpayment.minor, told
    assert purse == came, told
    assert await life.balance("driver_receivable") == standing.total.minor - came, told
    assert await life.balance("cash:cash") == came, told
    await charged(life, file)
    await counted(life)
    grace = file.contract.terms.grace_days
    for day in (life.ahead, life.today, life.today + timedelta(days=40)):
        found = await position_of(tx, home, "C-1", day)
        fallen = [one for one in file.dues if one.due_on < day - timedelta(days=grace)]
        assert found.arrears_minor == max(sum(one.amount.minor for one in fallen) - came, 0), (told, day)
        unpaid = next((one.due_on for one in file.dues if one.due_on == found.next_unpaid_on), day)
        assert found.days_late == ((day - unpaid).days if found.arrears_minor else 0), (told, day)
    life.ahead = life.today + timedelta(days=2)
    await count_dues(tx, home, life.ahead)
    numbers = [one.number for one in file.dues]
    assert numbers == sorted(set(numbers)), told
    assert [one.due_on for one in file.dues] == sorted(one.due_on for one in file.dues), told


DRIFTED = """
with kept as (
    select 'due ' || month_on as what, due_minor as minor from due_month where due_minor <> 0
    union all
    select 'collected ' || bike_ref || month_on, collected_minor from collected_month
     where collected_minor <> 0
), reckoned as (
    select 'due ' || date_trunc('month', due_on)::date as what, sum(amount_minor) as minor from due
     group by 1 having sum(amount_minor) <> 0
    union all
    select 'collected ' || contract_bike_on(:home, 'C-1', came) || date_trunc('month', on_)::date, sum(minor)
      from (select (received_at at time zone 'Africa/Douala')::date as came,
                   (received_at at time zone 'Africa/Douala')::date as on_, amount_minor as minor from payment
            union all
            select (received_at at time zone 'Africa/Douala')::date,
                   (reversed_at at time zone 'Africa/Douala')::date, -amount_minor
              from payment where reversed_at is not null
            union all
            select (paid_at at time zone 'Africa/Douala')::date, (paid_at at time zone 'Africa/Douala')::date,
                   -amount_minor from refund) moved
     group by 1 having sum(minor) <> 0
)
select * from kept full join reckoned using (what) where kept.minor is distinct from reckoned.minor
"""


async def counted(life: Life) -> None:
    """What is kept by month is what its dues, payments, reversals and refunds come to."""
    drifted = (await life.tx.execute(text(DRIFTED), {"home": life.home})).all()
    assert not drifted, (life.done, drifted)


async def charged(life: Life, file: ContractFile) -> None:
    """What of the charges is not earned is deferred; at an end nothing is."""
    deferred, earned = await life.balance("deferred_charges"), await life.balance("charges_earned")
    if file.known.state == TERMINATED:
        assert deferred == 0, life.done
    elif file.known.state == COMPLETED and file.standing and not file.standing.remaining.minor:
        assert deferred == 0, life.done
        assert -earned == charges_in(file.dues), life.done
    else:
        assert -deferred == charges_in(file.dues) + earned, life.done


async def test_the_schedule_of_the_signature_is_kept_through_every_change(
    database: Database, owner: Database
) -> None:
    home = f"moto-{uuid4().hex[:8]}"
    row = {"id": home, "name": "Moto", "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values({**row, "locale": "fr"}))
    terms = Terms(Kind.FINANCING, franc(60_000), franc(0), 6, Frequency.WEEKLY, SIGNED, SIGNED)
    async with database.tenant(home) as tx:
        life = Life(tx, home)
        await save_contact(tx, home, Contact("D-1", "Fabrice Nguema", None, None, "fr"))
        await contract.create_signed(tx, home, Contract("C-1", "D-1", "M-9", terms), life.at, HOLIDAYS)
        before = (await file_of(tx, home, "C-1")).dues
        for name, minor in (("pay", 15_000), ("bike", 1), ("fee", 500), ("reage", 12), ("renegotiate", 4)):
            await life.do(name, minor)
        assert life.done == ["pay", "bike", "fee", "reage", "renegotiate"]
        made = await changes_of(tx, home, "C-1")
        assert [one.number for one in made] == [1, 2, 3, 4]
        assert await schedule_before(tx, home, "C-1", 1) == ()
        assert await schedule_before(tx, home, "C-1", 2) == before


async def test_what_is_paid_after_a_change_of_bike_is_earned_by_the_new_one(
    database: Database, owner: Database
) -> None:
    """From its first day, although the change is told later; a refund lowers what was collected."""
    home = f"moto-{uuid4().hex[:8]}"
    row = {"id": home, "name": "Moto", "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values({**row, "locale": "fr"}))
    terms = Terms(Kind.PURCHASE, franc(9_000), franc(0), 3, Frequency.MONTHLY, SIGNED, SIGNED)
    async with database.tenant(home) as tx:
        life = Life(tx, home)
        await save_contact(tx, home, Contact("D-1", "Fabrice Nguema", None, None, "fr"))
        await contract.create_signed(tx, home, Contract("C-1", "D-1", "M-1", terms), life.at, HOLIDAYS)
        await life.do("pay", 3_000)
        life.at += timedelta(days=5)
        await life.do("pay", 7_000)
        since = Act(life.at, "desk", "in repair", life.today - timedelta(days=1))
        await assigning.swap_bike(tx, home, "C-1", "M-2", since)
        await life.do("give_back", 1_000)
        rows = await tx.execute(text("select bike_ref, sum(collected_minor) from collected_month group by 1"))
        assert {bike: int(minor) for bike, minor in rows} == {"M-1": 3_000, "M-2": 6_000}
        assert await assigning.bikes_of(tx, home, "C-1") == [
            ("M-1", SIGNED, since.on - timedelta(days=1) if since.on else None), ("M-2", since.on, None),
        ]  # fmt: skip
