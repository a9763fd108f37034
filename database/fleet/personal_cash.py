"""What cash, statements and things kept aside say of people. What was paid stays ten years, by reference."""

from database.shared.holding import NO_LIST, NO_OBJECT, WORDS, Act, Holding, of_contact
from database.shared.personal import ACCOUNTING

OF_THEIRS = (
    "agent_ref in (select a.ref from cash_agent a where a.tenant_id = {table}.tenant_id "
    f"and a.{of_contact()})"
)
OF_THEIR_CONTRACTS = (
    "contract_hint in (select c.ref from fleet_contract c where c.tenant_id = statement_line.tenant_id "
    f"and c.{of_contact('driver_ref')})"
)
TELLS_OF_THEM = (
    "({row}.given::text ilike any(cast(:mentions as text[])) or "
    "regexp_replace({row}.given::text, '\\D', '', 'g') like any(cast(:digits as text[])))"
)
"""A row as it was typed names them, what is theirs, or their number, written one way or another."""

HOLDINGS = (
    Holding(
        "cash_agent", "fleet", of_contact(),
        plain="ceiling_minor currency opened_on closed_on created_at",
        references="ref contact_ref agency_ref",
    ),
    Holding(
        "cash_deposit", "fleet", OF_THEIRS.format(table="cash_deposit"), Act.WIPE,
        plain="amount_minor currency deposited_at recorded_at reversed_at",
        references="ref agent_ref bank_ref by", wiped={"reversal_reason": WORDS},
        law=ACCOUNTING, dated="deposited_at::date",
    ),
    Holding(
        "operator_statement", "fleet",
        plain="id operator from_on until_on sha256 lines refused currency by recorded_at",
    ),
    Holding(
        "statement_line", "fleet", OF_THEIR_CONTRACTS, Act.WIPE,
        plain="line occurred_at amount_minor currency state at",
        references="statement_id transaction_id contract_hint payment_ref twin_ref by",
        wiped={"note": WORDS}, law=ACCOUNTING, dated="occurred_at::date",
    ),
    # A row of a file that could not be right: names and numbers as they were typed. Money that nobody has
    # placed yet is not forgotten with time; what was answered is.
    Holding(
        "kept_aside", "fleet", TELLS_OF_THEM.format(row="kept_aside"), Act.WIPE,
        plain="source state at answered_at", references="id origin ref by result_ref",
        wiped={"given": NO_OBJECT, "mistakes": NO_LIST, "reason": WORDS}, term="import", dated="at",
        over="(state <> 'open' or source = 'contracts')",
    ),
)  # fmt: skip
