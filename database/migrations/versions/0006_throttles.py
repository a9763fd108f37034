"""How many messages one person gets in a day; by channel, as each tenant wants it."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COLUMNS = """
alter table tenant
    add column sms_a_day integer not null default 4 check (sms_a_day between 1 and 1000),
    add column email_a_day integer not null default 8 check (email_a_day between 1 and 1000);
create index on message (tenant_id, contact_ref, wrote_at);
"""


def upgrade() -> None:
    op.execute(COLUMNS)
