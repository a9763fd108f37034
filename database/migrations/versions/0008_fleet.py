"""Reports that are due, and exports."""

revision = "fleet_0008"
down_revision = "fleet_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
