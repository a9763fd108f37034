"""What changes in a contract after it was signed, with what stood before."""

revision = "fleet_0004"
down_revision = "fleet_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
