"""Rule books of tenants: revisions and publications; and every shipped book that was ever in force."""

from alembic import op

from database.migrations.policies import app_role, append_only, isolate

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
alter table tenant add column rules_need_approval boolean not null default false;

-- The books of the last decision that asked one, joined by +: whom a publication concerns.
alter table process_case add column book text not null default '';

create table rule_revision (
    tenant_id text not null references tenant, book text not null,
    revision text not null check (revision ~ '^[0-9a-f]{12}$'),
    content text not null, sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'), version text not null,
    author text not null, note text not null default '', created_at timestamptz not null,
    primary key (tenant_id, book, revision)
);

-- Revision null: the shipped book.
create table rule_publication (
    tenant_id text not null references tenant, id bigint generated always as identity,
    book text not null, revision text, effective_on date not null,
    state text not null check (state in ('proposed', 'approved', 'rejected')),
    note text not null default '', proposed_by text not null, proposed_at timestamptz not null,
    decided_by text, decided_at timestamptz, answer text not null default '',
    undoes bigint, rung_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, book, revision) references rule_revision,
    foreign key (tenant_id, undoes) references rule_publication,
    check ((state = 'proposed') = (decided_by is null)),
    check ((decided_by is null) = (decided_at is null))
);
create index on rule_publication (tenant_id, book, effective_on desc, id desc) where state = 'approved';
create index on rule_publication (tenant_id, effective_on) where state = 'approved' and rung_at is null;

-- Of all tenants: what the folder of rules held, so that any decision can be taken again.
create table shipped_rule (
    book text not null, revision text not null, content text not null,
    first_seen_at timestamptz not null default now(),
    primary key (book, revision)
);
create trigger shipped_rule_is_append_only before update or delete on shipped_rule
    for each row execute function refuse_change();
create trigger shipped_rule_is_kept before truncate on shipped_rule
    for each statement execute function refuse_change();
"""

DECIDED_ONCE = """
create function check_publication() returns trigger language plpgsql as $$
begin
    if (new.tenant_id, new.id, new.book, new.revision, new.note, new.proposed_by, new.proposed_at, new.undoes)
       is distinct from
       (old.tenant_id, old.id, old.book, old.revision, old.note, old.proposed_by, old.proposed_at, old.undoes)
       or (old.state <> 'proposed' and (new.state, new.decided_by, new.decided_at, new.answer,
           new.effective_on) is distinct from
           (old.state, old.decided_by, old.decided_at, old.answer, old.effective_on))
       or new.effective_on < old.effective_on
       or old.rung_at is not null then
        raise exception 'publication % is decided: propose another one', old.id
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger publication_is_decided_once before update on rule_publication
    for each row execute function check_publication();
create trigger publication_is_kept before delete on rule_publication
    for each row execute function refuse_change();
create trigger publications_are_kept before truncate on rule_publication
    for each statement execute function refuse_change();
"""

USED_UNTIL_NOW = """
-- One tenant after the other: the schema's owner is held by row-level security as well.
do $$
declare one text;
begin
    for one in select id from tenant loop
        perform set_config('app.tenant', one, true);
        update process_case set book = last.book
          from (select distinct on (process, ref) process, ref, book from decision
                 where tenant_id = one and book <> '' order by process, ref, id desc) last
         where process_case.tenant_id = one and process_case.process = last.process
           and process_case.ref = last.ref;
    end loop;
    perform set_config('app.tenant', '', true);
end $$;
"""


def upgrade() -> None:
    for script in (TABLES, DECIDED_ONCE, USED_UNTIL_NOW):
        op.execute(script)
    append_only("rule_revision")
    isolate("rule_publication", rights="select, insert, update")
    op.execute(f"grant select, insert on shipped_rule to {app_role()}")
