"""How settings say yes, no, nothing and how many: as TOML does, or as a text that programs read so."""

import re
from math import inf, isfinite

_ON = frozenset({"true", "yes", "on", "1", "y", "t", "enable", "enabled"})
_OFF = frozenset({"false", "no", "off", "0", "n", "f", "disable", "disabled"})
_NOTHING = frozenset({"", "none", "null", "nil", "nothing"})
_ENDLESS = frozenset({"never", "unlimited", "infinite", "infinity", "inf", "no limit", "nolimit"})


def is_on(value: object) -> bool:
    """Whether a switch is on."""
    return _is(value, _ON, number=1)


def is_off(value: object) -> bool:
    """Whether a switch is off; what is empty is not."""
    return _is(value, _OFF, number=0)


def is_nothing(value: object) -> bool:
    """Whether the setting is there and says that there is nothing."""
    return value is None or (isinstance(value, str) and value.strip().lower() in _NOTHING)


def is_endless(value: object) -> bool:
    """Whether a limit is none: off, nothing, zero, less, or a word for it."""
    count = amount(value)
    if count is not None:
        return count <= 0 or not isfinite(count)
    return is_off(value) or is_nothing(value) or (isinstance(value, str) and value.strip().lower() in _ENDLESS)


def whole(value: object) -> int | None:
    """The same as a whole number; None too where it has no end, or is no number."""
    found = amount(value)
    return int(found) if found is not None and isfinite(found) else None


def amount(value: object) -> float | None:
    """The number, whatever its unit: `30`, `"30"`, `"30 s"`, `"0MB"`; None where there is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return inf if value > 0 else -inf
    if isinstance(value, float):
        return value
    found = re.fullmatch(r"\s*([+-]?\d+(?:\.\d+)?)\s*[A-Za-z]*\s*", value) if isinstance(value, str) else None
    return float(found[1]) if found else None


def _is(value: object, words: frozenset[str], *, number: int) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in words
    return isinstance(value, int) and value == number
