"""Source lines that may be shown: what is secret in them is masked, whether they parse or not."""

import re

from app import dsn
from app.roles import infer, is_secret

_KEY = re.compile(
    r"""(?P<key>(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=\s*"""
)
_TEXT = re.compile(r'"(?!"")(?:[^"\\]|\\.)*"|\'(?!\'\')[^\']*\'')
_STATEMENT = re.compile(r"""^\s*(?:$|\#|\[\[?[^"'=]*|[A-Za-z0-9_."'-]+\s*=)""")


def masked(line: str, *, parses: bool) -> str | None:
    """One line of a TOML file as it may be shown; None where nothing can be told about what it holds.

    Args:
        line: the source line.
        parses: whether the whole file does. Where it does not, a line that is no statement may be the middle of a
            secret.
    """
    if not parses and not _STATEMENT.match(line):
        return None
    shown, position = "", 0
    while match := _KEY.search(line, position):
        shown += line[position : match.end()]
        position = match.end()
        if _names_secret(match["key"]):
            text = _TEXT.match(line, position)
            end = text.end() if text else len(line)
            shown += "***"
            position = end
        elif text := _TEXT.match(line, position):
            shown += text[0]
            position = text.end()
    return dsn.mask(shown + line[position:])


def _names_secret(key: str) -> bool:
    parts = tuple(part.strip().strip("\"'") for part in key.split("."))
    return is_secret(infer(parts, ""))
