"""Training: clients, projects with their mailing lists, sessions of trainings, and fund calls."""

from alembic import op

from database.migrations.policies import isolate

revision = "training_0001"
down_revision = "0001"
branch_labels = ("training",)
depends_on = None

CLIENTS = """
create table training_client (
    tenant_id text not null references tenant, ref text not null, name text not null,
    siren text not null check (siren ~ '^[0-9]{9}$'), iban text not null default '',
    address text not null default '', contact_ref text not null,
    commission_bp int not null default 0 check (commission_bp between 0 and 10000),
    created_at timestamptz not null default now(),
    primary key (tenant_id, ref), unique (tenant_id, siren),
    foreign key (tenant_id, contact_ref) references contact
);
create table project (
    tenant_id text not null references tenant, ref text not null, client_ref text not null,
    name text not null, initial_budget_minor bigint not null check (initial_budget_minor > 0),
    currency text not null, threshold_minor bigint check (threshold_minor > 0),
    threshold_percent numeric(5, 2) check (threshold_percent > 0 and threshold_percent <= 100),
    starts_on date not null, closed_on date, created_at timestamptz not null default now(),
    check (num_nonnulls(threshold_minor, threshold_percent) = 1),
    primary key (tenant_id, ref), foreign key (tenant_id, client_ref) references training_client
);
create index on project (tenant_id, client_ref);
create table project_recipient (
    tenant_id text not null references tenant, project_ref text not null, contact_ref text not null,
    primary key (tenant_id, project_ref, contact_ref),
    foreign key (tenant_id, project_ref) references project,
    foreign key (tenant_id, contact_ref) references contact
);
"""

SESSIONS = """
create table training_session (
    tenant_id text not null references tenant, ref text not null, project_ref text not null,
    held_on date not null, place text not null default '', recorded_at timestamptz not null,
    primary key (tenant_id, ref), foreign key (tenant_id, project_ref) references project
);
create index on training_session (tenant_id, project_ref, held_on);
create table training (
    tenant_id text not null references tenant, session_ref text not null, number int not null,
    title text not null, provider text not null, cost_minor bigint not null check (cost_minor >= 0),
    vat_bp int not null check (vat_bp between 0 and 10000),
    cancelled_at timestamptz, cancel_reason text not null default '',
    primary key (tenant_id, session_ref, number),
    foreign key (tenant_id, session_ref) references training_session
);
"""

CALLS = """
create table fund_call_request (
    tenant_id text not null references tenant, project_ref text not null, number int not null,
    amount_minor bigint not null check (amount_minor > 0), note text not null default '',
    requested_by text not null, requested_at timestamptz not null,
    primary key (tenant_id, project_ref, number), foreign key (tenant_id, project_ref) references project
);
create table fund_call (
    tenant_id text not null references tenant, project_ref text not null, number int not null,
    opened_on date not null, requested_minor bigint not null check (requested_minor > 0),
    opened_by text not null check (opened_by in ('rule', 'operator')), note text not null default '',
    crossing int not null default 0,
    state text not null default 'open'
        check (state in ('open', 'approved', 'adjusted', 'refused', 'expired', 'withdrawn')),
    closed_on date, check ((state = 'open') = (closed_on is null)),
    primary key (tenant_id, project_ref, number), foreign key (tenant_id, project_ref) references project
);
create unique index one_open_fund_call on fund_call (tenant_id, project_ref) where state = 'open';
create table fund_call_answer (
    tenant_id text not null references tenant, project_ref text not null, number int not null,
    answer text not null check (answer in ('approved', 'adjusted', 'refused')),
    answered_minor bigint not null check ((answered_minor > 0) = (answer <> 'refused')),
    answered_by text not null, answered_at timestamptz not null,
    primary key (tenant_id, project_ref, number),
    foreign key (tenant_id, project_ref, number) references fund_call
);
"""


def upgrade() -> None:
    op.execute(CLIENTS)
    op.execute(SESSIONS)
    op.execute(CALLS)
    isolate("training_client", "project", "project_recipient", "training_session", "training")
    isolate("fund_call_request", "fund_call", "fund_call_answer")
