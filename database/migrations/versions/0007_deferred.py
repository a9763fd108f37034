"""A limit for seven days beside the day's; a message over a limit says which one, since when, until when."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COLUMNS = """
alter table tenant
    add column sms_a_week integer not null default 15 check (sms_a_week between 1 and 7000),
    add column email_a_week integer not null default 30 check (email_a_week between 1 and 7000);
-- deferred_for: '4 a day', '15 a week'. It stays when the message has gone out afterwards.
alter table message
    add column deferred_at timestamptz,
    add column deferred_until timestamptz,
    add column deferred_for text not null default '';
"""


def upgrade() -> None:
    op.execute(COLUMNS)
