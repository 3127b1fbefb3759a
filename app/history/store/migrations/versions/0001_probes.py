"""The table of probes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table of probes."""
    op.create_table(
        "probe",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("environment", sa.String(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("elapsed_ms", sa.Float(), nullable=False),
        sa.Column("target", postgresql.JSONB(), nullable=False),
        sa.Column("stages", postgresql.JSONB(), nullable=False),
        sa.Column("server", postgresql.JSONB(), nullable=True),
        sa.Column("failed_stage", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("sqlstate", sa.String(5), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_probe")),
        sa.UniqueConstraint("position", name=op.f("uq_probe_position")),
    )
    op.create_index(op.f("ix_probe_environment_asked_at"), "probe", ["environment", "asked_at"])


def downgrade() -> None:
    """Drops the table of probes, with its rows."""
    op.drop_index(op.f("ix_probe_environment_asked_at"), table_name="probe")
    op.drop_table("probe")
