"""Two agencies, four swap stations, their batteries, half a year of swaps, and what things cost."""

from collections import deque
from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet import costs, opening, swaps, vehicles
from database.shared.contacts import save_contact
from domain.calendar import DAY, add_months
from domain.fleet.asset import (
    Agency,
    Battery,
    Bike,
    BikeState,
    Cost,
    CostKind,
    CostOf,
    MonthOfStation,
    Purchase,
    Station,
)
from domain.fleet.swap import SwapEntry, SwapPaidBy
from domain.money import Money
from seeds.firm import Firm
from seeds.people import CAMEROON, person

MONTHS, BIKES, BATCH = 6, 24, 200
PRICE, BATTERY = 850_000, 180_000
AGENCIES = (("AG-01", "Akwa", "GE-01"), ("AG-02", "Bonabéri", "GE-02"))
STATIONS = (
    ("ST-01", "Rond-point Deïdo", "AG-01", "GE-03", 5, 62_000),
    ("ST-02", "Marché central", "AG-01", None, 3, 45_000),
    ("ST-03", "Bonabéri gare", "AG-02", "GE-04", 2, 36_000), ("ST-04", "Ndobo", "AG-02", None, 1, 30_000),
)  # fmt: skip
"""With the swaps of a day and the rent of a month."""
LED = {"GE-01": "Odile Essomba", "GE-02": "Serge Mouelle", "GE-03": "Rose Mbarga", "GE-04": "Alain Tchami"}
SWAP_PRICE = 1_200
PAID_BY = (SwapPaidBy.MOBILE_MONEY, SwapPaidBy.CASH, SwapPaidBy.MOBILE_MONEY, SwapPaidBy.INCLUDED)


async def fill(tx: AsyncConnection, firm: Firm, on: date) -> None:
    """After the contracts: their bikes are there."""
    begun = add_months(on.replace(day=1), -MONTHS)
    for number, (ref, name) in enumerate(LED.items(), start=60):
        await save_contact(tx, firm.id, person(ref, name, CAMEROON, number))
    for ref, name, manager in AGENCIES:
        await opening.open_agency(tx, firm.id, Agency(ref, name, begun, manager, 4), firm.at(on))
    for ref, name, agency, led, a_day, _ in STATIONS:
        price = Money(firm.currency, SWAP_PRICE)
        one = Station(ref, name, begun, price, 4 * a_day, 720, agency, led)
        await opening.open_station(tx, firm.id, one, firm.at(on))
    await _enter_things(tx, firm, begun)
    for ref, *_ in AGENCIES:
        attached = [f"CT-{n:03}" for n in range(1, BIKES + 1) if _agency_of(n) == ref]
        await opening.attach_contracts(tx, firm.id, ref, attached)
    told = list(_swaps(firm, begun, on))
    for start in range(0, len(told), BATCH):
        written = await swaps.record_swaps(tx, firm.id, told[start : start + BATCH], firm.at(on))
        if refused := [one for one in written if isinstance(one, Exception)]:
            raise refused[0]
    await _tell_months(tx, firm, begun, on)


async def _enter_things(tx: AsyncConnection, firm: Firm, begun: date) -> None:
    bought = Purchase(begun - 30 * DAY, Money(firm.currency, PRICE))
    for number in range(1, BIKES + 1):
        plate = f"LT {380 + 7 * number} {'KM' if number % 2 else 'NB'}"
        bike = Bike(f"MOTO-{number:03}", "E-Boda 2", plate, BikeState.IN_USE, bought, _agency_of(number))
        await vehicles.save_bike(tx, firm.id, bike)
    spare = Bike("MOTO-025", "E-Boda 2", "LT 871 KM", BikeState.IN_STOCK, bought, "AG-01")
    await vehicles.save_bike(tx, firm.id, spare)
    bought = Purchase(begun - 30 * DAY, Money(firm.currency, BATTERY))
    for ref, (bike_ref, station) in _places().items():
        one = Battery(ref, bike_ref=bike_ref, station_ref=station, purchase=bought, cycles_before=40)
        await vehicles.save_battery(tx, firm.id, one, firm.at(begun - DAY))


def _agency_of(number: int) -> str:
    return "AG-01" if number % 3 else "AG-02"


def _places() -> dict[str, tuple[str | None, str | None]]:
    """One battery on each bike, five at each station, where they were when the stations opened."""
    on_bikes = {f"BAT-{n:03}": (f"MOTO-{n:03}", None) for n in range(1, BIKES + 1)}
    stock = [(station, n) for n in range(5) for station, *_ in STATIONS]
    at_stations = {f"BAT-{BIKES + 1 + n:03}": (None, ref) for n, (ref, _) in enumerate(stock)}
    return {**on_bikes, **at_stations}


def _swaps(firm: Firm, begun: date, on: date) -> Iterator[SwapEntry]:
    """Bikes take turns; each hands back the battery that it got last. Sundays are quiet."""
    carried = {bike: ref for ref, (bike, _) in _places().items() if bike}
    stock = {
        station: deque(ref for ref, (_, at) in _places().items() if at == station) for station, *_ in STATIONS
    }
    turn, day = 0, begun
    while day < on:
        for place, (station, _, _, _, a_day, _) in enumerate(STATIONS):
            for number in range(max(1, a_day - 1) if day.weekday() == 6 else a_day):
                bike = f"MOTO-{turn % BIKES + 1:03}"
                at = firm.at(day, 6 + 2 * number, 10 * place + turn % 10)
                given = stock[station].popleft()
                stock[station].append(carried[bike])
                back, carried[bike] = carried[bike], given
                yield SwapEntry(
                    f"SW-{turn:06}", station, bike, back, given, at, PAID_BY[turn % len(PAID_BY)],
                    charge_in=5 + turn % 20, charge_out=95 + turn % 6, source="demonstration",
                )  # fmt: skip
                turn += 1
        day += DAY


async def _tell_months(tx: AsyncConnection, firm: Firm, begun: date, on: date) -> None:
    month = begun
    while month < on:
        for ref, _, _, _, a_day, rent in STATIONS:
            target = Money(firm.currency, a_day * 28 * SWAP_PRICE)
            end = min(add_months(month, 1) - timedelta(days=1), on)
            told = MonthOfStation(ref, month, target, refused=a_day, open_minutes=700 * end.day)
            await opening.set_month(tx, firm.id, told, firm.at(on))
            await _pay(tx, firm, CostKind.RENT, CostOf.STATION, ref, month, rent, on)
            await _pay(tx, firm, CostKind.ENERGY, CostOf.STATION, ref, month, 7_500 * a_day, on)
        for ref, *_ in AGENCIES:
            await _pay(tx, firm, CostKind.STAFF, CostOf.AGENCY, ref, month, 210_000, on)
        for number in range(1, BIKES + 1, 5):
            bike = f"MOTO-{number:03}"
            await _pay(tx, firm, CostKind.MAINTENANCE, CostOf.BIKE, bike, month, 8_000 + 500 * number, on)
        month = add_months(month, 1)


async def _pay(
    tx: AsyncConnection, firm: Firm, kind: CostKind, of: CostOf, subject: str, month: date, minor: int,
    on: date,
) -> None:  # fmt: skip
    ref = f"F-{kind.value}-{subject}-{month:%Y%m}"
    cost = Cost(ref, kind, of, subject, month, Money(firm.currency, minor))
    await costs.record_cost(tx, firm.id, cost, firm.at(on))
