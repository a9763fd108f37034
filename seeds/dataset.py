"""A data set of contracts and payments, moved to begin after today.

Virtual time only runs forward from the wall's, so a set recorded in the past is moved by whole months: days
of the month, hours and the order of everything stay.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from adapters.csv_fleet import CsvFleetFiles
from domain.calendar import add_months
from domain.errors import BadInput, Mistake
from domain.fleet.intake import Contract, PaymentEntry
from domain.spreadsheet import csv_table


@dataclass(frozen=True)
class DataSet:
    """``contracts_file`` is the moved file's content; ``payments`` are by contract, in time order."""

    contracts_file: bytes
    contracts: Sequence[Contract]
    payments: dict[str, list[PaymentEntry]]
    months: int

    @property
    def begins_on(self) -> date:
        return min(contract.terms.signed_on for contract in self.contracts)

    @property
    def payment_count(self) -> int:
        return sum(map(len, self.payments.values()))


def read(folder: Path, today: date, currency: str = "XAF", country: str = "CM") -> DataSet:
    """Raises BadInput when a file is missing or a row of it is wrong."""
    contract_rows, payment_rows = table(folder / "contracts.csv"), table(folder / "payments.csv")
    months = months_ahead(min(date.fromisoformat(row["signed_on"]) for row in contract_rows), today)
    for row in contract_rows:
        for name in ("signed_on", "first_due_on"):
            row[name] = add_months(date.fromisoformat(row[name]), months).isoformat()
    for row in payment_rows:
        at = datetime.fromisoformat(row["received_at"])
        row["received_at"] = datetime.combine(add_months(at.date(), months), at.timetz()).isoformat()
    contracts_file = content(contract_rows)
    lines = list(CsvFleetFiles().contracts(io.BytesIO(contracts_file), country))
    paid: dict[str, list[PaymentEntry]] = defaultdict(list)
    payment_lines = list(CsvFleetFiles().payments(io.BytesIO(content(payment_rows)), currency))
    mistakes = [mistake for line in lines for mistake in line.mistakes]
    mistakes += [mistake for line in payment_lines for mistake in line.mistakes]
    if mistakes:
        raise BadInput(*mistakes)
    for payment in sorted((line.entry for line in payment_lines if line.entry), key=lambda p: p.received_at):
        paid[payment.contract_ref].append(payment)
    return DataSet(contracts_file, [line.entry.contract for line in lines if line.entry], paid, months)


def months_ahead(first: date, today: date) -> int:
    """The fewest whole months that move ``first`` after tomorrow; 0 if it lies there already."""
    months = 0
    while add_months(first, months) <= today + timedelta(days=1):
        months += 1
    return months


def table(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise BadInput(
            Mistake(path.name, error.strerror or "unreadable", "give a folder that has it")
        ) from None


def content(rows: Sequence[dict[str, str]]) -> bytes:
    return csv_table(list(rows[0]), rows, end="\n").encode()
