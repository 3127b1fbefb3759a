"""systemd units: the environment that `Environment=`, `EnvironmentFile=` and their drop-ins give to a service.

Variables of files are above those of `Environment=`, and these above `PassEnvironment=`; of one name the last counts;
an empty assignment forgets what was said before. Source: systemd.exec(5), "Environment"; systemd.unit(5), drop-ins.
"""

import re
from collections.abc import Iterable, Iterator

from app.core.deployment import DeployedVariable
from app.core.findings import Fault
from app.deployments.systemd.environment_files import read_environment_file
from app.deployments.systemd.syntax import SERVICE, UnitSetting, with_known, without_specifiers, words
from app.deployments.systemd.units import OnHost, Unit, UnitReading, has_section
from app.deployments.telling import missing_reference, spot

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def is_unit(text: str) -> bool:
    """Whether a text is a service's unit, or a drop-in of one: it begins with a section, and has one for a service."""
    return has_section(text, SERVICE)


def read_unit(texts: Iterable[tuple[str, str]], on_host: OnHost) -> Unit:
    """What a unit gives to its service.

    Args:
        texts: names and texts of the unit and, behind it, of its drop-ins in their order.
        on_host: finds the files that it names.
    """
    return _SystemdReading(texts, SERVICE, on_host).unit()


class _SystemdReading(UnitReading):
    def unit(self) -> Unit:
        given = [
            *(variable for one in self._said["PassEnvironment"] for variable in _passed(one)),
            *(variable for one in self._said["Environment"] for variable in self._stated(one)),
            *(
                variable
                for one, name, text in self._each_once(self._said["EnvironmentFile"])
                for variable in read_environment_file(text, name, f"EnvironmentFile {one.value.removeprefix('-')}")
            ),
        ]
        taken = {word for one in self._said["UnsetEnvironment"] for word in words(one.value)[0]}
        kept = [one for one in given if not {one.name, f"{one.name}={one.value}"} & taken]
        return self._unit(kept, task=[one.value for one in self._said["Type"]][-1:] == ["oneshot"])

    def _stated(self, setting: UnitSetting) -> Iterator[DeployedVariable]:
        found, is_whole = words(setting.value)
        if not is_whole:
            message = f"Environment= at {setting.file}:{setting.line} has an open quote or an escape that is none."
            fix = 'Write each assignment as "NAME=value", with \\\\ for a backslash; systemd passes over what follows.'
            self._faults.append(Fault(rule="DEP009", message=message, fix=fix, origin=spot(setting.file, setting.line)))
        for word in found:
            named, equals, said = word.partition("=")
            name = without_specifiers(named, self._specifiers) or ""
            if equals and _NAME.fullmatch(name):
                value = without_specifiers(said, self._specifiers)
                yield self._variable(name, value, said, spot(setting.file, setting.line, 1, name))

    def _file(self, setting: UnitSetting) -> tuple[str, str] | None:
        path = with_known(setting.value.removeprefix("-"), self._specifiers)
        is_absolute = path.startswith(("/", "%"))
        found = self._on_host(path) if is_absolute else None
        if found is None and is_absolute:
            via = f"EnvironmentFile {path}"
            self._open.append(spot(setting.file, setting.line, 1, via, via))
        elif found is None:
            message = f"EnvironmentFile={setting.value} is no absolute path: systemd does not read it."
            fix = "Write the file's path on the host, from the root on."
            self._faults.append(missing_reference(spot(setting.file, setting.line), message, fix))
        return found


def _passed(setting: UnitSetting) -> Iterator[DeployedVariable]:
    for name in setting.value.split():
        origin = spot(setting.file, setting.line, 1, name, "the service manager's environment")
        yield DeployedVariable(name=name, value=None, origin=origin)
