"""The services of Compose projects, each with the variables that its container gets.

`env_file` first, in its order, then `environment`; what a service `extends`, or files before say, is below it. Source:
the Compose specification, and its interpolation; `WithServicesEnvironmentResolved` of compose-go 2.9.
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping
from posixpath import dirname, isabs, join, normpath

from msgspec import Struct
from msgspec.structs import replace

from app.core.deployment import DeployedVariable, Runner
from app.core.findings import Fault
from app.core.layers import Origin
from app.deployments.compose.command import waits
from app.deployments.compose.environment import filled
from app.deployments.compose.files import ComposeFiles, FileReader
from app.deployments.compose.models import ComposeService, EnvFileEntry
from app.deployments.compose.project import ComposeProject
from app.deployments.docker.env_file import env_variables
from app.deployments.docker.interpolation import Known
from app.deployments.expanding import Allowance, ExpansionRoom


class Services(Struct, frozen=True, kw_only=True):
    """The services of a project, and what is wrong with them."""

    runners: tuple[Runner, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_services(
    texts: Mapping[str, str],
    read_file: FileReader,
    allowance: Allowance,
    *,
    name: str | None = None,
) -> Services:
    """The services of a Compose project.

    Args:
        texts: its files by their names relative to the root, each above the one before it, as after several `-f`.
        read_file: reads the files that they name.
        allowance: how many variables there may be.
        name: the service that counts; None for all.

    Raises:
        TooManyVariablesError: there are more.
    """
    room = ExpansionRoom()
    files = ComposeFiles(texts, read_file, room)
    services, known = ComposeProject(files, room).services(list(texts))
    reading = _ServiceReading(files, known, dirname(next(iter(texts))), room, allowance)
    runners = (reading.runner(label, one) for label, one in services.items() if name in {None, label})
    return Services(runners=tuple(runners), faults=files.faults)


class _ServiceReading:
    """A project whose services' files of variables are being read."""

    def __init__(
        self, files: ComposeFiles, known: Known, folder: str, room: ExpansionRoom, allowance: Allowance
    ) -> None:
        self._files, self._known, self._folder, self._room = files, known, folder, room
        self._allowance = allowance

    def runner(self, label: str, service: ComposeService) -> Runner:
        """Files first, in their order, then what `environment` says."""
        self._allowance.take(len(service.environment))
        own = [filled(one, self._known).variable for one in service.environment.values()]
        said = {one.name: one.value for one in own if not service.environment[one.name].is_bare or one.value}
        unseen, given, before = list(service.open), list[DeployedVariable](), dict[str, str | None]()
        known = ChainMap(dict(self._known), said, before)
        for entry in service.env_files.values():
            given += self._from_file(entry, known, before, unseen)
        return Runner(label=f"service {label}", origin=service.origin, variables=(*given, *own), open=tuple(unseen),
                      optional=waits(service.profiles, self._known))  # fmt: skip

    def _from_file(
        self, entry: EnvFileEntry, known: Known, before: dict[str, str | None], unseen: list[Origin]
    ) -> Iterator[DeployedVariable]:
        """The variables of a file; its references find the `.env` first, then `environment`, then what came before."""
        self._files.labour.take(1)
        name = normpath(join(self._folder, entry.path or ""))
        if entry.path is None or isabs(name) or name.startswith(".."):
            unseen.append(replace(entry.origin, kind="deployment", name=entry.via, via=entry.via))
            return
        read = self._files.env_file(name, is_raw=entry.is_raw, origin=entry.origin if entry.required else None)
        self._allowance.take(len(read.statements))
        for one in env_variables(read, known, self._room, self._files.tell):
            before[one.name] = one.value
            yield replace(one, origin=replace(one.origin, via=entry.via))
