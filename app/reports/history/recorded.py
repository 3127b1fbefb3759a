"""What was recorded, as it may be shown now: a key that became a secret later was one before, too."""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from app.core.layers import parse_key
from app.core.secrecy.taint import Taint, is_telling, taint
from app.reports.history import KeyChange, KeyHistory, Recorded, RecordedValue, SnapshotDifference
from app.reports.released import released
from app.reports.values import Mask
from app.reports.wire import LeafChange, Side


def recorded(document: Recorded, mask: Mask) -> Recorded:
    """A snapshot without the values of what is secret now; no sentence in it repeats one of them."""
    before = [(one.key, one.value) for one in document.values]
    shown = replace(document, values=[_value(one, mask) for one in document.values])
    return released(shown, _Said(mask, _hidden(before, mask)))


def compared(document: SnapshotDifference, mask: Mask) -> SnapshotDifference:
    """A difference without the values of what is secret now."""
    return released(replace(document, changes=[_change(one, mask) for one in document.changes]), mask.said)


def changed(document: KeyHistory, mask: Mask) -> KeyHistory:
    """A key's history without the values of what is secret now."""
    return released(replace(document, changes=[_change(one, mask) for one in document.changes]), mask.said)


class _Said:
    """A text without the secrets of now, and without the values that were recorded of keys that are secret now."""

    def __init__(self, mask: Mask, before: Taint) -> None:
        self._mask = mask
        self._before = before

    def __call__(self, text: str) -> str:
        return self._mask.said(self._before.masked(text))


def _hidden(said: Iterable[tuple[str, Any]], mask: Mask) -> Taint:
    texts = (str(value) for key, value in said if value is not None and _hides(key, value, mask))
    return taint(filter(is_telling, texts))


def _value(one: RecordedValue, mask: Mask) -> RecordedValue:
    return replace(one, value=None, secret=True) if _hides(one.key, one.value, mask) else one


def _change[C: (LeafChange, KeyChange)](change: C, mask: Mask) -> C:
    return replace(change, left=_side(change.key, change.left, mask), right=_side(change.key, change.right, mask))


def _side(key: str, side: Side | None, mask: Mask) -> Side | None:
    return replace(side, value=None, secret=True) if side and _hides(key, side.value, mask) else side


def _hides(key: str, value: Any, mask: Mask) -> bool:
    """Whether what was recorded is a secret now; what nobody can read as a key is one."""
    path = parse_key(key)
    return value is not None and (path is None or mask.hides(path, value))
