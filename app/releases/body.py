"""What a release delivers: an environment's values as bytes that are the same for the same values."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

from msgspec import Struct

from app.core.layers import dotted
from app.core.tree import Leaf, Tree, in_order, leaves_of
from app.reports import wire


class ReleaseBody(Struct, frozen=True, kw_only=True):
    """What instances are given.

    Attributes:
        content: canonical JSON: `version`, `project`, `environment`, `values` as nested tables, `supplied`, and `typed`
            where a value is of a kind that JSON has not.
        digest: `sha256:` and the hexadecimal digest of the content.
        supplied: the keys that each instance supplies itself, in order.
    """

    content: bytes
    digest: str
    supplied: tuple[str, ...]


def canonical(value: Any) -> bytes:
    """A value as JSON, the same bytes for the same value: keys sorted, no blanks, UTF-8. Source: RFC 8785, in spirit.

    Numbers are spelled as Python spells them: 1 and 1.0 are two values.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest_of(content: bytes) -> str:
    """The digest of a body's bytes."""
    return f"sha256:{sha256(content).hexdigest()}"


def body_of(project: str, tree: Tree, supplied: Sequence[str]) -> ReleaseBody:
    """The body that delivers a tree.

    Args:
        project: its name.
        tree: only what may be delivered; secrets are not in it.
        supplied: the keys that each instance supplies.
    """
    document: dict[str, Any] = {
        "version": wire.VERSION,
        "project": project,
        "environment": tree.environment,
        "values": wire.plain(tree.nested()),
        "supplied": list(supplied),
    }
    if typed := _typed(tree):
        document["typed"] = typed
    content = canonical(document)
    return ReleaseBody(content=content, digest=digest_of(content), supplied=tuple(supplied))


def _typed(tree: Tree) -> Mapping[str, str]:
    """The kinds of the values that stand as texts, since JSON has no such kind, by dotted key."""
    found = ((leaf.path, _kind(leaf.value)) for leaf in tree.leaves)
    return {dotted(path): kind for path, kind in found if kind}


def _kind(value: Any) -> str | None:
    """`datetime`, `date`, `time`, or `float` for infinities and what is no number; None for what JSON has."""
    if isinstance(value, datetime):
        return "datetime"
    if isinstance(value, date):
        return "date"
    if isinstance(value, time):
        return "time"
    is_odd = isinstance(value, float) and not (float("-inf") < value < float("inf"))
    return "float" if is_odd else None


def tree_of(content: bytes) -> Tree:
    """The values of a body as the tree that it was made of; no layer set them."""
    document = json.loads(content)
    typed = document.get("typed", {})
    leaves = [
        Leaf(path=path, value=_restored(value, typed.get(dotted(path))), source=path)
        for path, value in leaves_of(document["values"])
        if path
    ]
    return Tree(environment=document["environment"], leaves=tuple(in_order(leaves)))


_RESTORE: Mapping[str | None, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "float": float,
}


def _restored(value: Any, kind: str | None) -> Any:
    restore = _RESTORE.get(kind)
    return restore(value) if restore else value
