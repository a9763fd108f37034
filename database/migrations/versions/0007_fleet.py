"""Scores of drivers over time, where each driver stands, and the reviews that a person holds."""

from alembic import op

from database.migrations.policies import OWN, isolate

revision = "fleet_0007"
down_revision = "fleet_0006"
branch_labels = None
depends_on = None

SCORES = """
-- One row for each night on which something changed: points, class, outcome, contract or book. It holds until
-- the next.
create table driver_score (
    tenant_id text not null references tenant, driver_ref text not null, scored_on date not null,
    contract_ref text not null, points int not null, band text not null, outcome text not null,
    rule text not null, facts jsonb not null, reasons jsonb not null, revision text not null,
    scored_at timestamptz not null,
    primary key (tenant_id, driver_ref, scored_on),
    foreign key (tenant_id, driver_ref) references contact,
    foreign key (tenant_id, contract_ref) references fleet_contract
);
create index driver_score_of_contract on driver_score (contract_ref, tenant_id);

-- Where every driver with a running contract stands, as of the last night. A week ago is null for a newcomer;
-- `since_on` is the entry into the class, `outcome_since_on` into the outcome; `levers` are the cheapest ways
-- to a better class. Who has no contract left has `left_on` and keeps the last values.
create table driver_class (
    tenant_id text not null references tenant, driver_ref text not null, contract_ref text not null,
    scored_on date not null, points int not null, band text not null, since_on date not null,
    outcome text not null check (outcome in ('reliable', 'ordinary', 'watch', 'at_risk')),
    outcome_since_on date not null, rule text not null, why jsonb not null,
    points_week_ago int, band_week_ago text, outcome_week_ago text,
    points_change int generated always as (points - points_week_ago) stored,
    days_late int not null, arrears_minor bigint not null, currency text not null,
    facts jsonb not null, reasons jsonb not null, levers jsonb not null, revision text not null, left_on date,
    primary key (tenant_id, driver_ref),
    foreign key (tenant_id, driver_ref) references contact,
    foreign key (tenant_id, contract_ref) references fleet_contract
);
create index driver_class_by_outcome on driver_class (tenant_id, outcome, points, driver_ref)
    where left_on is null;
create index driver_class_by_band on driver_class (tenant_id, band, points, driver_ref) where left_on is null;
create index driver_class_by_points on driver_class (tenant_id, points, driver_ref) where left_on is null;
create index driver_class_by_change on driver_class (tenant_id, points_change, driver_ref)
    where left_on is null;
create index driver_class_of_contract on driver_class (contract_ref, tenant_id);
"""

RUNS = """
-- A night's work. `after_ref` is the last driver who was written: whoever goes on begins after.
create table score_run (
    tenant_id text not null references tenant, scored_on date not null,
    state text not null check (state in ('running', 'done', 'failed')),
    total int not null default 0, done int not null default 0, changed int not null default 0,
    after_ref text not null default '', revision text not null default '', problem text not null default '',
    begun_at timestamptz not null, ended_at timestamptz,
    primary key (tenant_id, scored_on)
);
"""

REVIEWS = """
-- A person looks at a driver who came to be at risk, and says what is to be done.
create table driver_review (
    tenant_id text not null references tenant, driver_ref text not null, opened_on date not null,
    rule text not null, points int not null, band text not null, answer_by_on date not null,
    verdict text check (verdict in ('keep', 'plan', 'recover')), note text not null default '',
    decided_by text not null default '', decided_at timestamptz,
    primary key (tenant_id, driver_ref, opened_on), check ((verdict is null) = (decided_at is null)),
    foreign key (tenant_id, driver_ref) references contact
);
create index driver_review_open on driver_review (tenant_id, answer_by_on, driver_ref)
    where decided_at is null;
"""


def upgrade() -> None:
    for script in (SCORES, RUNS, REVIEWS):
        op.execute(script)
    isolate("driver_score", "driver_class", own=f"driver_ref = {OWN}")
    isolate("score_run", "driver_review")
