"""How an investment does: what was paid in, earned and paid out, its yield and when it is paid back."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.behind import Behind, Measure, Of
from database.fleet.forecast import METHOD, Expected, expected_shares
from database.fleet.investors import KnownInvestor
from database.fleet.payouts import payouts_of
from database.fleet.portfolio import CLASS
from database.fleet.statements import Statement, lines_of_month, statements_of
from domain.calendar import add_months
from domain.decision import Bilingual
from domain.fleet.contract import ACTIVE, DRAFT
from domain.fleet.figures import Flow, annual_yield, paid_back_on, ratio
from domain.fleet.investing import PayoutKind, last_day, month_of
from domain.money import Money

FARTHEST = 60
"""Months of forecast."""

YIELD_METHOD = Bilingual(
    "Taux de rendement interne annuel des flux datés (comme XIRR) : le capital à la signature, les "
    "versements reçus, et ce qui est dû aujourd’hui, arrêté ou non ; il n’est dit qu’une fois le capital "
    "récupéré. Le rendement attendu ajoute, en fin de mois, les parts prévues. La valeur des motos à la fin "
    "n’est pas comptée.",
    "Annual internal rate of return of dated flows (as XIRR): the capital at the signature, payouts "
    "received, and what is owed today, stated or not; told once the capital has come back. The expected "
    "yield adds forecast shares at the end of their months. What bikes are worth at the end is not counted.",
)


@dataclass(frozen=True)
class Late:
    """What drivers of the financed bikes owe: contracts and arrears by bucket of days late."""

    bucket: str
    contracts: int
    arrears: Money


@dataclass(frozen=True)
class Performance:
    """``owed`` is of closed statements and not paid yet, ``accruing`` what came in since the last of them.

    ``yield_to_date`` is told once what came back and is owed covers the capital: before, the rate would only
    say that the capital is still out. ``expected_yield`` is None where no rate is defined. Who may see their
    own only sees no contracts of drivers: for them nothing is expected and nothing late.
    """

    contract_ref: str
    on: date
    invested: Money
    collected: Money
    earned: Money
    paid: Money
    returned: Money
    owed: Money
    accruing: Money
    yield_to_date: Decimal | None
    expected_yield: Decimal | None
    paid_back_on: date | None
    expected_pay_back_on: date | None
    paid_back: Decimal | None
    """The part of the capital that came back so far."""
    months: tuple[Statement, ...]
    expected: tuple[Expected, ...]
    late: tuple[Late, ...]

    method: ClassVar[Bilingual] = METHOD
    yield_method: ClassVar[Bilingual] = YIELD_METHOD

    def behind(self, measure: Measure) -> Behind:
        first = min((one.month_on for one in self.months), default=self.on)
        return Behind(measure, Of.INVESTOR_CONTRACT, self.contract_ref, first, self.on)


LATE = f"""
select {CLASS} as bucket, count(*) as contracts, cast(sum(p.arrears_minor) as bigint) as arrears
  from fleet_positions(:tenant, :day) p
 where p.state = 'active' and exists (
     select from financing_share f where f.tenant_id = :tenant and f.contract_ref = :ref
        and f.bike_ref = p.bike_ref and f.from_on <= :day and (f.until_on is null or f.until_on >= :day))
 group by 1 order by 1
"""


async def performance(tx: AsyncConnection, tenant: str, known: KnownInvestor, day: date) -> Performance:
    """As of the end of ``day``: today."""
    contract, currency = known.contract, known.contract.amount.currency
    stated = tuple(reversed(await statements_of(tx, tenant, contract.ref, limit=None)))
    payouts = [one.payout for one in await payouts_of(tx, tenant, contract_ref=contract.ref, limit=None)
               if one.reversed_at is None]  # fmt: skip
    by_kind = {kind: sum(one.amount.minor for one in payouts if one.kind is kind) for kind in PayoutKind}
    invested = 0 if known.state == DRAFT else contract.amount.minor
    earned, paid = sum(one.share.minor for one in stated), by_kind[PayoutKind.SHARE]
    collected = sum(one.collected.minor for one in stated)
    accruing = await _accruing(tx, tenant, known, day)
    paid_in = Flow(contract.signed_on, -invested)
    received = [paid_in, *(Flow(one.paid_on, one.amount.minor) for one in payouts)]
    so_far = [*received, Flow(day, earned - paid + accruing)]
    coming = await _coming(tx, tenant, known, day)
    foreseen = [*so_far, *(Flow(last_day(one.month_on), one.expected.minor) for one in coming)]
    sums = {
        "invested": invested, "collected": collected, "earned": earned, "paid": paid,
        "returned": by_kind[PayoutKind.CAPITAL], "owed": earned - paid, "accruing": accruing,
    }  # fmt: skip
    return Performance(
        contract_ref=contract.ref, on=day,
        yield_to_date=annual_yield(so_far) if paid_back_on(so_far) else None,
        expected_yield=annual_yield(foreseen) if coming else None, paid_back_on=paid_back_on(received),
        expected_pay_back_on=paid_back_on(foreseen) if coming else None,
        paid_back=ratio(sum(by_kind.values()), invested), months=stated, expected=coming,
        late=await _late(tx, tenant, known, day),
        **{name: Money(currency, minor) for name, minor in sums.items()},
    )  # fmt: skip


async def _accruing(tx: AsyncConnection, tenant: str, known: KnownInvestor, day: date) -> int:
    """The share of everything that came in and is not stated yet."""
    if known.state != ACTIVE:
        return 0
    lines = await lines_of_month(tx, tenant, known, month_of(day), ())
    return sum(line.share.minor for line in lines)


async def _coming(tx: AsyncConnection, tenant: str, known: KnownInvestor, day: date) -> tuple[Expected, ...]:
    """Shares of months to come, to the end of the contract. Bikes stay as they are financed today."""
    contract = known.contract
    if known.state == DRAFT:
        return ()
    found = await expected_shares(tx, tenant, contract.ref, contract.revenue_share_bp, day, FARTHEST)
    last = known.last_on or add_months(month_of(day), FARTHEST)
    return tuple(one for one in found if one.month_on <= last)


async def _late(
    tx: AsyncConnection, tenant: str, known: KnownInvestor, day: date
) -> tuple[Late, ...]:  # fmt: skip
    given = {"tenant": tenant, "day": day, "ref": known.contract.ref}
    currency = known.contract.amount.currency
    return tuple(
        Late(row.bucket, row.contracts, Money(currency, row.arrears))
        for row in await tx.execute(text(LATE), given)
    )
