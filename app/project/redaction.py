"""Redaction of what others say about values: the secrets in it are masked."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

from msgspec.structs import replace

from app.core import dsn
from app.core.errors import TargetError
from app.core.layers import Path
from app.core.roles import Role
from app.core.secrecy import repeats, without, words
from app.core.secrecy.plain import plain_words, resembles
from app.core.secrecy.taint import is_telling
from app.core.tree import Leaf, Tree
from app.project.model.errors import ModelError
from app.reports.values import Mask

WITHHELD = "what it says is not shown, since it repeats a secret"
_QUOTED = re.compile(r"'.*'", re.DOTALL)
_LONGEST = 1000
"""What is cut off may end in the midst of a secret, so that the end of what was said is never shown."""


def concealed(text: str, path: Path, trees: Sequence[Tree], mask: Mask) -> str:
    """What the project's own code says about a key, or that it is not shown: what it was given, it may have encoded."""
    if _repeats(text, trees, mask):
        return WITHHELD
    if _is_about_secret(path, trees, mask):
        secrets = {one for tree in trees for one in _secrets(tree, mask)}
        public = {word for part in path for word in (str(part), *words(str(part)))}
        text = plain_words(text, secrets, public)
    return dsn.mask(text)[:_LONGEST]


def concealed_error(error: ModelError, trees: Sequence[Tree], mask: Mask) -> str:
    """The message of an error in that code: its kind and its place stay, and of what it says the plain words.

    Which texts are secrets, nobody knows, since the model itself would have said so.
    """
    if not error.said:
        return dsn.mask(error.message)
    before, _, after = error.message.rpartition(error.said)
    return dsn.mask(before) + _plain(error, trees, mask) + after


def _plain(error: ModelError, trees: Sequence[Tree], mask: Mask) -> str:
    blind = replace(mask, is_blind=True)
    secrets = {one for tree in trees for one in _secrets(tree, blind)}
    telling = {one for one in secrets if is_telling(one)}
    if _repeats(error.said, trees, mask) or resembles(error.said, telling):
        return WITHHELD
    return plain_words(dsn.mask(error.said), secrets, error.names)


def concealed_words(text: str, path: Path, trees: Sequence[Tree], mask: Mask) -> str:
    """A validating library's sentence: its fixed words stay, what it quotes may be a secret."""
    if _is_about_secret(path, trees, mask):
        text = _QUOTED.sub("'***'", text)
    for secret in {one for tree in trees for one in _secrets(tree, mask)}:
        text = without(text, secret)
    return dsn.mask(text)


def _is_about_secret(path: Path, trees: Sequence[Tree], mask: Mask) -> bool:
    """Whether a key is a secret, or a table with one in it."""
    if path and mask.hides_key(path, "text"):
        return True
    return any(mask.hides_leaf(leaf) for tree in trees for leaf in tree.below(path))


def _repeats(text: str, trees: Sequence[Tree], mask: Mask) -> bool:
    secrets = {one for tree in trees for one in _secrets(tree, mask)}
    telling = {secret for secret in secrets if is_telling(secret)}
    return any(repeats(text, secret) for secret in secrets) or resembles(text, telling)


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
