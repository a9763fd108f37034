"""The columns of the files that the fleet takes in: what must be there, and what may be."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Columns:
    needed: tuple[str, ...]
    more: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.needed, *self.more)


CONTRACTS = Columns(
    (
        "contract_ref", "driver_ref", "full_name", "phone", "email", "locale", "bike_ref", "currency",
        "price_minor", "down_payment_minor", "instalment_minor", "frequency", "instalments", "first_due_on",
        "signed_on",
    ),
    ("kind", "every_days", "rest_days", "holiday_rule", "grace_days", "rounding"),
)  # fmt: skip
"""``rest_days`` are weekdays such as `5 6`."""

PAYMENTS = Columns(
    ("payment_ref", "contract_ref", "received_at", "amount_minor", "channel"), ("currency", "agent_ref")
)
"""Without a currency the tenant's holds; ``agent_ref`` is who took the cash."""

SWAPS = Columns(
    ("swap_ref", "station_ref", "bike_ref", "battery_in", "battery_out", "swapped_at"),
    ("channel", "price_minor", "currency", "driver_ref", "charge_in", "charge_out"),
)
"""Without a channel it is included, without a price it costs the station's; charges are percents."""

COLUMNS: Mapping[str, Columns] = {"contracts": CONTRACTS, "payments": PAYMENTS, "swaps": SWAPS}
