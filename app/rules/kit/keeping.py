"""What a model keeps secret where values are malformed: the model is believed, not the value."""

from collections.abc import Callable

from app.core.errors import nearest
from app.core.layers import Path
from app.core.roles import SECRET_ROLES, Role
from app.modelling.shape import Shape


def is_kept(path: Path, shape_at: Callable[[Path], Shape | None], stated: Callable[[Path], Role | None]) -> bool:
    """Whether a secret belongs to a path: at it, above it, or below it; or where a misspelled key was meant to be one.

    Args:
        path: of a value that is neither a table nor a list.
        shape_at: what the model says about a path.
        stated: what the project's options say that it is for.
    """
    path = _parted(path)
    above = [path[:depth] for depth in range(len(path))]
    if any(stated(one) in SECRET_ROLES for one in above[1:]):
        return True
    if here := shape_at(path):
        return here.holds_secret and not (here.role and here.role not in SECRET_ROLES)
    known = next(((one, shape) for one in reversed(above) if (shape := shape_at(one))), None)
    return known is not None and _is_meant(path[len(known[0])], known[1])


def _parted(path: Path) -> Path:
    """The parts of a key that a variable's layer spells as one: `database.host`."""
    return tuple(name for part in path for name in (part.split(".") if isinstance(part, str) else [part]))


def _is_meant(part: str | int, table: Shape) -> bool:
    """Whether what the model does not know there was to be a secret."""
    if table.kind != "table":
        return table.holds_secret
    near = nearest(str(part), table.fields)
    return near is not None and table.fields[near].holds_secret
