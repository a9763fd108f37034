"""What training's tables hold of the contacts of clients. A firm has no privacy, a sole trader has."""

from database.shared.holding import MUST_SAY, WORDS, Act, Data, Ground, Holding, Wiped, of_contact
from database.shared.personal import ACCOUNTING

OF_A_TRADER = "case when lower(name) = any(cast(:names as text[])) then {value} else {column} end"
OF_THEIR_PROJECTS = (
    "project_ref in (select p.ref from project p join training_client c on c.tenant_id = p.tenant_id "
    f"and c.ref = p.client_ref where p.tenant_id = {{table}}.tenant_id and c.{of_contact()})"
)
OF_THEIR_SESSIONS = (
    "session_ref in (select s.ref from training_session s where s.tenant_id = training.tenant_id "
    f"and {OF_THEIR_PROJECTS.format(table='s').replace('project_ref', 's.project_ref', 1)})"
)

HOLDINGS = (
    Holding(
        "training_client", "training", of_contact(), Act.WIPE,
        plain="siren commission_bp created_at", references="ref contact_ref",
        wiped={
            "name": Wiped(Data.IDENTITY, OF_A_TRADER.format(column="name", value="'[erased]'")),
            "address": Wiped(Data.ADDRESS, OF_A_TRADER.format(column="address", value="''")),
            "iban": Wiped(Data.IDENTITY, OF_A_TRADER.format(column="iban", value="''")),
        },
        law=ACCOUNTING, dated="coalesce((select max(p.closed_on) from project p where p.tenant_id = "
        "training_client.tenant_id and p.client_ref = training_client.ref), created_at::date)",
    ),
    Holding(
        "project", "training", "client_ref in (select c.ref from training_client c where c.tenant_id = "
        f"project.tenant_id and c.{of_contact()})",
        plain="name initial_budget_minor currency threshold_minor threshold_percent starts_on closed_on "
        "created_at",
        references="ref client_ref", law=ACCOUNTING, dated="coalesce(closed_on, starts_on)",
    ),
    Holding("project_recipient", "training", of_contact(), Act.DELETE,
            references="project_ref contact_ref"),
    Holding("training_session", "training", OF_THEIR_PROJECTS.format(table="training_session"),
            plain="held_on place recorded_at", references="ref project_ref"),
    Holding(
        "training", "training", OF_THEIR_SESSIONS, Act.WIPE,
        plain="number title provider cost_minor vat_bp cancelled_at", references="session_ref",
        wiped={"cancel_reason": WORDS},
    ),
    Holding(
        "fund_call_request", "training", OF_THEIR_PROJECTS.format(table="fund_call_request"), Act.WIPE,
        plain="number amount_minor requested_at", references="project_ref requested_by",
        wiped={"note": WORDS},
    ),
    Holding(
        "fund_call", "training", OF_THEIR_PROJECTS.format(table="fund_call"), Act.WIPE,
        plain="number opened_on requested_minor opened_by crossing state closed_on",
        references="project_ref", wiped={"note": WORDS}, law=ACCOUNTING, dated="opened_on",
    ),
    Holding(
        "fund_call_answer", "training", OF_THEIR_PROJECTS.format(table="fund_call_answer"), Act.WIPE,
        plain="number answer answered_minor answered_at", references="project_ref",
        wiped={"answered_by": MUST_SAY}, law=ACCOUNTING, dated="answered_at::date",
    ),
)  # fmt: skip

GROUND = Ground(
    HOLDINGS,
    cases="select 'training.fund_call', p.ref from project p join training_client c "
    "on c.tenant_id = p.tenant_id and c.ref = p.client_ref "
    f"where p.tenant_id = :tenant and c.{of_contact()} "
    "union all select 'training.client', ref from training_client where tenant_id = :tenant "
    f"and {of_contact()}",
    open="select 'project', p.ref from project p join training_client c on c.tenant_id = p.tenant_id "
    f"and c.ref = p.client_ref where p.tenant_id = :tenant and c.{of_contact()} and p.closed_on is null",
    relations="select c.contact_ref, p.closed_on from project p join training_client c "
    "on c.tenant_id = p.tenant_id and c.ref = p.client_ref where p.tenant_id = :tenant "
    "union all select r.contact_ref, p.closed_on from project_recipient r join project p "
    "on p.tenant_id = r.tenant_id and p.ref = r.project_ref where p.tenant_id = :tenant",
)
