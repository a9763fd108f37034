"""An investor's own page: what was put in, what it brought, which bikes, statements and payouts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from database.fleet import investors
from database.fleet.behind import Of
from database.fleet.investments import Performance, performance
from database.fleet.investors import KnownInvestor
from database.fleet.payouts import KnownPayout, payouts_of
from database.fleet.revenue import totals
from database.shared.effects import document_of
from database.shared.files import known_file
from domain.chart import Chart, Series, bar_chart, figure
from domain.errors import NotFound
from domain.fleet.contract import ACTIVE, DRAFT
from domain.fleet.investing import Share
from domain.money import Money
from web.portal.visit import Visit

MONTHS = 12
LATEST = 24


@dataclass(frozen=True)
class Bike:
    """``collected`` is all that its drivers paid in the year, of which the investor's part is a share."""

    ref: str
    share_bp: int
    from_on: date
    until_on: date | None
    collected: Money

    @property
    def percent(self) -> Decimal:
        return Decimal(self.share_bp) / 100


@dataclass(frozen=True)
class Own:
    known: KnownInvestor
    figures: Performance
    bikes: Sequence[Bike]
    payouts: Sequence[KnownPayout]
    chart: str

    @property
    def ref(self) -> str:
        return self.known.contract.ref

    @property
    def yearly(self) -> Decimal | None:
        return _percent(self.figures.yield_to_date)

    @property
    def expected(self) -> Decimal | None:
        return _percent(self.figures.expected_yield)

    @property
    def back(self) -> int:
        """The percent of the capital that came back."""
        return int((self.figures.paid_back or Decimal(0)) * 100)


async def contracts_of(visit: Visit) -> list[Own]:
    """The running ones first."""
    found = await investors.investor_contracts(visit.tx, visit.tenant, investor=visit.person.ref, limit=20)
    own = [await _own(visit, one) for one in found if one.state != DRAFT]
    return sorted(own, key=lambda one: (one.known.state != ACTIVE, one.ref))


async def _own(visit: Visit, known: KnownInvestor) -> Own:
    figures = await performance(visit.tx, visit.tenant, known, visit.today)
    shares = await investors.shares_of(visit.tx, visit.tenant, contract_ref=known.contract.ref)
    paid = await payouts_of(visit.tx, visit.tenant, contract_ref=known.contract.ref, limit=None)
    bikes = await _bikes(visit, shares, known.contract.amount.currency)
    latest = sorted(paid, key=lambda one: one.payout.paid_on, reverse=True)
    return Own(known, figures, bikes, latest[:LATEST], _chart(visit, figures))


async def _bikes(visit: Visit, shares: Sequence[Share], currency: str) -> list[Bike]:
    first = visit.today.replace(day=1).replace(year=visit.today.year - 1)
    refs = sorted({one.bike_ref for one in shares})
    rows = await totals(visit.tx, visit.tenant, Of.BIKE, first, visit.today, refs=refs) if refs else []
    brought = {row.ref: row.collected for row in rows}
    none = Money(currency, 0)
    return [
        Bike(one.bike_ref, one.share_bp, one.from_on, one.until_on, brought.get(one.bike_ref, none))
        for one in shares
    ]


def _chart(visit: Visit, figures: Performance) -> str:
    """The share of each month that was stated, the earliest first; empty before the first statement."""
    months = sorted(figures.months, key=lambda one: one.month_on)[-MONTHS:]
    if not months:
        return ""
    words = {
        "fr": ("Votre part, mois par mois", "La part arrêtée de chaque mois.", "part"),
        "en": ("Your share, month by month", "The share stated for each month.", "share"),
    }[visit.locale]
    currency = figures.invested.currency
    unit = {"XAF": "F CFA", "EUR": "€"}.get(currency, currency)
    values = tuple(one.share.decimal for one in months)
    names = tuple(f"{one.month_on:%m/%y}" for one in months)
    return figure(
        Chart(words[0], names, (Series(words[2], values),), unit, visit.locale, words[1]), bar_chart
    )


async def statement(visit: Visit, ref: str, month: str) -> tuple[str, str, bytes]:
    """Name, media type and content of the statement of a month, ``2026-10``. Raises NotFound."""
    known = await investors.investor_contract_of(visit.tx, visit.tenant, ref)
    if known.contract.investor_ref != visit.person.ref:
        raise NotFound("statement", ref)
    figures = await performance(visit.tx, visit.tenant, known, visit.today)
    found = next((one for one in figures.months if f"{one.month_on:%Y-%m}" == month), None)
    row = await document_of(visit.tx, visit.tenant, found.document) if found else None
    if row is None:
        raise NotFound("statement", month)
    kept = await known_file(visit.tx, visit.tenant, row.file_id)
    content = await visit.parts.files.read(visit.tx, visit.tenant, row.file_id)
    return kept.name, kept.media_type, content


def _percent(rate: Decimal | None) -> Decimal | None:
    """To one digit."""
    return None if rate is None else (rate * 100).quantize(Decimal("0.1"))
