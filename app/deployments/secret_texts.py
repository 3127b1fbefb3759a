"""What a manifest's value is when the cluster gets it: a text, one that a tool puts there at the deploy, or refused.

Sources: Argo CD Vault Plugin ("How it works": `<path:…>`, `<key>`), SOPS (`ENC[AES256_GCM,…]`), vals (`ref+vault://…`),
Flux ("Post build variable substitution": `${X}`); `data` of a Secret is base64 as Go's `StdEncoding` reads it, which
passes over ends of lines and nothing else.
"""

import base64
import binascii
import re

_UNMISTAKABLE = re.compile(r"<path:[^<>\n]+>|ENC\[AES256_GCM,|\bref\+[a-z0-9]+://")
_FILLED_IN = re.compile(rf"{_UNMISTAKABLE.pattern}|<[^<>\n]+>|\$\{{\w+[^{{}}\n]*\}}")
_LINE_ENDS = str.maketrans("", "", "\r\n")

FILLED_IN = "filled in at the deploy"


def decoded(value: str) -> bytes | None:
    """What a value of a Secret's `data` stands for; None where it is no base64."""
    try:
        return base64.b64decode(value.translate(_LINE_ENDS), validate=True)
    except (binascii.Error, ValueError):
        return None


def is_filled_in(value: str, *, encoded: bool = False) -> bool:
    """Whether a text holds what no application gets: another tool puts the value in its place.

    Args:
        value: as the manifest has it.
        encoded: whether it stands in a Secret's `data`.
    """
    raw = decoded(value) if encoded else None
    if encoded and raw is None:
        return _FILLED_IN.search(value) is not None
    return _UNMISTAKABLE.search(value if raw is None else raw.decode(errors="replace")) is not None


def is_refused(value: str) -> bool:
    """Whether Kubernetes refuses a Secret with that in its `data`, and no tool puts anything else in its place."""
    return decoded(value) is None and not is_filled_in(value, encoded=True)


def known(value: str, *, encoded: bool = False) -> str | None:
    """The text that the process gets; None where it is known at the deploy, or is no text."""
    if is_filled_in(value, encoded=encoded):
        return None
    raw = decoded(value) if encoded else value.encode()
    try:
        return None if raw is None else raw.decode()
    except UnicodeDecodeError:
        return None
