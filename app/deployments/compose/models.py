"""What a service of a Compose project is given, and how what files say of it is laid above each other.

Source: the Compose specification, "Merge"; `override` of compose-go 2.9.
"""

from collections.abc import Collection, Iterator, Mapping
from posixpath import isabs, join, normpath
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from app.core.deployment import DeployedVariable
from app.core.layers import Origin
from app.deployments.nodes import MERGE, RESET, Node

MARKS = frozenset({RESET, "!override"})
"""The marks of what forgets all that files before said at that place."""
_DEEPEST = 3

type Marked = Collection[tuple[str, ...]]
"""Paths below `services`: a service, its `environment` or `env_file`, a name."""


class StatedVariable(Struct, frozen=True, kw_only=True):
    """A variable of `environment`.

    Attributes:
        variable: what is said of it.
        is_bare: whether it is a name without a value, which whoever starts the project may give.
    """

    variable: DeployedVariable
    is_bare: bool = False


class EnvFileEntry(Struct, frozen=True, kw_only=True):
    """An entry of `env_file`.

    Attributes:
        path: relative to the project's folder; None where the operator's environment says so.
        named: as it stands there.
        required: whether the project does not start without it.
        is_raw: whether its values are taken as they stand.
    """

    path: str | None
    named: str
    origin: Origin
    required: bool = True
    is_raw: bool = False

    @property
    def via(self) -> str:
        """What a variable of it comes by."""
        return f"env_file {self.named}"


class ComposeService(Struct, frozen=True, kw_only=True):
    """A service, as far as it is about variables.

    Attributes:
        origin: where it is named first.
        environment: by name.
        form: how `environment` is written; two that are laid above each other are a list, none is None.
        env_files: by what tells them apart.
        open: what it extends that nobody here sees.
        profiles: those that start it; none where it starts in any case.
    """

    origin: Origin
    environment: Mapping[str, StatedVariable] = {}
    form: Literal["table", "list"] | None = None
    env_files: Mapping[str, EnvFileEntry] = {}
    open: tuple[Origin, ...] = ()
    profiles: frozenset[str] = frozenset()

    def below(self, other: "ComposeService") -> "ComposeService":
        """The service with what another says above it; an `env_file` that is named again stays in its place."""
        return replace(
            self,
            environment={**self.environment, **other.environment},
            form="list" if self.form and other.form else self.form or other.form,
            env_files={**self.env_files, **other.env_files},
            open=(*self.open, *other.open),
            profiles=self.profiles | other.profiles,
        )

    def without(self, name: str, marked: Marked) -> "ComposeService":
        """The service without what a file above it forgets; single names only of a table."""
        if (name, "environment") in marked:
            left = [(name, "env_file")] if (name, "env_file") in marked else ()
            return replace(self, environment={}, form=None).without(name, left)
        service = replace(self, env_files={}) if (name, "env_file") in marked else self
        if self.form != "table":
            return service
        kept = {key: one for key, one in self.environment.items() if (name, "environment", key) not in marked}
        return replace(service, environment=kept)

    def seen_from(self, folder: str) -> "ComposeService":
        """The service with its paths as another folder sees them, in which its own is the one given."""
        listed = (replace(one, path=moved(one.path, folder)) for one in self.env_files.values())
        return replace(self, env_files={one.path or one.named: one for one in listed})


def moved(path: str | None, folder: str) -> str | None:
    """A path as another folder sees it."""
    return path if path is None or isabs(path) else normpath(join(folder, path))


def marked_below(services: Node | None) -> Marked:
    """What a file forgets of those before it."""
    return frozenset(_marked(services, _DEEPEST, {})) if services is not None else ()


def _marked(node: Node, depth: int, known: dict[tuple[int, int], list[tuple[str, ...]]]) -> list[tuple[str, ...]]:
    """The marked paths below a node; each node is looked at once for each depth, whatever aliases lead to it."""
    if (found := known.get((id(node), depth))) is None:
        found = known[id(node), depth] = []
        found += _paths(node, depth, known)
    return found


def _paths(node: Node, depth: int, known: dict[tuple[int, int], list[tuple[str, ...]]]) -> Iterator[tuple[str, ...]]:
    for key, value in node.pairs or ():
        first = () if key.text == MERGE else (key.text or "",)
        if value.mark in MARKS:
            yield first
        elif depth > 1 or not first:
            yield from [(*first, *path) for path in _marked(value, depth - len(first), known)]
