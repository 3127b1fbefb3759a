"""A path that is safe to log: a caller chooses every letter of it, line ends and escapes included (log injection)."""

from urllib.parse import quote

_PLAIN = "/:@!$&'()*+,;=~"
_LONGEST = 512


def quoted(path: str) -> str:
    """The path, percent-encoded. Source: RFC 3986, 3.3."""
    return quote(path, safe=_PLAIN, errors="replace")


def shortened(path: str) -> str:
    """The path as a log has it: percent-encoded, and never so long that it hides what else is told."""
    text = quoted(path[: _LONGEST + 1])
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
