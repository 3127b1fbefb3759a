"""What a setting about CORS lets in: the origins that it names, and whether they are everybody's."""

import re
from collections.abc import Iterator

from app.core.roles import Role, words
from app.core.tree import Leaf
from app.rules.kit.entries import entries
from app.rules.kit.known_defaults import is_reference
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_on

_ANY = re.compile(r"\*+(\.\*)?|(\*|https?)://\*(:\*)?|\*:\*", re.IGNORECASE)
_SCHEME = r"(\(?(\?:)?(https?\??|http\(s\)\?|https?\|https?|\[a-z\]\+|\\w\+)\)?:(//|\\/\\/)\)?\??)?"
_ANYTHING = re.compile(
    rf"\^?{_SCHEME}(\(?(\?:)?(\.|\[\^/\]|\\S|\[\\s\\S\])[*+]\??\)?(\\/)?)+(:\\d\+)?\$?|\^?https?\??\.\*\$?",
    re.IGNORECASE,
)


def origins(subject: EnvironmentContext) -> Iterator[tuple[Leaf, str]]:
    """Every origin that is let in by name or pattern, with the leaf that says so."""
    for leaf in subject.leaves(Role.ORIGINS):
        if isinstance(leaf.value, str) and not is_reference(leaf.value):
            named = [leaf.value.strip()] if is_pattern(leaf) else entries(leaf.value)
            yield from ((leaf, origin) for origin in named)


def any_origin(subject: EnvironmentContext) -> Iterator[Leaf]:
    """The leaves that let every origin in: switches, wildcards, and regular expressions that fit everything."""
    for leaf in subject.leaves(Role.ORIGINS):
        if leaf.value is True or ("all" in _words(leaf) and is_on(leaf.value)):
            yield leaf
    told = {id(leaf): leaf for leaf, origin in origins(subject) if _fits_all(origin)}
    yield from told.values()


def is_pattern(leaf: Leaf) -> bool:
    """Whether the setting says of itself that it holds regular expressions."""
    return any(word.startswith("regex") for word in _words(leaf))


def _words(leaf: Leaf) -> tuple[str, ...]:
    return words(next(str(part) for part in reversed(leaf.path) if isinstance(part, str)))


def _fits_all(origin: str) -> bool:
    """Told by the shapes that people write; a stranger's expression is never run."""
    return bool(_ANY.fullmatch(origin) or _ANYTHING.fullmatch(origin))
