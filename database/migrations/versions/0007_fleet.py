"""Scores of drivers over time."""

revision = "fleet_0007"
down_revision = "fleet_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
