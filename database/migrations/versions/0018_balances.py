"""The ledger's monthly balances, kept in the transaction that posts."""

from alembic import op

from database.migrations.policies import isolate

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MONTHS = """
create table ledger_month (
    tenant_id text not null references tenant, account text not null, subject text not null,
    month_on date not null check (month_on = date_trunc('month', month_on)::date), currency text not null,
    debit_minor bigint not null check (debit_minor >= 0),
    credit_minor bigint not null check (credit_minor >= 0),
    primary key (tenant_id, account, subject, month_on, currency)
);
create index on ledger_month (tenant_id, month_on, account) include (subject, debit_minor, credit_minor);
"""

KEPT = """
-- As the owner: the application reads the balances and writes entries alone. In the order of the key, so that
-- two statements at once wait for each other rather than forever.
create function add_to_months() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
begin
    insert into ledger_month as kept
        (tenant_id, account, subject, month_on, currency, debit_minor, credit_minor)
    select e.tenant_id, e.account, e.subject, date_trunc('month', t.posted_on)::date, e.currency,
           coalesce(sum(e.amount_minor) filter (where e.amount_minor > 0), 0),
           coalesce(-sum(e.amount_minor) filter (where e.amount_minor < 0), 0)
      from added e join ledger_transaction t on t.tenant_id = e.tenant_id and t.id = e.transaction_id
     group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
    on conflict (tenant_id, account, subject, month_on, currency) do update
       set debit_minor = kept.debit_minor + excluded.debit_minor,
           credit_minor = kept.credit_minor + excluded.credit_minor;
    return null;
end $$;
create trigger entries_reach_their_month after insert on ledger_entry
    referencing new table as added for each statement execute function add_to_months();
"""

BEFORE = """
insert into ledger_month (tenant_id, account, subject, month_on, currency, debit_minor, credit_minor)
select e.tenant_id, e.account, e.subject, date_trunc('month', t.posted_on)::date, e.currency,
       coalesce(sum(e.amount_minor) filter (where e.amount_minor > 0), 0),
       coalesce(-sum(e.amount_minor) filter (where e.amount_minor < 0), 0)
  from ledger_entry e join ledger_transaction t on t.tenant_id = e.tenant_id and t.id = e.transaction_id
 group by 1, 2, 3, 4, 5
"""


def upgrade() -> None:
    op.execute(MONTHS)
    op.execute(BEFORE)
    op.execute(KEPT)
    isolate("ledger_month", rights="select")
