"""The settings of one environment, from its profiles and variables."""

import os

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from benchmarks.reference import sections

ENVIRONMENT = os.environ.get("ENV_FOR_DYNACONF", "development")
PRODUCTION = ENVIRONMENT in {"staging", "production"}


class Settings(BaseSettings):
    """Everything the service is configured with."""

    model_config = SettingsConfigDict(
        env_prefix="ASSAY_", env_nested_delimiter="__", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    app: sections.Application = sections.Application()
    server: sections.Server = sections.Server()
    cors: sections.Cors = sections.Cors()
    headers: sections.Headers = sections.Headers()
    auth: sections.Auth = sections.Auth()
    database: sections.Database = sections.Database()
    logging: sections.Logging = sections.Logging()
    diagnostics: sections.Diagnostics = sections.Diagnostics()
    history: sections.History = sections.History()
    releases: sections.Releases = sections.Releases()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library passes all of them by name
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Variables, over the environment's own profile, over what all have in common."""
        own = TomlConfigSettingsSource(settings_cls, f"settings/{ENVIRONMENT}.toml", (ENVIRONMENT,))
        common = TomlConfigSettingsSource(settings_cls, "settings.toml", ("default",))
        return env_settings, own, common
