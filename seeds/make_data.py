"""Makes the data set that `make demo` lives through: `python -m seeds.make_data` writes `seeds/data`.

Each contract has one behaviour, and each behaviour has a contract of three frequencies. The same seed gives
the same files.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import product
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from domain.fleet.schedule import Due, schedule
from domain.fleet.terms import Frequency, Kind, Terms
from domain.money import Money
from domain.spreadsheet import csv_table
from seeds.people import CAMEROON, DRIVERS, address

FOLDER = Path(__file__).resolve().parent / "data"
SEED = 20260406
SIGNED_ON, FIRST_DUE_ON = date(2026, 3, 30), date(2026, 4, 6)
ZONE = ZoneInfo("Africa/Douala")
DOWN_PAYMENT = 20_000
RHYTHMS = ((Frequency.DAILY, 2_500, 30), (Frequency.WEEKLY, 15_000, 10), (Frequency.MONTHLY, 50_000, 4))
CHANNELS = ("mobile_money", "mobile_money", "bank", "cash")

Paid = Iterator[tuple[date, int]]
Behaviour = Callable[[list[Due], Random], Paid]
Row = dict[str, str | int]


def punctual(dues: list[Due], _: Random) -> Paid:
    """Pays each due on its day."""
    yield from ((due.due_on, due.amount.minor) for due in dues)


def early(dues: list[Due], chance: Random) -> Paid:
    """Pays one to three days before."""
    yield from ((_after(due, -chance.randint(1, 3)), due.amount.minor) for due in dues)


def late(dues: list[Due], chance: Random) -> Paid:
    """Pays everything, up to six days late."""
    yield from ((_after(due, chance.randint(0, 6)), due.amount.minor) for due in dues)


def partial(dues: list[Due], chance: Random) -> Paid:
    """Pays a part on the day and the rest some days later."""
    for due in dues:
        part = due.amount.minor * chance.randint(30, 70) // 100
        yield due.due_on, part
        yield _after(due, chance.randint(1, 5)), due.amount.minor - part


def stops(dues: list[Due], _: Random) -> Paid:
    """Pays half of the dues on their day and then no more."""
    yield from ((due.due_on, due.amount.minor) for due in dues[: len(dues) // 2])


def overpays(dues: list[Due], chance: Random) -> Paid:
    """Pays a tenth to a quarter more each time: paid up before the end, then too much."""
    for due in dues:
        yield due.due_on, due.amount.minor * chance.randint(110, 125) // 100


def pauses(dues: list[Due], chance: Random) -> Paid:
    """Forgets the middle third and makes up for it with one payment three weeks later."""
    third = max(len(dues) // 3, 1)
    yield from ((due.due_on, due.amount.minor) for due in dues[:third])
    forgotten = sum(due.amount.minor for due in dues[third : 2 * third])
    yield _after(dues[2 * third - 1], chance.randint(19, 23)), forgotten
    yield from ((_after(due, 24), due.amount.minor) for due in dues[2 * third :])


def at_once(dues: list[Due], chance: Random) -> Paid:
    """Pays the first due, and all the others together before the second."""
    yield dues[0].due_on, dues[0].amount.minor
    yield _after(dues[0], chance.randint(0, 1)), sum(due.amount.minor for due in dues[1:])


BEHAVIOURS: tuple[Behaviour, ...] = (punctual, early, late, partial, stops, overpays, pauses, at_once)


def _after(due: Due, days: int) -> date:
    return due.due_on + timedelta(days=days)


def rows(seed: int = SEED) -> tuple[list[Row], list[Row]]:
    """The contracts and their payments."""
    chance, contracts, payments = Random(seed), [], []
    for number, (behaviour, rhythm) in enumerate(product(BEHAVIOURS, RHYTHMS), start=1):
        frequency, each, instalments = rhythm
        contracts.append(_contract(number, frequency, each, instalments))
        dues = list(schedule(_terms(frequency, each, instalments)))
        coming = [(dues[0].due_on, dues[0].amount.minor), *behaviour(dues[1:], chance)]
        for count, (day, amount) in enumerate(coming):
            payments.append(_payment(number, count, day, amount, chance))
    return contracts, payments


def _terms(frequency: Frequency, each: int, instalments: int) -> Terms:
    price, down = Money("XAF", DOWN_PAYMENT + each * instalments), Money("XAF", DOWN_PAYMENT)
    return Terms(Kind.LEASE_TO_OWN, price, down, instalments, frequency, FIRST_DUE_ON, SIGNED_ON)


def _contract(number: int, frequency: Frequency, each: int, instalments: int) -> Row:
    name = DRIVERS[number - 1]
    return {
        "contract_ref": f"C-{number:03}", "driver_ref": f"D-{number:03}", "full_name": name,
        "phone": f"{CAMEROON}{number:04}", "email": address(name),
        "locale": "en" if number % 6 == 0 else "fr",
        "bike_ref": f"M-{number:03}", "currency": "XAF", "price_minor": DOWN_PAYMENT + each * instalments,
        "down_payment_minor": DOWN_PAYMENT, "instalment_minor": each, "frequency": frequency.value,
        "instalments": instalments, "first_due_on": FIRST_DUE_ON.isoformat(),
        "signed_on": SIGNED_ON.isoformat(),
    }  # fmt: skip


def _payment(number: int, count: int, day: date, amount: int, chance: Random) -> Row:
    hour = time(10) if count == 0 else time(chance.randint(7, 18), chance.randint(0, 59))
    return {
        "payment_ref": f"P-{number:03}-{count}", "contract_ref": f"C-{number:03}",
        "received_at": datetime.combine(day, hour, ZONE).isoformat(), "amount_minor": amount,
        "channel": "mobile_money" if count == 0 else chance.choice(CHANNELS),
    }  # fmt: skip


def content(table: list[Row]) -> str:
    return csv_table(list(table[0]), table, end="\n")


def main() -> None:
    contracts, payments = rows()
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "contracts.csv").write_text(content(contracts), "utf-8")
    (FOLDER / "payments.csv").write_text(content(payments), "utf-8")


if __name__ == "__main__":
    main()
