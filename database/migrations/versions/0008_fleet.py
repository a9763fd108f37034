"""Reports that are due, and exports."""

from alembic import op

from database.migrations.policies import isolate

revision = "fleet_0008"
down_revision = "fleet_0007"
branch_labels = None
depends_on = None

EXPORTS = """
-- A list as a file. `query` are the filters by their names, `done` the rows that were written.
create table export (
    tenant_id text not null references tenant, id text not null, list text not null, query jsonb not null,
    sorted text not null, format text not null check (format in ('xlsx', 'csv')), locale text not null,
    state text not null check (state in ('waiting', 'running', 'done', 'failed', 'stopped')),
    done int not null default 0, total int not null default 0, size bigint not null default 0,
    problem text not null default '', file_id text,
    asked_by text not null, created_at timestamptz not null, updated_at timestamptz not null,
    primary key (tenant_id, id), foreign key (tenant_id, file_id) references file,
    check (state <> 'done' or file_id is not null)
);
create index export_by_time on export (tenant_id, created_at desc, id desc);
"""

REPORTS = """
create table report_subscription (
    tenant_id text not null references tenant, ref text not null,
    report text not null check (report in ('fleet', 'agency', 'station', 'bike', 'investor')),
    subject text not null default '',
    rhythm text not null check (rhythm in ('weekly', 'monthly', 'two_monthly', 'quarterly')),
    formats text[] not null check (cardinality(formats) > 0 and formats <@ array['pdf', 'xlsx', 'csv']),
    locale text not null check (locale in ('fr', 'en')), recipients text[] not null,
    created_at timestamptz not null, created_by text not null,
    ended_at timestamptz, ended_by text not null default '',
    primary key (tenant_id, ref)
);

-- One report of one period. It waits for its day, is made, kept and sent; the next one is planned with it.
create table report (
    tenant_id text not null references tenant, ref text not null,
    report text not null check (report in ('fleet', 'agency', 'station', 'bike', 'investor')),
    subject text not null default '', begins_on date not null, ends_on date not null,
    due_on date not null, formats text[] not null, locale text not null, recipients text[] not null,
    subscription_ref text,
    state text not null check (state in ('awaited', 'made', 'failed', 'dropped')),
    problem text not null default '', figures jsonb not null default '{}',
    asked_at timestamptz not null, asked_by text not null, made_at timestamptz,
    primary key (tenant_id, ref), check (ends_on >= begins_on),
    check (state <> 'made' or made_at is not null),
    foreign key (tenant_id, subscription_ref) references report_subscription
);
create unique index report_of_period on report (tenant_id, subscription_ref, begins_on);
create index report_by_day on report (tenant_id, due_on desc, ref desc);
"""

INTAKES = """
-- A file given by a person, on its way in. `done` of `total` rows were read, the total being at most so many;
-- what became of them stands in `import_job`. The file itself is removed at the end.
create table intake (
    tenant_id text not null references tenant, id text not null,
    kind text not null check (kind in ('contracts', 'payments', 'swaps')), sha256 text not null,
    name text not null default '', size bigint not null,
    state text not null check (state in ('waiting', 'running', 'done', 'failed', 'stopped')),
    done int not null default 0, total int not null default 0, repeated boolean not null default false,
    problem text not null default '', mistakes jsonb not null default '[]', file_id text,
    asked_by text not null, created_at timestamptz not null, updated_at timestamptz not null,
    primary key (tenant_id, id), foreign key (tenant_id, file_id) references file
);
create index intake_by_time on intake (tenant_id, created_at desc, id desc);
create index kept_aside_by_origin on kept_aside (tenant_id, source, split_part(origin, ':', 1));
"""

REVERSALS = """
-- Why a payment counts no more: it was taken back, it was told twice, or another amount was right.
alter table payment add column reversed_for text not null default ''
    check (reversed_for in ('', 'refused', 'double', 'corrected'));
"""

THEFTS = """
-- Since when it is stolen; empty for one that is not, or of which nobody knows.
alter table bike add column stolen_at timestamptz check (stolen_at is null or state = 'stolen');
"""


def upgrade() -> None:
    op.execute(THEFTS)
    op.execute(REVERSALS)
    op.execute(INTAKES)
    op.execute(EXPORTS)
    op.execute(REPORTS)
    isolate("export", "intake", "report_subscription", "report", rights="select, insert, update, delete")
