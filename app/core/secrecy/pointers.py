"""Texts under a secret's name that only say where the secret is kept, and may be read by everybody."""

import re

_SEGMENT = r"[A-Za-z][A-Za-z._-]*\d{0,3}"
_ENDINGS = "cer|cfg|conf|crt|der|env|ini|jks|json|key|p12|p8|pem|pfx|pub|toml|txt|ya?ml"

_POINTER = re.compile(
    rf"""
      /(?:{_SEGMENT}/)+{_SEGMENT}                                  # /parameters/app/db, /run/secrets/db_password
    | (?:~|\.{{1,2}}|[A-Za-z]:)?[/\\]?(?:[\w.-]+[/\\])*[\w-]+(?:\.[\w-]+)*\.(?:{_ENDINGS})  # keys/jwt.pem
    | \$\{{[A-Za-z_]\w*\}}                                         # ${{DB_PASSWORD}}
    | arn:aws[\w-]*:(?:ssm|secretsmanager):[\w:/.+=@-]*
    | op://[\w ./-]+
    | projects/[\w-]+/secrets/[\w/-]+
    """,
    re.VERBOSE,
)
_LONGEST = 512


def is_pointer(text: str) -> bool:
    """Whether a text is the path of a parameter or of a file, or a reference to a store of secrets."""
    return len(text) <= _LONGEST and _POINTER.fullmatch(text.strip()) is not None
