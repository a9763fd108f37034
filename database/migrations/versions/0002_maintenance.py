"""Rounds: technicians, visits, plans, and slots that are held."""

from alembic import op

from database.migrations.policies import OWN, isolate

revision = "maintenance_0002"
down_revision = "maintenance_0001"
branch_labels = None
depends_on = ("0020",)

WHO = """
-- Moments of a day are seconds from local midnight. `week`: shifts by weekday, "1" is Monday.
create table technician (
    tenant_id text not null references tenant, ref text not null, contact_ref text not null,
    state text not null default 'active' check (state in ('active', 'left')),
    start_latitude double precision not null, start_longitude double precision not null,
    end_latitude double precision not null, end_longitude double precision not null,
    skills jsonb not null default '{}', zones text[] not null default '{}', week jsonb not null, parts jsonb,
    per_hour_minor bigint not null default 0, overtime_per_hour_minor bigint not null default 0,
    per_km_minor bigint not null default 0, per_day_minor bigint not null default 0,
    updated_at timestamptz not null,
    primary key (tenant_id, ref), foreign key (tenant_id, contact_ref) references contact
);
create table technician_absence (
    tenant_id text not null references tenant, technician_ref text not null, begins_on date not null,
    ends_on date not null, reason text not null check (reason in ('ill', 'leave', 'training', 'other')),
    primary key (tenant_id, technician_ref, begins_on), check (ends_on >= begins_on),
    foreign key (tenant_id, technician_ref) references technician
);
"""

WHAT = """
create table visit (
    tenant_id text not null references tenant, ref text not null, contact_ref text not null,
    work text not null, address text not null default '',
    latitude double precision not null, longitude double precision not null,
    duration_s int not null check (duration_s > 0), skills jsonb not null default '{}', zone text,
    parts jsonb not null default '{}', windows jsonb not null default '[]',
    not_before_on date, due_on date,
    promised_on date, promised_s int, promise_tolerance_s int not null default 900,
    promised_technician_ref text,
    preferred_technician_ref text, pinned_on date, pinned_s int, pinned_technician_ref text,
    urgency_minor bigint not null default 0, penalty_minor bigint not null default 100000,
    optional boolean not null default false,
    state text not null default 'to_plan'
        check (state in ('to_plan', 'planned', 'started', 'done', 'missed', 'cancelled')),
    technician_ref text, planned_on date, planned_begins_s int, planned_ends_s int, position int,
    started_at timestamptz, ended_at timestamptz, updated_at timestamptz not null,
    primary key (tenant_id, ref), foreign key (tenant_id, contact_ref) references contact,
    foreign key (tenant_id, technician_ref) references technician,
    check (state in ('to_plan', 'cancelled')
           or (technician_ref is not null and planned_on is not null and planned_begins_s is not null)),
    check ((promised_on is null) = (promised_s is null))
);
create index visit_of_day on visit (tenant_id, planned_on, technician_ref, position)
    where planned_on is not null;
create index visit_by_due on visit (tenant_id, due_on) where state = 'to_plan';
create table visit_link (
    tenant_id text not null references tenant, tie text not null
        check (tie in ('before', 'same_technician', 'together')),
    first_ref text not null, second_ref text not null, primary key (tenant_id, tie, first_ref, second_ref),
    check (first_ref <> second_ref),
    foreign key (tenant_id, first_ref) references visit, foreign key (tenant_id, second_ref) references visit
);
"""

PLANS = """
-- What was asked, the problem and where its visits stood then, the best plan so far, and in the end all that
-- is told of it.
create table plan (
    tenant_id text not null references tenant, id text not null,
    kind text not null check (kind in ('horizon', 'replan')), wish jsonb not null,
    state text not null check (state in ('waiting', 'running', 'ready', 'failed', 'stopped')),
    problem jsonb, stood jsonb not null default '{}', routes jsonb,
    cost_minor bigint, unplanned int, solver text not null default '',
    share double precision not null default 0, result jsonb, trouble text not null default '',
    asked_by text not null, created_at timestamptz not null, updated_at timestamptz not null,
    primary key (tenant_id, id), check (state <> 'ready' or (routes is not null and result is not null))
);
create index plan_by_time on plan (tenant_id, created_at desc, id desc);
-- `before`: the rounds that it replaced, so that they can be brought back.
create table plan_acceptance (
    tenant_id text not null references tenant, id text not null, plan_id text not null,
    technician_refs text[] not null default '{}', before jsonb not null,
    accepted_at timestamptz not null, accepted_by text not null, undone_at timestamptz, undone_by text,
    primary key (tenant_id, id), foreign key (tenant_id, plan_id) references plan,
    check ((undone_at is null) = (undone_by is null))
);
create index plan_acceptance_by_plan on plan_acceptance (tenant_id, plan_id);
-- One technician's day in force: its times, and the acceptance that gave them; null once it was changed.
create table service_round (
    tenant_id text not null references tenant, technician_ref text not null, on_day date not null,
    acceptance_id text, times jsonb not null, updated_at timestamptz not null,
    primary key (tenant_id, technician_ref, on_day),
    foreign key (tenant_id, technician_ref) references technician,
    foreign key (tenant_id, acceptance_id) references plan_acceptance
);
-- A place in a round that is held for a customer who has not confirmed yet.
create table slot_reservation (
    tenant_id text not null references tenant, id text not null, visit_ref text not null,
    technician_ref text not null, on_day date not null, begins_s int not null, ends_s int not null,
    state text not null check (state in ('held', 'confirmed', 'released', 'expired')),
    held_at timestamptz not null, expires_at timestamptz not null, updated_at timestamptz not null,
    primary key (tenant_id, id), foreign key (tenant_id, visit_ref) references visit,
    foreign key (tenant_id, technician_ref) references technician, check (expires_at > held_at)
);
create index slot_held on slot_reservation (tenant_id, on_day) where state = 'held';
"""


def upgrade() -> None:
    for script in (WHO, WHAT, PLANS):
        op.execute(script)
    isolate("technician", own=f"contact_ref = {OWN}")
    isolate("visit", own=f"contact_ref = {OWN} or {_of_technician('visit')}")
    for table in ("technician_absence", "service_round"):
        isolate(table, own=_of_technician(table))
    isolate("visit_link", "plan", "plan_acceptance", "slot_reservation")


def _of_technician(table: str) -> str:
    return (
        f"technician_ref in (select t.ref from technician t where t.tenant_id = {table}.tenant_id "
        f"and t.contact_ref = {OWN})"
    )
