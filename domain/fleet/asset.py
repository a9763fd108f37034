"""What a fleet owns and where: agencies, stations, bikes, batteries, and what they cost."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.errors import BadInput, Mistake
from domain.fleet.intake import PaidBy
from domain.fleet.references import check_references, check_years
from domain.money import LARGEST_MINOR, Money

WHOLE_FLEET = "fleet"
"""The subject of costs that belong to nothing smaller."""

LONGEST_DAY = 24 * 60
LONGEST_NAME = 120


class BikeState(StrEnum):
    IN_STOCK = "in_stock"
    IN_USE = "in_use"
    IN_REPAIR = "in_repair"
    STOLEN = "stolen"
    REPOSSESSED = "repossessed"
    SOLD = "sold"
    RETIRED = "retired"


class BatteryState(StrEnum):
    IN_USE = "in_use"
    IN_REPAIR = "in_repair"
    LOST = "lost"
    RETIRED = "retired"


class CostKind(StrEnum):
    RENT = "rent"
    ENERGY = "energy"
    STAFF = "staff"
    MAINTENANCE = "maintenance"
    REPAIR = "repair"
    INSURANCE = "insurance"
    TAX = "tax"
    TRANSPORT = "transport"
    OTHER = "other"


class CostOf(StrEnum):
    BIKE = "bike"
    STATION = "station"
    AGENCY = "agency"
    FLEET = "fleet"


@dataclass(frozen=True)
class Agency:
    """``new_target``: contracts to be signed in a month; None means that none is set."""

    ref: str
    name: str
    opened_on: date
    manager_ref: str | None = None
    new_target: int | None = None

    def __post_init__(self) -> None:
        check_references(**_given(ref=self.ref, manager_ref=self.manager_ref))
        check_years(opened_on=self.opened_on)
        wrong = name_mistakes(self.name)
        if self.new_target is not None and not 0 < self.new_target <= 100_000:
            wrong.append(Mistake("new_target", f"{self.new_target} is no target", "give 1 to 100000"))
        _refuse(wrong)


@dataclass(frozen=True)
class Station:
    """``capacity_a_day``: the swaps that its batteries and chargers allow; 0 means that it is not known."""

    ref: str
    name: str
    opened_on: date
    swap_price: Money
    capacity_a_day: int
    open_minutes_a_day: int
    agency_ref: str | None = None
    manager_ref: str | None = None

    def __post_init__(self) -> None:
        check_references(**_given(ref=self.ref, agency_ref=self.agency_ref, manager_ref=self.manager_ref))
        check_years(opened_on=self.opened_on)
        wrong = name_mistakes(self.name)
        if not 0 <= self.swap_price.minor <= LARGEST_MINOR:
            wrong.append(Mistake("swap_price", f"{self.swap_price} is no price", "give 0 or more"))
        if not 0 <= self.capacity_a_day <= 100_000:
            wrong.append(
                Mistake("capacity_a_day", f"{self.capacity_a_day} is not believable", "give 0 to 100000")
            )
        if not 0 <= self.open_minutes_a_day <= LONGEST_DAY:
            wrong.append(
                Mistake("open_minutes_a_day", f"{self.open_minutes_a_day} is no day", "give 0 to 1440")
            )
        _refuse(wrong)


@dataclass(frozen=True)
class MonthOfStation:
    """What is planned and counted beside the swaps. ``open_minutes`` None: nobody measured them."""

    station_ref: str
    month_on: date
    target: Money | None = None
    refused: int = 0
    open_minutes: int | None = None

    def __post_init__(self) -> None:
        wrong: list[Mistake] = []
        if self.month_on.day != 1:
            wrong.append(Mistake("month_on", f"{self.month_on} is no first day", "give the month's first"))
        if self.target is not None and not 0 < self.target.minor <= LARGEST_MINOR:
            wrong.append(Mistake("target", f"{self.target} is no target", "give an amount above 0"))
        if not 0 <= self.refused <= 1_000_000:
            wrong.append(Mistake("refused", f"{self.refused} is not believable", "give 0 to 1000000"))
        if self.open_minutes is not None and not 0 <= self.open_minutes <= 31 * LONGEST_DAY:
            wrong.append(Mistake("open_minutes", f"{self.open_minutes} is no month", "give 0 to 44640"))
        _refuse(wrong)


@dataclass(frozen=True)
class Purchase:
    """What something was bought for, and when."""

    on: date
    cost: Money

    def __post_init__(self) -> None:
        check_years(bought_on=self.on)
        if not 0 <= self.cost.minor <= LARGEST_MINOR:
            raise BadInput(Mistake("cost", f"{self.cost} is not a believable cost", "give 0 or more"))


@dataclass(frozen=True)
class Bike:
    ref: str
    model: str = ""
    plate: str = ""
    state: BikeState = BikeState.IN_STOCK
    purchase: Purchase | None = None
    agency_ref: str | None = None

    def __post_init__(self) -> None:
        check_references(**_given(ref=self.ref, agency_ref=self.agency_ref))
        _refuse([
            Mistake(name, "it is too long", "give at most 40 characters")
            for name, value in (("model", self.model), ("plate", self.plate)) if len(value) > 40
        ])  # fmt: skip


@dataclass(frozen=True)
class Battery:
    """It is on a bike, at a station, or nobody knows where. ``cycles_before`` were run before it was
    entered here.
    """

    ref: str
    state: BatteryState = BatteryState.IN_USE
    bike_ref: str | None = None
    station_ref: str | None = None
    purchase: Purchase | None = None
    cycles_before: int = 0

    def __post_init__(self) -> None:
        check_references(**_given(ref=self.ref, bike_ref=self.bike_ref, station_ref=self.station_ref))
        wrong: list[Mistake] = []
        if self.bike_ref and self.station_ref:
            wrong.append(Mistake("bike_ref", "a battery is at one place", "give the bike or the station"))
        if not 0 <= self.cycles_before <= 100_000:
            wrong.append(
                Mistake("cycles_before", f"{self.cycles_before} is not believable", "give 0 to 100000")
            )
        _refuse(wrong)


@dataclass(frozen=True)
class Cost:
    """``subject_ref`` is the bike, the station or the agency; ``WHOLE_FLEET`` for the fleet."""

    ref: str
    kind: CostKind
    of: CostOf
    subject_ref: str
    incurred_on: date
    amount: Money
    channel: PaidBy = PaidBy.BANK
    note: str = ""

    def __post_init__(self) -> None:
        check_references(ref=self.ref, subject_ref=self.subject_ref)
        check_years(incurred_on=self.incurred_on)
        wrong: list[Mistake] = []
        if (self.of is CostOf.FLEET) != (self.subject_ref == WHOLE_FLEET):
            wrong.append(
                Mistake("subject_ref", "it does not fit whose cost this is", "name the thing, or the fleet")
            )
        if not 0 < self.amount.minor <= LARGEST_MINOR:
            wrong.append(Mistake("amount", "not a believable amount", "give an amount above 0"))
        _refuse(wrong)


def name_mistakes(name: str) -> list[Mistake]:
    if name.strip() and len(name) <= LONGEST_NAME:
        return []
    return [Mistake("name", "it is empty or too long", f"give a name of at most {LONGEST_NAME} characters")]


def _given(**references: str | None) -> dict[str, str]:
    return {name: value for name, value in references.items() if value is not None}


def _refuse(mistakes: list[Mistake]) -> None:
    if mistakes:
        raise BadInput(*mistakes)
