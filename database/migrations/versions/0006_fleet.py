"""Investors: their contracts, the bikes they financed, statements and payouts; what bikes bring, by month."""

from alembic import op

from database.migrations.policies import OWN, isolate, own_rows

revision = "fleet_0006"
down_revision = "fleet_0005"
branch_labels = None
depends_on = None

CONTRACTS = """
create table investor_contract (
    tenant_id text not null references tenant, ref text not null, investor_ref text not null,
    kind text not null check (kind in ('purchase', 'financing')), currency text not null,
    amount_minor bigint not null check (amount_minor > 0),
    revenue_share_bp int not null check (revenue_share_bp between 1 and 10000),
    signed_on date not null, ends_on date check (ends_on > signed_on),
    statement_day int not null check (statement_day between 1 and 28),
    payout_days int not null check (payout_days between 0 and 90),
    state text not null check (state in ('draft', 'active', 'completed', 'terminated')),
    end_reason text not null default '', ended_on date, created_at timestamptz not null default now(),
    primary key (tenant_id, ref), foreign key (tenant_id, investor_ref) references contact
);
create index investor_contract_by_investor on investor_contract (investor_ref, tenant_id);
create table financing_share (
    tenant_id text not null references tenant, contract_ref text not null, bike_ref text not null,
    from_on date not null, until_on date check (until_on >= from_on),
    share_bp int not null check (share_bp between 1 and 10000),
    primary key (tenant_id, contract_ref, bike_ref, from_on),
    foreign key (tenant_id, contract_ref) references investor_contract,
    foreign key (tenant_id, bike_ref) references bike
);
create index financing_share_of_bike on financing_share (bike_ref, tenant_id, from_on);
"""

WHOLE = """
-- `until_on` is the last day. Writers of one bike's shares come one after the other, so that two halves of
-- 60 % are not both written.
create function shares_are_no_more_than_all() returns trigger language plpgsql as $$
declare off record;
begin
    perform pg_advisory_xact_lock(hashtextextended('share:' || new.tenant_id || ':' || new.bike_ref, 0));
    select a.from_on as day, sum(b.share_bp) as bp into off
      from financing_share a join financing_share b on b.tenant_id = a.tenant_id and b.bike_ref = a.bike_ref
       and b.from_on <= a.from_on and (b.until_on is null or b.until_on >= a.from_on)
     where a.tenant_id = new.tenant_id and a.bike_ref = new.bike_ref
     group by a.contract_ref, a.from_on having sum(b.share_bp) > 10000 limit 1;
    if found then
        raise exception 'more than the whole bike is financed from % on', off.day
            using errcode = 'check_violation', constraint = 'financing_share_whole';
    end if;
    return null;
end $$;
create trigger shares_make_one_bike after insert or update on financing_share
    for each row execute function shares_are_no_more_than_all();
"""

STATEMENTS = """
create table investor_statement (
    tenant_id text not null references tenant, contract_ref text not null,
    month_on date not null check (month_on = date_trunc('month', month_on)::date),
    currency text not null, bikes int not null, collected_minor bigint not null,
    share_minor bigint not null, before_minor bigint not null, paid_minor bigint not null,
    payable_minor bigint not null check (payable_minor = before_minor + share_minor - paid_minor),
    due_on date not null, closed_at timestamptz not null, document text not null,
    primary key (tenant_id, contract_ref, month_on),
    foreign key (tenant_id, contract_ref) references investor_contract
);
create index investor_statement_in_month on investor_statement (month_on, tenant_id);
-- `earlier_minor` is the part of what was collected that belongs to months which were closed before.
create table investor_statement_line (
    tenant_id text not null references tenant, contract_ref text not null, month_on date not null,
    bike_ref text not null, share_bp int not null, collected_minor bigint not null,
    earlier_minor bigint not null, share_minor bigint not null,
    primary key (tenant_id, contract_ref, month_on, bike_ref),
    foreign key (tenant_id, contract_ref, month_on) references investor_statement
);
create index investor_statement_line_of_bike
    on investor_statement_line (bike_ref, tenant_id, contract_ref, month_on)
    include (collected_minor, share_minor);
create table investor_payout (
    tenant_id text not null references tenant, ref text not null, contract_ref text not null,
    kind text not null check (kind in ('share', 'capital')),
    amount_minor bigint not null check (amount_minor > 0), currency text not null,
    paid_on date not null, channel text not null check (channel in ('mobile_money', 'bank', 'cash')),
    recorded_at timestamptz not null, by text not null default '',
    reversed_at timestamptz, reversal_reason text not null default '',
    primary key (tenant_id, ref), foreign key (tenant_id, contract_ref) references investor_contract
);
create index investor_payout_of_contract on investor_payout (contract_ref, tenant_id, paid_on);
"""

COLLECTED = """
-- Net of reversals, which count in the month in which they were made, as in the ledger. In the tenant's time.
create table collected_month (
    tenant_id text not null references tenant, contract_ref text not null, bike_ref text not null,
    month_on date not null, currency text not null, collected_minor bigint not null, payments int not null,
    primary key (tenant_id, contract_ref, bike_ref, month_on, currency),
    foreign key (tenant_id, contract_ref) references fleet_contract
);
create index collected_month_in_month on collected_month (tenant_id, month_on)
    include (bike_ref, contract_ref, currency, collected_minor);
create index collected_month_of_bike on collected_month (tenant_id, bike_ref, month_on)
    include (contract_ref, currency, collected_minor);

-- The bike that a contract's money of a day belongs to.
create function fleet_bike_on(of_tenant text, contract text, day date) returns text
    language sql stable as $$
    select contract_bike_on(of_tenant, contract, day)
$$;
"""

KEPT = """
-- As the owner, and in the order of the key, as purses are.
create function payments_reach_their_month() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
begin
    insert into collected_month as kept
        (tenant_id, contract_ref, bike_ref, month_on, currency, collected_minor, payments)
    select m.tenant_id, m.contract_ref, m.bike_ref, m.month_on, m.currency, sum(m.minor), sum(m.number)
      from (select a.tenant_id, a.contract_ref, a.currency, a.amount_minor as minor, 1 as number,
                   date_trunc('month', a.received_at at time zone t.zone)::date as month_on,
                   fleet_bike_on(a.tenant_id, a.contract_ref,
                                 (a.received_at at time zone t.zone)::date) as bike_ref
              from added a join tenant t on t.id = a.tenant_id where a.reversed_at is null) m
     group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
    on conflict (tenant_id, contract_ref, bike_ref, month_on, currency) do update
       set collected_minor = kept.collected_minor + excluded.collected_minor,
           payments = kept.payments + excluded.payments;
    return null;
end $$;
create trigger payments_in_months after insert on payment referencing new table as added
    for each statement execute function payments_reach_their_month();

create function reversals_reach_their_month() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
begin
    insert into collected_month as kept
        (tenant_id, contract_ref, bike_ref, month_on, currency, collected_minor, payments)
    select m.tenant_id, m.contract_ref, m.bike_ref, m.month_on, m.currency, sum(m.minor), sum(m.number)
      from (select a.tenant_id, a.contract_ref, a.currency, -a.amount_minor as minor, -1 as number,
                   date_trunc('month', a.reversed_at at time zone t.zone)::date as month_on,
                   fleet_bike_on(a.tenant_id, a.contract_ref,
                                 (a.received_at at time zone t.zone)::date) as bike_ref
              from added a join gone b on b.tenant_id = a.tenant_id and b.ref = a.ref
              join tenant t on t.id = a.tenant_id
             where a.reversed_at is not null and b.reversed_at is null) m
     group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
    on conflict (tenant_id, contract_ref, bike_ref, month_on, currency) do update
       set collected_minor = kept.collected_minor + excluded.collected_minor,
           payments = kept.payments + excluded.payments;
    return null;
end $$;
create trigger payments_back_in_months after update on payment
    referencing new table as added old table as gone
    for each statement execute function reversals_reach_their_month();
"""

AGAIN = """
-- From the start: what was there before this table, and a contract whose bike of past days was corrected.
create function count_collected(of_tenant text, contract text) returns void language plpgsql as $$
begin
    delete from collected_month where tenant_id = of_tenant and contract_ref = contract;
    insert into collected_month
        (tenant_id, contract_ref, bike_ref, month_on, currency, collected_minor, payments)
    select of_tenant, contract, m.bike_ref, m.month_on, m.currency, sum(m.minor), sum(m.number)
      from (select p.currency, p.amount_minor * way as minor, way as number,
                   date_trunc('month', (case way when 1 then p.received_at else p.reversed_at end)
                       at time zone t.zone)::date as month_on,
                   fleet_bike_on(p.tenant_id, p.contract_ref,
                                 (p.received_at at time zone t.zone)::date) as bike_ref
              from payment p join tenant t on t.id = p.tenant_id cross join (values (1), (-1)) ways(way)
             where p.tenant_id = of_tenant and p.contract_ref = contract
               and (way = 1 or p.reversed_at is not null)
            union all
            select r.currency, -r.amount_minor, 0,
                   date_trunc('month', r.paid_at at time zone t.zone)::date,
                   fleet_bike_on(r.tenant_id, r.contract_ref, (r.paid_at at time zone t.zone)::date)
              from refund r join tenant t on t.id = r.tenant_id
             where r.tenant_id = of_tenant and r.contract_ref = contract) m
     group by m.bike_ref, m.month_on, m.currency;
end $$;
select count_collected(tenant_id, ref) from fleet_contract;

create function bikes_bring_their_months() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
begin
    perform count_collected(new.tenant_id, new.contract_ref);
    return null;
end $$;
-- A bike that was swapped some days ago has earned what came in since.
create trigger bikes_in_months after insert on bike_assignment
    for each row when (new.number > 0) execute function bikes_bring_their_months();
"""

FALLING_DUE = """
create table due_month (
    tenant_id text not null references tenant, contract_ref text not null, month_on date not null,
    due_minor bigint not null, dues int not null,
    primary key (tenant_id, contract_ref, month_on),
    foreign key (tenant_id, contract_ref) references fleet_contract
);
create index due_month_in_month on due_month (tenant_id, month_on) include (contract_ref, due_minor);
insert into due_month (tenant_id, contract_ref, month_on, due_minor, dues)
select tenant_id, contract_ref, date_trunc('month', due_on)::date, sum(amount_minor), count(*) from due
 group by 1, 2, 3;

create function dues_reach_their_month() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
begin
    if tg_op <> 'INSERT' then
        insert into due_month as kept (tenant_id, contract_ref, month_on, due_minor, dues)
        select tenant_id, contract_ref, date_trunc('month', due_on)::date, -sum(amount_minor), -count(*)
          from gone group by 1, 2, 3 order by 1, 2, 3
        on conflict (tenant_id, contract_ref, month_on) do update
           set due_minor = kept.due_minor + excluded.due_minor, dues = kept.dues + excluded.dues;
    end if;
    if tg_op <> 'DELETE' then
        insert into due_month as kept (tenant_id, contract_ref, month_on, due_minor, dues)
        select tenant_id, contract_ref, date_trunc('month', due_on)::date, sum(amount_minor), count(*)
          from added group by 1, 2, 3 order by 1, 2, 3
        on conflict (tenant_id, contract_ref, month_on) do update
           set due_minor = kept.due_minor + excluded.due_minor, dues = kept.dues + excluded.dues;
    end if;
    return null;
end $$;
create trigger dues_in_months after insert on due referencing new table as added
    for each statement execute function dues_reach_their_month();
create trigger dues_of_months_change after update on due
    referencing new table as added old table as gone
    for each statement execute function dues_reach_their_month();
create trigger dues_leave_months after delete on due referencing old table as gone
    for each statement execute function dues_reach_their_month();
"""

OF_CONTRACT = (
    "exists (select from investor_contract c where c.tenant_id = {0}.tenant_id and c.ref = {0}.contract_ref)"
)
FINANCED = "exists (select from financing_share s where s.tenant_id = {0}.tenant_id and s.bike_ref = {1}{2})"
IN_THE_MONTH = (
    " and s.from_on < collected_month.month_on + interval '1 month' "
    "and (s.until_on is null or s.until_on >= collected_month.month_on)"
)
DRIVEN = (
    "exists (select from fleet_contract c where c.tenant_id = bike.tenant_id and c.bike_ref = bike.ref) or "
)


def upgrade() -> None:
    for script in (CONTRACTS, WHOLE, STATEMENTS, COLLECTED, KEPT, AGAIN, FALLING_DUE):
        op.execute(script)
    isolate("investor_contract", own=f"investor_ref = {OWN}")
    for table in ("financing_share", "investor_statement", "investor_statement_line", "investor_payout"):
        isolate(table, own=OF_CONTRACT.format(table))
    mine = FINANCED.format("collected_month", "collected_month.bike_ref", IN_THE_MONTH)
    isolate("collected_month", rights="select", own=mine)
    isolate("due_month", rights="select")
    own_rows("bike", DRIVEN + FINANCED.format("bike", "bike.ref", ""))
