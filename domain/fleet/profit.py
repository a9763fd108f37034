"""What bikes, stations, agencies, investors and the fleet earned in a period, and what is left of it.

Revenue is what drivers paid (without what was reversed) and swaps; costs are those of bikes, stations,
agencies and the fleet, without the purchase of bikes; shares are what investors are owed. The margin is what
is left: revenue less costs less shares.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.decision import Bilingual
from domain.fleet.report import TITLES, Kind, Period
from domain.money import Money
from domain.table import Column
from domain.table import Kind as Cell


@dataclass(frozen=True)
class Profit:
    """Of one bike, station… in a period; ``name`` is what people call it."""

    ref: str
    name: str
    collected: Money
    swaps: Money
    costs: Money
    shares: Money

    @property
    def revenue(self) -> Money:
        return self.collected + self.swaps

    @property
    def margin(self) -> Money:
        return self.revenue - self.costs - self.shares

    @property
    def rate(self) -> Decimal | None:
        """The margin's share of the revenue; None without any."""
        revenue = self.revenue.minor
        return Decimal(self.margin.minor) / revenue if revenue else None

    @property
    def label(self) -> str:
        return self.name or self.ref


@dataclass(frozen=True)
class Month:
    """The whole of what is reported, in one month."""

    month_on: date
    profit: Profit


@dataclass(frozen=True)
class Late:
    """Contracts late by the days of a bucket, and what they owe."""

    bucket: Bilingual
    contracts: int
    arrears: Money


@dataclass(frozen=True)
class Profitability:
    """``profits`` by margin, the highest first; ``months`` lead up to the period's end, as a background.

    ``late`` and ``at_risk`` (the share of what is outstanding on contracts more than 30 days late) are of the
    fleet's report alone, as of ``as_of``.
    """

    kind: Kind
    subject: str
    period: Period
    currency: str
    profits: tuple[Profit, ...]
    before: Profit
    months: tuple[Month, ...]
    late: tuple[Late, ...] = ()
    at_risk: Decimal | None = None
    as_of: date | None = None

    @property
    def title(self) -> Bilingual:
        return TITLES[self.kind]

    @property
    def total(self) -> Profit:
        return sum_of(self.profits, self.currency)


def sum_of(profits: Sequence[Profit], currency: str) -> Profit:
    def total(values: Sequence[Money]) -> Money:
        return sum(values, Money(currency, 0))

    return Profit(
        "", "", total([one.collected for one in profits]), total([one.swaps for one in profits]),
        total([one.costs for one in profits]), total([one.shares for one in profits]),
    )  # fmt: skip


REF = {
    Kind.FLEET: Bilingual("Flotte", "Fleet"), Kind.AGENCY: Bilingual("Agence", "Agency"),
    Kind.STATION: Bilingual("Station", "Station"), Kind.BIKE: Bilingual("Moto", "Bike"),
    Kind.INVESTOR: Bilingual("Investisseur", "Investor"),
}  # fmt: skip
COLLECTED = Bilingual("Encaissé", "Collected")
SWAPS = Bilingual("Échanges", "Swaps")
REVENUE = Bilingual("Recettes", "Revenue")
COSTS = Bilingual("Coûts", "Costs")
SHARES = Bilingual("Parts des investisseurs", "Investors’ shares")
MARGIN = Bilingual("Marge", "Margin")
RATE = Bilingual("Taux de marge", "Margin rate")
OF_PROFIT = (
    Column("collected", COLLECTED, Cell.MONEY), Column("swaps", SWAPS, Cell.MONEY),
    Column("revenue", REVENUE, Cell.MONEY), Column("costs", COSTS, Cell.MONEY),
    Column("shares", SHARES, Cell.MONEY), Column("margin", MARGIN, Cell.MONEY),
    Column("rate", RATE, Cell.PERCENT),
)  # fmt: skip


def columns(kind: Kind) -> tuple[Column, ...]:
    name = Column("name", Bilingual("Nom", "Name"), width=28)
    return (Column("ref", REF[kind], width=18), name, *OF_PROFIT)


def cells(one: Profit) -> tuple[object, ...]:
    return (
        one.ref, one.name, one.collected, one.swaps, one.revenue, one.costs, one.shares, one.margin,
        one.rate,
    )  # fmt: skip


MONTH_COLUMNS = (Column("month_on", Bilingual("Mois", "Month"), Cell.DATE), *OF_PROFIT)


def month_cells(one: Month) -> tuple[object, ...]:
    return (one.month_on, *cells(one.profit)[2:])
