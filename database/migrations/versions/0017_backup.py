"""Backups that were made, and restores that were done."""

from alembic import op

from database.migrations.policies import app_role

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = """
-- Of the platform, not of a tenant; no personal data. The application only looks.
create table backup_run (
    id bigint generated always as identity primary key,
    archive text not null, began_at timestamptz not null, ended_at timestamptz,
    state text not null default 'running' check (state in ('running', 'good', 'failed')),
    bytes bigint, problem text not null default '',
    check ((state = 'running') = (ended_at is null))
);
create index on backup_run (began_at) where state = 'good';

-- taken_at: what happened after it is not known any more. Until asks_until the providers are asked before a
-- message is written to someone: it may have gone out in between.
create table restoration (
    id bigint generated always as identity primary key,
    archive text not null, taken_at timestamptz not null, restored_at timestamptz not null,
    asks_until timestamptz not null check (asks_until >= restored_at)
);
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(f"grant select on backup_run, restoration to {app_role()}")
