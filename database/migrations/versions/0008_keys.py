"""Data keys of persons and cases, wrapped under a master key that the database does not know."""

from alembic import op

from database.migrations.policies import isolate

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = """
-- owner: 'tenant', 'person:<contact>' or 'case:<process>:<ref>'. A key without a wrapping is destroyed, and
-- what it sealed is gone with it.
create table data_key (
    tenant_id text not null references tenant, id text not null, owner text not null,
    wrapped bytea, master text not null, created_at timestamptz not null default now(),
    destroyed_at timestamptz, destroyed_for text not null default '',
    primary key (tenant_id, id),
    check ((wrapped is null) = (destroyed_at is not null))
);
create unique index data_key_in_use on data_key (tenant_id, owner) where destroyed_at is null;
"""


def upgrade() -> None:
    op.execute(TABLES)
    isolate("data_key", rights="select, insert, update")
