"""What a manifest's value is when the cluster gets it: a text, one that a tool puts there at the deploy, or refused.

Sources: Argo CD Vault Plugin ("How it works": `<path:…>`, `<key>`), SOPS (`ENC[AES256_GCM,…]`), vals (`ref+vault://…`),
Flux ("Post build variable substitution": `${X}`); `data` of a Secret is base64 as Go's `StdEncoding` reads it, which
passes over ends of lines and nothing else.
"""

import base64
import binascii
import re

from msgspec import Struct

_UNMISTAKABLE = re.compile(r"<path:[^<>\n]+>|ENC\[AES256_GCM,|\bref\+[a-z0-9]+://")
_SIGNS = ("<path:", "ENC[", "ref+")
"""One of which stands in such a text: looking for them takes less than the pattern does."""
_FILLED_IN = re.compile(rf"{_UNMISTAKABLE.pattern}|<[^<>\n]+>|\$\{{\w+[^{{}}\n]*\}}")
_LINE_ENDS = str.maketrans("", "", "\r\n")

FILLED_IN = "filled in at the deploy"


class HeldText(Struct, frozen=True, kw_only=True):
    """What a value of a manifest is to the process.

    Attributes:
        text: None where it is known at the deploy, or is no text.
        filled_in: whether another tool puts the value there when it deploys.
        refused: whether Kubernetes takes no Secret with that in it.
    """

    text: str | None
    filled_in: bool = False
    refused: bool = False


def plain_text(value: str) -> HeldText:
    """What a text is that stands there as it is."""
    is_placeholder = any(sign in value for sign in _SIGNS) and _UNMISTAKABLE.search(value) is not None
    return HeldText(text=None if is_placeholder else value, filled_in=is_placeholder)


def encoded_text(value: str) -> HeldText:
    """What a text of a Secret's `data` is."""
    try:
        raw = base64.b64decode(value.translate(_LINE_ENDS), validate=True)
    except (binascii.Error, ValueError):
        is_placeholder = _FILLED_IN.search(value) is not None
        return HeldText(text=None, filled_in=is_placeholder, refused=not is_placeholder)
    try:
        return plain_text(raw.decode())
    except UnicodeDecodeError:
        return HeldText(text=None, filled_in=plain_text(raw.decode(errors="replace")).filled_in)
