"""Fleet: bikes, contracts with their schedules, payments, promises, and imported files."""

from alembic import op

from database.migrations.policies import isolate

revision = "fleet_0001"
down_revision = "0001"
branch_labels = ("fleet",)
depends_on = None

CONTRACTS = """
create table bike (
    tenant_id text not null references tenant, ref text not null,
    created_at timestamptz not null default now(), primary key (tenant_id, ref)
);
create table fleet_contract (
    tenant_id text not null references tenant, ref text not null, driver_ref text not null,
    bike_ref text not null, kind text not null check (kind in ('purchase', 'lease_to_own', 'financing')),
    state text not null check (state in ('draft', 'active', 'completed', 'terminated')),
    currency text not null, price_minor bigint not null check (price_minor > 0),
    down_payment_minor bigint not null check (down_payment_minor between 0 and price_minor),
    instalments int not null check (instalments > 0),
    frequency text not null check (frequency in ('daily', 'weekly', 'monthly', 'every_n_days')),
    every_days int not null, first_due_on date not null, signed_on date not null,
    rest_days int[] not null,
    holiday_rule text not null check (holiday_rule in ('keep', 'next_open_day', 'skip')),
    grace_days int not null check (grace_days >= 0),
    charge_kind text not null check (charge_kind in ('none', 'flat_fee', 'interest')),
    charge_value bigint not null check (charge_value >= 0), rounding int not null check (rounding > 0),
    end_reason text not null default '', ended_at timestamptz,
    created_at timestamptz not null default now(),
    primary key (tenant_id, ref),
    foreign key (tenant_id, driver_ref) references contact,
    foreign key (tenant_id, bike_ref) references bike
);
-- The tenant does not come first: else the check of foreign keys, planned while the table is empty, may take
-- these instead of the primary key, and reads all of a tenant's contracts for every due of an import.
create index on fleet_contract (state, tenant_id, ref);
create index on fleet_contract (driver_ref, tenant_id);
create table due (
    tenant_id text not null references tenant, contract_ref text not null, number int not null,
    due_on date not null, amount_minor bigint not null check (amount_minor = principal_minor + charge_minor),
    principal_minor bigint not null, charge_minor bigint not null,
    primary key (tenant_id, contract_ref, number),
    foreign key (tenant_id, contract_ref) references fleet_contract
);
"""

MONEY = """
create table payment (
    tenant_id text not null references tenant, ref text not null, contract_ref text not null,
    received_at timestamptz not null, amount_minor bigint not null check (amount_minor > 0),
    currency text not null, channel text not null check (channel in ('mobile_money', 'bank', 'cash')),
    source text not null default '', recorded_at timestamptz not null,
    reversed_at timestamptz, reversal_reason text not null default '',
    primary key (tenant_id, ref), foreign key (tenant_id, contract_ref) references fleet_contract
);
create index on payment (tenant_id, contract_ref, received_at);
create table promise (
    tenant_id text not null references tenant, contract_ref text not null, promised_on date not null,
    until_on date not null check (until_on >= promised_on),
    amount_minor bigint not null check (amount_minor > 0),
    by text not null default '', recorded_at timestamptz not null,
    primary key (tenant_id, contract_ref, promised_on, until_on, amount_minor),
    foreign key (tenant_id, contract_ref) references fleet_contract
);
"""

IMPORTS = """
create table import_job (
    tenant_id text not null references tenant, kind text not null check (kind in ('contracts', 'payments')),
    sha256 text not null, last_line int not null default 0, created int not null default 0,
    unchanged int not null default 0, refused int not null default 0,
    began_at timestamptz not null default now(), finished_at timestamptz,
    primary key (tenant_id, kind, sha256)
);
create table import_row (
    tenant_id text not null references tenant, kind text not null, sha256 text not null, line int not null,
    ref text not null, outcome text not null check (outcome in ('created', 'unchanged', 'refused')),
    mistakes jsonb not null,
    primary key (tenant_id, kind, sha256, line),
    foreign key (tenant_id, kind, sha256) references import_job
);
"""


def upgrade() -> None:
    for script in (CONTRACTS, MONEY, IMPORTS):
        op.execute(script)
    isolate(
        "bike", "fleet_contract", "due", "payment", "promise", "import_job", "import_row"
    )  # fmt: skip
