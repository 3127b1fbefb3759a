"""What is wrong with a connection string; a value is never quoted."""

import re
from urllib.parse import unquote

from app.core.dsn import escapes
from app.core.errors import TargetError

EXAMPLE = "Write postgresql://user@host:5432/name."
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NUL = re.compile(r"%00|\x00")


def refused(*, field: str, what: str, fix: str) -> TargetError:
    """The error of a connection URL that cannot be used; it never quotes a value."""
    subject = "The connection URL" if field == "url" else f"The connection URL's {field}"
    return TargetError(f"{subject} cannot be used: {what}.", fix=fix, errors={field: what})


class UnescapedError(TargetError):
    """A URL whose password holds characters that have to be percent-encoded; it never quotes the others.

    Attributes:
        wrong: those characters.
    """

    def __init__(self, userinfo: str, wrong: tuple[str, ...]) -> None:
        signs = " and ".join(f"`{character}`" for character in wrong)
        part = "password" if ":" in userinfo else "username"
        what = f"it holds {signs} as it stands, where a part of the URL ends"
        fix = escapes.advice(userinfo)
        if escapes.holds_two(userinfo):
            what = f"{what}, or two logins stand there"
            fix = f"{fix} Of two logins keep one."
        super().__init__(f"The connection URL's {part} cannot be used: {what}.", fix=fix, errors={part: what})
        self.wrong = wrong


class DifferingError(TargetError):
    """A URL that drivers start with, though not each of them, or not with the same; it never quotes a value.

    Attributes:
        everybody: whether every driver takes it; else SQLAlchemy does, and libpq refuses it.
    """

    def __init__(self, *, field: str, what: str, fix: str, everybody: bool = False) -> None:
        plain = refused(field=field, what=what, fix=fix)
        super().__init__(plain.message, fix=plain.fix, errors=plain.errors)
        self.everybody = everybody


def decoded(text: str, name: str, *, strict: bool = True) -> str:
    """The text percent-decoded.

    Args:
        text: as written.
        name: the field, for the message.
        strict: else what is no escape, or no UTF-8, is read as Python's drivers read it.

    Raises:
        TargetError: it holds what is no escape, or no UTF-8, or a NUL.
    """
    if _NUL.search(text):
        raise refused(field=name, what="it holds a NUL, which no server takes", fix="Leave it out.")
    if strict and _NO_ESCAPE.search(text):
        what = "its percent-encoding cannot be read"
        raise DifferingError(field=name, what=what, fix="Write %25 for a plain `%`.")
    try:
        return unquote(text, errors="strict" if strict else "replace")
    except UnicodeDecodeError:
        what = "its percent-encoding is no UTF-8, and drivers put another character in its place"
        fix = "Write %25 for a plain `%`, and letters as UTF-8: %C3%A9 for `é`."
        raise DifferingError(field=name, what=what, fix=fix, everybody=True) from None
