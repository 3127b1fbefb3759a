"""Why a verdict is none: an environment that could not be judged."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the reason to the verdicts."""
    op.add_column("validation", sa.Column("reason", sa.String(), nullable=True))


def downgrade() -> None:
    """Drops the reasons."""
    op.drop_column("validation", "reason")
