"""Sentences of others that may repeat a secret which they were given.

Nothing is looked for inside a sentence's fixed words: `***word authentication failed` tells that the password is
`pass`. What a sentence repeats stands in quotation marks, or is a text that no sentence has of its own.
"""

import re
from collections.abc import Collection

_MASK = "***"
_QUOTED = re.compile(
    r"""(["'`])(?P<a>[^"'`]*)\1|«\s*(?P<b>[^»]*?)\s*»|»(?P<c>[^«]*)«|[„“”](?P<d>[^“”]*)[“”]"""
    r"|\u2018(?P<e>[^\u2019]*)\u2019"
)
_PART = 6
"""A shorter secret stands in many quoted names by chance."""
_OWN = frozenset(
    {"pg_hba.conf", "pg_ident.conf", "scram-sha-256", "utf8", "utf-8", "sql_ascii", "tcp/ip", "ipv4", "ipv6"}
)
"""Words with more than letters that sentences have of their own."""


def repeats(sentence: str, secret: str) -> bool:
    """Whether a sentence repeats a secret; one of letters alone as a word of its own."""
    if not secret.strip():
        return False
    if _is_word(secret):
        return re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", sentence) is not None
    return secret in sentence


def without(sentence: str, secret: str, public: Collection[str] = ()) -> str:
    """The sentence with stars where it quotes a secret, or says one that no sentence has of its own.

    Args:
        sentence: fixed words, with names among them.
        secret: what must not be told.
        public: names that the sentence may quote, though one be equal to the secret.
    """
    if not secret.strip() or secret not in sentence:
        return sentence

    def shown(found: re.Match[str]) -> str:
        content = next(text for text in found.group("a", "b", "c", "d", "e") if text is not None)
        hit = content == secret or (len(secret) >= _PART and secret in content)
        return found[0].replace(content, _MASK) if hit and content not in public else found[0]

    told = _QUOTED.sub(shown, sentence)
    if _is_word(secret) or secret.lower() in _OWN or secret in public or len(secret) < _PART:
        return told
    return re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", _MASK, told)


def _is_word(secret: str) -> bool:
    """Whether a sentence may have it as a word of its own: letters alone, as words are written."""
    return secret.isalpha() and (secret.islower() or secret.isupper() or secret[1:].islower())
