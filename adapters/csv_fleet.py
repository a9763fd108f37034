"""Files of contracts and payments: each row becomes a domain object, or says all that is wrong with it."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import BinaryIO, TypeVar

from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_valid_number, parse

from adapters.csv_rows import RawRow, rows
from domain.errors import BadInput, Mistake
from domain.fleet.amortization import parts
from domain.fleet.intake import Contract, ContractEntry, Driver, Line, PaidBy, PaymentEntry, check_references
from domain.fleet.terms import Frequency, HolidayRule, Kind, Terms
from domain.money import DIGITS, Money
from domain.opaque import telling_mistakes

CONTRACT_COLUMNS = (
    "contract_ref", "driver_ref", "full_name", "phone", "email", "locale", "bike_ref", "currency",
    "price_minor", "down_payment_minor", "instalment_minor", "frequency", "instalments", "first_due_on",
    "signed_on",
)  # fmt: skip
"""A file may also have kind, every_days, rest_days (such as `5 6`), holiday_rule, grace_days, rounding."""

PAYMENT_COLUMNS = ("payment_ref", "contract_ref", "received_at", "amount_minor", "channel")
"""A file may also have currency; without it the tenant's holds."""

MOST_DIGITS = 18

Word = TypeVar("Word", bound=StrEnum)


class CsvFleetFiles:
    """Implements the port FleetFiles."""

    def contracts(self, source: BinaryIO, country: str) -> Iterator[Line[ContractEntry]]:
        """Telephone numbers without a country code are read as those of ``country`` (ISO 3166)."""
        return (_contract_line(row, country) for row in rows(source, CONTRACT_COLUMNS))

    def payments(self, source: BinaryIO, currency: str) -> Iterator[Line[PaymentEntry]]:
        return (_payment_line(row, currency) for row in rows(source, PAYMENT_COLUMNS))


class Fields:
    """Reads the values of one row and gathers every mistake on the way."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values = values
        self.mistakes: list[Mistake] = []

    def wrong(self, field: str, problem: str, mend: str) -> None:
        self.mistakes.append(Mistake(field, problem, mend))

    def text(self, field: str) -> str:
        value = self.values.get(field, "")
        if not value:
            self.wrong(field, "it is empty", "give a value")
        return value

    def number(self, field: str, default: int | None = None) -> int:
        value = self.values.get(field, "")
        if not value and default is not None:
            return default
        if not value.lstrip("-").isascii() or not value.lstrip("-").isdigit() or len(value) > MOST_DIGITS:
            self.wrong(field, f"{value!r} is not a whole number", "write digits only, in the smallest unit")
            return 0
        return int(value)

    def day(self, field: str) -> date:
        value = self.values.get(field, "")
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.wrong(field, f"{value!r} is not a date", "write YYYY-MM-DD, a day that exists")
            return date.min

    def moment(self, field: str) -> datetime:
        value = self.values.get(field, "")
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            self.wrong(field, f"{value!r} is not a moment", "write it as 2026-03-20T10:00:00+01:00")
            return datetime.min

    def word(self, field: str, kind: type[Word], default: Word | None = None) -> Word:
        value = self.values.get(field, "")
        if not value and default is not None:
            return default
        try:
            return kind(value)
        except ValueError:
            self.wrong(field, f"{value!r} is unknown", f"use one of {', '.join(kind)}")
            return next(iter(kind))

    def one_of(self, field: str, known: tuple[str, ...], default: str = "") -> str:
        value = self.values.get(field, "") or default
        if value not in known:
            self.wrong(field, f"{value!r} is unknown", f"use one of {', '.join(known)}")
        return value

    def phone(self, field: str, country: str) -> str | None:
        """E.164."""
        value = self.values.get(field, "")
        if not value:
            return None
        try:
            number = parse(value, country)
            if is_valid_number(number):
                return format_number(number, PhoneNumberFormat.E164)
        except NumberParseException:
            pass
        self.wrong(field, f"{value!r} is not a telephone number", "write it with its country code, +237…")
        return None

    def email(self, field: str) -> str | None:
        value = self.values.get(field, "")
        if not value:
            return None
        try:
            return validate_email(value, check_deliverability=False).normalized
        except EmailNotValidError as wrong:
            self.wrong(field, str(wrong).rstrip("."), "correct the address, or leave it empty")
            return None

    def rest_days(self, field: str) -> frozenset[int]:
        value = self.values.get(field, "").split()
        if not all(day in "0123456" and len(day) == 1 for day in value):
            self.wrong(field, f"{' '.join(value)!r} are not weekdays", "write 0 (Monday) to 6, such as 5 6")
            return frozenset()
        return frozenset(map(int, value))


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
    return Line(row.number, ref, None if fields.mistakes else entry, tuple(fields.mistakes))


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
            entry = PaymentEntry(ref, contract_ref, received_at, amount, channel, "import")
        except BadInput as wrong:
            fields.mistakes += wrong.mistakes
    return Line(row.number, ref, entry, tuple(fields.mistakes))
