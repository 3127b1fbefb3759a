"""`[app]`: the application itself."""

from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from app.core.roles import Role
from app.settings.section import Section, missing, production_like


class ApplicationSettings(Section):
    """The application itself."""

    name: Annotated[str, Field(min_length=1, max_length=100)] = "assay"
    """What the service calls itself in its page, its API description and its logs."""

    debug: Annotated[bool, Role.DEBUG] = False
    """Answers errors with details that help a developer, and an attacker."""

    secret_key: Annotated[SecretStr | None, Role.SECRET_KEY] = Field(default=None, validate_default=True)
    """Signs sessions; at least 32 characters. Where none is set, each start makes its own and ends all sessions."""

    docs: bool = True
    """Serves the API's documentation page."""

    @field_validator("secret_key")
    @classmethod
    def _required_in_production(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and production_like(info):
            raise missing("a secret key is required, or every restart and every worker ends all sessions")
        return value
