"""Shadow tenants, in which a copy of a case lives on."""

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
