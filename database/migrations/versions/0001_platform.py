"""The platform: tenants, contacts, cases, decisions, messages, alerts, documents, outbox, audit, ledger."""

from alembic import op

from database.migrations.policies import app_role, append_only, isolate

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROLE = """
do $$ begin
    if not exists (select from pg_roles where rolname = '{role}') then
        create role {role} login nosuperuser nobypassrls;
    end if;
exception when duplicate_object or unique_violation then null;  -- another database's migration was quicker
end $$;
grant usage on schema public to {role};
"""

FUNCTIONS = """
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: write a correction instead', tg_table_name
        using errcode = 'restrict_violation';
end $$;

create function check_balance() returns trigger language plpgsql as $$
declare wrong record;
begin
    select currency, sum(amount_minor) as off into wrong from ledger_entry
     where tenant_id = new.tenant_id and transaction_id = new.transaction_id
     group by currency having sum(amount_minor) <> 0 limit 1;
    if found then
        raise exception 'transaction % is off by % %', new.transaction_id, wrong.off, wrong.currency
            using errcode = 'check_violation';
    end if;
    return null;
end $$;

create function announce_outbox() returns trigger language plpgsql as $$
begin
    perform pg_notify('outbox', new.tenant_id);
    return null;
end $$;
"""

NAMES = r"""
-- By which people sort and find names: no capitals, no accents, ligatures as two letters, letters of African
-- alphabets beside those they come from, nothing where an apostrophe is. Of our own, for not every PostgreSQL
-- is built with ICU, and no index of names is then spoilt by another version of it. An index takes no value
-- without end: the beginning says enough.
create function sorting_name(name text) returns text language sql immutable strict parallel safe as $$
    select left(btrim(regexp_replace(regexp_replace(translate(replace(replace(replace(
        lower(normalize(name, NFKD) collate pg_c_utf8), 'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss'),
        'øłđðɓɗɛəɔŋıƴ', 'olddbdeeoniy'),
        '[\u0300-\u036f''’‘ʼʻꞌ`´]', '', 'g'), '[^[:alnum:]]+', ' ', 'g')), 300)
$$;
"""

TABLES = """
create table tenant (
    id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
    name text not null,
    country text not null check (country ~ '^[A-Z]{2}$'),
    zone text not null,
    currency text not null check (currency in ('XAF', 'EUR')),
    locale text not null default 'fr' check (locale in ('fr', 'en')),
    quiet_from time not null default '20:00',
    quiet_until time not null default '08:00',
    created_at timestamptz not null default now()
);

create table api_key (
    tenant_id text not null references tenant, id text not null,
    name text not null, secret_sha256 text not null, scopes text[] not null,
    created_at timestamptz not null default now(), expires_at timestamptz, revoked_at timestamptz,
    primary key (tenant_id, id)
);

create table contact (
    tenant_id text not null references tenant, ref text not null,
    full_name text not null, email text, phone text,
    locale text not null default 'fr' check (locale in ('fr', 'en')),
    channels text[] not null default '{}',
    created_at timestamptz not null default now(),
    sorting_name text collate "C" not null generated always as (sorting_name(full_name)) stored,
    primary key (tenant_id, ref)
);
create index contact_by_name on contact (tenant_id, sorting_name, ref);

create table opt_out (
    tenant_id text not null references tenant, channel text not null, address text not null,
    reason text not null, at timestamptz not null default now(),
    primary key (tenant_id, channel, address)
);

create table process_case (
    tenant_id text not null references tenant, process text not null, ref text not null,
    stage text not null, waiting jsonb not null, review_at timestamptz, due_on date,
    opened_at timestamptz not null, closed_at timestamptz, outcome text,
    primary key (tenant_id, process, ref)
);
create index on process_case (tenant_id, process, stage) where closed_at is null;
create index on process_case (tenant_id, review_at) where closed_at is null;

create table standing_order (
    tenant_id text not null references tenant, process text not null, ref text not null,
    state text not null check (state in ('paused', 'stopped')),
    reason text not null check (reason <> ''), ordered_by text not null,
    at timestamptz not null default now(),
    primary key (tenant_id, process, ref)
);

create table decision (
    tenant_id text not null references tenant, id bigint generated always as identity,
    key text not null, process text not null, ref text not null, decided_at timestamptz not null,
    book text not null, revision text not null, stage text not null, closes text not null,
    facts jsonb not null, reasons jsonb not null, near jsonb not null, steps jsonb not null,
    waiting jsonb not null, review_at timestamptz, recorded_at timestamptz not null default now(),
    primary key (tenant_id, id), unique (tenant_id, key)
);
create index on decision (tenant_id, process, ref, decided_at);

create table message (
    tenant_id text not null references tenant, id text not null,
    key text not null, step_key text not null, process text not null, ref text not null,
    contact_ref text not null, channel text not null check (channel in ('email', 'sms')),
    address text not null, template text not null, locale text not null,
    subject text not null, text text not null, html text not null,
    state text not null check (state in
        ('pending', 'sending', 'unknown', 'accepted', 'delivered', 'failed', 'withheld')),
    reason text not null default '', provider_id text not null default '',
    attempts int not null default 0, wrote_at timestamptz not null,
    first_tried_at timestamptz, claimed_at timestamptz, settled_at timestamptz,
    created_at timestamptz not null default now(),
    primary key (tenant_id, id), unique (tenant_id, key)
);
create index on message (tenant_id, process, ref);
create index on message (tenant_id, state) where state in ('pending', 'sending', 'unknown');

create table message_event (
    tenant_id text not null references tenant, event_id text not null, message_id text not null,
    state text not null, reason text not null, received_at timestamptz not null default now(),
    primary key (tenant_id, event_id)
);

create table alert (
    tenant_id text not null references tenant, id bigint generated always as identity,
    key text not null, process text not null, ref text not null, team text not null,
    title jsonb not null, due_on date not null, raised_at timestamptz not null,
    taken_by text, taken_at timestamptz, closed_by text, closed_at timestamptz, note text,
    primary key (tenant_id, id), unique (tenant_id, key)
);
create index on alert (tenant_id, process, ref);
create index on alert (tenant_id, team) where closed_at is null;

create table document (
    tenant_id text not null references tenant, id bigint generated always as identity,
    key text not null, process text not null, ref text not null, template text not null,
    locale text not null, name text not null, media_type text not null, sha256 text not null,
    content bytea not null, issued_at timestamptz not null,
    primary key (tenant_id, id), unique (tenant_id, key)
);
create index on document (tenant_id, process, ref);

create table outbox (
    tenant_id text not null references tenant, id bigint generated always as identity,
    key text not null, kind text not null check (kind in ('start', 'ring')),
    process text not null, ref text not null, fact text not null, at timestamptz not null,
    created_at timestamptz not null default now(), delivered_at timestamptz,
    attempts int not null default 0, note text not null default '',
    primary key (tenant_id, id), unique (tenant_id, key)
);
create index on outbox (tenant_id, id) where delivered_at is null;
create trigger outbox_is_announced after insert on outbox
    for each row execute function announce_outbox();

create table audit (
    tenant_id text not null references tenant, id bigint generated always as identity,
    at timestamptz not null default now(), who text not null, action text not null, object text not null,
    before jsonb, after jsonb, ip text not null, agent text not null, request_id text not null,
    primary key (tenant_id, id)
);
create index on audit (tenant_id, object);

create table idempotency (
    tenant_id text not null references tenant, key text not null, fingerprint text not null,
    status int, body jsonb, created_at timestamptz not null default now(),
    primary key (tenant_id, key)
);

create table event_received (
    tenant_id text not null references tenant, source text not null, id text not null,
    type text not null, subject text not null, fingerprint text not null,
    received_at timestamptz not null default now(),
    primary key (tenant_id, source, id)
);

create table ledger_transaction (
    tenant_id text not null references tenant, id bigint generated always as identity,
    key text not null, posted_on date not null, description text not null,
    reverses_id bigint, recorded_at timestamptz not null default now(),
    primary key (tenant_id, id), unique (tenant_id, key), unique (tenant_id, reverses_id),
    foreign key (tenant_id, reverses_id) references ledger_transaction
);
create table ledger_entry (
    tenant_id text not null references tenant, transaction_id bigint not null, line int not null,
    account text not null, subject text not null,
    amount_minor bigint not null check (amount_minor <> 0), currency text not null,
    primary key (tenant_id, transaction_id, line),
    foreign key (tenant_id, transaction_id) references ledger_transaction
);
create index on ledger_entry (tenant_id, account, subject);
create constraint trigger entries_balance after insert on ledger_entry
    deferrable initially deferred for each row execute function check_balance();
"""

EMPTY = """
create function check_entries() returns trigger language plpgsql as $$
begin
    if not exists (select from ledger_entry where tenant_id = new.tenant_id and transaction_id = new.id) then
        raise exception 'transaction % has no entries', new.id using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger transaction_has_entries after insert on ledger_transaction
    deferrable initially deferred for each row execute function check_entries();
"""


def upgrade() -> None:
    role = app_role()
    for script in (ROLE.format(role=role), FUNCTIONS, NAMES, TABLES, EMPTY):
        op.execute(script)
    op.execute(f"grant select on tenant to {role}")
    isolate(
        "api_key", "contact", "opt_out", "process_case", "standing_order", "decision", "message",
        "alert", "outbox", "idempotency",
    )  # fmt: skip
    isolate("document", "message_event", "event_received", rights="select, insert")
    append_only("audit", "ledger_transaction", "ledger_entry")
