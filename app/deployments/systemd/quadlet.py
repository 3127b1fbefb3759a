"""Podman's units of containers, `orders.container`: what `podman run` gives the container that they describe.

What `Environment=` says is above the files of variables, and these have no quotation marks. Source:
podman-systemd.unit(5), podman-run(1) "--env-file"; what Podman's own generator writes.
"""

import re
from collections.abc import Iterable, Iterator

from app.core.deployment import DeployedVariable
from app.deployments.systemd.syntax import UnitSetting, with_known, without_specifiers, words
from app.deployments.systemd.units import OnHost, Unit, UnitReading, has_section
from app.deployments.telling import missing_reference, spot

CONTAINER = "[Container]"
_NAME = re.compile(r"[^\s=]+")
_TRUE = {"1", "yes", "true", "on", "y", "t"}


def is_quadlet(text: str) -> bool:
    """Whether a text is a unit of a container, or a drop-in of one."""
    return has_section(text, CONTAINER)


def read_quadlet(texts: Iterable[tuple[str, str]], on_host: OnHost) -> Unit:
    """What a unit gives to its container.

    Args:
        texts: names and texts of the unit and, behind it, of its drop-ins in their order.
        on_host: finds the files that it names.
    """
    return _QuadletReading(texts, CONTAINER, on_host).unit()


class _QuadletReading(UnitReading):
    def unit(self) -> Unit:
        self._open += [
            spot(one.file, one.line, 1, "the host's environment", "the host's environment")
            for one in self._said["EnvironmentHost"][-1:]
            if one.value.lower() in _TRUE
        ]
        variables = [
            *(
                variable
                for one, name, text in self._each_once(self._said["EnvironmentFile"])
                for variable in read_podman_file(text, name, f"EnvironmentFile {one.value}")
            ),
            *(variable for one in self._said["Environment"] for variable in self._stated(one)),
            *(variable for one in self._said["Secret"] for variable in _secret(one)),
        ]
        return self._unit(variables)

    def _stated(self, setting: UnitSetting) -> Iterator[DeployedVariable]:
        for word in words(setting.value)[0]:
            name, equals, said = word.partition("=")
            if not _NAME.fullmatch(name):
                continue
            value = without_specifiers(said, self._specifiers) if equals else None
            origin = spot(setting.file, setting.line, 1, name, None if equals else "the host's environment")
            yield self._variable(name, value, said, origin)

    def _file(self, setting: UnitSetting) -> tuple[str, str] | None:
        path = with_known(setting.value, self._specifiers)
        found = self._on_host(path)
        if found is None and path.startswith(("/", "%")):
            via = f"EnvironmentFile {setting.value}"
            self._open.append(spot(setting.file, setting.line, 1, via, via))
        elif found is None:
            what = f"EnvironmentFile={setting.value} refers to a file beside the unit, which is not there."
            fix = "Put the file there, or name it among the deployment's sources."
            self._faults.append(missing_reference(spot(setting.file, setting.line), what, fix))
        return found


def _secret(setting: UnitSetting) -> Iterator[DeployedVariable]:
    """A secret of Podman's that becomes a variable."""
    name, *more = setting.value.split(",")
    stated = dict(one.partition("=")[::2] for one in more)
    if stated.get("type") == "env":
        variable, via = stated.get("target", name), f"podman secret {name}"
        origin = spot(setting.file, setting.line, 1, variable, via)
        yield DeployedVariable(name=variable, value=None, origin=origin, secret=True)


def read_podman_file(text: str, file: str, via: str) -> Iterator[DeployedVariable]:
    """The variables of a file of Podman's: each value as it stands; a name alone is the host's.

    Source: `ParseFile` of Podman's package `env`.
    """
    for line, said in enumerate(text.split("\n"), 1):
        name, equals, value = said.removesuffix("\r").lstrip(" \t").partition("=")
        if name and not name.startswith("#"):
            origin = spot(file, line, 1, name, via)
            yield DeployedVariable(name=name, value=value if equals else None, origin=origin, secret=True)
