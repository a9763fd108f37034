"""Investors: their contracts, the bikes they financed, statements and payouts."""

revision = "fleet_0006"
down_revision = "fleet_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
