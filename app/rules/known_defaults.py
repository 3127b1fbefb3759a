"""Passwords and placeholders that everybody knows, and texts that are no secret but point to one.

To add one, add it in lower case to the table it belongs to.
"""

import re
from functools import cache

DEFAULT_PASSWORDS = frozenset(
    {
        "", "1234", "12345", "123456", "12345678", "123456789", "abc123", "admin", "admin123", "administrator",
        "changeit", "changeme", "change-me", "change_me", "cisco", "default", "demo", "dev", "development", "dummy",
        "example", "foobar", "guest", "letmein", "master", "mysecretpassword", "minioadmin", "none", "null", "pass",
        "pass123", "passw0rd", "password", "password1", "password123", "placeholder", "postgres", "qwerty", "replaceme",
        "root", "secret", "secret123", "supersecret", "test", "test123", "testing", "toor", "user", "welcome",
    }
)  # fmt: skip
"""What systems ship with and people never change."""

_PLACEHOLDER = r"""
      <[^<>]*>                                  # <your password>
    | x{3,} | \*{3,} | \.{3,} | -{3,}            # xxx, ***, ...
    | (to-?do|fix-?me|tbd|n/?a)\b.*
    | (change|replace|insert|enter|put|fill)[-_ ]?(me|it|this|in|your|here)\b.*
    | your[-_ ]?(own[-_ ]?)?(\w+[-_ ])*(password|secret|key|token).*
    | (django-)?insecure.*
    | (only[-_ ]?for[-_ ]?|dev(elopment)?[-_ ])(dev(elopment)?|only).*
    """

_REFERENCE = r"""
      @format\s.*\{env.* | @vault\s.* | @jinja\s.* | @read_file\s.* | @get\s.*
    | \$\{[^{}]+\} | \$[A-Za-z_]\w* | \{\{.*\}\}
    | (vault|op|arn|ssm|gcpsm|azurekv|aws-sm|secretsmanager|file):.* | <file:[^<>]*>
    """


@cache
def _placeholder() -> re.Pattern[str]:
    """Compiled when the first secret is met: most runs meet none."""
    return re.compile(_PLACEHOLDER, re.IGNORECASE | re.VERBOSE)


@cache
def _reference() -> re.Pattern[str]:
    return re.compile(_REFERENCE, re.VERBOSE | re.DOTALL)


def is_default_password(text: str) -> bool:
    """Whether everybody would try this password first."""
    return text.strip().lower() in DEFAULT_PASSWORDS or is_placeholder(text)


def is_placeholder(text: str) -> bool:
    """Whether the text stands for a secret that somebody still has to fill in."""
    stripped = text.strip()
    return stripped.lower() in DEFAULT_PASSWORDS or bool(_placeholder().fullmatch(stripped))


def is_reference(text: str) -> bool:
    """Whether the text only says where the secret is kept."""
    return bool(_reference().fullmatch(text.strip()))
