"""What fleet's assets say of people: who manages a place, who swapped a battery. Places and things stay."""

from database.shared.holding import WORDS, Act, Holding, of_contact
from database.shared.personal import ACCOUNTING

HOLDINGS = (
    Holding(
        "bike", "fleet",
        plain="ref model plate state stolen_at bought_on cost_minor currency agency_ref created_at",
    ),
    Holding(
        "agency", "fleet", of_contact("manager_ref"),
        plain="name opened_on closed_on new_target created_at", references="ref manager_ref",
    ),
    Holding(
        "station", "fleet", of_contact("manager_ref"),
        plain="name opened_on closed_on swap_price_minor currency capacity_a_day open_minutes_a_day "
        "created_at",
        references="ref agency_ref manager_ref",
    ),
    Holding("station_month", "fleet", plain="station_ref month_on target_minor refused open_minutes"),
    Holding(
        "battery", "fleet",
        plain="ref state bike_ref station_ref placed_at bought_on cost_minor currency cycles_before cycles "
        "created_at",
    ),
    Holding(
        "swap", "fleet", of_contact("driver_ref"), Act.WIPE,
        plain="charge_in charge_out swapped_at price_minor currency channel source recorded_at voided_at",
        references="ref station_ref bike_ref driver_ref battery_in battery_out", wiped={"void_reason": WORDS},
        law=ACCOUNTING, dated="swapped_at::date",
    ),
    Holding("swap_month", "fleet", plain="station_ref month_on swaps"),
    # The note is free text about things; who is erased is not found in it, so every note goes when it may.
    Holding(
        "fleet_cost", "fleet",
        plain="ref kind subject_kind subject_ref incurred_on amount_minor currency channel note recorded_at "
        "reversed_at reversal_reason",
    ),
)  # fmt: skip
