"""What differs from run to run (times, durations, ids, the machine's name), put the same in every run."""

import re
import socket
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

_BEGIN = datetime(2026, 7, 1, 12, tzinfo=UTC)
_STEP = timedelta(minutes=7)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SPOKEN = re.compile(r"\b\d+(?:\.\d+)? ms\b")
_DURATIONS = {"ms": 0.7, "elapsed_ms": 12.3, "latency_ms": 0.4, "round_trip_ms": 0.1}
_NUMBERS = {"connections": 2, "uptime_seconds": 3600, "in_use": 0, "idle": 1}
_HOST = "orders-1"


def steady(documents: dict[str, Any]) -> dict[str, Any]:
    """The documents, of which only what they say is left: equal moments and ids stay equal, later ones later."""
    texts = list(_texts(documents))
    words: dict[str, str] = {socket.gethostname(): _HOST}
    words |= {text: _moment(number) for number, text in enumerate(_moments(texts))}
    words |= {text: _name(number) for number, text in enumerate(_first_seen(texts))}
    found: dict[str, Any] = _put(documents, words)
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = value.values()
    if isinstance(value, str):
        yield value
    elif isinstance(value, Iterable):
        for item in value:
            yield from _texts(item)


def _moments(texts: Iterable[str]) -> list[str]:
    return sorted({text for text in texts if _TIME.fullmatch(text)}, key=datetime.fromisoformat)


def _first_seen(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if _ID.fullmatch(text)))


def _moment(number: int) -> str:
    return (_BEGIN + number * _STEP).isoformat().replace("+00:00", "Z")


def _name(number: int) -> str:
    """An id as a machine would draw it: its beginning tells it from the others."""
    return str(UUID(int=(0x7C3A91E5 * (2 * number + 1) % (1 << 32)) << 96 | 0x4C0DA55A7, version=4))


def _put(value: Any, words: dict[str, str], key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _put(item, words, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_put(item, words) for item in value]
    if isinstance(value, str):
        return words.get(value) or _SPOKEN.sub("0.1 ms", value)
    if value and key in _DURATIONS:  # what took no time was not done
        return _DURATIONS[key]
    return _NUMBERS.get(key, value)
