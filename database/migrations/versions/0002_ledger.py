"""The ledger: a posted transaction takes no more entries, and every statement that writes some balances."""

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

-- A look at each statement rather than at each row at its end and at the commit. It is stricter: what one
-- statement adds to a transaction has to balance, and so the whole does, whoever the tenant is later on.
drop trigger entries_balance on ledger_entry;
drop function check_balance();
create function check_entries_added() returns trigger language plpgsql as $$
declare wrong record;
begin
    -- A probe of the key for each: a join may be planned as a look at all that was ever posted.
    select transaction_id as id into wrong from (select distinct tenant_id, transaction_id from added) e
     where pg_current_xact_id() is distinct from (
        select t.posted_in from ledger_transaction t
         where t.tenant_id = e.tenant_id and t.id = e.transaction_id
     ) limit 1;
    if found then
        raise exception 'transaction % is posted already: write another one', wrong.id
            using errcode = 'restrict_violation';
    end if;
    select transaction_id as id, currency, sum(amount_minor) as off into wrong from added
     group by tenant_id, transaction_id, currency having sum(amount_minor) <> 0 limit 1;
    if found then
        raise exception 'transaction % is off by % %', wrong.id, wrong.off, wrong.currency
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
create trigger entries_balance after insert on ledger_entry
    referencing new table as added for each statement execute function check_entries_added();
"""


def upgrade() -> None:
    role = app_role()
    op.execute(OF_ITS_OWN_TIME)
    op.execute(f"revoke insert on ledger_transaction from {role}")
    given = "tenant_id, key, posted_on, description, reverses_id"
    op.execute(f"grant insert ({given}) on ledger_transaction to {role}")
