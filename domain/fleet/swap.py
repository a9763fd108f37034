"""A battery swap, as a station, a file or a device tells of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.errors import BadInput, Mistake
from domain.fleet.references import check_references, check_years
from domain.money import LARGEST_MINOR, Money

CLOCKS_DIFFER = timedelta(minutes=10)
"""How far a device's clock may be ahead of ours."""


class SwapPaidBy(StrEnum):
    MOBILE_MONEY = "mobile_money"
    BANK = "bank"
    CASH = "cash"
    INCLUDED = "included"
    """In what the driver pays anyway: the swap costs nothing."""


@dataclass(frozen=True)
class SwapEntry:
    """``battery_in`` is handed back empty, ``battery_out`` leaves charged; charges are percents.

    ``price`` None: the station's own. ``source`` names who reported it.
    """

    ref: str
    station_ref: str
    bike_ref: str
    battery_in: str
    battery_out: str
    swapped_at: datetime
    channel: SwapPaidBy
    price: Money | None = None
    driver_ref: str | None = None
    charge_in: int | None = None
    charge_out: int | None = None
    source: str = ""

    def __post_init__(self) -> None:
        named = {"ref": self.ref, "station_ref": self.station_ref, "bike_ref": self.bike_ref,
                 "battery_in": self.battery_in, "battery_out": self.battery_out}  # fmt: skip
        if self.driver_ref is not None:
            named["driver_ref"] = self.driver_ref
        check_references(**named)
        if self.swapped_at.tzinfo is None:
            raise BadInput(Mistake("swapped_at", "it has no time zone", "add one, such as +01:00"))
        check_years(swapped_at=self.swapped_at)
        if wrong := [*self._charges(), *self._price()]:
            raise BadInput(*wrong)

    def _charges(self) -> list[Mistake]:
        if self.battery_in == self.battery_out:
            return [Mistake("battery_out", "it is the one that came in", "name the battery that left")]
        charges = {"charge_in": self.charge_in, "charge_out": self.charge_out}
        return [
            Mistake(name, f"{value} is no charge", "give 0 to 100 percent, or nothing")
            for name, value in charges.items() if value is not None and not 0 <= value <= 100
        ]  # fmt: skip

    def _price(self) -> list[Mistake]:
        if self.price is None:
            return []
        if not 0 <= self.price.minor <= LARGEST_MINOR:
            return [Mistake("price", f"{self.price} is not a believable price", "give 0 or more")]
        if self.price.minor and self.channel is SwapPaidBy.INCLUDED:
            return [Mistake("channel", "what is included costs nothing", "leave the price out, or say how")]
        return []
