"""What fleet's tables hold of investors. What was signed, stated and paid stays ten years, by reference."""

from database.shared.holding import WORDS, Act, Holding, of_contact
from database.shared.personal import ACCOUNTING

OF_DRIVERS = (
    "contract_ref in (select c.ref from fleet_contract c where c.tenant_id = {table}.tenant_id "
    f"and c.{of_contact('driver_ref')})"
)
OF_THEIR_CONTRACTS = (
    "contract_ref in (select c.ref from investor_contract c where c.tenant_id = {table}.tenant_id "
    f"and c.{of_contact('investor_ref')})"
)

HOLDINGS = (
    Holding(
        "investor_contract", "fleet", of_contact("investor_ref"), Act.WIPE,
        plain="kind currency amount_minor revenue_share_bp signed_on ends_on statement_day payout_days state "
        "ended_on created_at",
        references="ref investor_ref", wiped={"end_reason": WORDS},
        law=ACCOUNTING, dated="coalesce(ended_on, signed_on)",
    ),
    Holding(
        "financing_share", "fleet", OF_THEIR_CONTRACTS.format(table="financing_share"),
        plain="from_on until_on share_bp", references="contract_ref bike_ref",
    ),
    Holding(
        "investor_statement", "fleet", OF_THEIR_CONTRACTS.format(table="investor_statement"),
        plain="month_on currency bikes collected_minor share_minor before_minor paid_minor payable_minor "
        "due_on closed_at",
        references="contract_ref document", law=ACCOUNTING, dated="closed_at::date",
    ),
    Holding(
        "investor_statement_line", "fleet", OF_THEIR_CONTRACTS.format(table="investor_statement_line"),
        plain="month_on share_bp collected_minor earlier_minor share_minor",
        references="contract_ref bike_ref",
    ),
    Holding(
        "investor_payout", "fleet", OF_THEIR_CONTRACTS.format(table="investor_payout"), Act.WIPE,
        plain="kind amount_minor currency paid_on channel recorded_at reversed_at",
        references="ref contract_ref by", wiped={"reversal_reason": WORDS},
        law=ACCOUNTING, dated="paid_on",
    ),
    Holding(
        "collected_month", "fleet", OF_DRIVERS.format(table="collected_month"),
        plain="month_on currency collected_minor payments", references="contract_ref bike_ref",
    ),
    Holding(
        "due_month", "fleet", OF_DRIVERS.format(table="due_month"),
        plain="month_on due_minor dues", references="contract_ref",
    ),
)  # fmt: skip
