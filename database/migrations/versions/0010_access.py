"""Object-level floors: a transaction that is narrowed to one contact (``app.own``) sees that contact's rows.

A table that is not named here shows it nothing at all.
"""

from alembic import op
from sqlalchemy import text

from database.migrations.policies import OWN, own_rows

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = ("fleet_0001", "training_0001", "maintenance_0001", "internships_0001")

ROWS = {
    "contact": f"ref = {OWN} or exists (select from placement p where p.tenant_id = contact.tenant_id "
    f"and p.student_ref = contact.ref and {OWN} in (p.school_tutor_ref, p.company_tutor_ref))",
    "fleet_contract": f"driver_ref = {OWN}",
    **{
        table: f"exists (select from fleet_contract c where c.tenant_id = {table}.tenant_id "
        f"and c.ref = {table}.contract_ref)"
        for table in ("due", "payment", "promise")
    },
    "bike": "exists (select from fleet_contract c where c.tenant_id = bike.tenant_id "
    "and c.bike_ref = bike.ref)",
    "training_client": f"contact_ref = {OWN}",
    "project_recipient": f"contact_ref = {OWN}",
    "project": "exists (select from training_client c where c.tenant_id = project.tenant_id "
    "and c.ref = project.client_ref) or exists (select from project_recipient r "
    "where r.tenant_id = project.tenant_id and r.project_ref = project.ref)",
    **{
        table: f"exists (select from project p where p.tenant_id = {table}.tenant_id "
        f"and p.ref = {table}.project_ref)"
        for table in ("training_session", "fund_call_request", "fund_call", "fund_call_answer")
    },
    "training": "exists (select from training_session s where s.tenant_id = training.tenant_id "
    "and s.ref = training.session_ref)",
    "service_contract": f"customer_ref = {OWN}",
    "renewal_answer": "exists (select from service_contract c where c.tenant_id = renewal_answer.tenant_id "
    "and c.ref = renewal_answer.contract_ref)",
    "placement": f"{OWN} in (student_ref, school_tutor_ref, company_tutor_ref)",
    "deliverable": "exists (select from placement p where p.tenant_id = deliverable.tenant_id "
    "and p.ref = deliverable.placement_ref)",
    "due_date_change": "exists (select from deliverable d where d.tenant_id = due_date_change.tenant_id "
    "and d.ref = due_date_change.deliverable_ref)",
}  # fmt: skip
"""What of a table is a contact's own. Whatever a subquery names is narrowed itself."""

TABLES = text(
    "select table_name from information_schema.columns where column_name = 'tenant_id' "
    "and table_schema = 'public'"
)


def upgrade() -> None:
    for table in op.get_bind().execute(TABLES).scalars().all():
        own_rows(table, ROWS.get(table, "false"))
