"""`environment` of a service of a Compose file, a map or a list; a name without a value is the operator's to give."""

import re
from collections.abc import Callable, Iterator

from msgspec.structs import replace

from app.core.deployment import DeployedVariable
from app.core.findings import Fault
from app.core.layers import Origin
from app.deployments.compose.models import StatedVariable
from app.deployments.compose.scalars import spelled
from app.deployments.docker.interpolation import InvalidReferenceError, Known, interpolated, names_in, unseen
from app.deployments.expanding import ExpansionRoom
from app.deployments.nodes import RESET, Node, entries, items
from app.deployments.telling import changed, left_open, no_reference, place, shortly

OPERATORS = "the operator's environment"

_NAME = re.compile(r"[^\s=:{}\[\]\"']+")
_REFUSED = "Compose refuses the file"


class EnvironmentReader:
    """Reads what services say, with the references that one project's `.env` fills.

    Args:
        known: what references find.
        room: what references may put together.
        tell: is told what Compose refuses.
    """

    def __init__(self, known: Known, room: ExpansionRoom, tell: Callable[[Fault], None]) -> None:
        self._known, self._room, self._tell = known, room, tell

    def text(self, said: str | None, origin: Origin) -> str | None:
        """A text with what its references say; None where that is nobody's here to know."""
        try:
            return interpolated(said, self._known, self._room) if said is not None else None
        except InvalidReferenceError as error:
            if error.required is not None:  # a brace that is no reference is told of the whole file
                self._tell(no_reference(origin, error.required))
            return None

    def environment(self, node: Node, file: str) -> dict[str, StatedVariable]:
        """The variables that a node says, by name."""
        if node.pairs is None and node.items is None and node.type != "null":
            self._refuse(place(file, node), "environment is no map and no list", "Write NAME: value below environment.")
        found = [*self._of_table(node, file), *self._of_list(node, file)]
        return {one.variable.name: one for one in found}

    def _of_table(self, node: Node, file: str) -> Iterator[StatedVariable]:
        for name, (key, value) in entries(node).items() if node.pairs is not None else ():
            named, equals, begun = name.partition("=")
            if value.text is None:
                self._refuse(place(file, value), f"{named} holds others", "Write one text for each variable.")
            elif equals:  # the process is handed the whole as one text, and its first = ends the name
                told = begun if value.type == "null" else f"{begun}={spelled(value)}"
                yield self._stated(named, told, None, place(file, value, named))
            elif value.type == "null":
                yield _bare(name, place(file, key, name))
            else:
                yield self._stated(name, spelled(value), value, place(file, value, name))

    def _of_list(self, node: Node, file: str) -> Iterator[StatedVariable]:
        for one in items(node):
            name, equals, said = (one.text or "").partition("=")
            if one.mark == RESET:
                continue
            if one.type != "text" or not _NAME.fullmatch(name):
                fix = "Write NAME=value, or make environment a map."
                self._refuse(place(file, one), "an entry of environment is no NAME=value", fix)
            elif equals:
                yield self._stated(name, said, None, place(file, one, name))
            else:
                yield _bare(name, place(file, one, name))

    def _stated(self, name: str, told: str, node: Node | None, origin: Origin) -> StatedVariable:
        """A variable with its text; `node` is the scalar that YAML makes something of."""
        is_refused = node is not None and node.type == "date"
        if node is not None and (is_refused or told != node.text):
            self._tell(changed(origin, node.type, "Compose", refused=is_refused))
        known = None if is_refused else self.text(told, origin)
        if known is None:
            return self._left_open(name, told, origin)
        is_filled = known != told
        return StatedVariable(variable=DeployedVariable(name=name, value=known, origin=origin, secret=is_filled,
                                                        manifest=not is_filled))  # fmt: skip

    def _left_open(self, name: str, told: str, origin: Origin) -> StatedVariable:
        """A variable whose text refers to what nobody here knows."""
        names = shortly(unseen(told, self._known))
        origin = replace(origin, via=f"{OPERATORS}: {names}" if names else OPERATORS)
        said = left_open(told, map(self._known.get, names_in(told)))
        return StatedVariable(variable=DeployedVariable(name=name, value=None, origin=origin, secret=True, said=said))

    def _refuse(self, origin: Origin, what: str, fix: str) -> None:
        message = f"{origin}: {what}; {_REFUSED}."
        self._tell(Fault(rule="DEP009", message=message, fix=fix, origin=origin))


def _bare(name: str, origin: Origin) -> StatedVariable:
    return StatedVariable(variable=DeployedVariable(name=name, value=None, origin=replace(origin, via=OPERATORS)),
                          is_bare=True)  # fmt: skip


def filled(said: StatedVariable, known: Known) -> StatedVariable:
    """A name without a value, with what the project's `.env` has under it."""
    value = known.get(said.variable.name) if said.is_bare else None
    if value is None:
        return said
    return StatedVariable(variable=replace(said.variable, value=value, secret=True))
