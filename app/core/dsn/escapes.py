"""Characters that end a part of a URL, standing in its password as they are: no two drivers read that alike.

Source: RFC 3986, 2.2. Tried: libpq, asyncpg and SQLAlchemy end a password at its first `@`, `urllib` at the last;
SQLAlchemy takes `/`, `?` and `#` for part of a password, libpq the last two, asyncpg none.
"""

import re
from urllib.parse import quote

_MASK = "***"
_RESERVED = "@/?#"
_HOST = r"(?:\[[^\]\s]*\]|[^\s:@/?#\[\],]*)(?::\d*)?"
_HOSTS = re.compile(rf"{_HOST}(?:,{_HOST})*")
_QUERY = re.compile(r"\?(?=[\w.%-]+=)")
_END = re.compile(r"[/?#]")


def split(rest: str) -> tuple[str, str]:
    """What stands behind a URL's `://`, parted: user information as it was meant, and all behind its `@`.

    Where no reserved character stands in a password the first is what RFC 3986 calls userinfo; else it reaches to the
    last `@` that no parameter holds.
    """
    authority = _END.split(rest, maxsplit=1)[0]
    plain = "@" in authority or _HOSTS.fullmatch(authority)
    head = _QUERY.split(rest, maxsplit=1)[0] if plain else rest
    login, at, _ = head.rpartition("@")
    if not at or ":" not in authority:
        login, at, _ = authority.rpartition("@")
    return login, rest[len(login) + len(at) :]


def unescaped(login: str) -> tuple[str, ...]:
    """The characters of user information that had to be percent-encoded, in the order in which they stand."""
    password = login.partition(":")[2] or login
    found = [character for character in dict.fromkeys(password) if character in _RESERVED]
    return (*found, *(character for character in "[]" if character in login))  # Python takes them for an address


def escaped(login: str) -> str:
    """The password as it has to be written, with everything but the mended characters masked: `***%40***`."""
    password = login.partition(":")[2] or login
    wrong = "".join(re.escape(character) for character in unescaped(login))
    pieces = re.split(f"([{wrong}])", password) if wrong else [password]
    return "".join(quote(piece, safe="") if number % 2 else _MASK for number, piece in enumerate(pieces) if piece)


def advice(login: str) -> str:
    """How to write what stands there: one instruction a character, then the masked spelling."""
    said = " and ".join(f"{quote(character, safe='')} for `{character}`" for character in unescaped(login))
    part = "password" if ":" in login else "user name"
    return f"Write {said} in the {part}: {escaped(login)}."


def holds_two(login: str) -> bool:
    """Whether it looks as if two logins stood there: `one:secret@two:secret`."""
    return bool(re.search(r"@[^@]*:", login.partition(":")[2]))
