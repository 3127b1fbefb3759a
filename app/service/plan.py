"""What a service is to be: its own settings, the project that it diagnoses, its database."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.checking.check import validate
from app.core.errors import StartRefused, TargetError
from app.database.target import Target
from app.options import Options
from app.project.database_target import wants_embedded
from app.project.model import SERVICE_SCHEMA, is_service
from app.project.workspace import Workspace
from app.reports import wire
from app.reports.present.wording import counted
from app.settings import Settings
from app.sources.environ import key_of
from app.sources.project import Project
from app.sources.project.discovery import open_project
from app.sources.project.members import Member, members

_PREFIX = "ASSAY"


class ConfigurationRefused(StartRefused):
    """The service's own settings have errors.

    Attributes:
        report: the verdict on the active environment.
        workspace: whose settings they are.
    """

    def __init__(self, report: wire.Report, workspace: Workspace) -> None:
        message = f"{report.active} has {counted(report.counts.error, 'error')}; the service does not start like this."
        super().__init__(message, fix="Correct what the findings say; `assay check` lists them again.")
        self.report = report
        self.workspace = workspace


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a service is to be.

    Attributes:
        home: the folder of its own settings and of what it keeps.
        project: the folder that it diagnoses.
        environ: this process's variables.
        environment: the service's own active environment.
        settings: its own settings.
        embedded: whether it runs a PostgreSQL of its own.
        own: whether it diagnoses its own settings.
        at_home: whether the home holds settings of the service.
        followed: the project's folder and the home as they were named: links to them may be replaced.
        members: every project that it diagnoses; the one above is among them.
        session_key: signs the sessions of all its workers.
        digest_key: makes the digests of secrets; None for none.
    """

    home: Path
    project: Path
    environ: Mapping[str, str] = field(repr=False)
    environment: str
    settings: Settings
    embedded: bool
    own: bool
    at_home: bool
    followed: tuple[Path, Path]
    members: tuple[Member, ...]
    session_key: bytes = field(repr=False)
    digest_key: bytes | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """What the project that it diagnoses is called."""
        return next(member.name for member in self.members if member.folder == self.project)

    @property
    def target(self) -> Target | None:
        """The database that its settings name; None where they name none."""
        return Target.from_settings(self.settings.database)


def plan(project: Path, home: Path, environ: Mapping[str, str]) -> Plan:
    """The plan of a service.

    Args:
        project: the folder to diagnose.
        home: the folder of its own settings; where its options do not name the service's model, the model's
            defaults and the `ASSAY_` variables are its settings.
        environ: this process's variables.

    Raises:
        StartRefused: the settings are not fit to run; ConfigurationRefused says why in a report.
        UnknownEnvironment: the active environment is none of them.
        ArgumentError: the variable that holds the digest key does not hold one.
        ProjectError: a folder, or its options, cannot be used.
    """
    diagnosed, found, followed = _diagnosed(project, environ)
    workspace = own_workspace(home, environ)
    environment = workspace.environment(None)
    settings = _settings(workspace, environment)
    return Plan(
        home=workspace.project.root,
        project=diagnosed.root,
        environ=dict(environ),
        environment=environment,
        settings=settings,
        embedded=wants_embedded(workspace, environment),
        own=diagnosed.root == workspace.project.root and is_service(diagnosed),
        at_home=is_home(home),
        followed=(followed, home.absolute()),
        members=found,
        session_key=_session_key(settings),
        digest_key=workspace.digest_key,
    )


def _diagnosed(folder: Path, environ: Mapping[str, str]) -> tuple[Project, tuple[Member, ...], Path]:
    """The project in a folder, the members of its workspace, and the folder as it was named.

    A workspace without profiles of its own is entered by its first member.
    """
    project = open_project(folder)
    if not project.options.projects:
        return project, (Member(name=project.name, path=".", folder=project.root),), folder.absolute()
    found = members(project.root, environ)
    if any(member.folder == project.root for member in found):
        return project, found, folder.absolute()
    return open_project(found[0].folder), found, found[0].folder


def _session_key(settings: Settings) -> bytes:
    """What sessions are signed with; without a secret key they end with the service."""
    key = settings.app.secret_key
    return key.get_secret_value().encode() if key else secrets.token_bytes(32)


def is_home(folder: Path) -> bool:
    """Whether the folder holds settings of the service.

    Raises:
        ProjectError: the folder, or its options, cannot be used.
    """
    return is_service(open_project(folder))


def own_workspace(home: Path, environ: Mapping[str, str]) -> Workspace:
    """The service's own settings, with the variables that count for them.

    Raises:
        ProjectError: the folder, or its options, cannot be used.
        ArgumentError: the variable that holds the digest key does not hold one.
    """
    project = open_project(home)
    if is_service(project):
        return Workspace(project=project, environ=environ, stated_key=key_of(environ))
    # What stands in a stranger's folder, or in a stranger's variables (DATABASE_URL!), is no setting of ours.
    switcher = Options().env_switcher
    counted = {key: value for key, value in environ.items() if key == switcher or key.startswith(f"{_PREFIX}_")}
    stranger = Project(root=project.root, options=_defaults(counted))
    return Workspace(project=stranger, environ=counted, stated_key=key_of(counted))


def _defaults(environ: Mapping[str, str]) -> Options:
    """The options of a service without a home: no file, and whatever environment is active."""
    stock = Options()
    active = environ.get(stock.env_switcher, "") or str(stock.env)
    return Options(
        schema_=SERVICE_SCHEMA,
        envvar_prefix=_PREFIX,
        lists="replace",
        merge_enabled=True,
        settings_files=[],
        environments=[name.strip() for name in active.split(",")],
    )


def _require_target(settings: Settings) -> None:
    """Lets settings pass whose database can be told; a finding that is waived or made a warning opens no door.

    Raises:
        StartRefused: they hold a URL that cannot be read.
    """
    try:
        Target.from_settings(settings.database)
    except TargetError as error:
        raise StartRefused(error.message, fix=error.fix) from None


def _settings(workspace: Workspace, environment: str) -> Settings:
    report = validate(workspace, [environment])
    settings = workspace.model.settings(environment)
    if settings is None or not report.valid:
        raise ConfigurationRefused(report, workspace)
    _require_target(settings)
    # AUTH001 has said so already; but a waiver, which accepts a finding, opens no door.
    if workspace.project.is_production(environment) and not settings.auth.tokens:
        message = f"{environment} is production-like, and no token says who may ask."
        raise StartRefused(message, fix="Set auth.tokens (ASSAY_AUTH__TOKENS).")
    return settings
