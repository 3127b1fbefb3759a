"""Redaction of what others say about values: the secrets in it are masked."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from app.core import dsn
from app.core.errors import TargetError
from app.core.roles import Role
from app.core.secrecy import repeats, without
from app.core.tree import Leaf, Tree
from app.reports.values import Mask

WITHHELD = "what it says is not shown, since it repeats a secret"
_BEFORE_WORDS = re.compile(r"[^:]+: \w+(?: at [^\s:]+:\d+)?(?=:)")


def concealed(text: str, trees: Iterable[Tree], mask: Mask) -> str:
    """What the project's own code says, or that it is not shown: where in its words a secret stands, nobody knows."""
    return WITHHELD if _repeats(text, trees, mask) else dsn.mask(text)


def concealed_error(text: str, trees: Iterable[Tree], mask: Mask) -> str:
    """The same of an error in that code, with the place where it was raised."""
    if not _repeats(text, trees, mask):
        return dsn.mask(text)
    place = _BEFORE_WORDS.match(text)
    known = place[0] if place and not _repeats(place[0], trees, mask) else "The model cannot be asked"
    return f"{known}; {WITHHELD}."


def concealed_words(text: str, trees: Iterable[Tree], mask: Mask) -> str:
    """A validating library's sentence: its fixed words stay, what it quotes may be a secret."""
    for secret in {one for tree in trees for one in _secrets(tree, mask)}:
        text = without(text, secret)
    return dsn.mask(text)


def _repeats(text: str, trees: Iterable[Tree], mask: Mask) -> bool:
    return any(repeats(text, secret) for tree in trees for secret in _secrets(tree, mask))


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
