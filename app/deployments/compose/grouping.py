"""Which Compose files are one project: those that are laid above each other, as after several `-f`."""

import re
from collections.abc import Mapping, Sequence
from posixpath import basename, dirname

from msgspec import Struct

from app.deployments.given import STDIN
from app.deployments.nodes import at, entries
from app.deployments.templating import read_yaml
from app.options import DeploymentSource

_WHOLE = ("image", "build", "extends", "provider")
"""What a service has one of, unless it is a piece that belongs above another."""


_FIRST = re.compile(r"(?:docker-)?compose\.ya?ml")


class ComposeGroup(Struct, kw_only=True):
    """One project.

    Attributes:
        files: in their order, relative to the root.
        name: the service that counts; None for all.
        sources: what names them; the last one's place is the project's.
    """

    files: list[str]
    name: str | None
    sources: list[DeploymentSource]


def is_above_others(file: str) -> bool:
    """Whether a file that a glob matches is none that a project begins with, by its name."""
    return not _FIRST.fullmatch(basename(file))


def compose_groups(listed: Sequence[tuple[DeploymentSource, str]], texts: Mapping[str, str]) -> list[ComposeGroup]:
    """The projects of Compose files.

    A file belongs above those before it where it lies in the folder of the first, or says of a service that they have
    neither image nor build.

    Args:
        listed: each with the source that names it, in their order.
        texts: by the files' names.
    """
    groups: list[ComposeGroup] = []
    known: dict[str, tuple[set[str], set[str]]] = {}
    for source, file in listed:
        name = source.container or source.name
        known[file] = known.get(file) or _services(texts[file])
        group = next((one for one in reversed(groups) if _belongs(file, name, one, known)), None)
        if group is None:
            groups.append(ComposeGroup(files=[file], name=name, sources=[source]))
        else:
            group.files.append(file)
            group.sources.append(source)
            group.name = group.name or name
    return groups


def _belongs(file: str, name: str | None, group: ComposeGroup, known: Mapping[str, tuple[set[str], set[str]]]) -> bool:
    if STDIN in {file, *group.files} or file in group.files or len({name, group.name} - {None}) > 1:
        return False
    if dirname(file) == dirname(group.files[0]):
        return True
    pieces = known[file][1]
    return any(not pieces.isdisjoint(known[one][0]) for one in group.files)


def _services(text: str) -> tuple[set[str], set[str]]:
    """The services of a file, and those among them that are no whole ones."""
    roots = read_yaml(text, "")
    listed = entries(at(roots[0], "services")) if isinstance(roots, list) and roots else {}
    pieces = {name for name, (_, node) in listed.items() if not any(at(node, key) for key in _WHOLE)}
    return set(listed), pieces
