"""Scalars of YAML as Compose writes them into the environment: Go's way to print what `yaml.v3` has read."""

import re
from decimal import Decimal
from math import isfinite, isnan

from app.deployments.nodes import Node

_SMALLEST, _LARGEST = -4, 5
"""The exponents of numbers that Go writes without one."""
_WHOLE = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[0-9]+)")
_WORDS = {"true", "false"}


def spelled(node: Node) -> str:
    """What a scalar is in the environment."""
    said = node.text or ""
    if node.type == "boolean" and said.lower() in _WORDS:
        return said.lower()
    return _number(said) if node.type == "number" else said


def _number(said: str) -> str:
    digits = said.replace("_", "")
    try:
        if _WHOLE.fullmatch(digits):
            return str(_whole(digits))
        return _fraction(_float(digits))
    except ValueError:
        return said


def _float(digits: str) -> float:
    """A number with a fraction, or one beyond the whole ones.

    Raises:
        ValueError: it is none to Go, which takes what is too large for a text.
    """
    bare = digits.lower()
    number = float(bare.replace(".inf", "inf").replace(".nan", "nan"))
    if not isfinite(number) and not bare.endswith(("inf", "nan")):
        raise ValueError(digits)
    return number


def _whole(digits: str) -> int | str:
    bare = digits.lstrip("+-")
    if len(bare) > 1 and bare[0] == "0" and bare[1].isdecimal():
        return int(digits, 8) if set(bare) <= set("01234567") else _fraction(_float(digits))
    number = int(digits, 0)
    return number if -(2**63) <= number < 2**64 else _fraction(_float(digits))


def _fraction(value: float) -> str:
    if not isfinite(value):
        return "NaN" if isnan(value) else f"{'+' if value > 0 else '-'}Inf"
    number = Decimal(repr(value)).normalize()
    if value and not _SMALLEST <= number.adjusted() <= _LARGEST:
        mantissa, exponent = number.scaleb(-number.adjusted()), number.adjusted()
        return f"{mantissa:f}e{exponent:+03d}"
    return f"{number:f}"
