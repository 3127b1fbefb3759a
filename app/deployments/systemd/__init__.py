"""systemd units: the environment that `Environment=`, `EnvironmentFile=` and their drop-ins give to a service.

Variables of files are above those of `Environment=`, and these above `PassEnvironment=`; of one name the last counts;
an empty assignment forgets what was said before. Source: systemd.exec(5), "Environment"; systemd.unit(5), drop-ins.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from posixpath import basename
from typing import TYPE_CHECKING

from msgspec import Struct

from app.core.deployment import DeployedVariable, Runner
from app.core.findings import Fault
from app.deployments.systemd.environment_files import read_environment_file
from app.deployments.systemd.syntax import (
    SERVICE,
    Specifiers,
    UnitSetting,
    specifiers_of,
    unit_settings,
    with_known,
    without_specifiers,
    words,
)
from app.deployments.telling import missing_reference, spot

if TYPE_CHECKING:
    from app.core.layers import Origin

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BEGINNING = re.compile(r"(?:\s*+[#;].*+\n)*+\s*+\[[A-Z][A-Za-z-]*+\][^\S\n]*+$", re.MULTILINE)
_SERVICE = re.compile(rf"^[^\S\n]*+{re.escape(SERVICE)}[^\S\n]*+$", re.MULTILINE)

type OnHost = Callable[[str], tuple[str, str] | None]
"""Gives the name, relative to the root, and the text of a file by its path on the host; None where it is not known."""


class Unit(Struct, frozen=True, kw_only=True):
    """The process that a unit starts, and what is wrong with what the unit says."""

    runner: Runner
    faults: tuple[Fault, ...] = ()


def is_unit(text: str) -> bool:
    """Whether a text is a service's unit, or a drop-in of one: it begins with a section, and has one for a service."""
    return bool(_BEGINNING.match(text) and _SERVICE.search(text))


def read_unit(texts: Iterable[tuple[str, str]], on_host: OnHost) -> Unit:
    """What a unit gives to its service.

    Args:
        texts: names and texts of the unit and, behind it, of its drop-ins in their order.
        on_host: finds the files that it names.
    """
    listed = list(texts)
    settings = [setting for file, text in listed for setting in unit_settings(text, file)]
    return _UnitReading(settings, on_host, specifiers_of(basename(listed[0][0]))).unit(listed[0][0])


class _UnitReading:
    """One unit that is being read."""

    def __init__(self, settings: Iterable[UnitSetting], on_host: OnHost, specifiers: Specifiers) -> None:
        self._on_host, self._specifiers = on_host, specifiers
        self._open: list[Origin] = []
        self._faults: list[Fault] = []
        self._said: defaultdict[str, list[UnitSetting]] = defaultdict(list)
        for one in settings:
            said = self._said[one.name]
            said.append(one) if one.value else said.clear()

    def unit(self, file: str) -> Unit:
        given = [
            *(variable for one in self._said["PassEnvironment"] for variable in _passed(one)),
            *(variable for one in self._said["Environment"] for variable in self._stated(one)),
            *self._of_files(self._said["EnvironmentFile"]),
        ]
        taken = {word for one in self._said["UnsetEnvironment"] for word in words(one.value)[0]}
        kept = [one for one in given if not {one.name, f"{one.name}={one.value}"} & taken]
        is_task = [one.value for one in self._said["Type"]][-1:] == ["oneshot"]
        runner = Runner(label=f"unit {basename(file)}", origin=spot(file, 1), variables=tuple(kept),
                        open=tuple(self._open), task=is_task)  # fmt: skip
        return Unit(runner=runner, faults=tuple(self._faults))

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
                via = "a specifier" if value is None else None
                origin = spot(setting.file, setting.line, 1, name, via)
                yield DeployedVariable(name=name, value=value, origin=origin, manifest=True)

    def _of_files(self, settings: Iterable[UnitSetting]) -> Iterator[DeployedVariable]:
        """What the files say, each once: one that is named again has the last word in all that it says."""
        found: dict[str, tuple[str, str]] = {}
        for one in settings:
            if file := self._file(one):
                name, text = file
                found.pop(name, None)
                found[name] = text, f"EnvironmentFile {one.value.removeprefix('-')}"
        for name, (text, via) in found.items():
            yield from read_environment_file(text, name, via)

    def _file(self, setting: UnitSetting) -> tuple[str, str] | None:
        """The name and text of a file; of one that is on the host alone nobody here knows."""
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
