"""What is wrong with a connection string; a value is never quoted."""

import re
from urllib.parse import unquote

from app.core.dsn import escapes
from app.core.errors import TargetError

EXAMPLE = "Write postgresql://user@host:5432/name."
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})|%00|\x00")


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


def decoded(text: str, name: str) -> str:
    """The text percent-decoded.

    Raises:
        TargetError: it holds what is no escape, or no UTF-8.
    """
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        decoded = "%"
    if _BAD_PERCENT.search(text) or (decoded == "%" and text != "%25"):
        raise refused(field=name, what="its percent-encoding cannot be read", fix="Write %25 for a plain `%`.")
    return decoded
