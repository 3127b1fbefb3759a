"""The effective values of one environment, secrets masked."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from msgspec import Raw, Struct
from msgspec.structs import replace

from app.core import dsn
from app.core.errors import TargetError
from app.core.layers import Path, fold
from app.core.references import References
from app.core.roles import Role, is_secret
from app.core.secrecy import names_secret
from app.core.secrecy.taint import NOTHING, Taint
from app.core.tree import Leaf, Tree
from app.reports import wire

type RoleOf = Callable[[Path, object], Role | None]
type Places = Callable[[Path], bool]


def nowhere(_: Path) -> bool:
    """The places of a project without secrets files."""
    return False


_SHORT = 5
"""A number, or a switch, of no more characters is no secret by itself."""


def nothing_known() -> Taint:
    """What is known of the secrets of a project that nobody has read."""
    return NOTHING


class Mask(Struct, frozen=True, kw_only=True, dict=True):
    """Decides what may be shown.

    Attributes:
        role: what a value is for.
        is_placed: whether a key is secret by its place, in whatever layer and environment: a secrets file sets it.
        is_declared: whether the model has a secret there, whatever stands there now.
        is_private: whether a variable is secret, by its name or by where it is set.
        known: the secrets that are known by heart; what repeats one is as secret.
        is_blind: whether nobody knows what the project declares secret: then only what is known to be open is shown.
        reveal: shows everything; only a command line may ask for that.
    """

    role: RoleOf
    is_placed: Places = nowhere
    is_declared: Places = nowhere
    is_private: Callable[[str], bool] = names_secret
    known: Callable[[], Taint] = nothing_known
    is_blind: bool = False
    reveal: bool = False

    def hides(self, path: Path, value: object) -> bool:
        """Whether the value is a secret: by its place, by what it is for, or because it repeats one."""
        return self.hides_key(path, value) or self._repeats(value)

    def hides_key(self, path: Path, value: object) -> bool:
        """The same, by the key alone, and by the value's shape."""
        if self.is_placed(path):
            return True
        role = self.role(path, value)
        if is_secret(role):
            return True
        if role is None and self.is_blind:
            return isinstance(value, str) or len(str(value)) > _SHORT
        return role is Role.DSN and self.is_declared(path) and not _is_readable(value)

    def hides_leaf(self, leaf: Leaf) -> bool:
        """Whether a leaf is a secret, under its own spelling too, or by what it refers to."""
        if self.hides_key(leaf.path, leaf.value) or self._repeats(leaf.value):
            return True
        if leaf.source and leaf.source != leaf.path and self.hides_key(leaf.source, leaf.value):
            return True
        return self._is_made_of_secrets(leaf) if leaf.reads or leaf.refers else False

    def _is_made_of_secrets(self, leaf: Leaf) -> bool:
        if any(map(self.is_private, leaf.reads)):
            return True
        if leaf.through is None:
            return bool(leaf.refers)  # to what nobody knows
        if leaf.through not in self._hidden:
            self._hidden[leaf.through] = leaf.through.leading_to(lambda at: self.hides_key(at, "text"), self.is_private)
        return any(fold(at) in self._hidden[leaf.through] for at in leaf.refers)

    @cached_property
    def _hidden(self) -> dict[References, frozenset[Path]]:
        return {}

    def _repeats(self, value: object) -> bool:
        known = self.known()
        if not known.secrets or isinstance(value, bool) or not isinstance(value, str | int | float):
            return False
        text = str(value)
        return known.touches(dsn.mask(text) if isinstance(value, str) else text)

    def said(self, text: str) -> str:
        """A name, a place or a sentence as it may be shown."""
        return text if self.reveal else self.known().masked(dsn.mask_addresses(text))

    def shown_leaf(self, leaf: Leaf) -> Any:
        """A leaf's value as it may be shown."""
        return None if not self.reveal and self.hides_leaf(leaf) else self.shown(leaf.path, leaf.value)

    def shown(self, path: Path, value: Any) -> Any:
        """The value as it may be shown: null for a secret, a URL without its password."""
        if self.reveal:
            return wire.plain(value)
        return None if self.hides(path, value) else open_value(value)


def _is_readable(value: object) -> bool:
    """Whether it is certain where the secret in a connection string begins and ends."""
    try:
        return isinstance(value, str) and bool(dsn.parse(value))
    except TargetError:
        return False


def open_value(value: Any) -> Any:
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
    return Fingerprints(mask, key).of(tree)


class Fingerprints:
    """The fingerprints of a project's environments; what a leaf adds to them is made once for all that share it."""

    def __init__(self, mask: Mask, key: bytes | None) -> None:
        self._mask, self._key = replace(mask, known=nothing_known, reveal=False), key
        self._parts: dict[int, Raw] = {}
        self._whole: dict[int, str] = {}
        self._kept: list[Leaf | Tree] = []

    def of(self, tree: Tree) -> str:
        """The fingerprint of one environment."""
        known = self._whole.get(id(tree))
        if known is None:
            parts = self._parts
            known = wire.digest([parts.get(id(leaf)) or self._made(leaf) for leaf in tree.leaves])
            self._whole[id(tree)] = known
            self._kept.append(tree)
        return known

    def _made(self, leaf: Leaf) -> Raw:
        part = self._parts[id(leaf)] = wire.raw([leaf.key, _known(leaf, self._mask, self._key), leaf.state])
        self._kept.append(leaf)  # so that nothing else gets its identity
        return part


def _known(leaf: Leaf, mask: Mask, key: bytes | None) -> Any:
    if mask.hides_leaf(leaf):
        is_set = leaf.value not in {None, ""} if isinstance(leaf.value, str | None) else True
        return {"set": is_set} if key is None or not is_set else {"digest": _digest(leaf, key)}
    shown = [type(leaf.value).__name__, open_value(leaf.value)]
    return [*shown, _digest(leaf, key)] if key is not None and is_masked(leaf.value) else shown


def is_masked(value: Any) -> bool:
    """Whether a value that is no secret hides one: a URL with a password in it."""
    return isinstance(value, str) and dsn.mask(value) != value


def _digest(leaf: Leaf, key: bytes) -> str:
    from app.reports.digests import fingerprinted  # noqa: PLC0415 - most processes have no key

    return fingerprinted(key, leaf.path, leaf.value)
