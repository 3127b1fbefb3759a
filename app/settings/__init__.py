"""The service's own settings: one frozen model, a section a file."""

from app.settings.application import ApplicationSettings
from app.settings.auth import AuthSettings
from app.settings.cors import CorsSettings
from app.settings.database import DatabaseSettings
from app.settings.diagnostics import DiagnosticsSettings
from app.settings.headers import HeadersSettings
from app.settings.history import HistorySettings
from app.settings.logging import LoggingSettings
from app.settings.releases import ReleasesSettings
from app.settings.section import Section, described
from app.settings.server import ServerSettings


class Settings(Section):
    """Everything the service is configured with."""

    app: ApplicationSettings = described("The application itself.", ApplicationSettings)
    server: ServerSettings = described("Where and how it listens.", ServerSettings)
    cors: CorsSettings = described("Which pages of other origins may call it.", CorsSettings)
    headers: HeadersSettings = described("Security headers on every answer.", HeadersSettings)
    auth: AuthSettings = described("Who may ask.", AuthSettings)
    database: DatabaseSettings = described("The database it tests and remembers in.", DatabaseSettings)
    logging: LoggingSettings = described("What it writes down.", LoggingSettings)
    diagnostics: DiagnosticsSettings = described("What it may probe, and how much.", DiagnosticsSettings)
    history: HistorySettings = described("What it remembers, and how long.", HistorySettings)
    releases: ReleasesSettings = described("How values are released to instances.", ReleasesSettings)


__all__ = ["Settings"]
