"""`[history]`: what the service remembers, and how long."""

from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError

from app.core.limits import DIGEST_KEY_LENGTH
from app.core.roles import Role
from app.settings.section import Section


class HistorySettings(Section):
    """What the service remembers, and how long."""

    enabled: bool = True
    """Whether probes and changes are recorded in the database."""

    retention_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """Days after which records are removed."""

    max_snapshots: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    """Snapshots of one environment that are kept; of more, the oldest are removed."""

    digest_key: Annotated[SecretStr | None, Role.SECRET] = None
    """Makes the digests that tell when a secret has changed, else nothing does; ASSAY_DIGEST_KEY beats it."""

    compare_secrets: bool = False
    """Whether equal secrets of two environments have equal digests, so that they can be told to be equal."""

    migrate_on_start: bool = False
    """Whether a start brings the database's schema up to date."""

    @field_validator("digest_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < DIGEST_KEY_LENGTH:
            why = "is shorter than {length} characters, and a digest under it could be guessed"
            raise PydanticCustomError("string_too_short", why, {"length": DIGEST_KEY_LENGTH})
        return value
