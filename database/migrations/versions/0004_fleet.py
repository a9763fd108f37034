"""What changes in a contract after it was signed, with what stood before."""

from alembic import op

from database.migrations.policies import isolate

revision = "fleet_0004"
down_revision = "fleet_0003"
branch_labels = None
depends_on = None

CHANGES = """
alter table fleet_contract add column end_kind text not null default ''
    check (end_kind in ('', 'paid', 'settled', 'agreement', 'default', 'theft'));
create table contract_change (
    tenant_id text not null references tenant, contract_ref text not null,
    number int not null check (number > 0),
    kind text not null check (kind in ('bike_swapped', 'driver_changed', 'renegotiated', 'reaged',
        'fee_added', 'settled', 'settlement_undone', 'terminated')),
    changed_on date not null, at timestamptz not null, by text not null, reason text not null,
    before jsonb not null, after jsonb not null,
    primary key (tenant_id, contract_ref, number),
    foreign key (tenant_id, contract_ref) references fleet_contract
);
create index contract_change_in_order on contract_change (changed_on, tenant_id, contract_ref, number);
-- The whole schedule as it stood before the change.
create table due_before (
    tenant_id text not null references tenant, contract_ref text not null, change_number int not null,
    number int not null, due_on date not null, amount_minor bigint not null, principal_minor bigint not null,
    charge_minor bigint not null, kind text not null, cumulative_minor bigint not null,
    primary key (tenant_id, contract_ref, change_number, number),
    foreign key (tenant_id, contract_ref, change_number) references contract_change
);
"""

SETTLEMENTS = """
-- `total_minor` is what the contract will have cost in all; `amount_minor` is what of it was left to pay when
-- it was quoted: principal, charges that fall due until the last day, fees, less what was paid.
create table settlement_quote (
    tenant_id text not null references tenant, contract_ref text not null,
    number int not null check (number > 0), quoted_on date not null,
    last_on date not null check (last_on >= quoted_on), currency text not null,
    arrears_minor bigint not null, principal_minor bigint not null, charge_minor bigint not null,
    fees_minor bigint not null, fee_minor bigint not null check (fee_minor >= 0),
    credit_minor bigint not null, given_back_minor bigint not null check (given_back_minor >= 0),
    amount_minor bigint not null check (amount_minor >= 0 and amount_minor
        = arrears_minor + principal_minor + charge_minor + fees_minor + fee_minor - credit_minor),
    total_minor bigint not null check (total_minor > 0),
    state text not null default 'open' check (state in ('open', 'accepted', 'withdrawn')),
    at timestamptz not null, by text not null default '',
    primary key (tenant_id, contract_ref, number),
    foreign key (tenant_id, contract_ref) references fleet_contract
);
create unique index settlement_quote_open on settlement_quote (contract_ref, tenant_id)
    where state = 'open';
"""

REFUNDS = """
create table refund (
    tenant_id text not null references tenant, ref text not null, contract_ref text not null,
    amount_minor bigint not null check (amount_minor > 0), currency text not null,
    channel text not null check (channel in ('mobile_money', 'bank', 'cash')),
    paid_at timestamptz not null, reason text not null, recorded_at timestamptz not null,
    by text not null default '',
    primary key (tenant_id, ref), foreign key (tenant_id, contract_ref) references fleet_contract
);
create index refund_of_contract on refund (contract_ref, tenant_id, paid_at);

-- As the owner, as payments are. It leaves the purse, and the month in which it was given back.
create function refunds_empty_purses() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
begin
    update fleet_purse p set paid_minor = p.paid_minor - back.minor
      from (select tenant_id, contract_ref, sum(amount_minor) as minor from added group by 1, 2) back
     where p.tenant_id = back.tenant_id and p.contract_ref = back.contract_ref;
    insert into collected_month as kept
        (tenant_id, contract_ref, bike_ref, month_on, currency, collected_minor, payments)
    select m.tenant_id, m.contract_ref, m.bike_ref, m.month_on, m.currency, -sum(m.minor), 0
      from (select a.tenant_id, a.contract_ref, a.currency, a.amount_minor as minor,
                   date_trunc('month', a.paid_at at time zone t.zone)::date as month_on,
                   contract_bike_on(a.tenant_id, a.contract_ref,
                                    (a.paid_at at time zone t.zone)::date) as bike_ref
              from added a join tenant t on t.id = a.tenant_id) m
     group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
    on conflict (tenant_id, contract_ref, bike_ref, month_on, currency) do update
       set collected_minor = kept.collected_minor + excluded.collected_minor;
    return null;
end $$;
create trigger refunds_out after insert on refund referencing new table as added
    for each statement execute function refunds_empty_purses();
"""

BIKES = """
-- `until_on` is the last day. The last bike of a contract that has ended stays its bike: what is still paid
-- afterwards was earned by it.
create table bike_assignment (
    tenant_id text not null references tenant, contract_ref text not null, number int not null,
    bike_ref text not null, from_on date not null, until_on date,
    primary key (tenant_id, contract_ref, number),
    foreign key (tenant_id, contract_ref) references fleet_contract,
    foreign key (tenant_id, bike_ref) references bike
);
create index bike_assignment_of_bike on bike_assignment (bike_ref, tenant_id, from_on);
insert into bike_assignment (tenant_id, contract_ref, number, bike_ref, from_on)
select tenant_id, ref, 0, bike_ref, signed_on from fleet_contract;

create function contracts_get_their_bike() returns trigger language plpgsql as $$
begin
    insert into bike_assignment (tenant_id, contract_ref, number, bike_ref, from_on)
    select tenant_id, ref, 0, bike_ref, signed_on from added;
    return null;
end $$;
create trigger contracts_with_a_bike after insert on fleet_contract referencing new table as added
    for each statement execute function contracts_get_their_bike();

-- Another bike, from a day of the past perhaps: what was collected since is that bike's. As the owner, as
-- those months are kept.
create function bikes_move_months() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
begin
    perform count_collected(new.tenant_id, new.contract_ref);
    return null;
end $$;
create trigger bikes_of_past_days after insert on bike_assignment
    for each row when (new.number > 0) execute function bikes_move_months();

-- The bike of a contract on a day; before the signature it is the first one.
create function contract_bike_on(of_tenant text, contract text, day date) returns text
    language sql stable as $$
    select a.bike_ref from bike_assignment a
     where a.tenant_id = of_tenant and a.contract_ref = contract and (a.number = 0 or a.from_on <= day)
     order by a.number desc limit 1
$$;
"""

OWN = (
    "exists (select from fleet_contract c where c.tenant_id = {table}.tenant_id "
    "and c.ref = {table}.contract_ref)"
)


def upgrade() -> None:
    for script in (CHANGES, SETTLEMENTS, BIKES, REFUNDS):
        op.execute(script)
    for table in ("contract_change", "due_before", "refund", "settlement_quote", "bike_assignment"):
        isolate(table, own=OWN.format(table=table))
