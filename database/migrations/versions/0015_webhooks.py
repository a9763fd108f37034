"""Endpoints of external tools, the events they are told of, and the settings that a tenant changes itself.

Triggers write the events: whichever code states a fact, it is told in the fact's own transaction; a tenant
without an endpoint pays for one look at an empty index.
"""

from alembic import op

from database.migrations.policies import app_role, isolate

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = ("fleet_0001",)

# No personal data: references and states. Addresses of endpoints may hold a secret; they are shown to who
# may read webhooks. Secrets are sealed under the tenant's key.
TABLES = """
create table webhook_endpoint (
    tenant_id text not null references tenant, id text not null,
    url text not null, description text not null default '', types text[] not null,
    state text not null default 'enabled' check (state in ('enabled', 'disabled', 'removed')),
    reason text not null default '',
    secret bytea not null, old_secret bytea, old_until timestamptz,
    failing_since timestamptz, probe_at timestamptz,
    created_at timestamptz not null, created_by text not null,
    primary key (tenant_id, id)
);
create index webhook_endpoint_in_use on webhook_endpoint (tenant_id) where state <> 'removed';

create table webhook_event (
    tenant_id text not null references tenant, id text not null,
    type text not null, at timestamptz not null, data jsonb not null,
    primary key (tenant_id, id)
);
create index on webhook_event (tenant_id, at, id);

create table webhook_delivery (
    tenant_id text not null, endpoint_id text not null, event_id text not null,
    state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
    attempts int not null default 0, due_at timestamptz not null,
    tried_at timestamptz, status int, problem text not null default '', took_ms int,
    primary key (tenant_id, endpoint_id, event_id),
    foreign key (tenant_id, endpoint_id) references webhook_endpoint,
    foreign key (tenant_id, event_id) references webhook_event on delete cascade
);
create index on webhook_delivery (tenant_id, endpoint_id, due_at) where state = 'pending';
create index on webhook_delivery (tenant_id, event_id);
"""

TELLING = """
create function told_of(owner text, kind text) returns setof webhook_endpoint language sql stable as $$
    select * from webhook_endpoint e
     where e.tenant_id = owner and e.state <> 'removed' and (e.types = '{}' or kind = any(e.types))
$$;

-- One event, one delivery for each endpoint that wants it, and one start a transaction for each process.
create function tell_webhooks(owner text, kind text, moment timestamptz, facts jsonb)
returns void language plpgsql as $$
declare event text := 'evt_' || replace(gen_random_uuid()::text, '-', '');
begin
    if not exists (select from told_of(owner, kind)) then return; end if;
    insert into webhook_event (tenant_id, id, type, at, data) values (owner, event, kind, moment, facts);
    with owed as (
        insert into webhook_delivery (tenant_id, endpoint_id, event_id, due_at)
        select owner, e.id, event, moment from told_of(owner, kind) e where e.state = 'enabled'
        returning endpoint_id
    )
    insert into outbox (tenant_id, kind, process, ref, fact, at, key)
    select owner, 'start', 'platform.webhook', endpoint_id, tell_webhooks.kind, moment,
           concat_ws(':', 'start:platform.webhook', endpoint_id, pg_current_xact_id(),
                     extract(epoch from transaction_timestamp()))
      from owed
    on conflict do nothing;
end $$;
"""

# The fact's own moment is told, as whoever stated it gave it; app.own narrows nothing here.
TRIGGER = """
create function {table}_is_told() returns trigger language plpgsql set "app.own" to '' as $$
declare kind text; moment timestamptz; facts jsonb;
begin
    if not exists (
        select from webhook_endpoint e where e.tenant_id = new.tenant_id and e.state <> 'removed'
    ) then
        return null;
    end if;
    {body}
    return null;
end $$;
create trigger {table}_is_told_when_new after insert on {table}
    for each row {on_insert}execute function {table}_is_told();
"""
CHANGED = """
create trigger {table}_is_told_when_changed after update on {table}
    for each row when ({when}) execute function {table}_is_told();
"""
CASE = "'process', new.process, 'ref', new.ref"

BODIES = {
    "process_case": f"""
    facts := jsonb_build_object({CASE}, 'stage', new.stage, 'due_on', new.due_on, 'outcome', new.outcome);
    if tg_op = 'INSERT' or (old.closed_at is not null and new.closed_at is null) then
        perform tell_webhooks(new.tenant_id, 'case.opened', new.opened_at, facts);
    end if;
    if new.closed_at is not null then
        perform tell_webhooks(new.tenant_id, 'case.closed', new.closed_at, facts);
    elsif tg_op = 'UPDATE' and old.stage is distinct from new.stage then
        select max(decided_at) into moment from decision d
         where d.tenant_id = new.tenant_id and d.process = new.process and d.ref = new.ref;
        facts := facts || jsonb_build_object('stage_before', old.stage);
        perform tell_webhooks(new.tenant_id, 'case.stage_changed', coalesce(moment, now()), facts);
    end if;""",
    "decision": f"""
    perform tell_webhooks(new.tenant_id, 'decision.made', new.decided_at, jsonb_build_object(
        {CASE}, 'stage', new.stage, 'book', new.book, 'revision', new.revision, 'closes', new.closes,
        'rules', jsonb_path_query_array(new.reasons, '$[*].rule'),
        'steps', jsonb_path_query_array(new.steps, '$[*].key'), 'review_at', new.review_at));""",
    "message": f"""
    perform tell_webhooks(new.tenant_id, 'message.' || new.state, greatest(new.wrote_at, new.settled_at),
        jsonb_build_object({CASE}, 'message', new.id, 'channel', new.channel, 'template', new.template,
        'contact_ref', new.contact_ref, 'state', new.state));""",
    "payment": """
    kind := case when new.reversed_at is null then 'payment.recorded' else 'payment.reversed' end;
    perform tell_webhooks(new.tenant_id, kind, coalesce(new.reversed_at, new.recorded_at),
        jsonb_build_object('payment', new.ref, 'contract_ref', new.contract_ref));""",
    "document": f"""
    perform tell_webhooks(new.tenant_id, 'document.issued', new.issued_at, jsonb_build_object(
        {CASE}, 'document', new.id, 'template', new.template, 'sha256', new.sha256));""",
    "alert": f"""
    kind := case when new.closed_at is not null then 'alert.closed' when new.taken_at is not null
        then 'alert.taken' else 'alert.raised' end;
    perform tell_webhooks(new.tenant_id, kind, coalesce(new.closed_at, new.taken_at, new.raised_at),
        jsonb_build_object({CASE}, 'alert', new.id, 'team', new.team, 'due_on', new.due_on));""",
    "rule_publication": """
    kind := 'rules.' || case when new.rung_at is not null then 'in_force' else new.state end;
    perform tell_webhooks(new.tenant_id, kind, coalesce(new.rung_at, new.decided_at, new.proposed_at),
        jsonb_build_object('publication', new.id, 'book', new.book, 'revision', new.revision,
        'effective_on', new.effective_on));""",
}  # fmt: skip

WHEN = {
    "process_case": "old.stage is distinct from new.stage or old.closed_at is distinct from new.closed_at",
    "message": "old.state is distinct from new.state "
    "and new.state in ('accepted', 'delivered', 'failed', 'withheld')",
    "payment": "old.reversed_at is null and new.reversed_at is not null",
    "alert": "old.taken_at is distinct from new.taken_at or old.closed_at is distinct from new.closed_at",
    "rule_publication": "old.state is distinct from new.state or old.rung_at is distinct from new.rung_at",
}
ON_INSERT = {"message": "when (new.state in ('accepted', 'delivered', 'failed', 'withheld')) "}

SETTINGS = """
alter table tenant enable row level security;
create policy known_to_all on tenant for select using (true);
create policy mine_to_set on tenant for update using (id = current_setting('app.tenant', true));
grant update (name, locale, quiet_from, quiet_until, sms_a_day, email_a_day, sms_a_week, email_a_week,
    rules_need_approval, second_factor, audit_days) on tenant to {role};
"""
"""Not forced: the owner of the schema makes tenants."""


def upgrade() -> None:
    op.execute(TABLES)
    isolate("webhook_endpoint", "webhook_event", "webhook_delivery")
    op.execute(TELLING)
    for table, body in BODIES.items():
        op.execute(TRIGGER.format(table=table, body=body, on_insert=ON_INSERT.get(table, "")))
        if when := WHEN.get(table):
            op.execute(CHANGED.format(table=table, when=when))
    op.execute(SETTINGS.format(role=app_role()))
