"""Internships: placements, what is to be handed in, and the extensions granted."""

from alembic import op

from database.migrations.policies import append_only, isolate

revision = "internships_0001"
down_revision = "0001"
branch_labels = ("internships",)
depends_on = None

TABLES = """
create table placement (
    tenant_id text not null references tenant, ref text not null, student_ref text not null,
    school_tutor_ref text not null, company_tutor_ref text not null, company text not null,
    starts_on date not null, ends_on date not null check (ends_on >= starts_on),
    state text not null default 'active' check (state in ('active', 'cancelled')),
    created_at timestamptz not null default now(),
    primary key (tenant_id, ref), foreign key (tenant_id, student_ref) references contact,
    foreign key (tenant_id, school_tutor_ref) references contact,
    foreign key (tenant_id, company_tutor_ref) references contact
);
create table deliverable (
    tenant_id text not null references tenant, ref text not null, placement_ref text not null,
    kind text not null check (kind in ('report', 'presentation', 'evaluation')), title text not null,
    due_on date not null, handed_in_at timestamptz, handed_in_by text, file_name text,
    cancelled_at timestamptz, cancel_reason text, created_at timestamptz not null default now(),
    primary key (tenant_id, ref), foreign key (tenant_id, placement_ref) references placement,
    check (handed_in_at is null or cancelled_at is null),
    check ((handed_in_at is null) = (file_name is null)),
    check ((cancelled_at is null) = (cancel_reason is null))
);
create index deliverable_of_placement on deliverable (tenant_id, placement_ref);
create table due_date_change (
    tenant_id text not null references tenant, deliverable_ref text not null, to_on date not null,
    from_on date not null, reason text not null check (reason <> ''), by text not null,
    at timestamptz not null, check (to_on > from_on),
    primary key (tenant_id, deliverable_ref, to_on),
    foreign key (tenant_id, deliverable_ref) references deliverable
);
"""


def upgrade() -> None:
    op.execute(TABLES)
    isolate("placement", "deliverable")
    append_only("due_date_change")
