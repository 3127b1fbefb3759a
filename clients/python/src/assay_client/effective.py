"""Effective values: which changed, and digests that tell whether two are equal without telling either."""

import hashlib
import hmac
import json
import math
from collections.abc import Mapping
from datetime import date, time
from typing import Any

_DEEPEST = 64


def changed_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys of flattened values that were added, removed or given another value, in order."""
    texts = [{key: canonical(value) for key, value in values.items()} for values in (before, after)]
    return tuple(sorted(key for key in {*texts[0], *texts[1]} if texts[0].get(key) != texts[1].get(key)))


def digests(values: Mapping[str, Any], key: bytes) -> dict[str, str]:
    """The keyed digest (HMAC-SHA256, in hexadecimal digits) of each flattened value."""
    return {name: hmac.new(key, canonical(value), hashlib.sha256).hexdigest() for name, value in values.items()}


def canonical(value: object) -> bytes:
    """A value's canonical JSON: keys in order, no blanks, UTF-8."""
    text = json.dumps(_plain(value, 0), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def _plain(value: object, depth: int) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (date, time)):
        return value.isoformat()
    if depth < _DEEPEST and isinstance(value, dict):
        return {str(name): _plain(item, depth + 1) for name, item in value.items()}
    if depth < _DEEPEST and isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    return f"{type(value).__module__}.{type(value).__qualname__}"  # what it is made of is the application's own
