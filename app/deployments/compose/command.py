"""What the `.env` beside a Compose file says to the command itself: files, profiles, and that it is not to be read.

Compose takes `COMPOSE_ENV_FILES` and `COMPOSE_PROJECT_DIRECTORY` from its own process alone. Source: the Compose
documentation, "Pre-defined environment variables"; `docker-compose` 2.40.3, asked.
"""

from collections.abc import Collection, Sequence
from posixpath import dirname, join, normpath

from app.core.findings import Fault, Severity
from app.deployments.compose.files import ComposeFiles
from app.deployments.docker.interpolation import Known
from app.deployments.given import STDIN
from app.deployments.telling import spot

_OURS = "COMPOSE_"
_FILES, _SEPARATOR, _PROFILES = "COMPOSE_FILE", "COMPOSE_PATH_SEPARATOR", "COMPOSE_PROFILES"
_UNREAD = "COMPOSE_DISABLE_ENV_FILE"
_TRUE = {"1", "t", "T", "TRUE", "true", "True"}
_FALSE = {"0", "f", "F", "FALSE", "false", "False"}


def commanded(files: ComposeFiles, listed: Sequence[str]) -> Known:
    """What the references of a project find, which consists of the files that are listed.

    That the command, where it is given no files, reads others, is told.
    """
    folder = dirname(listed[0])
    beside = normpath(join(folder, ".env"))
    known = files.beside(folder, {})
    said = known.get(_FILES)
    if said is not None and STDIN not in listed:
        separator = known.get(_SEPARATOR) or ":"
        if [normpath(join(folder, one)) for one in said.split(separator)] != list(listed):
            files.tell(_other_files(files, beside))
    unread = known.get(_UNREAD, "0")
    if unread is not None and unread not in _TRUE | _FALSE:
        files.tell(_no_truth(files, beside))
    return {name: text for name, text in known.items() if name.startswith(_OURS)} if unread in _TRUE else known


def waits(profiles: Collection[str], known: Known) -> bool:
    """Whether a service of these profiles is started only where somebody asks for it."""
    active = {one.strip() for one in (known.get(_PROFILES) or "").split(",")}
    return bool(profiles) and "*" not in active and active.isdisjoint(profiles)


def _other_files(files: ComposeFiles, beside: str) -> Fault:
    origin = spot(beside, files.line_of(beside, _FILES))
    message = f"{origin} says {_FILES}: docker compose without -f reads other files than deployments names."
    fix = f"Name the files of {_FILES} in deployments, in its order, or take it out of {beside}."
    return Fault(rule="DEP009", message=message, fix=fix, origin=origin, severity=Severity.WARNING)


def _no_truth(files: ComposeFiles, beside: str) -> Fault:
    origin = spot(beside, files.line_of(beside, _UNREAD))
    message = f"{origin}: {_UNREAD} is neither true nor false: Compose refuses the project."
    return Fault(rule="DEP009", message=message, fix="Write true or false, or take it out.", origin=origin)
