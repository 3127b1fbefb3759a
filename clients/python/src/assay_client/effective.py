"""Effective values: which changed, and digests that tell whether two are equal without telling either."""

import hashlib
import hmac
import json
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from typing import Any

from assay_client import keys

_DEEPEST = 64
_MISSING = object()
_SIMPLE = (str, int, type(None))
"""Of these, equal ones have the same canonical JSON, and others have not."""


def changed_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys of flattened values that were added, removed or given another value, in order."""
    differing = {key for key in before.keys() & after.keys() if _differ(before[key], after[key])}
    return tuple(sorted(differing | (before.keys() ^ after.keys())))


def changed_in(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The same of nested tables: what is alike is not flattened."""
    tables = [{keys.top(name): value for name, value in table.items()} for table in (before, after)]
    return tuple(sorted({*_changed(tables[0], tables[1], lambda name: name)}))


def _changed(before: dict[str, Any], after: dict[str, Any], key_of: Callable[[str], str]) -> Iterator[str]:
    """The keys that differ between two tables, whose own keys are made of a name."""
    for name in before.keys() | after.keys():
        old, new = before.get(name, _MISSING), after.get(name, _MISSING)
        if old and new and isinstance(old, dict) and isinstance(new, dict):
            yield from _changed(old, new, _below(key_of, name))
        elif old is _MISSING or new is _MISSING or _differ(old, new):
            for value in (old, new):
                yield from () if value is _MISSING else (key for key, _ in keys.leaves(key_of(name), value))


def _below(key_of: Callable[[str], str], name: str) -> Callable[[str], str]:
    return lambda inner: f"{key_of(name)}.{keys.part(inner)}"


def _differ(before: object, after: object) -> bool:
    """Whether two values differ; 1, 1.0 and True do, and two tables whose keys stand in another order do not."""
    if type(before) is type(after) and isinstance(before, _SIMPLE):
        return before != after
    return canonical(before) != canonical(after)


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
