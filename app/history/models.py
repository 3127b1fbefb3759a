"""The tables of the history."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, DateTime, Identity, Index, MetaData, String, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Names that migrations can rely on. Source: SQLAlchemy 2.1, "Configuring Constraint Naming Conventions".
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """What all tables have in common."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way to declare it
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


class ProbeRecord(Model):
    """One probe: whom it asked, and what came of it. It holds no password.

    Attributes:
        position: counts up; tells apart what was recorded in one moment.
        environment: whose target it was; None for one that was typed in.
        asked_by: the token's name, or `operator` on loopback.
        failed_stage: with `code`, why it failed; None where it passed.
    """

    __tablename__ = "probe"
    __table_args__ = (Index(None, "environment", "asked_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    environment: Mapped[str | None]
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    asked_by: Mapped[str]
    ok: Mapped[bool]
    elapsed_ms: Mapped[float]
    target: Mapped[dict[str, Any]]
    stages: Mapped[list[dict[str, Any]]]
    server: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    failed_stage: Mapped[str | None]
    code: Mapped[str | None]
    sqlstate: Mapped[str | None] = mapped_column(String(5))
