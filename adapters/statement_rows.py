"""Lines of an operator's statement."""

from adapters.csv_rows import RawRow
from adapters.row_fields import Fields
from domain.errors import BadInput
from domain.fleet.intake import Line
from domain.fleet.reconciliation import StatementEntry
from domain.money import DIGITS, Money

STATEMENT_COLUMNS = ("transaction_id", "occurred_at", "amount_minor")
"""A file may also have currency, and contract_ref: the reference that the payer gave."""


def statement_line(row: RawRow, currency: str) -> Line[StatementEntry]:
    ref = row.values.get("transaction_id", "")
    if row.mistake:
        return Line(row.number, ref, None, (row.mistake,))
    fields = Fields(row.values)
    moment, minor = fields.moment("occurred_at"), fields.number("amount_minor")
    money = fields.one_of("currency", tuple(DIGITS), currency)
    if money != currency and not fields.mistakes:
        fields.wrong("currency", f"{money} is not yours", f"use {currency}")
    entry = None
    if not fields.mistakes:
        try:
            hint = row.values.get("contract_ref", "")[:64]
            entry = StatementEntry(ref, moment, Money(money, minor), hint)
        except BadInput as wrong:
            fields.mistakes += wrong.mistakes
    return Line(row.number, ref, entry, tuple(fields.mistakes), row.values)
