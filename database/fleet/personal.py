"""What fleet's tables hold of drivers. What was signed and paid stays ten years, under references alone."""

from database.fleet.personal_assets import HOLDINGS as ASSETS
from database.fleet.personal_cash import HOLDINGS as CASH
from database.fleet.personal_cash import TELLS_OF_THEM
from database.fleet.personal_changes import HOLDINGS as CHANGES
from database.fleet.personal_investors import HOLDINGS as INVESTORS
from database.fleet.personal_reports import HOLDINGS as REPORTS
from database.fleet.personal_scores import HOLDINGS as SCORES
from database.shared.holding import NO_LIST, WORDS, Act, Ground, Holding, of_contact
from database.shared.personal import ACCOUNTING

OF_THEIR_CONTRACTS = (
    "contract_ref in (select c.ref from fleet_contract c where c.tenant_id = {table}.tenant_id "
    f"and c.{of_contact('driver_ref')})"
)
NOT_ANOTHERS = (
    "not exists (select from kept_aside k where k.tenant_id = import_row.tenant_id "
    "and k.source = import_row.kind and k.origin = import_row.sha256 || ':' || import_row.line "
    f"and k.given <> '{{}}' and not {TELLS_OF_THEM.format(row='k')})"
)

HOLDINGS = (
    Holding(
        "fleet_contract", "fleet", of_contact("driver_ref"), Act.WIPE,
        plain="kind state currency price_minor down_payment_minor instalments frequency every_days "
        "first_due_on signed_on rest_days holiday_rule grace_days charge_kind charge_value rounding ended_at "
        "created_at total_minor end_kind",
        references="ref driver_ref bike_ref agency_ref", wiped={"end_reason": WORDS},
        law=ACCOUNTING, dated="coalesce(ended_at::date, signed_on)",
    ),
    Holding(
        "due", "fleet", OF_THEIR_CONTRACTS.format(table="due"),
        plain="number due_on amount_minor principal_minor charge_minor kind cumulative_minor",
        references="contract_ref",
    ),
    Holding(
        "fleet_purse", "fleet", OF_THEIR_CONTRACTS.format(table="fleet_purse"),
        plain="paid_minor payments last_paid_at unpaid_on counted_until counted_minor",
        references="contract_ref",
    ),
    Holding(
        "payment", "fleet", OF_THEIR_CONTRACTS.format(table="payment"), Act.WIPE,
        plain="received_at amount_minor currency channel recorded_at reversed_at reversed_for",
        references="ref contract_ref agent_ref", wiped={"source": WORDS, "reversal_reason": WORDS},
        law=ACCOUNTING, dated="received_at::date",
    ),
    Holding(
        "promise", "fleet", OF_THEIR_CONTRACTS.format(table="promise"), Act.WIPE,
        plain="promised_on until_on amount_minor recorded_at", references="contract_ref",
        wiped={"by": WORDS},
    ),
    Holding("import_job", "fleet",
            plain="kind sha256 last_line created unchanged refused began_at finished_at"),
    Holding(
        "intake", "fleet", act=Act.DELETE,
        plain="kind sha256 size state done total repeated problem created_at updated_at",
        references="id file_id asked_by", wiped={"name": WORDS, "mistakes": NO_LIST},
        term="import", dated="updated_at", over="state not in ('waiting', 'running')",
    ),
    # What was refused is told with the value that stood there: a name, perhaps, in a column of dates. The
    # whole row was kept aside, and says whose it is; where that is gone, nobody knows any more, and it goes
    # with whoever is erased first.
    Holding(
        "import_row", "fleet", "ref = any(cast(:case_refs as text[]))", Act.WIPE,
        plain="kind sha256 line outcome", references="ref", wiped={"mistakes": NO_LIST}, term="import",
        sweep=f"outcome = 'refused' and (ref = any(cast(:case_refs as text[])) or {NOT_ANOTHERS})",
        dated="(select j.began_at from import_job j where j.tenant_id = import_row.tenant_id "
        "and j.kind = import_row.kind and j.sha256 = import_row.sha256)",
    ),
)  # fmt: skip

DROVE = "h.before ->> 'driver_ref'"
# Who drove before the next change of driver, or drives now.
DRIVES = (
    "coalesce(h.after ->> 'driver_ref', (select n.before ->> 'driver_ref' from contract_change n "
    "where n.tenant_id = c.tenant_id and n.contract_ref = c.ref and n.kind = 'driver_changed' "
    "and n.number > h.number order by n.number limit 1), c.driver_ref)"
)
# As `domain/fleet/notice.py` names them, each of whom it was sent to.
NOTICES = (
    "union all select 'fleet.notice', h.contract_ref || of.about || h.number from contract_change h "
    "join fleet_contract c on c.tenant_id = h.tenant_id and c.ref = h.contract_ref "
    f"cross join lateral (values ('.change.', {DRIVES}), ('.former.', {DROVE})) of(about, who) "
    f"where h.tenant_id = :tenant and {of_contact('of.who')} "
    "union all select 'fleet.notice', q.contract_ref || '.quote.' || q.number from settlement_quote q "
    "join fleet_contract c on c.tenant_id = q.tenant_id and c.ref = q.contract_ref "
    f"where q.tenant_id = :tenant and c.{of_contact('driver_ref')} "
    "union all select 'fleet.notice', y.ref || of.about from investor_payout y "
    "join investor_contract c on c.tenant_id = y.tenant_id and c.ref = y.contract_ref "
    "cross join (values ('.payout.1'), ('.payout_back.1')) of(about) "
    f"where y.tenant_id = :tenant and c.{of_contact('investor_ref')}"
)

GROUND = Ground(
    (*HOLDINGS, *ASSETS, *CASH, *CHANGES, *INVESTORS, *REPORTS, *SCORES),
    cases="select process, c.ref from fleet_contract c cross join (values ('fleet.contract'), "
    f"('fleet.dunning')) of(process) where c.tenant_id = :tenant and c.{of_contact('driver_ref')} "
    "union all select 'fleet.risk', driver_ref from driver_class where tenant_id = :tenant "
    f"and {of_contact('driver_ref')} "
    "union all select 'fleet.statement', ref from investor_contract where tenant_id = :tenant "
    f"and {of_contact('investor_ref')} "
    f"union all select 'fleet.cash', ref from cash_agent where tenant_id = :tenant and {of_contact()} "
    + NOTICES,
    open="select 'contract', ref from fleet_contract where tenant_id = :tenant "
    f"and {of_contact('driver_ref')} and state in ('draft', 'active') "
    "union all select 'investor contract', ref from investor_contract where tenant_id = :tenant "
    f"and {of_contact('investor_ref')} and state in ('draft', 'active') "
    "union all select 'cash agent', ref from cash_agent where tenant_id = :tenant "
    f"and {of_contact()} and closed_on is null",
    relations="select driver_ref, case when state in ('draft', 'active') then null "
    "else coalesce(ended_at::date, signed_on) end from fleet_contract where tenant_id = :tenant "
    "union all select investor_ref, case when state in ('draft', 'active') then null "
    "else coalesce(ended_on, signed_on) end from investor_contract where tenant_id = :tenant "
    "union all select contact_ref, closed_on from cash_agent where tenant_id = :tenant",
)
