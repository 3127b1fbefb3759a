"""Finds connection strings, and hides the secrets in any text: by the place where they stand, and by their form."""

import re
from collections.abc import Sequence
from functools import lru_cache

from app.core.dsn.commands import command_spans
from app.core.secrecy import is_pointer, names_secret, secret_spans

_SCHEMES = frozenset(
    [
        "amqp", "amqps", "cassandra", "clickhouse", "cockroachdb", "imap", "imaps", "kafka", "ldap", "ldaps",
        "mariadb", "memcached", "mongodb", "mqtt", "mqtts", "mssql", "mysql", "nats", "neo4j", "oracle",
        "postgres", "postgresql", "pulsar", "redis", "rediss", "redshift", "smtp", "smtps", "snowflake",
        "sqlite", "sqlserver", "trino", "valkey", "valkeys",
    ]
)  # fmt: skip
_SERVER_KEYS = frozenset({"data source", "dbname", "host", "hostaddr", "server", "service"})
_LOGIN_KEYS = frozenset(
    {"dbname", "database", "passfile", "password", "port", "pwd", "sslmode", "uid", "user", "user id"}
)

_AROUND = " \t\r\n'\"`"
_MASK = "***"
_SCHEME = r"[A-Za-z][A-Za-z0-9+.\-]*+"
_URL = re.compile(rf"({_SCHEME}(?:_\w*+)?)://")  # SQLAlchemy's driver psycopg_async is no scheme by RFC 3986
_INNER_URL = re.compile(rf"(?<![A-Za-z0-9+.\-])[0-9+.\-]*+({_SCHEME})://")
"""The same within a text: each run of letters is looked at once."""
_AROUND_URL = r"""[\s,;|"'<>()\[\]]"""
_NEXT_URL = re.compile(rf"(?<!{_AROUND_URL}){_AROUND_URL}++(?:{_SCHEME}:)*{_SCHEME}://")
_LOOSE = re.compile(r"""(?P<before>[:/\\]{1,3}[^\s/:@\\\[\]]{0,100}:)[^\s@]{1,200}+@""")
"""What was to be a URL with a password, and is none: `http//u:p@h`, `http:/u:p@h`, `postgres:u:p@h`."""
_HOST = re.compile(r"(?:\[[^\]\s]*\]|[^\s:@/?#\[\]]*)(?::\d+)?")
_ODD_LOGIN = re.compile(r"[^:@]+:.*[^\s@](?=@[\w\[])")
_ODD_PAGE_LOGIN = re.compile(r"[^\s/?#:@]+(?: [^\s/?#:@]*){1,2}:[^\s@]+(?=@[\w\[])")
_QUERY = re.compile(r"\?(?=\w+=)")
_AUTHORITY_END = re.compile(r"[/?#\s]")
_PUNCTUATION = ")>'\".,;!"
_BLANK = re.compile(r"\s")
_KEY = re.compile(r"(?:^|(?<=[\s;]))(\w+(?: \w+)?)\s*=")

_NAMING = r"pass|pwd|pw\b|secret|token|credential|sig|key|jwt|pepper|salt|fernet|psk|auth|bearer|code|senha|kennwort"
_PARAMETER = re.compile(
    rf"""(?P<before>^|[?&]|[\s;,"'({{\[])
    (?P<key>[\w.\-]{{0,80}}?(?:{_NAMING})[\w.\-]{{0,80}})(?P<equals>\s*=\s*)
    (?P<value>(?:'(?:[^'\\]|\\.)*(?:'|\Z)|"(?:[^"\\]|\\.)*(?:"|\Z))[^\s,;)}}\]]*|[^\s'"]\S*)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_PAIR = re.compile(
    r"""(?P<before>(?P<open>\\?["'])(?P<key>[\w.\- ]{1,80})(?P=open)\s*:\s*)
    (?P<value>\\"(?:(?!\\").)*(?:\\"|\Z) | "(?:[^"\\]|\\.)*(?:"|\Z) | '(?:[^'\\]|\\.)*(?:'|\Z)
      | \[[^\]]*(?:\]|\Z) | \{[^{}]*(?:\}|\Z) | [^\s,{}\[\]"'\\]+)""",
    re.VERBOSE | re.DOTALL,
)
_HEADER = re.compile(
    r"""\b(?P<key>(?:proxy-)?authorization|x-[\w-]*(?:key|token|secret|auth)|api-key|private-token|(?:set-)?cookie)
    (?P<colon>\s*:\s*)(?:(?:bearer|basic|token|digest)\s+)?(?P<value>[^\s"'*][^"'\r\n]*)""",
    re.IGNORECASE | re.VERBOSE,
)
_SIGNED = frozenset({"sig", "signature", "hmac", "sign", "auth", "code", "key", "apikey"})
"""What a URL's parameters are called that may hold a secret: an unguessable text is one."""
_RANDOM = re.compile(r"(?=\D*\d)[\w%+/=~.-]{16,}")
_TOKEN = re.compile(r"(?=\D*\d)[\w~.-]{16,}", re.ASCII)
_SAID = frozenset({"…", "", "true", "false", "null", "none", "yes", "no", "on", "off", "***"})
_NEXT_PARAMETER = re.compile(r"[&#]")
_NEXT_SETTING = re.compile(r";(?=\s*+(?:[\w.\-][\w .\-]*+=|(?<= )=|\Z))")


_REFERENCE = re.compile(r"\{env\[[A-Za-z_]\w*\]\}|\{this(?:\.[A-Za-z_]\w*)+\}")
"""A password that only says which variable or key holds it, as `@format` reads it."""


def looks_like_dsn(text: str) -> bool:
    """True for a URL with user information, a URL of a database or broker, or a libpq key=value string."""
    if "://" not in text:
        return "=" in text and _looks_like_pairs(text)
    stripped = text.lstrip(_AROUND).removeprefix("jdbc:")
    found = _URL.match(stripped)
    return found is not None and (_is_known(found[1]) or "@" in _before(_AUTHORITY_END, stripped[found.end() :]))


def _looks_like_pairs(text: str) -> bool:
    keys = {key.lower() for key in _KEY.findall(text)}
    return bool(keys & _SERVER_KEYS) and len(keys & (_SERVER_KEYS | _LOGIN_KEYS)) > 1


@lru_cache(maxsize=1 << 14)  # all environments have the same texts
def mask(text: str) -> str:
    """The text with every secret in it replaced by `***`, all else byte for byte.

    Secrets are the passwords of URLs and of key=value strings, what stands under a secret's name in JSON, in a header,
    in a parameter or among a command's arguments, and texts of a known form. URLs may stand inside longer text. Where
    a malformed one leaves doubt, more is masked, never less.
    """
    text = mask_addresses(text)
    if "-" in text:
        text = _mask_spans(text, list(command_spans(text)))
    if "=" in text:
        text = _mask_parameters(text)
    if ":" in text:
        text = _HEADER.sub(_mask_header, _PAIR.sub(_mask_pair, text))
    return text


@lru_cache(maxsize=1 << 14)
def mask_addresses(text: str) -> str:
    """A name or a sentence of ours, without the secrets of known forms and the passwords of URLs in it."""
    text = _mask_forms(text)
    if "://" in text:
        return _mask_urls(text)
    return _LOOSE.sub(_mask_loose, text) if "@" in text else text


def _mask_loose(found: re.Match[str]) -> str:
    return found["before"] + _MASK + "@"


def _mask_forms(text: str) -> str:
    return _mask_spans(text, secret_spans(text))


def _mask_spans(text: str, spans: Sequence[tuple[int, int]]) -> str:
    shown, position = [], 0
    for start, end in spans:
        shown += [text[position:start], _MASK]
        position = end
    return "".join([*shown, text[position:]])


def _mask_pair(found: re.Match[str]) -> str:
    value = found["value"]
    bare = value.strip("\\\"'")
    if not names_secret(found["key"]) or bare.lower() in _SAID or is_pointer(bare):
        return found[0]
    quote = value[: len(value) - len(value.lstrip("\\\"'"))][:2]
    return f"{found['before']}{quote}{_MASK}{quote}"


def _mask_header(found: re.Match[str]) -> str:
    start = found.start("value") - found.start()
    return found[0][:start] + _MASK


def _mask_urls(text: str) -> str:
    shown, position, beginning = list[str](), 0, len(text) - len(text.lstrip())
    while found := _INNER_URL.search(text, position):
        start = found.end()
        alone = found.start(1) <= beginning
        begin, end = _password(_piece(text, found), known=_is_known(found[1]), alone=alone)
        said = text[start + begin : start + end]
        shown += [text[position : start + begin], said if not said or _REFERENCE.fullmatch(said) else _MASK]
        position = start + end
    return "".join([*shown, text[position:]])


def _piece(text: str, found: re.Match[str]) -> str:
    """What may belong to the URL behind its `://`: up to the next URL, or to the quotation mark around it."""
    following = _NEXT_URL.search(text, found.end())
    piece = text[found.end() : following.start() if following else len(text)]
    quote = text[found.start(1) - 1 : found.start(1)]
    closing = re.search(rf"{quote}(?=[\s,;:)}}\]]|\Z)", piece) if quote and quote in "\"'`" else None
    return piece[: closing.start()] if closing else piece


def _password(piece: str, *, known: bool, alone: bool) -> tuple[int, int]:
    """Where the password stands; an empty span where there is none."""
    authority = _before(_AUTHORITY_END, piece)
    userinfo = _userinfo(piece, authority, known=known, alone=alone)
    colon = userinfo.find(":")
    if 0 <= colon < len(userinfo) - 1:
        return colon + 1, len(userinfo)
    if not known and _TOKEN.fullmatch(userinfo.rstrip(":")):  # a token in place of a user, as Git and Sentry have it
        return 0, len(userinfo.rstrip(":"))
    return len(authority), len(authority)


def _userinfo(piece: str, authority: str, *, known: bool, alone: bool) -> str:
    """The user information, whose password may hold an unescaped `@`, `/`, `?`, `#` or blank.

    A database's path holds no `@`, a web page's may. What starts with a URL is taken to be that URL and no more.
    """
    token = _before(_BLANK, piece)
    reach = piece if alone else token
    plain, _, hosts = authority.rpartition("@")
    if ":" in plain:
        return reach.rpartition("@")[0]
    if all(_HOST.fullmatch(host) for host in hosts.rstrip(_PUNCTUATION).split(",")):
        found = _before(_QUERY, reach).rpartition("@")[0] if known and (alone or ":" in authority) else plain
        return found or ("" if {"@", ":"} & {*authority} else _odd_userinfo(piece.partition("\n")[0], known=known))
    found = (piece if alone else piece.partition("\n")[0]).rpartition("@")[0]
    return found if ":" in found else token


def _odd_userinfo(line: str, *, known: bool) -> str:
    """The same in a longer text where the user's name has a blank in it, or what ends a host: `postgresql://us er:p@h`.

    Behind a web page's address there may be an address of mail, behind a database's hardly.
    """
    found = (_ODD_LOGIN if known else _ODD_PAGE_LOGIN).match(line)
    return found[0] if found else ""


def _mask_parameters(text: str) -> str:
    shown, position = "", 0
    while found := _PARAMETER.search(text, position):
        own, start = _own(found), found.start("value")
        is_query = found["before"] in {"?", "&"}
        masked = bool(own) and _is_secret(found["key"], own, is_query=is_query)
        shown += text[position:start] + (_MASK if masked else "")
        position = start + len(own) if masked else start  # what is no secret may hold one
    return shown + text[position:]


def _own(found: re.Match[str]) -> str:
    """The value without the parameters that follow it."""
    value = found["value"]
    if found["before"] in {"?", "&"}:
        return _before(_NEXT_PARAMETER, value)
    return value if value[0] in "'\"" else _before(_NEXT_SETTING, value)


def _is_secret(key: str, value: str, *, is_query: bool) -> bool:
    bare = value.strip("'\"")
    if bare.lower() in _SAID:
        return False
    if names_secret(key):
        return not is_pointer(bare)
    last = re.split(r"[-_.]", key.lower())[-1]
    return is_query and last in _SIGNED and _RANDOM.fullmatch(bare) is not None


def _is_known(scheme: str) -> bool:
    return scheme.lower().partition("+")[0] in _SCHEMES


def _before(pattern: re.Pattern[str], text: str) -> str:
    return pattern.split(text, maxsplit=1)[0]
