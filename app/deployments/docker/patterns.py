"""Shell patterns in a Dockerfile's references: `${NAME%%.*}`, `${NAME#x}`, `${NAME/a/b}`.

Source: the Dockerfile reference, "Environment replacement"; `convertShellPatternToRegex` of BuildKit's shell lexer.
"""

import re

_PIECE = re.compile(r"\\(?P<escaped>.)|(?P<star>\*)|(?P<any>\?)|(?P<letter>.)", re.DOTALL)
_WILD = frozenset("*?\\")
_DELIMITERS = frozenset("}/")
_MOST_STARS = 3
_LONGEST = 4096
"""Of a value that is looked through: each star multiplies the time by it."""


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
    pieces = _pieces(pattern, is_greedy=operator not in {"#", "%"})
    if len(value) > _LONGEST or sum(piece.startswith(".*") for piece in pieces) > _MOST_STARS:
        raise UnreadPatternError
    if operator.startswith("/"):
        return re.sub("".join(pieces), lambda _: replacement, value, count=0 if operator == "//" else 1)
    if operator.startswith("#"):
        found = re.match("".join(pieces), value)
        return value[found.end() :] if found else value
    found = re.match("".join(reversed(pieces)), value[::-1])  # the shortest at the end is looked for from there
    return value[: len(value) - found.end()] if found else value


def _pieces(pattern: str, *, is_greedy: bool) -> list[str]:
    return [_piece(found, is_greedy=is_greedy) for found in _PIECE.finditer(pattern)]


def _piece(found: re.Match[str], *, is_greedy: bool) -> str:
    if found["star"]:
        return ".*" if is_greedy else ".*?"
    if found["any"]:
        return "."
    escaped = found["escaped"]
    if escaped is not None and escaped not in _WILD | _DELIMITERS:
        raise UnreadPatternError
    return re.escape(escaped or found["letter"])
