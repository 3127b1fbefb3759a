"""Sentences about a secret by whoever was given it: plain words stay, and nothing that could be a part of it."""

import re
from collections.abc import Collection, Iterator

_MASK = "***"
_TOKEN = re.compile(r"\S+")
_AROUND = "()[]{}<>'\"`.,;:!?«»“”"
_GRAM = 6
_PART = 4
_LONGEST = 20
_HUMPS = re.compile(r"(?:[A-Z]?[a-z]{2,}+|[A-Z]{2,}+)++")
_LETTERS = 3
"""As many single letters in a row spell something."""


def resembles(sentence: str, secrets: Collection[str]) -> bool:
    """Whether a sentence has a part of a secret in it, in whatever case, apart from marks and blanks, or backwards."""
    grams = set(_grams(_normal(sentence)))
    return any(not grams.isdisjoint(_grams(one)) for secret in secrets for one in _both(_normal(secret)))


def plain_words(sentence: str, secrets: Collection[str], public: Collection[str] = ()) -> str:
    """The sentence with stars for all but words of letters, and numbers of a few digits.

    Args:
        sentence: by whoever was given the secrets, who may have cut, encoded or formatted them.
        secrets: what it was given.
        public: words that may stand in it though a secret has them too.
    """
    parts = [part for secret in secrets for part in _both(secret.casefold())]
    known = {word.casefold() for word in public}
    tokens = [_shown(token, parts, known) for token in _TOKEN.findall(sentence)]
    return re.sub(r"\*{3}(?: \*{3})+", _MASK, " ".join(_without_spelling(tokens)))


def _shown(token: str, parts: Collection[str], public: Collection[str]) -> str:
    bare = token.strip(_AROUND)
    word = bare.casefold()
    if word in public or not bare:
        return token if len(token) < _PART or bare else _MASK
    is_word = len(bare) <= _LONGEST and all(map(_is_word, re.split(r"['\u2019-]", bare)))
    is_number = bare.isdecimal() and len(bare) <= _PART
    if not (is_word or is_number) or (len(word) >= _PART and any(word in part for part in parts)):
        return token.replace(bare, _MASK)
    return token


def _is_word(text: str) -> bool:
    """Whether it is written as words and names are: no letter alone is large, or small, among others."""
    return text.isalpha() and (text.islower() or text[1:].islower() or text.isupper() or _is_name(text))


def _is_name(text: str) -> bool:
    return _HUMPS.fullmatch(text) is not None


def _without_spelling(tokens: list[str]) -> Iterator[str]:
    """The tokens, but for letters that stand alone in a row."""
    alone = [len(token.strip(_AROUND)) == 1 for token in tokens]
    for number, token in enumerate(tokens):
        near = alone[max(0, number - _LETTERS + 1) : number + _LETTERS]
        yield _MASK if alone[number] and sum(near) >= _LETTERS else token


def _normal(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalnum())


def _both(text: str) -> tuple[str, str]:
    return text, text[::-1]


def _grams(text: str) -> Iterator[str]:
    return (text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1))
