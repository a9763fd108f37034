"""Agencies, stations, batteries, swaps and costs."""

revision = "fleet_0003"
down_revision = "fleet_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
