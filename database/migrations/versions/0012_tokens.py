"""Signing keys, OAuth clients and refresh tokens, passkeys, identity providers."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("select 1")
