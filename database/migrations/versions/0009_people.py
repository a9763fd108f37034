"""People who sign in, with their roles."""

from alembic import op

from database.migrations.policies import isolate

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = """
-- contact_ref: what a person owns hangs on their contact (a driver's contract, a tutor's students).
create table person (
    tenant_id text not null references tenant, id text not null, email text not null,
    full_name text not null, locale text not null default 'fr' check (locale in ('fr', 'en')),
    roles text[] not null, contact_ref text,
    state text not null default 'invited' check (state in ('invited', 'active', 'suspended', 'erased')),
    created_at timestamptz not null default now(), created_by text not null default '',
    last_seen_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, contact_ref) references contact
);
create unique index person_email on person (tenant_id, lower(email)) where state <> 'erased';
-- A key that a person made counts as that person; empty: a program's own.
alter table api_key add column owner text not null default '';
-- off: a second factor is each person's own choice. staff: whoever is not a customer. all: everybody.
alter table tenant add column second_factor text not null default 'staff'
    check (second_factor in ('off', 'staff', 'all'));
"""


def upgrade() -> None:
    op.execute(TABLES)
    isolate("person")
