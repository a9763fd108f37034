"""What stands behind a number of the fleet: the entries of the ledger that it is the sum of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Text

from domain.calendar import add_months
from domain.fleet.investing import month_of
from domain.money import Money


class Of(StrEnum):
    """Whose number it is. ``ref`` is empty for the fleet."""

    FLEET = "fleet"
    AGENCY = "agency"
    STATION = "station"
    BIKE = "bike"
    CONTRACT = "contract"
    INVESTOR = "investor"
    INVESTOR_CONTRACT = "investor_contract"


class Measure(StrEnum):
    COLLECTED = "collected"
    """What drivers paid, without what was reversed or given back."""
    SWAPS = "swaps"
    COSTS = "costs"
    PURCHASES = "purchases"
    SHARES = "shares"
    """What investors are owed of it."""
    PAYOUTS = "payouts"
    CAPITAL = "capital"


@dataclass(frozen=True)
class Behind:
    """What opens a number; both months are included."""

    measure: Measure
    of: Of
    ref: str
    first_on: date
    last_on: date

    def query(self) -> dict[str, str]:
        """As an address has it."""
        return {
            "measure": self.measure.value, "of": self.of.value, "ref": self.ref,
            "first": f"{self.first_on:%Y-%m}", "last": f"{self.last_on:%Y-%m}",
        }  # fmt: skip


@dataclass(frozen=True)
class LedgerLine:
    """One entry. ``amount`` is signed as the ledger has it: debit above 0, credit below."""

    transaction_id: int
    line: int
    posted_on: date
    key: str
    description: str
    account: str
    subject: str
    amount: Money


ACCOUNTS = {
    Measure.SWAPS: ("swap_revenue",),
    Measure.COSTS: ("bike_cost", "station_cost", "agency_cost", "fleet_cost"),
    Measure.PURCHASES: ("bikes",),
    Measure.SHARES: ("investor_share",),
    Measure.PAYOUTS: ("investor_payable",),
    Measure.CAPITAL: ("investor_capital",),
}

SUBJECTS = {
    Of.AGENCY: "and (e.subject = :ref or exists (select from station s where s.tenant_id = e.tenant_id "
    "and s.ref = e.subject and s.agency_ref = :ref and e.account in ('swap_revenue', 'station_cost')) "
    "or exists (select from bike b where b.tenant_id = e.tenant_id and b.ref = e.subject "
    "and b.agency_ref = :ref and e.account in ('bike_cost', 'bikes', 'investor_share')))",
    Of.INVESTOR: "and e.subject in (select c.ref from investor_contract c where c.tenant_id = e.tenant_id "
    "and c.investor_ref = :ref)",
    Of.FLEET: "",
}
THIS = "and e.subject = :ref"

ENTRIES = """
select e.transaction_id, e.line, t.posted_on, t.key, t.description, e.account, e.subject, e.amount_minor,
       e.currency
  from ledger_entry e join ledger_transaction t on t.tenant_id = e.tenant_id and t.id = e.transaction_id
 where e.tenant_id = :tenant and e.account = any(:accounts) {of}
   and t.posted_on >= :first and t.posted_on < :until and (e.subject, t.id, e.line) > (:subject, :id, :line)
 order by e.subject, t.id, e.line limit :limit
"""

# By contract: the money of one is a range of an index, that of the whole fleet is not. A contract with a
# month has at least one entry, so that as many contracts as entries are wanted are enough.
TURNED = """
    select p.contract_ref as subject, p.tenant_id, '{way}' || p.ref as key
      from paying join payment p on p.tenant_id = :tenant and p.contract_ref = paying.contract_ref
      join tenant h on h.id = p.tenant_id
     where p.{at} >= cast(:first as timestamp) at time zone h.zone
       and p.{at} < cast(:until as timestamp) at time zone h.zone {day}
"""
GIVEN_BACK = TURNED.replace("payment p", "(select *, paid_at as received_at from refund) p")
COLLECTED = f"""
with paying as (
    select distinct m.contract_ref from collected_month m {{join}}
     where m.tenant_id = :tenant and m.month_on >= :first and m.month_on < :until
       and m.contract_ref >= :subject {{of}}
     order by m.contract_ref limit :limit + 1
), turned as (
    {TURNED.format(way="fleet.payment:", at="received_at", day="{day}")} union all
    {TURNED.format(way="reversal:fleet.payment:", at="reversed_at", day="{day}")} union all
    {GIVEN_BACK.format(way="fleet.refund:", at="paid_at", day="{day}")}
)
select e.transaction_id, e.line, t.posted_on, t.key, t.description, e.account, turned.subject,
       e.amount_minor, e.currency
  from turned join ledger_transaction t on t.tenant_id = turned.tenant_id and t.key = turned.key
  join ledger_entry e on e.tenant_id = t.tenant_id and e.transaction_id = t.id and e.account like 'cash%'
 where (turned.subject, t.id, e.line) > (:subject, :id, :line)
 order by turned.subject, t.id, e.line limit :limit
"""
OF_AN_AGENCY = "join fleet_contract c on c.tenant_id = m.tenant_id and c.ref = m.contract_ref"
ITS_BIKE = "and fleet_bike_on(p.tenant_id, p.contract_ref, (p.received_at at time zone h.zone)::date) = :ref"
PAYING = {
    Of.BIKE: "and m.bike_ref = :ref", Of.CONTRACT: "and m.contract_ref = :ref", Of.FLEET: "",
    Of.AGENCY: "and c.agency_ref = :ref",
}  # fmt: skip

OF_STATEMENTS = {Measure.SHARES: "and t.key like 'fleet.statement:%'",
                 Measure.PAYOUTS: "and t.key not like 'fleet.statement:%'"}  # fmt: skip

After = tuple[str, int, int]
START: After = ("", 0, 0)


async def entries_of(
    tx: AsyncConnection, tenant: str, behind: Behind, *, after: After = START, limit: int = 50
) -> list[LedgerLine]:
    """A page in the order of subject and transaction, beginning after ``after``: those of the last line."""
    measure, of = behind.measure, behind.of
    if measure is Measure.COLLECTED:
        day = ITS_BIKE if of is Of.BIKE else ""
        join = OF_AN_AGENCY if of is Of.AGENCY else ""
        query = COLLECTED.format(of=PAYING[of], day=day, join=join)
        return await _lines(tx, query, tenant, behind, after, limit, ())
    accounts, only = ACCOUNTS[measure], SUBJECTS.get(of, THIS)
    if of in (Of.INVESTOR, Of.INVESTOR_CONTRACT) and measure in OF_STATEMENTS:
        accounts, only = ("investor_payable",), f"{only} {OF_STATEMENTS[measure]}"
    return await _lines(tx, ENTRIES.format(of=only), tenant, behind, after, limit, accounts)


async def entries_behind(
    tx: AsyncConnection, tenant: str, accounts: Sequence[str], subject: str, month: date, *,
    after: After = START, limit: int = 50,
) -> list[LedgerLine]:  # fmt: skip
    """The entries of some accounts about one subject in a month: what `ledger_month` has summed."""
    behind = Behind(Measure.COSTS, Of.BIKE, subject, month_of(month), month_of(month))
    return await _lines(tx, ENTRIES.format(of=THIS), tenant, behind, after, limit, tuple(accounts))


async def _lines(
    tx: AsyncConnection, query: str, tenant: str, behind: Behind, after: After, limit: int,
    accounts: tuple[str, ...],
) -> list[LedgerLine]:  # fmt: skip
    given: dict[str, Any] = {
        "tenant": tenant, "first": month_of(behind.first_on),
        "until": add_months(month_of(behind.last_on), 1), "subject": after[0], "id": after[1],
        "line": after[2], "limit": limit,
    }  # fmt: skip
    statement = text(query)
    if ":accounts" in query:
        statement = statement.bindparams(bindparam("accounts", type_=ARRAY(Text)))
        given["accounts"] = list(accounts)
    if ":ref" in query:
        given["ref"] = behind.ref
    return [_line(row) for row in await tx.execute(statement, given)]


def _line(row: Any) -> LedgerLine:
    return LedgerLine(
        row.transaction_id, row.line, row.posted_on, row.key, row.description, row.account, row.subject,
        Money(row.currency, row.amount_minor),
    )  # fmt: skip
