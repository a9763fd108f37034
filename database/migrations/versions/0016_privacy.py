"""Requests of persons, legal holds, retention."""

from alembic import op

from database.migrations.policies import app_role, isolate

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = "internships_0001"

TABLES = """
alter table contact add column erased_at timestamptz;

-- Personal: contact_ref, person_id (opaque), note and answer (free text). result: counts and laws.
create table privacy_request (
    tenant_id text not null references tenant, id text not null check (id ~ '^r[0-9a-f]{12}$'),
    kind text not null check (kind in ('access', 'portability', 'correction', 'erasure', 'objection')),
    contact_ref text, person_id text, received_on date not null, due_on date not null,
    state text not null default 'open' check (state in ('open', 'done', 'refused')),
    note text not null default '', answer text not null default '', recorded_by text not null,
    recorded_at timestamptz not null, answered_by text, answered_at timestamptz,
    file_id text, result jsonb,
    primary key (tenant_id, id),
    check (num_nonnulls(contact_ref, person_id) > 0),
    check ((state = 'open') = (answered_at is null))
);
create index on privacy_request (tenant_id, due_on) where state = 'open';

-- Personal: contact_ref and person_id (opaque), reason (free text). As long as one is set, nothing is erased.
create table legal_hold (
    tenant_id text not null references tenant, id text not null check (id ~ '^h[0-9a-f]{12}$'),
    contact_ref text, person_id text, reason text not null check (reason <> ''),
    set_by text not null, set_at timestamptz not null, lifted_by text, lifted_at timestamptz,
    primary key (tenant_id, id),
    check (num_nonnulls(contact_ref, person_id) > 0),
    check ((lifted_at is null) = (lifted_by is null))
);
create index on legal_hold (tenant_id, contact_ref) where lifted_at is null;
"""

# Why a date was moved may tell of an illness: it is the one thing of an extension that can be taken out.
EXTENSIONS = """
create function refuse_all_but_erasure() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.reason = '[erased]'
       and (new.tenant_id, new.deliverable_ref, new.to_on, new.from_on, new."by", new.at)
           = (old.tenant_id, old.deliverable_ref, old.to_on, old.from_on, old."by", old.at) then
        return new;
    end if;
    raise exception '% is append-only: write a correction instead', tg_table_name
        using errcode = 'restrict_violation';
end $$;
drop trigger due_date_change_is_append_only on due_date_change;
create trigger due_date_change_is_append_only before update or delete on due_date_change
    for each row execute function refuse_all_but_erasure();
"""


def upgrade() -> None:
    role = app_role()
    op.execute(TABLES)
    isolate("privacy_request", "legal_hold")
    op.execute(EXTENSIONS)
    op.execute(f"grant update (reason) on due_date_change to {role}")
    op.execute(f"grant update, delete on message_event to {role}")
    op.execute(f"grant delete on event_received, rule_trial to {role}")
