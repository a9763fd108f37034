"""Cash in hands, statements of operators, and what was kept aside."""

from alembic import op

from database.migrations.policies import isolate

revision = "fleet_0005"
down_revision = "fleet_0004"
branch_labels = None
depends_on = None

CASH = """
create table cash_agent (
    tenant_id text not null references tenant, ref text not null, contact_ref text not null, agency_ref text,
    ceiling_minor bigint not null check (ceiling_minor > 0), currency text not null,
    opened_on date not null, closed_on date check (closed_on >= opened_on),
    created_at timestamptz not null default now(), primary key (tenant_id, ref),
    foreign key (tenant_id, contact_ref) references contact,
    foreign key (tenant_id, agency_ref) references agency
);
create index cash_agent_by_contact on cash_agent (contact_ref, tenant_id);
create index cash_agent_of_agency on cash_agent (agency_ref, tenant_id);
create table cash_deposit (
    tenant_id text not null references tenant, ref text not null, agent_ref text not null,
    amount_minor bigint not null check (amount_minor > 0), currency text not null,
    deposited_at timestamptz not null, bank_ref text not null default '', recorded_at timestamptz not null,
    by text not null default '', reversed_at timestamptz, reversal_reason text not null default '',
    primary key (tenant_id, ref), foreign key (tenant_id, agent_ref) references cash_agent
);
create index cash_deposit_of_agent on cash_deposit (agent_ref, tenant_id, deposited_at, ref);
alter table payment add column agent_ref text;
alter table payment add foreign key (tenant_id, agent_ref) references cash_agent;
alter table payment add check (agent_ref is null or channel = 'cash');
create index payment_of_agent on payment (agent_ref, tenant_id, received_at, ref)
    include (amount_minor, reversed_at) where agent_ref is not null;
"""

STATEMENTS = """
create table operator_statement (
    tenant_id text not null references tenant, id text not null, operator text not null,
    from_on date not null, until_on date not null check (until_on >= from_on), sha256 text not null,
    lines int not null, refused jsonb not null, currency text not null, by text not null default '',
    recorded_at timestamptz not null,
    primary key (tenant_id, id), unique (tenant_id, sha256)
);
create index operator_statement_in_order on operator_statement (tenant_id, until_on, id);
-- `payment_ref` is the payment the line stands for; `twin_ref` what it may tell of a second time: another
-- payment, or another line's transaction.
create table statement_line (
    tenant_id text not null references tenant, statement_id text not null, line int not null,
    transaction_id text not null, occurred_at timestamptz not null,
    amount_minor bigint not null check (amount_minor > 0), currency text not null,
    contract_hint text not null default '', payment_ref text, twin_ref text,
    state text not null
        check (state in ('matched', 'unmatched', 'differs', 'double', 'resolved', 'dismissed')),
    note text not null default '', by text not null default '', at timestamptz,
    primary key (tenant_id, statement_id, line),
    foreign key (tenant_id, statement_id) references operator_statement,
    foreign key (tenant_id, payment_ref) references payment
);
create unique index statement_line_once on statement_line (tenant_id, transaction_id);
create index statement_line_to_answer on statement_line (tenant_id, occurred_at, statement_id, line)
    where state in ('unmatched', 'differs', 'double');
create index statement_line_of_payment on statement_line (payment_ref, tenant_id)
    where payment_ref is not null;
create index statement_line_of_contract on statement_line (contract_hint, tenant_id, occurred_at)
    where contract_hint <> '';
"""

KEPT_ASIDE = """
-- `ref` is what the thing calls itself: a payment's reference, a contract's, a swap's.
create table kept_aside (
    tenant_id text not null references tenant, id text not null,
    source text not null check (source in ('contracts', 'payments', 'swaps', 'webhook')),
    origin text not null, ref text not null default '', given jsonb not null, mistakes jsonb not null,
    state text not null default 'open' check (state in ('open', 'replayed', 'dismissed')),
    at timestamptz not null, by text not null default '', answered_at timestamptz,
    reason text not null default '', result_ref text not null default '',
    primary key (tenant_id, id), check ((state = 'open') = (answered_at is null))
);
create index kept_aside_in_order on kept_aside (tenant_id, state, at, id);
create index kept_aside_by_ref on kept_aside (tenant_id, ref) where ref <> '';
"""


def upgrade() -> None:
    for script in (CASH, STATEMENTS, KEPT_ASIDE):
        op.execute(script)
    isolate("cash_agent", "cash_deposit", "operator_statement", "statement_line", "kept_aside")
