"""Whether one name is probably another, typed wrong; stricter than nearness, since both may be meant."""

import re
from itertools import pairwise

from app.core import limits

_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")
_SHORTEST = 4
_LONG = 6
_ENDINGS = frozenset("sdrnyx")
"""A letter more at a word's end makes another word of it: `host`, `hosts`; `enable`, `enabled`."""


def is_slip(written: str, meant: str, *, endings: bool = False) -> bool:
    """Whether exactly one word of a name is one slip away from another's: swapped, left out, doubled, or replaced.

    Args:
        written: the one name.
        meant: the other.
        endings: whether a letter more or less at a word's end is a slip, too, and another letter in a short word of
            a name that has more words; then a word may lack one of four letters.
    """
    if max(len(written), len(meant)) > limits.WORD.figure:
        return False
    mine, other = written.casefold(), meant.casefold()
    if mine == other or _DIGITS.findall(mine) != _DIGITS.findall(other):
        return False
    words, others = _WORD.findall(mine), _WORD.findall(other)
    if "".join(words) == "".join(others):
        return True
    pairs = [pair for pair in zip(words, others, strict=False) if pair[0] != pair[1]]
    if len(words) != len(others) or len(pairs) != 1:
        return False
    return _is_slip(*pairs[0], endings=endings, shortest=_SHORTEST if endings and len(words) > 1 else _LONG)


def _is_slip(word: str, other: str, *, endings: bool, shortest: int) -> bool:
    shorter, longer = sorted((word, other), key=len)
    if len(longer if endings else shorter) < _SHORTEST or word[0] != other[0]:
        return False
    if len(word) == len(other):
        places = [number for number, (left, right) in enumerate(zip(word, other, strict=True)) if left != right]
        if len(places) == 1:
            return len(word) >= shortest
        return len(places) == 2 and _is_swapped(word, other, places)  # noqa: PLR2004 - the letters of a swap
    if longer[:-1] == shorter and longer[-1] in _ENDINGS:
        return endings
    return any(longer[:number] + longer[number + 1 :] == shorter for number in range(len(longer)))


def _is_swapped(word: str, other: str, places: list[int]) -> bool:
    return all(right - left == 1 for left, right in pairwise(places)) and sorted(word) == sorted(other)
