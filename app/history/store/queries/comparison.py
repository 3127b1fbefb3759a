"""Recorded leaves side by side. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.core.layers import Path, parse_key
from app.history.store.drafts import LeafDraft
from app.history.store.spelling import spelled, storable
from app.reports import digests, wire


class LeafRow(LeafDraft, frozen=True, kw_only=True):
    """One leaf that was recorded, and since when it is as it is."""

    since: datetime


def compared(left: Sequence[LeafDraft], right: Sequence[LeafDraft]) -> list[wire.LeafChange]:
    """How two sets of leaves differ; equal ones are listed too. Recorded ones, or those of now.

    Where a secret's digests cannot be compared, its change is `unknown`: nobody is told that it has changed, or not.
    """
    before, after = _by_key(left), _by_key(right)
    return [_change(key, before.get(key), after.get(key)) for key in in_order(before.keys() | after.keys())]


def _by_key(leaves: Iterable[LeafDraft]) -> dict[str, LeafDraft]:
    return {storable(leaf.key): leaf for leaf in leaves}


def in_order(keys: Iterable[str]) -> list[str]:
    """Dotted keys in the order of their parts, positions by their number."""
    return sorted(keys, key=_parts)


def _parts(key: str) -> list[tuple[bool, str | int]]:
    path: Path = parse_key(key) or (key,)
    return [(isinstance(part, int), part) for part in path]


def _change(key: str, left: LeafDraft | None, right: LeafDraft | None) -> wire.LeafChange:
    if left is None or right is None:
        return wire.LeafChange(key=key, kind="removed" if left else "added", left=side(left), right=side(right))
    is_same = same(left, right)
    looks_same = is_same is None and not left.secret
    return wire.LeafChange(
        key=key,
        kind="same" if is_same or looks_same else "changed",
        left=side(left),
        right=side(right),
        unknown=is_same is None,
    )


def same(left: LeafDraft, right: LeafDraft) -> bool | None:
    """Whether two leaves have one value; None where it can only be told from digests, and not from these.

    An open value has a digest where its password is masked.
    """
    if (left.secret, left.state) != (right.secret, right.state):
        return False
    if not left.secret and spelled(left.value) != spelled(right.value):
        return False
    return digests.same(left.digest, right.digest)


def side(leaf: LeafDraft | None) -> wire.Side | None:
    """A leaf as one side of a difference."""
    if leaf is None:
        return None
    return wire.Side(
        value=leaf.value,
        secret=leaf.secret,
        origin=leaf.origin,
        opaque=leaf.state == "opaque",
        unresolved=leaf.state == "unresolved",
    )
