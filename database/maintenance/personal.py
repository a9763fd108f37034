"""What maintenance's tables hold of people. A term of a contract is a case of its own."""

from database.maintenance import personal_rounds as rounds
from database.shared.holding import MUST_SAY, Act, Ground, Holding, of_contact
from database.shared.personal import ACCOUNTING

THEIR_CONTRACTS = "from service_contract c where c.tenant_id = :tenant and c." + of_contact("customer_ref")

HOLDINGS = (
    Holding(
        "service_contract", "maintenance", of_contact("customer_ref"),
        plain="level starts_on ends_on notice_days tacit amount_minor currency state created_at",
        references="ref customer_ref", law=ACCOUNTING, dated="ends_on",
    ),
    Holding(
        "renewal_answer", "maintenance",
        "contract_ref in (select c.ref from service_contract c where c.tenant_id = renewal_answer.tenant_id "
        f"and c.{of_contact('customer_ref')})", Act.WIPE,
        plain="ends_on answer answered_at", references="contract_ref", wiped={"answered_by": MUST_SAY},
    ),
)  # fmt: skip

GROUND = Ground(
    (*HOLDINGS, *rounds.HOLDINGS),
    cases="select 'maintenance.renewal', k.ref from (select c.ref || to_char(c.ends_on, '.YYYYMMDD') as ref "
    f"{THEIR_CONTRACTS} union select p.ref from process_case p where p.tenant_id = :tenant "
    "and p.process = 'maintenance.renewal' and regexp_replace(p.ref, '[.][0-9]{8}$', '') in "
    f"(select c.ref {THEIR_CONTRACTS})) k "
    f"union all select 'maintenance.contract', c.ref {THEIR_CONTRACTS} union all {rounds.CASES}",
    open="select 'service contract', ref from service_contract where tenant_id = :tenant "
    f"and {of_contact('customer_ref')} and state = 'active' union all {rounds.OPEN}",
    relations="select customer_ref, case when state = 'active' then null else ends_on end "
    f"from service_contract where tenant_id = :tenant union all {rounds.RELATIONS}",
)
