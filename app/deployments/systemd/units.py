"""What units of every kind have in common: sections of settings, of which an empty one forgets those before it."""

import re
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from posixpath import basename
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from app.core.deployment import DeployedVariable, Runner
from app.core.findings import Fault
from app.deployments.systemd.syntax import UnitSetting, specifiers_of, unit_settings, unknown_specifiers, with_known
from app.deployments.telling import shortly, spot

if TYPE_CHECKING:
    from app.core.layers import Origin

_BEGINNING = re.compile(r"(?:\s*+[#;].*+\n)*+\s*+\[[A-Z][A-Za-z-]*+\][^\S\n]*+$", re.MULTILINE)

type OnHost = Callable[[str], tuple[str, str] | None]
"""Gives the name, relative to the root, and the text of a file by its path on the host; None where it is not known."""


class Unit(Struct, frozen=True, kw_only=True):
    """The process that a unit starts, and what is wrong with what the unit says."""

    runner: Runner
    faults: tuple[Fault, ...] = ()


def has_section(text: str, section: str) -> bool:
    """Whether a text is a unit, or a drop-in of one, with such a section: it begins with a section."""
    there = re.compile(rf"^[^\S\n]*+{re.escape(section)}[^\S\n]*+$", re.MULTILINE)
    return bool(_BEGINNING.match(text) and there.search(text))


class UnitReading(ABC):
    """One unit that is being read.

    Args:
        texts: names and texts of the unit and, behind it, of its drop-ins in their order.
        section: the one that counts.
        on_host: finds the files that it names.
    """

    def __init__(self, texts: Iterable[tuple[str, str]], section: str, on_host: OnHost) -> None:
        listed = list(texts)
        self._name, self._on_host = listed[0][0], on_host
        self._specifiers = specifiers_of(basename(self._name))
        self._open: list[Origin] = []
        self._faults: list[Fault] = []
        self._said: defaultdict[str, list[UnitSetting]] = defaultdict(list)
        for one in (setting for file, text in listed for setting in unit_settings(text, file, section)):
            said = self._said[one.name]
            said.append(one) if one.value else said.clear()

    def _each_once(self, settings: Iterable[UnitSetting]) -> Iterator[tuple[UnitSetting, str, str]]:
        """The files that settings name, with their texts: one that is named again has the last word in all it says."""
        found: dict[str, tuple[UnitSetting, str]] = {}
        for one in settings:
            if file := self._file(one):
                name, text = file
                found.pop(name, None)
                found[name] = one, text
        return ((one, name, text) for name, (one, text) in found.items())

    @abstractmethod
    def _file(self, setting: UnitSetting) -> tuple[str, str] | None:
        """The name and text of a file; of one that is on the host alone nobody here knows."""

    def _variable(self, name: str, value: str | None, said: str, origin: "Origin") -> DeployedVariable:
        """A variable with its text; without one, with the specifiers that the host alone knows."""
        if value is not None:
            return DeployedVariable(name=name, value=value, origin=origin, manifest=True)
        via = origin.via or f"specifiers of the host: {shortly(unknown_specifiers(said, self._specifiers))}"
        origin = replace(origin, via=via)
        return DeployedVariable(name=name, value=None, origin=origin, said=with_known(said, self._specifiers))

    def _unit(self, variables: Sequence[DeployedVariable], *, task: bool = False) -> Unit:
        runner = Runner(label=f"unit {basename(self._name)}", origin=spot(self._name, 1), variables=tuple(variables),
                        open=tuple(self._open), task=task)  # fmt: skip
        return Unit(runner=runner, faults=tuple(self._faults))
