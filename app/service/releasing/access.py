"""Who may ask about releases, and in which database they are: of a running service, or where none runs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from app.core.errors import ArgumentError, DatabaseUnavailable
from app.database.engine import ConnectionManager
from app.database.target import Target, own_name
from app.project.database_target import environment_database
from app.project.workspace import Workspace
from app.service.database import connected
from app.service.releasing.releases import Releasing
from app.settings import Settings
from app.settings.auth import known_token
from app.settings.releases import ReleasesSettings

if TYPE_CHECKING:
    from app.service.diagnosed import DiagnosedProject
    from app.service.runtime import Service

TOKEN = "ASSAY_SERVICE_TOKEN"  # noqa: S105 - a name
"""The variable that shows who asks, where names count."""


def author_of(environ: Mapping[str, str], settings: Settings | None) -> str:
    """Who runs a command: the name of the operator's token in the variables, else of the process's user.

    Raises:
        ArgumentError: the token is no operator's of this service, or there is none where releases need approval.
    """
    tokens = settings.auth.tokens if settings else []
    stated = environ.get(TOKEN, "")
    if stated and tokens:
        found = known_token(stated, tokens)
        if found is None or found.role != "operator":
            message = f"{TOKEN} holds no operator's token of this service."
            raise ArgumentError(message, fix="Show your own; auth.tokens holds its digest.")
        return found.name
    if tokens and settings and settings.releases.approvals:
        message = "Releases need approval here, by somebody else than their author: this needs a name."
        raise ArgumentError(message, fix=f"Show your operator's token in {TOKEN}.")
    return own_name()


def releasing_of(service: "Service", project: "DiagnosedProject", author: str) -> Releasing:
    """The releases of a project that a service diagnoses.

    Raises:
        DatabaseUnavailable: the service has no database.
    """
    return Releasing(
        manager=require_database(service),
        workspace=project.live.workspace,
        settings=service.settings.releases,
        author=author,
        clock=service.now,
    )


def require_database(service: "Service") -> ConnectionManager:
    """The service's own database.

    Raises:
        DatabaseUnavailable: it has none.
    """
    if service.manager is None:
        raise no_database()
    return service.manager


def no_database() -> DatabaseUnavailable:
    """The error of a service that has none."""
    message = "The service has no database, and so no releases."
    return DatabaseUnavailable(
        message, fix="Set database.url, or database.host and its neighbours, and start it again."
    )


def release_at_home[T](home: Workspace, project: Workspace, question: Callable[[Releasing], Awaitable[T]]) -> T:
    """The answer to a question about a project's releases, where no service runs.

    Args:
        home: the service's own settings: they name the database.
        project: whose releases it is about.
        question: what is asked.

    Raises:
        TargetError: the active environment names no database, or one that cannot be understood.
        EmbeddedServerError: the embedded server cannot run.
        AssayError: what the question raises.
    """
    environment = home.environment(None)
    settings = home.model.settings(environment)
    name = author_of(project.environ, settings)

    async def ask(target: Target) -> T:
        async with connected(home, environment, target) as manager:
            return await question(
                Releasing(
                    manager=manager,
                    workspace=lambda: project,
                    settings=settings.releases if settings else ReleasesSettings(),
                    author=name,
                    clock=project.clock,
                )
            )

    with environment_database(home, environment) as target:
        return asyncio.run(ask(target))
