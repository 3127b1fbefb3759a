"""Placeholders of other tools, which Dynaconf leaves as they stand: `${X}`, `$X`, `%(x)s`, `{{ x }}`, `{x}`.

Many texts hold such signs for good reason: formats of logs, templates of mails, patterns of URLs. So a text counts
where it is a placeholder and nothing else, where it names a variable as shells do (`${DB_HOST}`), and where the
placeholder stands for the user, the password or the host of a URL.
"""

import re
from collections.abc import Callable
from functools import cache

from msgspec import Struct

_NAME = r"[A-Za-z_][\w.]{0,80}"
_VARIABLE = r"[A-Z_][A-Z0-9_]{1,80}"
_WHOLE = rf"""
      \$\{{(?P<shell>{_NAME})(?P<fallback>:?[-=?+][^{{}}]{{0,200}})?\}} | \$(?P<bare>{_VARIABLE})
    | %\((?P<percent>{_NAME})\)s | \{{\{{\s{{0,9}}(?P<jinja>{_NAME})\s{{0,9}}\}}\}} | \{{(?P<brace>{_NAME})\}}
    """
_WITHIN = rf"\$\{{(?P<shell>{_VARIABLE})(?P<fallback>:?[-=?+][^{{}}]{{0,200}})?\}}"
_MARKS = ("${", "$", "%(", "{")


class Placeholder(Struct, frozen=True, kw_only=True):
    """A placeholder inside a text.

    Attributes:
        written: as it stands.
        name: what it stands for.
        has_fallback: whether it says what counts where nothing sets that.
        start: where it begins.
        end: where it ends.
    """

    written: str
    name: str
    has_fallback: bool
    start: int
    end: int

    @property
    def shown(self) -> str:
        """As it stands, but for what counts where nothing sets it."""
        return f"${{{self.name}}}" if self.has_fallback else self.written


def placeholders(text: str) -> list[Placeholder]:
    """The placeholders of a text, as far as it is sure that they are meant to be filled in."""
    if text.startswith("@") or not any(mark in text for mark in _MARKS):
        return []
    if whole := _whole().fullmatch(text.strip()):
        start = text.index(whole[0])
        return [_placeholder(whole, start)]
    found = [_placeholder(match, 0) for match in _within().finditer(text)]
    return found or _in_authority(text)


def _in_authority(text: str) -> list[Placeholder]:
    """Those that stand for a part of a URL's user, password or host."""
    scheme, mark, rest = text.partition("://")
    if not mark or not re.fullmatch(r"[a-z][a-z0-9+.-]{0,40}", scheme):
        return []
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    return [_placeholder(match, len(scheme) + len(mark)) for match in _whole().finditer(authority)]


def as_format(text: str, found: list[Placeholder], reference: Callable[[str], str]) -> str:
    """The text with Dynaconf's own references in their place.

    Args:
        text: what stands there now.
        found: its placeholders.
        reference: what is written for a name: `env[NAME]` or `this.name`.
    """
    written, at = "@format ", 0
    for one in found:
        written += _escaped(text[at : one.start]) + "{" + reference(one.name) + "}"
        at = one.end
    return written + _escaped(text[at:])


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _placeholder(match: re.Match[str], offset: int) -> Placeholder:
    groups = match.groupdict()
    fallback = groups.pop("fallback", None)
    name = next(name for name in groups.values() if name)
    return Placeholder(written=match[0], name=name, has_fallback=bool(fallback), start=offset + match.start(),
                       end=offset + match.end())  # fmt: skip


@cache
def _whole() -> re.Pattern[str]:
    return re.compile(_WHOLE, re.VERBOSE)


@cache
def _within() -> re.Pattern[str]:
    return re.compile(_WITHIN)
