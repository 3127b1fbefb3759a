"""Shell patterns in a Dockerfile's references: `${NAME%%.*}`, `${NAME#x}`, `${NAME/a/b}`.

Source: the Dockerfile reference, "Environment replacement"; `convertShellPatternToRegex` of BuildKit's shell lexer.
"""

import re
from collections.abc import Iterable, Iterator

from app.deployments.docker.wildcards import in_order

_PIECE = re.compile(r"\\(?P<escaped>.)|(?P<star>\*)|(?P<any>\?)|(?P<letter>.)", re.DOTALL)
_ANYTHING = ".*"
_WILD = frozenset("*?\\")
_DELIMITERS = frozenset("}/")
_MOST = 1 << 18
"""Letters of a pattern times those of the value that it is looked for in: both may be long."""


class UnreadPatternError(Exception):
    """A pattern that the build refuses, or one that would take too long."""


def changed(value: str, operator: str, pattern: str, replacement: str = "") -> str:
    """A value without what a pattern matches at its begin or end, or with another text in its place.

    Args:
        value: the variable's.
        operator: `#`, `##`, `%`, `%%`, `/` or `//`.
        pattern: with `*` and `?`.
        replacement: for the last two.

    Raises:
        UnreadPatternError: it is not read.
    """
    letters = list(_letters(pattern))
    if len(value) * len(letters) > _MOST:
        raise UnreadPatternError
    if operator.startswith("/"):
        return _replaced(value, _pieces(letters), replacement, once=operator == "/")
    is_shortest = operator in {"#", "%"}
    if operator.startswith("#"):
        found = re.match(in_order(_pieces(letters), _ANYTHING, shortest=is_shortest), value)
        return value[found.end() :] if found else value
    backwards = in_order(_pieces(letters[::-1]), _ANYTHING, shortest=is_shortest)
    found = re.match(backwards, value[::-1])  # the shortest at the end is looked for from there
    return value[: len(value) - found.end()] if found else value


def _replaced(value: str, pieces: list[str], replacement: str, *, once: bool) -> str:
    """The value with another text for what is found in it; behind what was found, nothing is found in no letters."""
    first, whole = re.compile(pieces[0]), re.compile(in_order(pieces, _ANYTHING))
    said, at, passed = list[str](), 0, -1
    while (begin := first.search(value, at)) and (found := whole.match(value, begin.start())):
        if found.end() > passed or found.end() > found.start():
            said += [value[max(passed, 0) : found.start()], replacement]
            passed = found.end()
        at = max(found.end(), found.start() + 1)
        if once or at > len(value):
            break
    return "".join([*said, value[max(passed, 0) :]])


def _pieces(letters: Iterable[str | None]) -> list[str]:
    """What stands between the stars."""
    pieces = [""]
    for letter in letters:
        if letter is None:
            pieces.append("")
        else:
            pieces[-1] += letter
    return pieces


def _letters(pattern: str) -> Iterator[str | None]:
    """Each letter as an expression; None for a star."""
    for found in _PIECE.finditer(pattern):
        escaped = found["escaped"]
        if escaped is not None and escaped not in _WILD | _DELIMITERS:
            raise UnreadPatternError
        if found["star"]:
            yield None
        else:
            yield "." if found["any"] else re.escape(escaped or found["letter"])
