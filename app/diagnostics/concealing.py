"""What others say about values, without the secrets among them."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from app import dsn
from app.errors import TargetError
from app.reports.values import Mask
from app.roles import Role
from app.tree import Leaf, Tree

_SHORT = 3


def concealed(text: str, trees: Iterable[Tree], mask: Mask) -> str:
    """The text without the secrets of these environments: a validator may say what it was given."""
    for secret in sorted({one for tree in trees for one in _secrets(tree, mask)}, key=len, reverse=True):
        text = re.sub(_pattern(secret), "***", text)
    return dsn.mask(text)


def _pattern(secret: str) -> str:
    """The secret; a very short one stands in many words, and is looked for as a word of its own."""
    return re.escape(secret) if len(secret) > _SHORT else rf"(?<!\w){re.escape(secret)}(?!\w)"


def _secrets(tree: Tree, mask: Mask) -> Iterator[str]:
    for leaf in tree.leaves:
        is_text = isinstance(leaf.value, str | int | float) and not isinstance(leaf.value, bool)
        texts = [str(leaf.value)] if is_text and mask.hides_leaf(leaf) else list(_password(leaf, mask))
        for text in texts:
            yield from {text, repr(text)[1:-1]} - {""}


def _password(leaf: Leaf, mask: Mask) -> Iterator[str]:
    if isinstance(leaf.value, str) and mask.role(leaf.path, leaf.value) is Role.DSN:
        with suppress(TargetError):
            yield dsn.parse(leaf.value).password or ""
