"""Maintenance: service contracts and the answers of customers about their renewal."""

from alembic import op

from database.migrations.policies import isolate

revision = "maintenance_0001"
down_revision = "0001"
branch_labels = ("maintenance",)
depends_on = None

TABLES = """
create table service_contract (
    tenant_id text not null references tenant, ref text not null, customer_ref text not null,
    level text not null check (level in ('bronze', 'silver', 'gold')),
    starts_on date not null, ends_on date not null check (ends_on > starts_on),
    notice_days int not null check (notice_days between 0 and 365), tacit boolean not null,
    amount_minor bigint not null check (amount_minor > 0), currency text not null,
    state text not null default 'active' check (state in ('active', 'refused', 'lapsed')),
    created_at timestamptz not null default now(),
    primary key (tenant_id, ref), foreign key (tenant_id, customer_ref) references contact
);
create table renewal_answer (
    tenant_id text not null references tenant, contract_ref text not null, ends_on date not null,
    answer text not null check (answer in ('renewed', 'refused')),
    answered_at timestamptz not null, answered_by text not null,
    primary key (tenant_id, contract_ref, ends_on),
    foreign key (tenant_id, contract_ref) references service_contract
);
"""


def upgrade() -> None:
    op.execute(TABLES)
    isolate("service_contract", "renewal_answer")
