"""Releases, their bodies, approvals and heads; the instances that run with them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")


def upgrade() -> None:
    """Makes the tables of releases and of instances."""
    _add_epoch()
    _add_releases()
    _add_approvals()
    _add_heads()
    _add_instances()


def _add_epoch() -> None:
    op.create_table(
        "release_epoch",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("timeline", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_epoch")),
    )


def _add_releases() -> None:
    op.create_table(
        "release_body",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_release_body")),
    )
    op.create_table(
        "release",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("verdict", postgresql.JSONB(), nullable=False),
        sa.Column("forced", sa.String(), nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("commit", sa.String(), nullable=True),
        sa.Column("rolled_back_from", sa.BigInteger(), nullable=True),
        sa.Column("rolled_back_to", sa.BigInteger(), nullable=True),
        sa.Column("supplied", postgresql.JSONB(), nullable=False),
        sa.Column("approvals", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["release_body.digest"], name=op.f("fk_release_digest_release_body")),
        sa.ForeignKeyConstraint(["rolled_back_from"], ["release.id"], name=op.f("fk_release_rolled_back_from_release")),
        sa.ForeignKeyConstraint(["rolled_back_to"], ["release.id"], name=op.f("fk_release_rolled_back_to_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
    )
    op.create_index(op.f("ix_release_project_environment_id"), "release", ["project", "environment", "id"])
    op.create_index(op.f("ix_release_digest"), "release", ["digest"])


def _add_approvals() -> None:
    op.create_table(
        "release_approval",
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_approval_release_id_release")),
        sa.PrimaryKeyConstraint("release_id", "name", name=op.f("pk_release_approval")),
    )


def _add_heads() -> None:
    op.create_table(
        "release_head",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_head_release_id_release")),
        sa.PrimaryKeyConstraint("project", "environment", name=op.f("pk_release_head")),
    )


def _add_instances() -> None:
    op.create_table(
        "digest_key",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("project", name=op.f("pk_digest_key")),
    )
    op.create_table(
        "instance",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("release_id", sa.BigInteger(), nullable=True),
        sa.Column("digests", postgresql.JSONB(), nullable=False),
        sa.Column("since", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
        sa.UniqueConstraint("project", "environment", "name", name=op.f("uq_instance_project_environment_name")),
    )
    op.create_index(op.f("ix_instance_seen_at"), "instance", ["seen_at"])


def downgrade() -> None:
    """Drops the tables of releases and of instances, with their rows."""
    for table in ("instance", "digest_key", "release_head", "release_approval", "release", "release_body"):
        op.drop_table(table)
    op.drop_table("release_epoch")
