"""Shadow tenants, in which a copy of a case lives on, and what was foretold."""

from alembic import op

from database.migrations.policies import app_role, isolate

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SHADOWS = """
-- A tenant in which nothing is real. No list of tenants has it; it goes when its foresight is done.
alter table tenant add column shadow_of text references tenant;
alter table tenant add constraint shadows_have_names_of_their_own
    check ((shadow_of is not null) = (id like 'shadow-%'));

create function open_shadow(shadow text, owner text) returns void language sql security definer
    set search_path = public, pg_temp as $$
    insert into tenant
    select (jsonb_populate_record(null::tenant,
        to_jsonb(t) || jsonb_build_object('id', shadow, 'shadow_of', owner))).*
      from tenant t where t.id = owner and t.shadow_of is null
$$;

-- Round after round: rows go before those that they refer to, and what goes may be counted once more.
create function end_shadow(shadow text) returns void language plpgsql security definer
    set search_path = public, pg_temp as $$
declare
    one text;
    tenant_before text := coalesce(current_setting('app.tenant', true), '');
    own_before text := coalesce(current_setting('app.own', true), '');
begin
    if coalesce(shadow, '') not like 'shadow-%'
       or exists (select from tenant where id = shadow and shadow_of is null) then
        raise exception '% is no shadow', shadow using errcode = 'restrict_violation';
    end if;
    perform set_config('app.tenant', shadow, true), set_config('app.own', '', true);
    for round in 1..20 loop
        for one in
            select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
             where c.relkind in ('r', 'p') and not c.relispartition
               and c.relnamespace = 'public'::regnamespace and a.attname = 'tenant_id'
        loop
            begin
                execute format('delete from %I where tenant_id = $1', one) using shadow;
            exception when foreign_key_violation then null;
            end;
        end loop;
        begin
            delete from tenant where id = shadow;
            perform set_config('app.tenant', tenant_before, true), set_config('app.own', own_before, true);
            return;
        exception when foreign_key_violation then null;
        end;
    end loop;
    raise exception 'the shadow % does not go', shadow;
end $$;
"""

# What never changes is only let go together with its shadow.
KEPT = """
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and to_jsonb(old) ->> 'tenant_id' like 'shadow-%' then
        return old;
    end if;
    raise exception '% is append-only: write a correction instead', tg_table_name
        using errcode = 'restrict_violation';
end $$;

create or replace function refuse_loss_of_trail() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and old.tenant_id like 'shadow-%' then
        return old;
    end if;
    if tg_op = 'UPDATE' or old.at > now() - interval '366 days' then
        raise exception 'audit is append-only, and kept for a year at least'
            using errcode = 'restrict_violation';
    end if;
    return old;
end $$;

create or replace function announce_outbox() returns trigger language plpgsql as $$
begin
    if new.tenant_id not like 'shadow-%' then  -- whoever lives a shadow asks for itself
        perform pg_notify('outbox', new.tenant_id);
    end if;
    return null;
end $$;
"""

FORESIGHT = """
-- `assumption` says what is paid, `books` the texts of the drafts; `checkpoint` and `result` hold references
-- and words without names.
create table foresight (
    tenant_id text not null references tenant, id text not null,
    kind text not null check (kind in ('contract', 'portfolio')), contract_ref text not null default '',
    assumption jsonb not null, books jsonb not null default '{}', at timestamptz not null,
    begins_on date not null, until_on date not null, sample int not null default 1,
    state text not null check (state in ('waiting', 'running', 'done', 'failed', 'stopped')),
    done int not null default 0, total int not null default 0,
    checkpoint jsonb not null default '{}', result jsonb, problem text not null default '',
    asked_by text not null, created_at timestamptz not null, updated_at timestamptz not null,
    primary key (tenant_id, id), check (until_on > begins_on), check (state <> 'done' or result is not null),
    check ((kind = 'contract') = (contract_ref <> ''))
);
create index foresight_by_time on foresight (tenant_id, created_at desc, id desc);
create index foresight_of_contract on foresight (tenant_id, contract_ref, created_at desc);
"""


def upgrade() -> None:
    op.execute(SHADOWS)
    op.execute(KEPT)
    op.execute(FORESIGHT)
    isolate("foresight")
    for function in ("open_shadow(text, text)", "end_shadow(text)"):
        op.execute(f"revoke execute on function {function} from public")
        op.execute(f"grant execute on function {function} to {app_role()}")
