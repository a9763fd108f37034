"""A driver's own page: what is due, what is paid, receipts, and when the rest will come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from database.fleet import dunning, queries
from database.fleet.payments import payment_of
from database.fleet.queries import ContractFile, KnownPayment
from database.shared.ownership import owns
from domain.chart import Chart, Series, figure, line_chart
from domain.decision import Bilingual
from domain.errors import NotFound
from domain.fleet.contract import ACTIVE, COMPLETED, DRAFT
from domain.fleet.dunning import Promise
from domain.fleet.payments import Settlement, Standing
from domain.money import Money
from web.portal.visit import Visit

RECEIPT = "fleet/contract/receipt"
POINTS = 60
"""Of the curve: more would be hidden by the width of a line on a telephone."""


@dataclass(frozen=True)
class Own:
    """One contract as its driver reads it. ``due_now`` is what is unpaid of all dues up to today."""

    ref: str
    bike: str
    state: str
    due_now: Money
    late: Money
    paid: Money
    total: Money
    left: Money
    next_due: Settlement | None
    coming: Sequence[Settlement]
    payments: Sequence[KnownPayment]
    promise: Promise | None
    chart: str

    @property
    def percent(self) -> int:
        """Not below 0, where more was given back than is paid now."""
        return min(max(100 * self.paid.minor // self.total.minor, 0), 100) if self.total.minor else 0


async def contracts_of(visit: Visit) -> list[Own]:
    """The running ones first."""
    found = await queries.contracts(visit.tx, visit.tenant, driver=visit.person.ref, limit=20)
    own = [await _own(visit, one.contract.ref) for one in found if one.state != DRAFT]
    return sorted(own, key=lambda one: (one.state != ACTIVE, one.ref))


async def _own(visit: Visit, ref: str) -> Own:
    file = await queries.file_of(visit.tx, visit.tenant, ref)
    where = file.standing
    if where is None:
        raise NotFound("contract", ref)
    currency = where.allocated.currency
    promised = await dunning.promises_of(visit.tx, visit.tenant, ref, currency)
    running = file.known.state == ACTIVE
    unpaid = [one for one in where.settlements if one.unpaid.minor]
    none = Money(currency, 0)
    now = [one.unpaid for one in unpaid if one.due.due_on <= visit.today] if running else []
    return Own(
        ref=ref, bike=file.contract.bike_ref, state=file.known.state,
        due_now=_sum(now, none),
        late=where.arrears_on(visit.today, file.contract.terms.grace_days) if running else none,
        paid=where.allocated, total=where.total, left=where.remaining,
        next_due=next((one for one in unpaid if one.due.due_on > visit.today), None) if running else None,
        coming=[one for one in unpaid if one.due.due_on > visit.today][:12] if running else (),
        payments=_latest(visit, file, await _since(visit, ref)),
        promise=next((one for one in reversed(promised) if one.until >= visit.today), None),
        chart=_chart(where, visit),
    )  # fmt: skip


def _sum(amounts: Sequence[Money], none: Money) -> Money:
    return sum(amounts, none)


async def _since(visit: Visit, ref: str) -> date:
    """When this driver took the contract over from another. What was paid before is not theirs."""
    return await queries.taken_over_on(visit.tx, visit.tenant, ref) or date.min


def _latest(visit: Visit, file: ContractFile, since: date) -> list[KnownPayment]:
    """The latest first."""
    own = [one for one in file.payments if visit.home_day(one.entry.received_at) >= since]
    return sorted(own, key=lambda one: one.entry.received_at, reverse=True)[:60]


def _chart(where: Standing, visit: Visit) -> str:
    """What fell due and what came in, added up, until today."""
    first = where.settlements[0].due.due_on
    days = _spread(first, max(visit.today, first))
    due, paid = (tuple(_until(where, day, kind).decimal for day in days) for kind in ("due", "paid"))
    words = {
        "fr": ("Dû et payé, cumulés", "Ce qui est arrivé à échéance et ce qui a été payé, jour après jour."),
        "en": ("Due and paid, added up", "What fell due and what was paid, day after day."),
    }[visit.locale]
    names = {"fr": ("dû", "payé"), "en": ("due", "paid")}[visit.locale]
    series = (Series(names[0], due, stepped=True), Series(names[1], paid, stepped=True))
    unit = {"XAF": "F CFA", "EUR": "€"}.get(where.allocated.currency, where.allocated.currency)
    return figure(Chart(words[0], tuple(days), series, unit, visit.locale, words[1]), line_chart)


def _spread(first: date, last: date) -> list[date]:
    span = (last - first).days
    steps = min(span, POINTS) or 1
    return sorted({date.fromordinal(first.toordinal() + span * step // steps) for step in range(steps + 1)})


def _until(where: Standing, day: date, kind: str) -> Money:
    none = Money(where.allocated.currency, 0)
    if kind == "paid":
        return where.received_between(date.min, day)
    return _sum([one.due.amount for one in where.settlements if one.due.due_on <= day], none)


async def check_own(visit: Visit, kind: str, ref: str) -> None:
    """Raises NotFound."""
    if not await owns(visit.tx, visit.tenant, visit.person.ref, kind, ref):
        raise NotFound(kind, ref)


async def receipt(visit: Visit, ref: str) -> bytes:
    """For a payment of theirs that counts: a receipt names who paid. Raises NotFound."""
    await check_own(visit, "payment", ref)
    found = await payment_of(visit.tx, visit.tenant, ref)
    since = await _since(visit, found.entry.contract_ref)
    if found.reversed_at or visit.home_day(found.entry.received_at) < since:
        raise NotFound("receipt", ref)
    file = await queries.file_of(visit.tx, visit.tenant, found.entry.contract_ref)
    return await visit.parts.typesetter.render(RECEIPT, receipt_data(visit, file, found), visit.locale)


def receipt_data(visit: Visit, file: ContractFile, found: KnownPayment) -> dict[str, Any]:
    amount, left = found.entry.amount, file.standing.remaining if file.standing else found.entry.amount
    return {
        "sender": visit.home.name, "name": visit.person.full_name, "ref": found.entry.ref,
        "contract": file.contract.ref, "bike": file.contract.bike_ref,
        "received_on": visit.home_day(found.entry.received_at).isoformat(),
        "today_on": visit.today.isoformat(), "channel": found.entry.channel.value,
        "amount": {"currency": amount.currency, "minor": amount.minor},
        "remaining": {"currency": left.currency, "minor": left.minor},
    }  # fmt: skip


STATES = {
    ACTIVE: Bilingual("en cours", "running"),
    COMPLETED: Bilingual("soldé", "paid off"),
    "terminated": Bilingual("résilié", "ended"),
}
