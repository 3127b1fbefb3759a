"""The head that a release was compared with; who reports under an instance's name."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What still waits was compared with the head of now, where that did not move since; else with one that is no more.
_BASES = sa.text(
    "UPDATE release SET base = head.release_id FROM release_head AS head "
    "WHERE head.project = release.project AND head.environment = release.environment "
    "AND release.id > head.release_id AND head.moved_at <= release.created_at"
)


def upgrade() -> None:
    """Adds them; releases that wait for approval get their head."""
    op.add_column("release", sa.Column("base", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_release_base_release"), "release", "release", ["base"], ["id"])
    op.execute(_BASES)
    processes = sa.Column("processes", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False)
    op.add_column("instance", processes)
    op.add_column("instance", sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drops them."""
    op.drop_column("instance", "shared_at")
    op.drop_column("instance", "processes")
    op.drop_constraint(op.f("fk_release_base_release"), "release", type_="foreignkey")
    op.drop_column("release", "base")
