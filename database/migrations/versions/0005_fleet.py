"""Cash in hands, statements of operators, and what was kept aside."""

revision = "fleet_0005"
down_revision = "fleet_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
