"""What fleet's tables hold of what changed in contracts: references and amounts, kept as contracts are."""

from database.shared.holding import MUST_SAY, WORDS, Act, Holding, of_contact
from database.shared.personal import ACCOUNTING

OF_THEIR_CONTRACTS = (
    "contract_ref in (select c.ref from fleet_contract c where c.tenant_id = {table}.tenant_id "
    f"and c.{of_contact('driver_ref')})"
)

HOLDINGS = (
    # Somebody who has handed a contract over is named in what changed.
    Holding(
        "contract_change", "fleet",
        f"({OF_THEIR_CONTRACTS.format(table='contract_change')} or "
        "before ->> 'driver_ref' = any(cast(:contacts as text[])))", Act.WIPE,
        plain="number kind changed_on at before after", references="contract_ref",
        wiped={"by": WORDS, "reason": MUST_SAY}, law=ACCOUNTING, dated="changed_on",
    ),
    Holding(
        "due_before", "fleet", OF_THEIR_CONTRACTS.format(table="due_before"),
        plain="change_number number due_on amount_minor principal_minor charge_minor kind cumulative_minor",
        references="contract_ref",
    ),
    Holding(
        "settlement_quote", "fleet", OF_THEIR_CONTRACTS.format(table="settlement_quote"), Act.WIPE,
        plain="number quoted_on last_on currency arrears_minor principal_minor charge_minor fees_minor "
        "fee_minor credit_minor given_back_minor amount_minor total_minor state at",
        references="contract_ref", wiped={"by": WORDS},
    ),
    Holding(
        "refund", "fleet", OF_THEIR_CONTRACTS.format(table="refund"), Act.WIPE,
        plain="amount_minor currency channel paid_at recorded_at", references="ref contract_ref",
        wiped={"by": WORDS, "reason": MUST_SAY}, law=ACCOUNTING, dated="paid_at::date",
    ),
    Holding(
        "bike_assignment", "fleet", OF_THEIR_CONTRACTS.format(table="bike_assignment"),
        plain="number from_on until_on", references="contract_ref bike_ref",
    ),
)  # fmt: skip
