"""Lists as somebody saved them, and the order in which payments are listed."""

from alembic import op

from database.migrations.policies import isolate

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = ("fleet_0002",)

VIEWS = """
create table saved_view (
    tenant_id text not null references tenant, id text not null, person_id text not null,
    list text not null, name text not null check (name <> ''), query text not null, shared boolean not null,
    saved_at timestamptz not null, primary key (tenant_id, id),
    unique (tenant_id, person_id, list, name),
    foreign key (tenant_id, person_id) references person
);
"""

LISTED = """
create index payment_by_arrival on payment (tenant_id, received_at, ref);
-- Nearly all payments come by mobile money: who asks for the others finds them among few.
create index payment_by_other_channel on payment (tenant_id, channel, received_at, ref)
    where channel <> 'mobile_money';
create index fleet_contract_of_bike on fleet_contract (bike_ref, tenant_id);
create index message_of_contact on message (tenant_id, contact_ref, wrote_at);
create index message_by_time on message (tenant_id, wrote_at, id);
create index message_not_delivered on message (tenant_id, state, wrote_at, id) where state <> 'delivered';
create index alert_in_order on alert (tenant_id, due_on, id);
"""


def upgrade() -> None:
    op.execute(VIEWS)
    op.execute(LISTED)
    isolate("saved_view")
