"""The ledger: a posted transaction takes no more entries, and its balance is always read as its tenant."""

from alembic import op

from database.migrations.policies import app_role

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OF_ITS_OWN_TIME = """
-- The database's transaction in which it was posted. Null: posted before there was this column.
alter table ledger_transaction add column posted_in xid8;
alter table ledger_transaction alter column posted_in set default pg_current_xact_id();

create function check_entry_is_new() returns trigger language plpgsql as $$
begin
    if not exists (
        select from ledger_transaction
         where tenant_id = new.tenant_id and id = new.transaction_id and posted_in = pg_current_xact_id()
    ) then
        raise exception 'transaction % is posted already: write another one', new.transaction_id
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger entries_come_with_their_transaction before insert on ledger_entry
    for each row execute function check_entry_is_new();
"""

AS_ITS_TENANT = """
create or replace function check_balance() returns trigger language plpgsql as $$
declare wrong record;
begin
    -- At the commit, rows of another tenant than the present one cannot be seen, and would seem to balance.
    if row_security_active('ledger_entry')
       and current_setting('app.tenant', true) is distinct from new.tenant_id then
        raise exception 'transaction % is not of the tenant at its commit', new.transaction_id
            using errcode = 'check_violation';
    end if;
    select currency, sum(amount_minor) as off into wrong from ledger_entry
     where tenant_id = new.tenant_id and transaction_id = new.transaction_id
     group by currency having sum(amount_minor) <> 0 limit 1;
    if found then
        raise exception 'transaction % is off by % %', new.transaction_id, wrong.off, wrong.currency
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
"""


def upgrade() -> None:
    role = app_role()
    op.execute(OF_ITS_OWN_TIME)
    op.execute(AS_ITS_TENANT)
    op.execute(f"revoke insert on ledger_transaction from {role}")
    given = "tenant_id, key, posted_on, description, reverses_id"
    op.execute(f"grant insert ({given}) on ledger_transaction to {role}")
