"""Finds connection strings, and hides the passwords in them."""

import re

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

_MASK = "***"
_SCHEME = r"[A-Za-z][A-Za-z0-9+.\-]*"
_URL = re.compile(rf"({_SCHEME})://")
_NEXT_URL = re.compile(rf"""[\s,;|"'<>()\[\]]+(?:{_SCHEME}:)*{_SCHEME}://""")
_HOST = re.compile(r"(?:\[[^\]\s]*\]|[^\s:@/?#\[\]]*)(?::\d+)?")
_QUERY = re.compile(r"\?(?=\w+=)")
_AUTHORITY_END = re.compile(r"[/?#\s]")
_PUNCTUATION = ")>'\".,;!"
_BLANK = re.compile(r"\s")
_KEY = re.compile(r"(?:^|(?<=[\s;]))(\w+(?: \w+)?)\s*=")

_PARAMETER = re.compile(
    r"""(?P<before>^|[?&]|[\s;,"'({\[])
    (?P<key>[\w.\-]*
      (?:pass(?:word|wd|phrase|code)?|pwd|secret|token|credentials?|signature|(?:api|access|account)[_\-]?key)
      [\w.\-]*\s*=\s*)
    (?P<value>(?:'(?:[^'\\]|\\.)*(?:'|\Z)|"(?:[^"\\]|\\.)*(?:"|\Z))[^\s,;)}\]]*|[^\s'"]\S*)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_NEXT_PARAMETER = re.compile(r"[&#]")
_NEXT_SETTING = re.compile(r";(?=\s*[\w .\-]+=|\s*\Z)")


def looks_like_dsn(text: str) -> bool:
    """True for a URL with user information, a URL of a database or broker, or a libpq key=value string."""
    if "://" not in text:
        return "=" in text and _looks_like_pairs(text)
    stripped = text.lstrip().removeprefix("jdbc:")
    found = _URL.match(stripped)
    return found is not None and (_is_known(found[1]) or "@" in _before(_AUTHORITY_END, stripped[found.end() :]))


def _looks_like_pairs(text: str) -> bool:
    keys = {key.lower() for key in _KEY.findall(text)}
    return bool(keys & _SERVER_KEYS) and len(keys & (_SERVER_KEYS | _LOGIN_KEYS)) > 1


def mask(text: str) -> str:
    """The text with every password of a URL or key=value string replaced by `***`, all else byte for byte.

    URLs may stand inside longer text. Where a malformed one leaves doubt, more is masked, never less.
    """
    if "://" in text:
        text = _mask_urls(text)
    return _PARAMETER.sub(_mask_parameter, text) if "=" in text else text


def _mask_urls(text: str) -> str:
    shown, position = "", 0
    while found := _URL.search(text, position):
        start = found.end()
        begin, end = _password(_piece(text, found), known=_is_known(found[1]), alone=not text[: found.start()].strip())
        shown += text[position : start + begin] + (_MASK if end > begin else "")
        position = start + end
    return shown + text[position:]


def _piece(text: str, found: re.Match[str]) -> str:
    """What may belong to the URL behind its `://`: up to the next URL, or to the quotation mark around it."""
    following = _NEXT_URL.search(text, found.end())
    piece = text[found.end() : following.start() if following else len(text)]
    quote = text[found.start() - 1 : found.start()]
    closing = re.search(rf"{quote}(?=[\s,;:)}}\]]|\Z)", piece) if quote and quote in "\"'`" else None
    return piece[: closing.start()] if closing else piece


def _password(piece: str, *, known: bool, alone: bool) -> tuple[int, int]:
    """Where the password stands; an empty span where there is none."""
    authority = _before(_AUTHORITY_END, piece)
    userinfo = _userinfo(piece, authority, known=known, alone=alone)
    colon = userinfo.find(":")
    return (colon + 1, len(userinfo)) if 0 <= colon < len(userinfo) - 1 else (len(authority), len(authority))


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
        return _before(_QUERY, reach).rpartition("@")[0] if known and ":" in authority else plain
    found = (piece if alone else piece.splitlines()[0]).rpartition("@")[0]
    return found if ":" in found else token


def _mask_parameter(found: re.Match[str]) -> str:
    value, rest = found["value"], ""
    if value in {"''", '""'} or found["key"].lower().startswith("passfile"):
        return found[0]
    if found["before"] in {"?", "&"}:
        rest = value[len(_before(_NEXT_PARAMETER, value)) :]
    elif value[0] not in "'\"":
        rest = value[len(_before(_NEXT_SETTING, value)) :]
    masked = _MASK if len(rest) < len(value) else ""
    return f"{found['before']}{found['key']}{masked}{_PARAMETER.sub(_mask_parameter, rest)}"


def _is_known(scheme: str) -> bool:
    return scheme.lower().partition("+")[0] in _SCHEMES


def _before(pattern: re.Pattern[str], text: str) -> str:
    return pattern.split(text, maxsplit=1)[0]
