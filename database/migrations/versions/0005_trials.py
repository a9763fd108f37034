"""Trials of rule books: on what is open now, or on what was recorded. Interrupted, they go on."""

from alembic import op

from database.migrations.policies import isolate

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLE = """
-- Both texts are kept: a trial that is taken up again compares the same two books.
create table rule_trial (
    tenant_id text not null references tenant, id bigint generated always as identity,
    kind text not null check (kind in ('dry_run', 'back_test')), book text not null,
    old_revision text not null, new_revision text not null,
    old_content text not null, new_content text not null,
    at timestamptz not null, begins_on date, ends_on date,
    state text not null default 'running' check (state in ('running', 'done', 'stopped', 'failed')),
    checkpoint jsonb, done bigint not null default 0, total bigint not null default 0,
    result jsonb, problem text not null default '', asked_by text not null,
    created_at timestamptz not null, updated_at timestamptz not null,
    primary key (tenant_id, id),
    check ((state = 'done') = (result is not null)),
    check (kind = 'back_test' or (begins_on is null and ends_on is null))
);
create index on rule_trial (tenant_id, book, id desc);
"""


def upgrade() -> None:
    op.execute(TABLE)
    isolate("rule_trial", rights="select, insert, update")
