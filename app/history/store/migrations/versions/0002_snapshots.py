"""Snapshots, their leaves and verdicts, gaps; a probe's project."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables of snapshots."""
    _add_series()
    _add_snapshots()
    _add_leaves()
    _add_verdicts()
    _add_gaps()
    op.add_column("probe", sa.Column("project", sa.String(), nullable=True))


def _add_series() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("project", "environment", "active", name=op.f("uq_series_project_environment_active")),
    )


def _add_snapshots() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("series_id", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("assay", sa.String(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_snapshot_series_id_series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("position", name=op.f("uq_snapshot_position")),
    )
    op.create_index(op.f("ix_snapshot_series_id_position"), "snapshot", ["series_id", "position"])


def _add_leaves() -> None:
    op.create_table(
        "leaf",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("series_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("path", sa.String(collation="C"), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("origin", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("appeared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_leaf_series_id_series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaf")),
    )
    op.create_index(op.f("ix_leaf_series_id_until_since"), "leaf", ["series_id", "until", "since"])
    op.create_index("ix_leaf_series_id_stem_since", "leaf", ["series_id", sa.text('"left"(path, 200)'), "since"])


def _add_verdicts() -> None:
    op.create_table(
        "finding_set",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("findings", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_finding_set")),
    )
    op.create_table(
        "validation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.Column("errors", sa.BigInteger(), nullable=False),
        sa.Column("warnings", sa.BigInteger(), nullable=False),
        sa.Column("infos", sa.BigInteger(), nullable=False),
        sa.Column("elapsed_ms", sa.Float(), nullable=False),
        sa.Column("findings_digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_validation_snapshot_id_snapshot"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["findings_digest"], ["finding_set.digest"], name=op.f("fk_validation_findings_digest_finding_set")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation")),
    )
    op.create_index(op.f("ix_validation_snapshot_id"), "validation", ["snapshot_id"])
    op.create_index(op.f("ix_validation_recorded_at"), "validation", ["recorded_at"])
    op.create_index(op.f("ix_validation_findings_digest"), "validation", ["findings_digest"])


def _add_gaps() -> None:
    op.create_table(
        "gap",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.BigInteger(), nullable=False),
        sa.Column("lost", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap")),
    )
    op.create_index(op.f("ix_gap_project_until"), "gap", ["project", "until"])


def downgrade() -> None:
    """Drops the tables of snapshots, with their rows, and the probes' projects."""
    op.drop_column("probe", "project")
    for table in ("gap", "validation", "finding_set", "leaf", "snapshot", "series"):
        op.drop_table(table)
