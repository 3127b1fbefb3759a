"""Dockerfiles: the environment that an image brings along; what starts the image is above it.

The last stage counts, or the one that is named; a stage has what the one it is built from has. `ENV` is above `ARG`;
an argument without a default is the build's to give. Source: the Dockerfile reference, "ENV", "ARG", "FROM".
"""

import re
from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from app.core import limits
from app.core.deployment import DeployedVariable, Runner
from app.core.findings import Fault
from app.deployments.docker.interpolation import names_in
from app.deployments.docker.syntax import (
    Dockerfile,
    Instruction,
    UnreadReferenceError,
    expand,
    parse_dockerfile,
    raw_words,
)
from app.deployments.expanding import ExpansionRoom
from app.deployments.telling import left_open, spot, unread_value

_BEGINNING = re.compile(r"(?:\s*+#.*+\n)*+\s*+(?:FROM|ARG)[^\S\n]", re.IGNORECASE)
_BUILD = "the build"
_UNREAD = "a reference that the build alone works out"


class Image(Struct, frozen=True, kw_only=True):
    """The variables that an image brings along, none where there is no such stage; and what of them is not read."""

    runner: Runner | None = None
    faults: tuple[Fault, ...] = ()


class BuildStage(Struct, kw_only=True):
    """One stage of a build.

    Attributes:
        name: as the file names it; empty where it does not.
        line: where it begins.
        variables: of the image, by name.
        arguments: of the build, by name; None for what the build gives.
        outside: whether it is built from an image of which nobody here knows the variables.
    """

    name: str = ""
    line: int = 1
    variables: dict[str, DeployedVariable] = field(default_factory=dict)
    arguments: dict[str, str | None] = field(default_factory=dict)
    outside: bool = True

    def known(self, name: str) -> str | None:
        """The value of a variable, or what it is made of where that is not known; None where it is not set."""
        found = self.variables.get(name)
        return self.arguments.get(name) if found is None else found.value or found.said

    def look_up(self, name: str) -> str | None:
        """The value of a variable.

        Raises:
            KeyError: it is not set.
        """
        if name in self.variables:
            return self.variables[name].value
        if name in self.arguments or not self.outside:
            return self.arguments[name]
        return None


def is_dockerfile(text: str) -> bool:
    """Whether a text is one: its first instruction is FROM or ARG."""
    return bool(_BEGINNING.match(text))


def read_dockerfile(text: str, file: str, *, stage: str | None = None) -> Image:
    """The variables of the image that a file builds.

    Args:
        text: what it says.
        file: its name, relative to the root.
        stage: the stage that counts; None for the last.
    """
    stages = _Building(parse_dockerfile(text), file).stages()
    found = [one for one in stages if one.name == stage.lower()] if stage is not None else stages[-1:]
    return _image(file, found[-1]) if found else Image()


def _image(file: str, stage: BuildStage) -> Image:
    variables = tuple(stage.variables.values())
    runner = Runner(label=f"image of {file}", origin=spot(file, stage.line), variables=variables, bare=True)
    return Image(runner=runner, faults=tuple(_unread(one) for one in variables if one.origin.via == _UNREAD))


def _unread(variable: DeployedVariable) -> Fault:
    message = f"{variable.name} has a reference of a form that is not read: its value is not judged."
    fix = "Write $NAME, ${NAME}, ${NAME:-word} or ${NAME#word}, and a backslash before a dollar sign that begins none."
    return unread_value(variable.origin, message, fix)


class _Building:
    """One file whose stages are being read."""

    def __init__(self, parsed: Dockerfile, file: str) -> None:
        self._parsed, self._file = parsed, file
        self._before = BuildStage(outside=False)
        self._stages: list[BuildStage] = []
        self._named: dict[str, BuildStage] = {}
        self._room, self._taken_over = ExpansionRoom(), 0

    def stages(self) -> list[BuildStage]:
        for one in self._parsed.instructions:
            if one.name == "FROM":
                self._begin(self._begun(one))
            elif one.name == "ARG":
                self._take_arguments(one)
            elif one.name == "ENV" and self._stages:
                self._take_variables(one)
        return self._stages

    def _begun(self, instruction: Instruction) -> BuildStage:
        parts = [word for word in instruction.rest.split() if not word.startswith("--")]
        image = (self._expanded(parts[0], self._before)[0] or "").lower() if parts else ""
        name = parts[2].lower() if len(parts) > 2 and parts[1].lower() == "as" else ""  # noqa: PLR2004 - FROM x AS y
        one = self._named.get(image) if image else None
        self._taken_over += len(one.variables) + len(one.arguments) if one else 0
        if one and self._taken_over <= limits.VALUES.figure:  # else as from an image of which nobody here knows
            return replace(one, name=name, line=instruction.line, variables=dict(one.variables),
                           arguments=dict(one.arguments))  # fmt: skip
        return BuildStage(name=name, line=instruction.line, outside=image != "scratch")

    def _begin(self, stage: BuildStage) -> None:
        """The first stage of a name counts; every one has its number, too."""
        for name in (stage.name, str(len(self._stages))):
            self._named.setdefault(name, stage)
        self._stages.append(stage)

    def _expanded(self, word: str, stage: BuildStage) -> tuple[str | None, str | None]:
        """A word's text, and what gives it where it is not known here."""
        try:
            text = expand(word, self._parsed.escape, lambda name: self._room.put(stage.look_up(name)))
        except UnreadReferenceError:
            return None, _UNREAD
        return text, _BUILD if text is None else None

    def _take_arguments(self, instruction: Instruction) -> None:
        stage = self._stages[-1] if self._stages else self._before
        for word in raw_words(instruction.rest, self._parsed.escape):
            name, equals, default = word.partition("=")
            value = self._expanded(default, stage)[0] if equals else self._before.arguments.get(name)
            stage.arguments[name] = value

    def _take_variables(self, instruction: Instruction) -> None:
        """Takes the variables of one instruction in: its references find what was said before it."""
        stage, taken = self._stages[-1], dict[str, DeployedVariable]()
        for name, word in self._pairs(instruction.rest):
            value, via = self._expanded(word, stage)
            origin = spot(self._file, instruction.line, 1, name, via)
            said = "" if value is not None else left_open(word, map(stage.known, names_in(word)))
            taken[name] = DeployedVariable(name=name, value=value, origin=origin, manifest=True, said=said)
        stage.variables |= taken

    def _pairs(self, rest: str) -> Iterator[tuple[str, str]]:
        """`NAME=value …`, or the old `NAME value` with all that follows."""
        listed = raw_words(rest, self._parsed.escape)
        if listed and "=" not in listed[0]:
            yield listed[0], rest[len(listed[0]) :].strip()
            return
        for word in listed:
            name, equals, value = word.partition("=")
            if equals:
                yield name, value
