"""Who changed something through the service, and which commit has it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds both to the snapshots."""
    op.add_column("snapshot", sa.Column("asked_by", sa.String(), nullable=True))
    op.add_column("snapshot", sa.Column("commit", sa.String(), nullable=True))


def downgrade() -> None:
    """Drops both."""
    op.drop_column("snapshot", "commit")
    op.drop_column("snapshot", "asked_by")
