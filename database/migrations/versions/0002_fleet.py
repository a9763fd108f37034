"""Where every contract stands, at the cost of a probe of an index: running totals of dues and payments."""

from alembic import op

from database.migrations.policies import app_role, isolate

revision = "fleet_0002"
down_revision = "fleet_0001"
branch_labels = None
depends_on = ("0018",)

TOTALS = """
alter table due add column kind text not null default 'instalment'
    check (kind in ('down_payment', 'instalment', 'fee', 'settlement'));
alter table due add column cumulative_minor bigint;
update due set cumulative_minor = running.total, kind = running.kind from (
    select tenant_id, contract_ref, number,
           case when number = 0 then 'down_payment' else 'instalment' end as kind,
           sum(amount_minor) over (partition by tenant_id, contract_ref order by due_on, number) as total
      from due
) running where due.tenant_id = running.tenant_id and due.contract_ref = running.contract_ref
      and due.number = running.number;
alter table due alter column cumulative_minor set not null;
create index due_by_date on due (tenant_id, contract_ref, due_on, number)
    include (cumulative_minor, amount_minor);
create index due_by_total on due (tenant_id, contract_ref, cumulative_minor, number)
    include (due_on, amount_minor);
create index due_in_the_fleet on due (due_on, tenant_id) include (amount_minor, contract_ref);
"""

PURSES = """
create table fleet_purse (
    tenant_id text not null references tenant, contract_ref text not null, paid_minor bigint not null,
    payments int not null, last_paid_at timestamptz, unpaid_on date,
    counted_until date, counted_minor bigint,
    primary key (tenant_id, contract_ref),
    foreign key (tenant_id, contract_ref) references fleet_contract
);

-- `unpaid_on` is when the first due that is not paid in full falls due, `counted_minor` what falls due before
-- `counted_until`. Both are found again whenever money or schedule change.
create function purses_know_what_is_unpaid() returns trigger language plpgsql as $$
begin
    select d.due_on into new.unpaid_on from due d
     where d.tenant_id = new.tenant_id and d.contract_ref = new.contract_ref
       and d.cumulative_minor > new.paid_minor
     order by d.cumulative_minor, d.number limit 1;
    if new.counted_until is not null and (tg_op = 'INSERT' or new.paid_minor = old.paid_minor) then
        new.counted_minor := coalesce((
            select d.cumulative_minor from due d
             where d.tenant_id = new.tenant_id and d.contract_ref = new.contract_ref
               and d.due_on < new.counted_until
             order by d.due_on desc, d.number desc limit 1), 0);
    end if;
    return new;
end $$;
create trigger purses_with_what_is_unpaid before insert or update on fleet_purse
    for each row execute function purses_know_what_is_unpaid();

create function schedules_open_purses() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
begin
    insert into fleet_purse as kept (tenant_id, contract_ref, paid_minor, payments)
    select distinct tenant_id, contract_ref, 0, 0 from changed order by 1, 2
    on conflict (tenant_id, contract_ref) do update set paid_minor = kept.paid_minor;
    return null;
end $$;
create trigger dues_open_purses after insert on due referencing new table as changed
    for each statement execute function schedules_open_purses();
create trigger dues_of_purses_change after update on due referencing new table as changed
    for each statement execute function schedules_open_purses();

-- What goes, goes: nothing is opened for it.
create function schedules_leave_purses() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
begin
    update fleet_purse p set paid_minor = p.paid_minor
      from (select distinct tenant_id, contract_ref from changed order by 1, 2) gone
     where p.tenant_id = gone.tenant_id and p.contract_ref = gone.contract_ref;
    return null;
end $$;
create trigger dues_leave_purses after delete on due referencing old table as changed
    for each statement execute function schedules_leave_purses();
"""

KEPT = """
-- As the owner: the application writes payments and refunds alone. In the order of the key, as balances are.
create function payments_fill_purses() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
begin
    insert into fleet_purse as kept (tenant_id, contract_ref, paid_minor, payments, last_paid_at)
    select tenant_id, contract_ref, sum(amount_minor), count(*), max(received_at) from added
     where reversed_at is null group by 1, 2 order by 1, 2
    on conflict (tenant_id, contract_ref) do update
       set paid_minor = kept.paid_minor + excluded.paid_minor, payments = kept.payments + excluded.payments,
           last_paid_at = greatest(kept.last_paid_at, excluded.last_paid_at);
    return null;
end $$;
create trigger payments_in after insert on payment referencing new table as added
    for each statement execute function payments_fill_purses();

-- A reversal. Nothing else of a payment that counts ever changes.
create function reversals_empty_purses() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
begin
    update fleet_purse p set paid_minor = p.paid_minor - back.minor, payments = p.payments - back.number
      from (select a.tenant_id, a.contract_ref, sum(a.amount_minor) as minor, count(*) as number
              from added a join gone b on b.tenant_id = a.tenant_id and b.ref = a.ref
             where a.reversed_at is not null and b.reversed_at is null group by 1, 2 order by 1, 2) back
     where p.tenant_id = back.tenant_id and p.contract_ref = back.contract_ref;
    return null;
end $$;
create trigger payments_back after update on payment referencing new table as added old table as gone
    for each statement execute function reversals_empty_purses();
insert into fleet_purse (tenant_id, contract_ref, paid_minor, payments, last_paid_at)
select c.tenant_id, c.ref, coalesce(sum(p.amount_minor), 0), count(p.ref), max(p.received_at)
  from fleet_contract c left join payment p
    on p.tenant_id = c.tenant_id and p.contract_ref = c.ref and p.reversed_at is null
 where exists (select from due d where d.tenant_id = c.tenant_id and d.contract_ref = c.ref) group by 1, 2;
"""

POSITIONS = """
alter table fleet_contract add column total_minor bigint not null default 0;
update fleet_contract c set total_minor = (select coalesce(max(cumulative_minor), 0) from due d
    where d.tenant_id = c.tenant_id and d.contract_ref = c.ref);

-- At the end of a local day, for contracts that are signed. `arrears_minor` leaves the days of grace out, as
-- domain/fleet/payments.py does; payments dated later than the day count already. The schedule is asked for
-- contracts that are late alone, by one probe of an index, unless it is counted for that day.
create function fleet_positions(of_tenant text, day date) returns table (
    contract_ref text, driver_ref text, bike_ref text, state text, currency text, signed_on date,
    total_minor bigint, paid_minor bigint, payments int, last_paid_at timestamptz,
    arrears_minor bigint, oldest_unpaid_on date, days_late int,
    next_unpaid_on date, remaining_minor bigint, overpaid_minor bigint
) language sql stable as $$
    select c.ref, c.driver_ref, c.bike_ref, c.state, c.currency, c.signed_on, c.total_minor,
           coalesce(p.paid_minor, 0), coalesce(p.payments, 0), p.last_paid_at,
           greatest(case when p.counted_until = day - c.grace_days then p.counted_minor
                         else coalesce(late.cumulative_minor, 0) end - coalesce(p.paid_minor, 0), 0),
           case when p.unpaid_on < day - c.grace_days then p.unpaid_on end,
           case when p.unpaid_on < day - c.grace_days then day - p.unpaid_on else 0 end,
           p.unpaid_on, greatest(c.total_minor - coalesce(p.paid_minor, 0), 0),
           greatest(coalesce(p.paid_minor, 0) - c.total_minor, 0)
      from fleet_contract c
      left join fleet_purse p on p.tenant_id = c.tenant_id and p.contract_ref = c.ref
      left join lateral (
          select d.cumulative_minor from due d
           where p.unpaid_on < day - c.grace_days and p.counted_until is distinct from day - c.grace_days
             and d.tenant_id = c.tenant_id and d.contract_ref = c.ref and d.due_on < day - c.grace_days
           order by d.due_on desc, d.number desc limit 1) late on true
     where c.tenant_id = of_tenant and c.state <> 'draft'
$$;
"""

OWN = (
    "exists (select from fleet_contract c where c.tenant_id = {table}.tenant_id "
    "and c.ref = {table}.contract_ref)"
)


def upgrade() -> None:
    op.execute(TOTALS)
    op.execute(PURSES)
    op.execute(KEPT)
    op.execute(POSITIONS)
    isolate("fleet_purse", rights="select", own=OWN.format(table="fleet_purse"))
    # For which day is the application's to say, and how much is the trigger's.
    op.execute(f"grant update (counted_until) on fleet_purse to {app_role()}")
