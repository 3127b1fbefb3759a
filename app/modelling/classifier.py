"""What values are for: as the project's options declare it, else as its model does, else by the keys' names."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import chain

from msgspec import Struct, field

from app.core.errors import nearest
from app.core.layers import Path, dotted
from app.core.roles import SECRET_ROLES, Role, infer
from app.core.tree import Leaf
from app.modelling.shape import Shape


class RoleClassifier(Struct, frozen=True, kw_only=True, dict=True, eq=False):
    """Tells roles; one serves all environments of a project. Equal ones say the same of everything.

    Attributes:
        shape: what the model says about its keys; None without a model.
        roles: roles that the project's option declares, by key pattern.
    """

    shape: Shape | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)

    @property
    def _grounds(self) -> tuple[object, ...]:
        """What decides; of several patterns that match, the first."""
        return id(self.shape), *self.roles.items()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RoleClassifier) and self._grounds == other._grounds

    def __hash__(self) -> int:
        return hash(self._grounds)

    def role(self, path: Path, value: object) -> Role | None:
        """What a value is for; of a text it is found out once, since whoever judges, masks or prints it asks."""
        if not isinstance(value, str):
            return self._role(path, value)
        if (path, value) not in self._roles:
            self._roles[path, value] = self._role(path, value)
        return self._roles[path, value]

    @cached_property
    def _roles(self) -> dict[tuple[Path, str], Role | None]:
        return {}

    def _role(self, path: Path, value: object) -> Role | None:
        if declared := self.declared(path):
            return declared
        inferred = infer(path, value)
        is_told = inferred is Role.DSN or inferred in SECRET_ROLES or value is None or isinstance(value, dict | list)
        return Role.SECRET if not is_told and self.is_kept(path) else inferred

    def __call__(self, leaf: Leaf) -> Role | None:
        """What a leaf is for whose value is known."""
        return self.role(leaf.path, leaf.value) if leaf.state == "plain" else None

    def declared(self, path: Path) -> Role | None:
        """What the project or its model says that a value is for."""
        if stated := self.stated(path):
            return stated
        return shape.role if (shape := self.shape_at(path)) else None

    def stated(self, path: Path) -> Role | None:
        """What the project's option `roles` says that a value is for."""
        if not self.roles:
            return None
        key = dotted(path).casefold()
        return next((role for pattern, role in self.roles.items() if fnmatchcase(key, pattern.casefold())), None)

    def shape_at(self, path: Path) -> Shape | None:
        """What the model says about a key, asked once."""
        if path not in self._shapes:
            self._shapes[path] = self.shape.at(path) if self.shape else None
        return self._shapes[path]

    @cached_property
    def _shapes(self) -> dict[Path, Shape | None]:
        return {}

    def is_kept(self, path: Path) -> bool:
        """Whether the model, or the option `roles`, has a secret there, though what stands there may be malformed.

        The model is believed, not the value: a text where a table or a list with secrets belongs, whatever stands below
        a secret, and what a misspelled key was meant to be, is taken for one.
        """
        if path not in self._kept:
            self._kept[path] = self._keeps(path if self.shape_at(path) else _parted(path))
        return self._kept[path]

    @cached_property
    def _kept(self) -> dict[Path, bool]:
        return {}

    def _keeps(self, path: Path) -> bool:
        above = [path[:depth] for depth in range(len(path))]
        if any(self.stated(one) in SECRET_ROLES for one in above[1:]):
            return True
        if here := self.shape_at(path):
            return here.holds_secret and not (here.role and here.role not in SECRET_ROLES)
        known = next(((one, shape) for one in reversed(above) if (shape := self.shape_at(one))), None)
        return known is not None and _is_meant(path[len(known[0])], known[1])


def _parted(path: Path) -> Path:
    """The parts of a key that a layer spells as one: `database.host`, and `DATABASE__HOST` as variables have it."""
    parted = (part.replace("__", ".").split(".") if isinstance(part, str) else [part] for part in path)
    return tuple(chain.from_iterable(parted))


def _is_meant(part: str | int, table: Shape) -> bool:
    """Whether what the model does not know there was to be a secret."""
    if table.kind != "table":
        return table.holds_secret
    near = nearest(str(part), table.fields)
    return near is not None and table.fields[near].holds_secret
