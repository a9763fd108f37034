"""Agencies, stations, what is known of bikes, batteries, swaps by month, and costs."""

from alembic import op

from database.migrations.policies import isolate

revision = "fleet_0003"
down_revision = "fleet_0002"
branch_labels = None
depends_on = None

PLACES = """
create table agency (
    tenant_id text not null references tenant, ref text not null, name text not null, manager_ref text,
    opened_on date not null, closed_on date check (closed_on >= opened_on),
    new_target int check (new_target > 0), created_at timestamptz not null default now(),
    primary key (tenant_id, ref), foreign key (tenant_id, manager_ref) references contact
);
create table station (
    tenant_id text not null references tenant, ref text not null, name text not null, agency_ref text,
    manager_ref text, opened_on date not null, closed_on date check (closed_on >= opened_on),
    swap_price_minor bigint not null check (swap_price_minor >= 0), currency text not null,
    capacity_a_day int not null check (capacity_a_day >= 0),
    open_minutes_a_day int not null check (open_minutes_a_day between 0 and 1440),
    created_at timestamptz not null default now(),
    primary key (tenant_id, ref), foreign key (tenant_id, agency_ref) references agency,
    foreign key (tenant_id, manager_ref) references contact
);
create index station_of_agency on station (agency_ref, tenant_id);
create table station_month (
    tenant_id text not null references tenant, station_ref text not null,
    month_on date not null check (month_on = date_trunc('month', month_on)::date),
    target_minor bigint check (target_minor > 0), refused int not null default 0 check (refused >= 0),
    open_minutes int check (open_minutes >= 0),
    primary key (tenant_id, station_ref, month_on), foreign key (tenant_id, station_ref) references station
);
"""

BIKES = """
alter table bike add column model text not null default '';
alter table bike add column plate text not null default '';
alter table bike add column state text not null default 'in_use'
    check (state in ('in_stock', 'in_use', 'in_repair', 'stolen', 'repossessed', 'sold', 'retired'));
alter table bike add column bought_on date;
alter table bike add column cost_minor bigint check (cost_minor >= 0);
alter table bike add column currency text;
alter table bike add column agency_ref text;
alter table bike add foreign key (tenant_id, agency_ref) references agency;
alter table bike add check (
    (cost_minor is null) = (bought_on is null) and (cost_minor is null) = (currency is null));
create unique index bike_by_plate on bike (plate, tenant_id) where plate <> '';
create index bike_of_agency on bike (agency_ref, tenant_id, ref);
create index bike_in_state on bike (state, tenant_id, ref);
alter table fleet_contract add column agency_ref text;
alter table fleet_contract add foreign key (tenant_id, agency_ref) references agency;
create index fleet_contract_of_agency on fleet_contract (agency_ref, tenant_id, ref);

-- A contract belongs to the agency that had the bike when it was signed, unless it says otherwise.
create function contracts_find_their_agency() returns trigger language plpgsql as $$
begin
    if new.agency_ref is null then
        select b.agency_ref into new.agency_ref from bike b
         where b.tenant_id = new.tenant_id and b.ref = new.bike_ref;
    end if;
    return new;
end $$;
create trigger contract_of_an_agency before insert on fleet_contract
    for each row execute function contracts_find_their_agency();
"""

BATTERIES = """
-- `placed_at` is the moment of the swap, or of the count of stock, by which the place is known. Cycles before
-- the platform counted are told when a battery is entered; every return at a station is one more.
create table battery (
    tenant_id text not null references tenant, ref text not null,
    state text not null check (state in ('in_use', 'in_repair', 'lost', 'retired')),
    bike_ref text, station_ref text, placed_at timestamptz, bought_on date,
    cost_minor bigint check (cost_minor >= 0), currency text,
    cycles_before int not null default 0 check (cycles_before >= 0),
    cycles int not null default 0 check (cycles >= 0), created_at timestamptz not null default now(),
    primary key (tenant_id, ref), check (bike_ref is null or station_ref is null),
    check ((cost_minor is null) = (bought_on is null) and (cost_minor is null) = (currency is null)),
    foreign key (tenant_id, bike_ref) references bike, foreign key (tenant_id, station_ref) references station
);
create index battery_at_station on battery (station_ref, tenant_id, ref);
create index battery_on_bike on battery (bike_ref, tenant_id, ref);
"""

SWAPS = """
create table swap (
    tenant_id text not null references tenant, ref text not null, station_ref text not null,
    bike_ref text not null, driver_ref text, battery_in text not null, battery_out text not null,
    charge_in int check (charge_in between 0 and 100), charge_out int check (charge_out between 0 and 100),
    swapped_at timestamptz not null, price_minor bigint not null check (price_minor >= 0),
    currency text not null,
    channel text not null check (channel in ('mobile_money', 'bank', 'cash', 'included')),
    source text not null default '', recorded_at timestamptz not null, voided_at timestamptz,
    void_reason text not null default '',
    primary key (tenant_id, ref), check (battery_in <> battery_out),
    check ((channel = 'included') = (price_minor = 0)),
    foreign key (tenant_id, station_ref) references station,
    foreign key (tenant_id, bike_ref) references bike,
    foreign key (tenant_id, driver_ref) references contact,
    foreign key (tenant_id, battery_in) references battery,
    foreign key (tenant_id, battery_out) references battery
);
create index swap_of_station on swap (station_ref, tenant_id, swapped_at, ref);
create index swap_of_driver on swap (driver_ref, tenant_id);
create index swap_in_order on swap (swapped_at, tenant_id, ref);
create index swap_taking_battery on swap (battery_in, tenant_id, swapped_at) where voided_at is null;
create index swap_giving_battery on swap (battery_out, tenant_id, swapped_at) where voided_at is null;
-- One bike is at one station at one moment: the same swap told under two references is found.
create unique index swap_of_bike on swap (bike_ref, tenant_id, swapped_at) where voided_at is null;

create table swap_month (
    tenant_id text not null references tenant, station_ref text not null, month_on date not null,
    swaps int not null, primary key (tenant_id, station_ref, month_on),
    foreign key (tenant_id, station_ref) references station
);
create index swap_month_in_month on swap_month (tenant_id, month_on) include (station_ref, swaps);

-- In the tenant's time. A swap that is struck leaves the month in which it was said to have been made.
create function swaps_reach_their_month() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
begin
    insert into swap_month as kept (tenant_id, station_ref, month_on, swaps)
    select a.tenant_id, a.station_ref, date_trunc('month', a.swapped_at at time zone t.zone)::date, count(*)
      from added a join tenant t on t.id = a.tenant_id where a.voided_at is null
     group by 1, 2, 3 order by 1, 2, 3
    on conflict (tenant_id, station_ref, month_on) do update set swaps = kept.swaps + excluded.swaps;
    return null;
end $$;
create trigger swaps_in_months after insert on swap referencing new table as added
    for each statement execute function swaps_reach_their_month();

create function struck_swaps_leave_their_month() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
begin
    insert into swap_month as kept (tenant_id, station_ref, month_on, swaps)
    select a.tenant_id, a.station_ref, date_trunc('month', a.swapped_at at time zone t.zone)::date, -count(*)
      from added a join gone b on b.tenant_id = a.tenant_id and b.ref = a.ref
      join tenant t on t.id = a.tenant_id
     where a.voided_at is not null and b.voided_at is null group by 1, 2, 3 order by 1, 2, 3
    on conflict (tenant_id, station_ref, month_on) do update set swaps = kept.swaps + excluded.swaps;
    return null;
end $$;
create trigger swaps_leave_months after update on swap referencing new table as added old table as gone
    for each statement execute function struck_swaps_leave_their_month();
"""

COSTS = """
create table fleet_cost (
    tenant_id text not null references tenant, ref text not null,
    kind text not null check (kind in
        ('rent', 'energy', 'staff', 'maintenance', 'repair', 'insurance', 'tax', 'transport', 'other')),
    subject_kind text not null check (subject_kind in ('bike', 'station', 'agency', 'fleet')),
    subject_ref text not null check ((subject_kind = 'fleet') = (subject_ref = 'fleet')),
    incurred_on date not null, amount_minor bigint not null check (amount_minor > 0), currency text not null,
    channel text not null check (channel in ('mobile_money', 'bank', 'cash')),
    note text not null default '', recorded_at timestamptz not null, reversed_at timestamptz,
    reversal_reason text not null default '', primary key (tenant_id, ref)
);
create index fleet_cost_of_subject on fleet_cost (tenant_id, subject_kind, subject_ref, incurred_on, ref);
create index fleet_cost_in_order on fleet_cost (tenant_id, incurred_on, ref);
"""

FILES = """
alter table import_job drop constraint import_job_kind_check;
alter table import_job add constraint import_job_kind_check
    check (kind in ('contracts', 'payments', 'swaps'));
"""


def upgrade() -> None:
    for script in (PLACES, BIKES, BATTERIES, SWAPS, COSTS, FILES):
        op.execute(script)
    isolate("agency", "station", "station_month", "battery", "swap", "fleet_cost")
    isolate("swap_month", rights="select")
