"""The effective values of one environment, secrets masked."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from app.core import dsn
from app.core.layers import Path
from app.core.roles import Role, is_secret
from app.core.tree import Leaf, Tree
from app.reports import wire

type RoleOf = Callable[[Path, object], Role | None]
type Places = Callable[[Path], bool]


def nowhere(_: Path) -> bool:
    """The places of a project without secrets files."""
    return False


class Mask(Struct, frozen=True, kw_only=True):
    """Decides what may be shown.

    Attributes:
        role: what a value is for.
        is_placed: whether a key is secret by its place, in whatever layer and environment: a secrets file sets it.
        reveal: shows everything; only a command line may ask for that.
    """

    role: RoleOf
    is_placed: Places = nowhere
    reveal: bool = False

    def hides(self, path: Path, value: object) -> bool:
        """Whether the value is a secret: by its place, or by what it is for."""
        return self.is_placed(path) or is_secret(self.role(path, value))

    def hides_leaf(self, leaf: Leaf) -> bool:
        """Whether a leaf is a secret, under its own spelling too, or by what it refers to."""
        names = {leaf.path, leaf.source or leaf.path}
        return any(self.hides(name, leaf.value) for name in names) or any(self.hides(at, "text") for at in leaf.refers)

    def shown_leaf(self, leaf: Leaf) -> Any:
        """A leaf's value as it may be shown."""
        return None if not self.reveal and self.hides_leaf(leaf) else self.shown(leaf.path, leaf.value)

    def shown(self, path: Path, value: Any) -> Any:
        """The value as it may be shown: null for a secret, a URL without its password."""
        if self.reveal:
            return wire.plain(value)
        return None if self.hides(path, value) else _open(value)


def _open(value: Any) -> Any:
    """What is no secret as it may be shown: passwords inside URLs are masked."""
    return dsn.mask(value) if isinstance(value, str) else wire.plain(value)


def values(tree: Tree, mask: Mask, key: bytes | None = None) -> wire.Values:
    """Every effective leaf of the tree.

    Args:
        tree: of one environment.
        mask: what may be shown.
        key: makes the digests that stand for secrets in the fingerprint; None for none.
    """
    return wire.Values(
        environment=tree.environment,
        fingerprint=fingerprint(tree, mask, key),
        values=[_value(leaf, mask) for leaf in tree.leaves],
    )


def _value(leaf: Leaf, mask: Mask) -> wire.Value:
    return wire.Value(
        key=leaf.key,
        value=mask.shown_leaf(leaf),
        secret=mask.hides_leaf(leaf),
        origin=wire.origin(leaf.origin),
        opaque=leaf.state == "opaque",
        unresolved=leaf.state == "unresolved",
    )


def fingerprint(tree: Tree, mask: Mask, key: bytes | None = None) -> str:
    """Equal in every process for equal effective values.

    A secret enters as set or not set; with a key, as its digest, and so does a value that is shown with a mask.
    """
    hidden = Mask(role=mask.role, is_placed=mask.is_placed)
    return wire.digest([[leaf.key, _known(leaf, hidden, key), leaf.state] for leaf in tree.leaves])


def _known(leaf: Leaf, mask: Mask, key: bytes | None) -> Any:
    if mask.hides_leaf(leaf):
        is_set = leaf.value not in {None, ""} if isinstance(leaf.value, str | None) else True
        return {"set": is_set} if key is None or not is_set else {"digest": _digest(leaf, key)}
    shown = [type(leaf.value).__name__, _open(leaf.value)]
    return [*shown, _digest(leaf, key)] if key is not None and is_masked(leaf.value) else shown


def is_masked(value: Any) -> bool:
    """Whether a value that is no secret hides one: a URL with a password in it."""
    return isinstance(value, str) and dsn.mask(value) != value


def _digest(leaf: Leaf, key: bytes) -> str:
    from app.reports.digests import fingerprinted  # noqa: PLC0415 - most processes have no key

    return fingerprinted(key, leaf.path, leaf.value)
