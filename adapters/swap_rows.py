"""Files of battery swaps."""

from adapters.csv_rows import RawRow
from adapters.row_fields import Fields
from domain.errors import BadInput
from domain.fleet import columns
from domain.fleet.intake import Line
from domain.fleet.swap import SwapEntry, SwapPaidBy
from domain.money import DIGITS, Money

SWAP_COLUMNS = columns.SWAPS.needed


def swap_line(row: RawRow, currency: str) -> Line[SwapEntry]:
    ref = row.values.get("swap_ref", "")
    if row.mistake:
        return Line(row.number, ref, None, (row.mistake,))
    fields = Fields(row.values)
    try:
        entry = _swap(fields, currency)
    except BadInput as wrong:
        fields.mistakes += wrong.mistakes
        entry = None
    return Line(row.number, ref, entry, tuple(fields.mistakes), row.values)


def _swap(fields: Fields, currency: str) -> SwapEntry | None:
    station, bike = fields.text("station_ref"), fields.text("bike_ref")
    battery_in, battery_out = fields.text("battery_in"), fields.text("battery_out")
    swapped_at, channel = fields.moment("swapped_at"), fields.word("channel", SwapPaidBy, SwapPaidBy.INCLUDED)
    given = fields.one_of("currency", tuple(DIGITS), currency)
    price = Money(given, fields.number("price_minor")) if fields.values.get("price_minor") else None
    charge_in, charge_out = _charge(fields, "charge_in"), _charge(fields, "charge_out")
    if not fields.text("swap_ref") or fields.mistakes:
        return None
    return SwapEntry(
        fields.values["swap_ref"], station, bike, battery_in, battery_out, swapped_at, channel, price,
        fields.values.get("driver_ref") or None, charge_in, charge_out, "import",
    )  # fmt: skip


def _charge(fields: Fields, name: str) -> int | None:
    return fields.number(name) if fields.values.get(name) else None
