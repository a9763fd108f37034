"""Files of contracts and payments: each row becomes a domain object, or says all that is wrong with it."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from adapters.csv_rows import RawRow
from adapters.row_fields import Fields
from adapters.sheet_rows import most_rows, rows
from adapters.statement_rows import STATEMENT_COLUMNS, statement_line
from adapters.swap_rows import SWAP_COLUMNS, swap_line
from domain.errors import BadInput
from domain.fleet import columns
from domain.fleet.amortization import parts
from domain.fleet.intake import Contract, ContractEntry, Driver, Line, PaidBy, PaymentEntry, check_references
from domain.fleet.reconciliation import StatementEntry
from domain.fleet.swap import SwapEntry
from domain.fleet.terms import Frequency, HolidayRule, Kind, Terms
from domain.money import DIGITS, Money
from domain.opaque import telling_mistakes

CONTRACT_COLUMNS, PAYMENT_COLUMNS = columns.CONTRACTS.needed, columns.PAYMENTS.needed


class CsvFleetFiles:
    """Implements the ports FleetFiles and StatementFiles, for CSV and XLSX."""

    def contracts(self, source: BinaryIO, country: str, zone: str = "UTC") -> Iterator[Line[ContractEntry]]:
        """Telephone numbers without a country code are read as those of ``country`` (ISO 3166)."""
        return (_contract_line(row, country) for row in rows(source, CONTRACT_COLUMNS, zone))

    def payments(self, source: BinaryIO, currency: str, zone: str = "UTC") -> Iterator[Line[PaymentEntry]]:
        return (_payment_line(row, currency) for row in rows(source, PAYMENT_COLUMNS, zone, ("received_at",)))

    def statement(self, source: BinaryIO, currency: str, zone: str = "UTC") -> Iterator[Line[StatementEntry]]:
        return (
            statement_line(row, currency) for row in rows(source, STATEMENT_COLUMNS, zone, ("occurred_at",))
        )

    def swaps(self, source: BinaryIO, currency: str, zone: str = "UTC") -> Iterator[Line[SwapEntry]]:
        return (swap_line(row, currency) for row in rows(source, SWAP_COLUMNS, zone, ("swapped_at",)))

    def most_rows(self, source: BinaryIO) -> int:
        return most_rows(source)

    def contract(self, values: Mapping[str, str], country: str) -> Line[ContractEntry]:
        return _contract_line(RawRow(0, dict(values)), country)

    def payment(self, values: Mapping[str, str], currency: str) -> Line[PaymentEntry]:
        return _payment_line(RawRow(0, dict(values)), currency)

    def swap(self, values: Mapping[str, str], currency: str) -> Line[SwapEntry]:
        return swap_line(RawRow(0, dict(values)), currency)


def _contract_line(row: RawRow, country: str) -> Line[ContractEntry]:
    ref = row.values.get("contract_ref", "")
    if row.mistake:
        return Line(row.number, ref, None, (row.mistake,))
    fields = Fields(row.values)
    try:
        entry = _contract(fields, country)
    except BadInput as wrong:
        fields.mistakes += [one for one in wrong.mistakes if one not in fields.mistakes]
        entry = None
    found = None if fields.mistakes else entry
    return Line(row.number, ref, found, tuple(fields.mistakes), row.values)


def _contract(fields: Fields, country: str) -> ContractEntry | None:
    driver = Driver(
        fields.text("driver_ref"), fields.text("full_name"), fields.phone("phone", country),
        fields.email("email"), fields.one_of("locale", ("fr", "en"), "fr"),
    )  # fmt: skip
    for name in ("driver_ref", "contract_ref"):
        fields.mistakes += telling_mistakes(
            name, fields.values.get(name, ""), driver.full_name, driver.email, driver.phone
        )
    given = _terms(fields)
    if fields.mistakes:
        check_references(contract_ref=fields.values["contract_ref"], driver_ref=driver.ref)
        return None
    contract = Contract(fields.text("contract_ref"), driver.ref, fields.text("bike_ref"), Terms(**given))  # type: ignore[arg-type]
    _check_instalment(fields, contract.terms)
    return ContractEntry(contract, driver)


def _terms(fields: Fields) -> dict[str, object]:
    currency = fields.one_of("currency", tuple(DIGITS))
    frequency = fields.word("frequency", Frequency)
    return {
        "kind": fields.word("kind", Kind, Kind.LEASE_TO_OWN),
        "price": Money(currency, fields.number("price_minor")),
        "down_payment": Money(currency, fields.number("down_payment_minor")),
        "instalments": fields.number("instalments"), "frequency": frequency,
        "first_due_on": fields.day("first_due_on"), "signed_on": fields.day("signed_on"),
        "every_days": fields.number("every_days", 0), "rest_days": fields.rest_days("rest_days"),
        "holiday_rule": fields.word("holiday_rule", HolidayRule, HolidayRule.KEEP),
        "grace_days": fields.number("grace_days", 0), "rounding": fields.number("rounding", 1),
    }  # fmt: skip


def _check_instalment(fields: Fields, terms: Terms) -> None:
    """The file says the instalment too: a slip in any of the amounts shows."""
    given, first = fields.number("instalment_minor"), parts(terms)[0]
    if given != first.principal + first.charge and not fields.mistakes:
        follows = f"{first.principal + first.charge} follows from the price and the number of instalments"
        fields.wrong("instalment_minor", f"it is {given}, but {follows}", "correct one of them")


def _payment_line(row: RawRow, currency: str) -> Line[PaymentEntry]:
    ref = row.values.get("payment_ref", "")
    if row.mistake:
        return Line(row.number, ref, None, (row.mistake,))
    fields = Fields(row.values)
    received_at, channel = fields.moment("received_at"), fields.word("channel", PaidBy)
    amount = Money(fields.one_of("currency", tuple(DIGITS), currency), fields.number("amount_minor"))
    entry = None
    if not fields.mistakes:
        try:
            contract_ref = fields.text("contract_ref")
            agent_ref = fields.values.get("agent_ref") or None
            entry = PaymentEntry(ref, contract_ref, received_at, amount, channel, "import", agent_ref)
        except BadInput as wrong:
            fields.mistakes += wrong.mistakes
    return Line(row.number, ref, entry, tuple(fields.mistakes), row.values)
